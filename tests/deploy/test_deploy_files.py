"""The deployment files agree with the program."""

import re
from pathlib import Path

import pytest
import yaml

from bot.chat.config import Config
from bot.chat.people import NEEDED, NEEDED_NAMES

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def example() -> dict[str, str]:
    lines = (DEPLOY / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_example_has_every_setting_and_no_other() -> None:
    assert set(example()) == {f"WENZHEN_{name.upper()}" for name in Config.model_fields}


def test_the_example_states_the_defaults(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    for name, value in example().items():
        monkeypatch.setenv(name, value)
    assert Config(_env_file=None) == Config.model_construct()


def test_every_setting_is_explained_in_both_languages() -> None:
    text = (DEPLOY / ".env.example").read_text(encoding="utf-8")
    for block in re.split(r"\n\n", text)[1:]:
        comments = [line for line in block.splitlines() if line.startswith("# ")]
        assert any(re.search("[\u4e00-\u9fff]", comment) for comment in comments), block
        assert any(re.search("[A-Za-z]{4}", comment) for comment in comments), block


def test_the_readme_names_the_permissions_that_the_program_asks_for() -> None:
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    assert text.count(str(NEEDED.value)) == 2
    for english, chinese in NEEDED_NAMES.values():
        assert english.split(" (")[0] in text
        assert chinese.split("（")[0] in text.replace("\n", "")


def test_the_container_is_not_root_and_keeps_its_data() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    last_stage = dockerfile.split("\nFROM ")[-1]
    assert "USER wenzhen" in last_stage
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    service = compose["services"]["wenzhen"]
    assert service["read_only"] is True
    assert service["volumes"] == ["data:/data"]


@pytest.mark.parametrize("file", ["compose.yaml", "wenzhen.service"])
def test_the_workers_fit_into_the_memory_that_the_bot_may_take(file: str) -> None:
    """Measured: 230 MiB of the bot itself with ten uploads in hand, 100 of the knowledge in each worker."""
    limit = re.search(r"^ *(?:mem_limit: |MemoryMax=)(\d+)m\b", (DEPLOY / file).read_text(), re.M | re.I)
    assert limit is not None
    defaults = Config.model_fields
    workers, above = defaults["workers"].default, defaults["worker_mb"].default
    assert 230 + workers * (100 + above) <= int(limit[1])
