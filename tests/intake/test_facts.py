from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped import CARDS, read_facts

from bot.intake.cleaning import clean
from bot.intake.facts import Facts

GIB = 1 << 30
MIB = 1 << 20


def values(text: str) -> dict[str, Any]:
    facts = read_facts(clean(text))
    known: dict[str, Any] = {}
    for name in Facts.__dataclass_fields__:
        fact = getattr(facts, name)
        if fact:
            known[name] = tuple(f.value for f in fact) if isinstance(fact, tuple) else fact.value
    return known


KOBOLDCPP = """***
Welcome to KoboldCpp - Version 1.91.2
Initializing dynamic library: koboldcpp_cublas.dll
Loading Text Model: D:\\models\\Mistral-Nemo-Instruct-2407-Q5_K_M.gguf
ggml_cuda_init: found 1 CUDA devices:
  Device 0: NVIDIA GeForce RTX 4060, compute capability 8.9, VMM: yes
llama_model_load_from_file_impl: using device CUDA0 (NVIDIA GeForce RTX 4060) - 7099 MiB free
print_info: file type   = Q5_K - Medium
print_info: n_ctx_train      = 1024000
llama_context: n_ctx         = 12288
load_tensors: offloaded 25/41 layers to GPU
Please connect to custom endpoint at http://localhost:5001
"""

VLLM = """(APIServer pid=88) INFO 11-02 09:12:44 [api_server.py:1896] vLLM API server version 0.11.1
(APIServer pid=88) INFO 11-02 09:12:44 [utils.py:253] non-default args: {'model': 'Qwen/Qwen3-14B-AWQ'}
(EngineCore_DP0 pid=140) File "/usr/local/lib/python3.12/dist-packages/vllm/v1/engine/core.py", line 699, in run
(EngineCore_DP0 pid=140) torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.20 GiB. GPU 0 has a total capacity of 23.64 GiB of which 312.50 MiB is free.
$ vllm serve Qwen/Qwen3-14B-AWQ --max-model-len 24576 --port 8123
"""  # noqa: E501

NVIDIA_SMI = """+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI 570.86.10    Driver Version: 570.86.10    CUDA Version: 12.8     |
|   0  NVIDIA GeForce RTX 3090        Off |   00000000:01:00.0 Off |                  N/A |
| 30%   41C    P8     25W / 350W |    410MiB /  24576MiB |      0%      Default |
|   1  NVIDIA GeForce RTX 3060        Off |   00000000:04:00.0 Off |                  N/A |
|  0%   38C    P8     12W / 170W |      5MiB /  12288MiB |      0%      Default |
"""

OLLAMA = """time=2026-01-09T20:02:11.5+08:00 level=INFO source=routes.go:1200 msg="Listening on 127.0.0.1:11434 (version 0.9.6)"
time=2026-01-09T20:02:11.9+08:00 level=INFO source=types.go:130 msg="inference compute" id=GPU-1 library=cuda variant=v12 compute=8.6 driver=12.8 name="NVIDIA GeForce RTX 3060" total="12.0 GiB" available="10.9 GiB"
time=2026-01-09T20:02:15.0+08:00 level=INFO source=server.go:135 msg="system memory" total="31.9 GiB" free="20.1 GiB" free_swap="35.0 GiB"
"""  # noqa: E501

NPM = """PS D:\\SillyTavern> npm install
npm ERR! code ECONNRESET
npm ERR! node v20.11.1
npm ERR! System Windows_NT 10.0.19045
"""


def test_koboldcpp_tells_nearly_everything() -> None:
    assert values(KOBOLDCPP) == {
        "system": "Windows",
        "loader": "koboldcpp",
        "loader_version": "1.91.2",
        "model": "Mistral-Nemo-Instruct-2407",
        "model_file": "D:\\models\\Mistral-Nemo-Instruct-2407-Q5_K_M.gguf",
        "quant": "Q5_K_M",
        "gpus": ("RTX 4060",),
        "makers": ("nvidia",),
        "vram_free": 7099 * MIB,
        "context": 12288,
        "trained_context": 1024000,
        "gpu_layers": 25,
        "layers": 41,
        "port": 5001,
    }


def test_vllm() -> None:
    known = values(VLLM)
    assert known["loader"] == "vLLM"
    assert known["loader_version"] == "0.11.1"
    assert known["system"] == "Linux"
    assert known["python"] == "3.12"
    assert known["model"] == "Qwen3-14B"
    assert known["quant"] == "AWQ"
    assert known["vram"] == round(23.64 * GIB)
    assert known["vram_free"] == round(312.5 * MIB)
    assert known["context"] == 24576
    assert known["port"] == 8123


def test_nvidia_smi() -> None:
    known = values(NVIDIA_SMI)
    assert known["driver"] == "570.86.10"
    assert known["cuda"] == "12.8"
    assert known["gpus"] == ("RTX 3090", "RTX 3060")
    assert known["vram"] == 24576 * MIB


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("windows 11, ollama 0.21.2, it hangs", "0.21.2"),
        ("since the update to koboldcpp 1.119 ministral does not load", "1.119"),
        ("vllm 0.24 in docker", "0.24"),
        ("llama-b6996-bin-ubuntu-vulkan-x64 with a 7900XTX", "6996"),
        ("ollama 0.5.7 still works", None),
        ("koboldcpp 1.118 was fine", None),
        ("went back to ollama 0.12.3", None),
        ("qwen3 with vllm 0.6b", None),
        ("text-generation-webui 4.7 portable on ubuntu", "4.7"),
        ("went back to oobabooga 3.3", None),
        ("SillyTavern 1.13.2, LM Studio, gemma 3", None),  # the front end's
    ],
)
def test_a_version_told_in_words(text: str, version: str | None) -> None:
    assert values(text).get("loader_version") == version


def test_version_of_the_front_end_is_its_own() -> None:
    assert values("SillyTavern 1.13.2, LM Studio 0.4.1, gemma 3")["frontend_version"] == "1.13.2"
    assert values("SillyTavern 1.13.2, LM Studio 0.4.1, gemma 3")["loader_version"] == "0.4.1"


def test_ollama() -> None:
    known = values(OLLAMA)
    assert known["loader"] == "ollama"
    assert known["loader_version"] == "0.9.6"
    assert known["gpus"] == ("RTX 3060",)
    assert known["vram"] == 12 * GIB
    assert known["ram"] == round(31.9 * GIB)
    assert known["port"] == 11434


OLLAMA_MEMORY = """time=2025-06-01T10:00:00.000+08:00 level=INFO source=server.go:168 msg=offload library=cuda \
layers.requested=-1 layers.model=49 layers.offload=37 layers.split="" memory.available="[11.5 GiB]" \
memory.gpu_overhead="0 B" memory.required.full="14.2 GiB" memory.required.kv="2.0 GiB"
"""
OLLAMA_ENGINE = """time=2026-01-05T10:00:00.000Z level=INFO source=runner.go:1271 msg=load request="{Operation:commit \
LoraPath:[] Parallel:1 BatchSize:512 FlashAttention:Enabled KvSize:16384 KvCacheType: NumThreads:8 \
GPULayers:37[ID:GPU-1 Layers:37(12..48)] MultiUserCache:false ProjectorPath: MainGPU:0 UseMmap:false}"
time=2026-01-05T10:00:00.000Z level=INFO source=device.go:240 msg="model weights" device=CUDA0 size="5.9 GiB"
"""
LM_STUDIO = """$ lms load --estimate-only qwen/qwen3-14b --gpu max
Model: qwen/qwen3-14b
Context Length: 16,384
Estimated GPU Memory:   11.20 GB
"""


def test_what_ollama_worked_out_before_it_loads() -> None:
    known = values(OLLAMA_MEMORY)
    assert (known["gpu_layers"], known["layers"], known["vram_free"]) == (37, 49, round(11.5 * GIB))
    known = values(OLLAMA_ENGINE)
    assert (known["gpu_layers"], known["context"]) == (37, 16384)


def test_the_estimate_of_lm_studio() -> None:
    assert values(LM_STUDIO)["context"] == 16384


def test_npm_on_windows() -> None:
    known = values(NPM)
    assert known["node"] == "20.11.1"
    assert known["system"] == "Windows 10"


def test_a_fact_carries_its_line() -> None:
    facts = read_facts(clean("hello\n\nload_tensors: offloaded 12/33 layers to GPU\n"))
    assert facts.gpu_layers is not None
    assert facts.gpu_layers.line == 3


def test_the_same_card_twice_is_two_cards_and_a_repeated_list_is_one() -> None:
    twice = "  Device 0: NVIDIA GeForce RTX 3090, compute\n  Device 1: NVIDIA GeForce RTX 3090, compute\n"
    assert values(twice)["gpus"] == ("RTX 3090", "RTX 3090")
    pair = "  Device 0: NVIDIA GeForce RTX 3090, x\n  Device 1: Tesla P40, x\n"
    assert values(pair + pair)["gpus"] == ("RTX 3090", "Tesla P40")


@pytest.mark.parametrize(
    ("line", "system"),
    [
        ("Microsoft Windows [版本 10.0.22631.4460]", "Windows 11"),
        ("OS: Ubuntu 24.04.1 LTS (x86_64)", "Ubuntu 24.04"),
        ("Python platform: macOS-15.1-arm64-arm-64bit", "macOS 15.1"),
        ("cannot open /data/data/com.termux/files/usr/bin/node", "Android (Termux)"),
        ("Linux version 5.15.153.1-microsoft-standard-WSL2", "WSL2"),
        ('  File "/Users/kim/llm/server.py", line 3', "macOS"),
        ('  File "C:\\Users\\kim\\llm\\server.py", line 3', "Windows"),
        ('  File "/home/kim/llm/server.py", line 3', "Linux"),
    ],
)
def test_systems(line: str, system: str) -> None:
    assert values(line)["system"] == system


@pytest.mark.parametrize("text", ["", "\n\n", "an ordinary sentence about nothing", "🙂🙂🙂", "12:30 is lunch"])
def test_nothing_is_made_up(text: str) -> None:
    assert read_facts(clean(text)) == Facts()


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("NVIDIA GeForce RTX 4070 Ti SUPER", "RTX 4070 Ti Super"),
        ("NVIDIA GeForce RTX 3070 Laptop GPU", "RTX 3070 Laptop"),
        ("Tesla V100-PCIE-16GB", "Tesla V100"),
        ("AMD Radeon RX 7900 XTX (RADV NAVI31)", "RX 7900 XTX"),
        ("NVIDIA A100-SXM4-80GB", "A100"),
        ("Apple M2 Max", "M2 Max"),
    ],
)
def test_cards_as_drivers_print_them(printed: str, name: str) -> None:
    assert CARDS.name(printed) == name


@pytest.mark.parametrize(
    ("text", "cards"),
    [
        ("4070tis 32g内存", ["RTX 4070 Ti Super"]),
        ("1660s 6g", ["GTX 1660 Super"]),
        ("两张3090加一张p40", ["RTX 3090", "P40"]),
        ("A卡6700xt", ["RX 6700 XT"]),
        ("2080ti 22G魔改", ["RTX 2080 Ti"]),
        ("MacBook Pro m3 max 64g", ["M3 Max"]),
        ("it uses 4096 tokens", []),
        ("port 7860 on 192.168.1.70", []),
    ],
)
def test_cards_as_people_write_them(text: str, cards: list[str]) -> None:
    assert [mention.name for mention in CARDS.found_in(text)] == cards


@given(st.text())
def test_any_text_gives_facts_or_none(text: str) -> None:
    assert isinstance(read_facts(clean(text)), Facts)


@given(st.lists(st.sampled_from(KOBOLDCPP.splitlines() + VLLM.splitlines() + NVIDIA_SMI.splitlines()), max_size=30))
def test_lines_in_any_order_keep_their_types(lines: list[str]) -> None:
    facts = read_facts(clean("\n".join(lines)))
    assert facts.context is None or facts.context.value > 0
    assert facts.loader is None or facts.loader.value in {"koboldcpp", "vLLM", "llama.cpp"}


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("me@pc:~/tabbyAPI$ python main.py\nValueError: no", {"loader": "tabbyAPI"}),
        ("Nov 13 10:10:58 desk ollama[1067]: permission denied", {"loader": "ollama"}),
        ("open-webui  | permission denied", {"frontend": "Open WebUI"}),
        ("db-1  | permission denied", {}),
    ],
)
def test_a_program_is_told_by_whom_a_prefix_or_a_prompt_names(text: str, known: dict[str, str]) -> None:
    told = values(text)
    assert {name: told[name] for name in ("loader", "frontend") if name in told} == known
