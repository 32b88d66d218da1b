"""The front door's "can I run it": from what people type to an answer in both languages."""

import json
import shlex
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image
from shipped import CLINIC
from spoken import spoken
from work import calls_of

from bot.answers.blocks import Steps
from bot.answers.chart import context_chart_png
from bot.answers.commands import ModelFiles, download_command, loader_commands
from bot.base.errors import UserError
from bot.base.languages import told
from bot.cli.canirun import canirun
from bot.clinic.door import Clinic
from bot.hardware.systems import System
from bot.models import gguf
from bot.models.hub import HubError
from bot.models.repository import Repository, RepositoryFile
from bot.models.requested import requested_model


class ShelfHub:
    """A hub with a few repositories on a shelf; headers are not offered."""

    def __init__(self, *repositories: Repository, error: UserError | None = None) -> None:
        self.repositories = {repository.id: repository for repository in repositories}
        self.error = error

    def repository(self, repo: str) -> Repository:
        if self.error:
            raise self.error
        return self.repositories[repo]

    def gguf_header(self, repository: Repository, file: RepositoryFile) -> gguf.Header:
        raise HubError("no header", "没有文件头", temporary=True)

    def json_file(self, repository: Repository, path: str) -> Mapping[str, Any]:
        raise HubError("no file", "没有文件")


@pytest.mark.parametrize(
    ("model", "vram", "ram"),
    [
        ("qwen2.5 32b instrcut q4km", "3060", "32"),
        ("那个deepseek r1 70b", "2x24", "64GB"),
        ("qwen3:30b-a3b", "4060 laptop", "16"),
        ("https://huggingface.co/bartowski/Mistral-Nemo-Instruct-2407-GGUF", "12", "32"),
        ("gemma-3-27b-it-q4_0.gguf", "M2 Max 64GB", "64"),
        ("Mistral-Small-24B-Instruct-2501-4.65bpw-exl2", "3090", "32"),
    ],
)
def test_what_people_type_gets_an_answer_in_both_languages(model: str, vram: str, ram: str) -> None:
    found = CLINIC.can_run(model, vram, ram)
    for language in ("zh", "en"):
        answer = spoken(found.answer, language)
        assert answer.title
        assert answer.blocks
    if found.plan.verdict != "no":
        assert any(isinstance(block, Steps) for block in found.answer.blocks)


def test_without_a_quantization_the_best_one_is_planned() -> None:
    found = CLINIC.can_run("Llama-3.1-8B-Instruct", "12", "32")
    plan = found.plan
    assert plan.best
    assert not any("assumed" in note.en for note in found.notes)
    assert plan.model.quant == plan.best.name
    assert plan.verdict == "gpu"


def test_a_quantization_asked_for_is_kept() -> None:
    assert CLINIC.can_run("Llama-3.1-8B-Instruct Q8_0", "8", "32").plan.model.quant == "Q8_0"


@pytest.mark.parametrize(
    ("model", "vram", "ram", "word"),
    [
        ("asdfgh qwertz", "12", "32", "asdfgh"),
        ("stable-diffusion-xl-base-1.0", "12", "32", "language model"),
        ("bge-m3", "12", "32", "language model"),
        ("Qwen3-8B", "-3", "32", "neither an amount"),
        ("Qwen3-8B", "a lot", "32", "neither an amount"),
        ("Qwen3-8B", "12 apples", "32", "neither an amount"),
        ("Qwen3-8B", "12", "0", "RAM"),
        ("Qwen3-8B", "12", "plenty", "RAM"),
    ],
)
def test_bad_input_is_told_what_to_type(model: str, vram: str, ram: str, word: str) -> None:
    with pytest.raises(UserError) as caught:
        CLINIC.can_run(model, vram, ram)
    assert word in caught.value.text.en
    assert caught.value.text.zh


def test_less_ram_than_the_system_needs() -> None:
    found = CLINIC.can_run("Qwen3-8B Q4_K_M", "0", "2")
    assert found.plan.verdict == "no"
    assert "No." in str(found.answer.blocks)


@pytest.mark.parametrize("context", [0, -5, 1 << 40])
def test_an_impossible_context(context: int) -> None:
    with pytest.raises(UserError):
        CLINIC.can_run("Qwen3-8B", "12", "32", context=context)


@pytest.mark.parametrize(
    ("files", "pipeline", "word"),
    [
        (("adapter_config.json", "adapter_model.safetensors"), None, "LoRA"),
        (("model_index.json", "unet/x.safetensors"), None, "pictures"),
        (("README.md",), None, "no model weights"),
        (("model.safetensors",), "sentence-similarity", "embedding"),
    ],
)
def test_repositories_that_hold_no_language_model(files: tuple[str, ...], pipeline: str | None, word: str) -> None:
    repository = Repository("owner/thing", "c", tuple(RepositoryFile(f, 9) for f in files), pipeline=pipeline)
    with pytest.raises(UserError) as caught:
        requested_model("owner/thing", CLINIC.catalog, ShelfHub(repository))
    assert word in caught.value.text.en


def test_a_hub_out_of_reach_leaves_the_catalog() -> None:
    hub = ShelfHub(error=HubError("The hub is down.", "连不上。", temporary=True))
    found = Clinic(hub=hub).can_run("Qwen/Qwen2.5-7B-Instruct", "12", "32")
    assert "catalog" in told(found.answer.details[-1].text, "en")  # type: ignore[union-attr]


def test_a_missing_repository_is_said_even_though_the_catalog_knows_the_model() -> None:
    hub = ShelfHub(error=HubError("There is no such repository.", "没有这个仓库。"))
    with pytest.raises(HubError):
        Clinic(hub=hub).can_run("Qwen/Qwen2.5-7B-Instruct-Q9", "12", "32")


def test_commands_name_the_placement() -> None:
    found = CLINIC.can_run("Qwen2.5-32B-Instruct Q4_K_M", "3060", "32", system="linux")
    commands = found.commands
    layers = str(found.plan.placement.gpu_layers)
    assert list(commands) == ["llama.cpp", "koboldcpp", "ollama", "LM Studio"]
    assert f"-ngl {layers}" in commands["llama.cpp"].text
    assert f"--gpulayers {layers}" in commands["koboldcpp"].text
    assert f"num_gpu {layers}" in commands["ollama"].text


def test_loaders_stand_in_the_order_of_the_system() -> None:
    first = {}
    for system in ("windows", "macos", "linux"):
        found = CLINIC.can_run("Qwen3-14B Q4_K_M", "M4 Max 64GB" if system == "macos" else "4090", "64", system=system)
        first[system] = next(iter(found.commands))
        assert first[system] in str(found.answer.blocks)
    assert first == {"windows": "koboldcpp", "macos": "LM Studio", "linux": "llama.cpp"}


def test_a_loader_that_cannot_keep_experts_in_ram_is_left_out() -> None:
    found = CLINIC.can_run("Qwen3-30B-A3B Q4_K_M", "8", "32")
    assert "ollama" not in found.commands


def test_formats_for_the_gpu_get_their_own_loaders() -> None:
    exl = CLINIC.can_run("Qwen2.5-14B-Instruct-4.0bpw-exl2", "3090", "32", system="linux")
    assert "model_name:" in exl.commands["tabbyAPI"].text
    awq = CLINIC.can_run("Qwen2.5-14B-Instruct-AWQ", "2x3090", "32", system="linux")
    assert "--tensor-parallel-size 2" in awq.commands["vLLM"].text


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_chart_is_a_picture_that_fits_an_embed(dark: bool, language: str, tmp_path: Path) -> None:
    chart = CLINIC.can_run("Qwen3-14B Q4_K_M", "12", "32").answer.chart
    assert chart
    path = tmp_path / "chart.png"
    path.write_bytes(context_chart_png(chart, language, dark=dark))
    with Image.open(path) as picture:
        assert picture.size == (864, 486)
        assert len(picture.convert("RGB").getcolors(1 << 20) or ()) > 50


def test_the_command_line() -> None:
    run = CliRunner().invoke(canirun, ["Qwen3-14B Q4_K_M", "3060", "32", "--offline", "--json", "--system", "linux"])
    document = json.loads(run.stdout)
    assert run.exit_code == 0
    assert document["verdict"] == "gpu"
    assert document["layers"] == 40
    assert document["memory"]["gpu"]["total"] > 0
    assert document["quants"][0].keys() == {"name", "bytes", "verdict", "gpu_layers"}
    lines = (
        '{"id": 1, "model": "Qwen3-8B", "vram": "12", "ram": 32}\n{"id": 2, "model": "Qwen3-8B", "vram": 0, "ram": 8}\n'
    )
    run = CliRunner().invoke(canirun, ["--jsonl", "--offline", "--system", "windows"], input=lines)
    assert [json.loads(line)["id"] for line in run.stdout.splitlines()] == [1, 2]


def test_wrong_usage_ends_with_status_2() -> None:
    assert CliRunner().invoke(canirun, ["Qwen3-8B"]).exit_code == 2


def test_an_offline_answer_is_bounded() -> None:
    """No timing contract here (see the benchmarks); only that nothing runs away."""
    assert calls_of(partial(CLINIC.can_run, "DeepSeek-V3 Q4_K_M", "24", "128")) < 10_000_000


class FolderHub(ShelfHub):
    """A hub whose repositories have a config.json."""

    def __init__(self, config: Mapping[str, Any], *repositories: Repository) -> None:
        super().__init__(*repositories)
        self.config = config

    def json_file(self, repository: Repository, path: str) -> Mapping[str, Any]:
        assert path == "config.json"
        return self.config


NOVEL = {
    "model_type": "llama",
    "num_hidden_layers": 24,
    "hidden_size": 2048,
    "intermediate_size": 5632,
    "num_attention_heads": 16,
    "num_key_value_heads": 4,
    "vocab_size": 64000,
    "max_position_embeddings": 16384,
}


def test_an_original_that_the_catalog_does_not_know_is_read_from_its_config() -> None:
    repository = Repository("someone/novel-tiny-chat", "c", (RepositoryFile("model.safetensors", 3 << 30),))
    found = Clinic(hub=FolderHub(NOVEL, repository)).can_run("someone/novel-tiny-chat", "8", "16")
    assert found.plan.verdict == "gpu"
    assert found.plan.model.shape.layers == 24
    assert found.files.first.endswith(".gguf")


def test_a_quantized_folder_keeps_its_real_size_and_is_downloaded_whole() -> None:
    size = 5 << 30
    repository = Repository("someone/novel-tiny-chat-exl3", "c", (RepositoryFile("model.safetensors", size),))
    config = {**NOVEL, "quantization_config": {"quant_method": "exl3", "bits": 4.0}}
    found = Clinic(hub=FolderHub(config, repository)).can_run("someone/novel-tiny-chat-exl3", "8", "16")
    assert found.plan.model.file_bytes == size
    assert found.plan.placement.estimate.gpu.weights <= size
    assert "hf download someone/novel-tiny-chat-exl3 --local-dir" in str(found.answer.details)
    assert list(found.commands) == ["tabbyAPI"]


def test_a_file_is_opened_only_where_the_caller_allows_it(tmp_path: Path) -> None:
    path = tmp_path / "Qwen3-8B-Q4_K_M.gguf"
    path.write_bytes(b"not a model")
    assert requested_model(str(path), CLINIC.catalog).model.shape.layers == 36
    with pytest.raises(UserError):
        requested_model(str(path), CLINIC.catalog, local_files=True)


@pytest.mark.parametrize("system", ["windows", "linux"])
def test_a_file_name_of_a_stranger_runs_nothing(system: System) -> None:
    plan = CLINIC.can_run("Qwen3-8B Q4_K_M", "12", "32", system=system).plan
    files = ModelFiles("owner/thing", "a/x$(reboot)'; rm -rf ~.gguf", ("a/x$(reboot)'; rm -rf ~.gguf",))
    commands = loader_commands(plan, files, CLINIC.loaders)
    for loader in ("koboldcpp", "llama.cpp"):
        if system == "windows":
            assert "'x$(reboot)''; rm -rf ~.gguf'" in commands[loader].text
        else:
            assert "x$(reboot)'; rm -rf ~.gguf" in shlex.split(commands[loader].text)
    download = download_command(files)
    assert download
    assert "a/x$(reboot)'; rm -rf ~.gguf" in shlex.split(download.text)


@pytest.mark.parametrize(
    "repository",
    ["--help/Qwen3-8B-AWQ", "own$(id)/x", "own/..", "../x", "\u043ewner/x", "a/b; id", "a/b\u202e", "a/b/c"],
)
def test_what_is_no_repository_of_the_hub_gets_into_no_command(repository: str) -> None:
    plan = CLINIC.can_run("Qwen3-8B-AWQ", "16", "32", system="linux").plan
    files = ModelFiles(repository, "")
    assert download_command(files) is None
    assert loader_commands(plan, files, CLINIC.loaders)["vLLM"].text.startswith("vllm serve OWNER/Qwen3-8B-AWQ ")


def test_a_bad_line_leaves_the_others() -> None:
    lines = [
        {"id": 1, "model": "Qwen3-8B", "vram": "12", "ram": "32", "context": "8k"},
        {"id": 2, "model": "asdfgh qwertz", "vram": "12", "ram": "32"},
        {"id": 3, "model": "Qwen3-8B", "vram": 12, "ram": 32, "context": 4096},
    ]
    given = "\n".join(json.dumps(line) for line in lines)
    result = CliRunner().invoke(canirun, ["--jsonl", "--offline"], input=given)
    first, second, third = (json.loads(line) for line in result.stdout.splitlines())
    assert "whole number" in first["error"]["en"]
    assert "asdfgh" in second["message"]["zh"]
    assert third["verdict"] == "gpu"
    assert result.exit_code == 1


@pytest.mark.parametrize(("tag", "quant"), [("qwen3:8b", "Q4_K_M"), ("gemma3:4b-it-qat", "Q4_0")])
def test_a_tag_of_ollama_is_one_file(tag: str, quant: str) -> None:
    found = CLINIC.can_run(tag, "24", "64").plan
    assert found.model.quant == quant
    assert CLINIC.can_run("Qwen3-8B", "24", "64").plan.model.quant == "Q6_K"  # a name leaves the choice


def test_a_name_of_any_length_costs_no_more_than_a_long_one() -> None:
    def ask(name: str) -> None:
        with pytest.raises(UserError):
            CLINIC.can_run(name, "12", "32")

    ask("zQ3 xW9 " * 300)  # loads what is loaded once
    assert calls_of(partial(ask, "zQ3 xW9 " * 25_000)) <= 1.2 * calls_of(partial(ask, "zQ3 xW9 " * 300))


def test_what_is_to_stay_in_ram_is_split_off_and_said_in_the_commands() -> None:
    found = CLINIC.can_run("Qwen3-30B-A3B-Q4_K_M", "24", "32", system="linux", override_tensor="exps=CPU")
    counted = CLINIC.can_run("Qwen3-30B-A3B-Q4_K_M", "24", "32", system="linux")
    assert (counted.plan.verdict, found.plan.verdict) == ("gpu", "split")
    assert found.plan.placement.estimate.whole
    assert found.plan.placement.estimate.gpu.weights < 1 << 30 < found.plan.placement.estimate.host.weights
    assert set(found.commands) == {"llama.cpp", "koboldcpp"}  # the others have no such option
    assert found.commands["llama.cpp"].text.endswith("-ngl 49 -ot exps=CPU")
    assert "--overridetensors exps=CPU" in found.commands["koboldcpp"].text
    assert "-ot" not in counted.commands["llama.cpp"].text
    assert found.plan.speed is not None
    assert counted.plan.speed is not None
    assert found.plan.speed.high < counted.plan.speed.high


def test_a_pattern_for_the_shell_is_quoted() -> None:
    pattern = r"blk\.(2[0-9]|3.|4.)\.ffn_.*_exps\."
    found = CLINIC.can_run("Qwen3-30B-A3B-Q4_K_M", "12", "32", system="linux", override_tensor=f"{pattern}=CPU")
    words = shlex.split(found.commands["llama.cpp"].text)
    assert words[words.index("-ot") + 1] == f"{pattern}=CPU"


@pytest.mark.parametrize(
    ("told", "engine", "said"),
    [
        ("nix=CPU", None, "has such a tensor"),
        ("exps=CUDA1", None, "PATTERN=CPU"),
        ("exps=CPU", "vllm", "an option of llama.cpp and koboldcpp"),
    ],
)
def test_what_cannot_stay_in_ram_is_refused(told: str, engine: str | None, said: str) -> None:
    with pytest.raises(UserError, match=said):
        CLINIC.can_run("Qwen3-30B-A3B-Q4_K_M", "24", "32", engine=engine, override_tensor=told)


def test_the_command_line_takes_tensors_for_ram() -> None:
    told = ["Qwen3-30B-A3B-Q4_K_M", "24", "32", "--system", "linux", "-ot", "exps=CPU", "--offline", "--json"]
    shown = CliRunner().invoke(canirun, told)
    assert json.loads(shown.output)["commands"]["llama.cpp"].endswith("-ot exps=CPU")
    line = json.dumps({"id": 1, "model": told[0], "vram": "24", "ram": "32", "override_tensor": "exps=CPU"})
    shown = CliRunner().invoke(canirun, ["--jsonl", "--offline", "--system", "linux"], input=line)
    assert json.loads(shown.output)["verdict"] == "split"
