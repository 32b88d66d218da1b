import pytest
from shipped import parse_name
from spoken import spoken

from bot.answers.blocks import Fields, Paragraph
from bot.answers.names import explain_answer, quant_meaning
from bot.base.languages import Language, told
from bot.knowledge.files import knowledge_root
from bot.knowledge.reference import load_formats
from bot.models.name_facts import NameFacts

FORMATS = load_formats(knowledge_root())


def explained(name: str, language: Language = "en") -> dict[str, str]:
    answer = spoken(explain_answer(parse_name(name), NameFacts(5 << 30, ("koboldcpp",)), FORMATS), language)
    return {
        str(field.name): str(field.value)
        for block in answer.blocks
        if isinstance(block, Fields)
        for field in block.fields
    }


def test_every_part_of_a_split_file_is_told() -> None:
    parts = explained("qwen2.5-coder-7b-instruct-q4_k_m-00001-of-00002.gguf", "zh")
    assert parts["模型"] == "Qwen2.5-Coder-7B-Instruct"
    assert "70 亿" in parts["大小"]
    assert parts["量化"].startswith("Q4_K_M")
    assert "2 个分卷的第 1 个" in parts["分卷"]
    assert parts["文件大小"] == "5.0 GiB"


def test_of_a_folder_all_is_downloaded() -> None:
    assert "download all of it" in explained("Qwen/Qwen2.5-32B-Instruct-GPTQ-Int8")["To download"]
    assert "To download" not in explained("a-7b-Q4_K_M.gguf")


def test_experts_are_explained() -> None:
    assert "3 billion" in explained("Qwen3-30B-A3B-Q4_K_M.gguf")["Active part"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a-7b-Q2_K.gguf", "below 4 bits"),
        ("Qwen2.5-7B-Instruct-UD-Q4_K_XL.gguf", "dynamic"),
        ("Qwen2.5-7B-Instruct-IQ4_XS.gguf", "tighter"),
        ("Qwen/Qwen2.5-7B-Instruct-AWQ", "always 4 bits"),
        ("Qwen/Qwen2.5-32B-Instruct-GPTQ-Int8", "here with 8 bits"),
        ("Qwen/Qwen2.5-32B-Instruct-GPTQ-Int3", "below 4 bits"),
        ("Qwen2.5-7B-Instruct-4.65bpw-exl2", "4.65"),
        ("Qwen2.5-7B-Instruct-f16.gguf", "not quantized"),
    ],
)
def test_quantizations_are_explained(name: str, said: str) -> None:
    assert said in told(quant_meaning(parse_name(name)), "en")


@pytest.mark.parametrize(
    ("name", "said"),
    [("my_style_lora.safetensors", "LoRA"), ("flux dev", "pictures"), ("bge-m3", "cannot chat"), ("asdf", "example")],
)
def test_what_is_no_language_model_is_told_what_it_is(name: str, said: str) -> None:
    answer = spoken(explain_answer(parse_name(name), NameFacts(), FORMATS))
    assert any(isinstance(block, Paragraph) and said in str(block.text) for block in answer.blocks)


def test_an_unsure_name_shows_the_others() -> None:
    answer = spoken(explain_answer(parse_name("gemma 3"), NameFacts(), FORMATS), "zh")
    assert answer.tone == "careful"
    assert any(isinstance(block, Paragraph) and "gemma-3-12b-it" in str(block.text) for block in answer.blocks)
