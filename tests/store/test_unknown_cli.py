"""`wenzhen knowledge unknown`, drafts and labelled cases, from a real store."""

import asyncio
import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from bot.base.errors import UserError
from bot.cli.knowledge import knowledge
from bot.cli.unknown import cases, draft_from_cluster, signature_of, slug, unknown
from bot.knowledge.files import knowledge_root
from bot.knowledge.load import load_failures
from bot.store.evidence import Label
from bot.store.store import Store

SIGNATURE = "FluxError: capacitor <n> of <path> is out of juice"


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite+aiosqlite:///{tmp_path / 'wenzhen.db'}"
    monkeypatch.setenv("WENZHEN_DATABASE_URL", url)
    entry = load_failures(knowledge_root())[0].id

    async def fill() -> str:
        store = await Store.open(url)
        id_ = await store.unknown.record(SIGNATURE, "h1", 1)
        await store.unknown.record(SIGNATURE, "h2", 2)
        await store.unknown.share(id_, "starting\nFluxError: capacitor 17 of /dev/flux is out of juice")
        await store.evidence.record(Label("k1", 1, 9, entry, "a log"))
        await store.evidence.record(Label("k2", 1, 9, "an-entry-that-was-removed", "a log"))
        await store.close()
        return id_

    return asyncio.run(fill())


def test_the_most_frequent_are_listed(cluster: str) -> None:
    result = CliRunner().invoke(unknown, [])
    assert f"    2 * {cluster}  {SIGNATURE}" in result.output
    document = json.loads(CliRunner().invoke(unknown, ["--json"]).output)
    assert document[0]["count"] == 2


def test_a_draft_has_what_is_known(cluster: str) -> None:
    document = yaml.safe_load(draft_from_cluster(cluster))
    assert document["id"] == "fluxerror-capacitor-out-juice"
    assert document["signatures"] == ["FluxError: capacitor {part1:number} of {part2:path} is out of juice"]
    assert document["examples"][0]["text"].startswith("starting\n")


def test_new_writes_the_draft_of_a_cluster(cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.cli.unknown.knowledge_root", lambda: tmp_path / "knowledge")
    result = CliRunner().invoke(knowledge, ["new", "--from", cluster])
    assert result.exit_code == 0, result.output
    path = tmp_path / "knowledge" / "failures" / "new" / "fluxerror-capacitor-out-juice.yaml"
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["severity"] == "blocking"
    again = CliRunner().invoke(knowledge, ["new", "--from", cluster])
    assert isinstance(again.exception, UserError)


def test_the_commands_are_in_the_group(cluster: str) -> None:
    assert cluster in CliRunner().invoke(knowledge, ["unknown"]).output
    assert "OUTPUT" in CliRunner().invoke(knowledge, ["cases", "--help"]).output


def test_an_unknown_cluster_is_refused(cluster: str) -> None:
    with pytest.raises(UserError, match="no cluster nope"):
        draft_from_cluster("nope")
    assert cluster


def test_corrections_become_labelled_cases(cluster: str, tmp_path: Path) -> None:
    output = tmp_path / "logs.jsonl"
    result = CliRunner().invoke(cases, [str(output)])
    assert result.exit_code == 0
    assert cluster
    (case,) = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert case["label"] == load_failures(knowledge_root())[0].failure_class
    assert case["text"] == "a log"


def test_placeholders_have_names_of_their_own() -> None:
    assert signature_of("a <n> {b} <n> <hex>") == "a {part1:number} (b) {part2:number} {part3:word}"
    assert slug("<n> <n>") == "unnamed"
