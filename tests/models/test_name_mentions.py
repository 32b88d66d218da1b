import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped import find_names


def told(text: str) -> list[tuple[str, str | None, str | None]]:
    return [(text[m.start : m.end], m.name.told, m.name.quant_told) for m in find_names(text)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我用狗头人跑千问2.5 14b，速度很慢", "Qwen2.5-14B"),
        ("跑的qwq32b q6k", "QwQ-32B"),
        ("tried cydonia 24b at temp 0.8", "Cydonia-24B"),
        ("mag mell 12b keeps repeating", "MN-12B-Mag-Mell-R1"),
        ("is gemma3 any good", "gemma-3"),
        ("vllm serve Qwen/Qwen3-8B --port 80", "Qwen3-8B"),
        ("ollama run llama3.1:8b 报错", "Llama-3.1-8B"),
        ("我拿ollama跑的qwen3:14b很慢", "Qwen3-14B"),
        ("我下的Qwen/Qwen3-8B加载不了", "Qwen3-8B"),
        ("loading D:\\m\\phi-4-Q6_K.gguf now", "phi-4"),
        ("glm 4.5 air 64gb ram 24gb vram", "GLM-4.5-Air"),
        ("qwen3 14b 16g内存", "Qwen3-14B"),
        ("来自 https://hf-mirror.com/zai-org/GLM-4-9B-0414 的", "GLM-4-9B-0414"),
    ],
)
def test_models_in_running_text(text: str, name: str) -> None:
    assert [mention[1] for mention in told(text)] == [name]


@pytest.mark.parametrize(
    "text",
    [
        "llama.cpp and llama-server do not start",
        "the command line is too small for a large world",
        "跑32b聊天，电源650w",
        "12b at Q6 does 60 t/s",
        "my solar panel and a falcon in the sky",
        "git clone https://github.com/vllm-project/vllm.git",
        "一步一步来的",
        "and/or whatever, he/she said 3.5 of them",
        "",
    ],
)
def test_text_that_names_no_model(text: str) -> None:
    assert told(text) == []


def test_a_file_is_one_mention_with_its_quantization() -> None:
    assert told("./main -m ./models/mistral-7b-instruct-v0.1.Q3_K_M.gguf -n 300") == [
        ("./models/mistral-7b-instruct-v0.1.Q3_K_M.gguf", "Mistral-7B-Instruct-v0.1", "Q3_K_M")
    ]


@given(st.text(alphabet=st.sampled_from("qwen2.5 -/:\\llama千问的b4_k"), max_size=120))
def test_mentions_never_overlap(text: str) -> None:
    mentions = find_names(text)
    assert all(first.end <= second.start for first, second in itertools.pairwise(mentions))
