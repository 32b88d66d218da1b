from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped import known_models, parse_name

from bot.knowledge.files import DataError, knowledge_root
from bot.knowledge.reference import load_loaders
from bot.models.catalog import load_catalog
from bot.models.families import expanded, load_families
from bot.models.name_facts import loaders_for, tensor_bytes
from bot.models.quant_names import gguf_name, read_quant


@pytest.mark.parametrize(
    ("text", "base", "quant"),
    [
        # repositories and links
        ("Qwen/Qwen3-14B-GGUF", "Qwen3-14B", None),
        ("unsloth/DeepSeek-R1-Distill-Llama-8B-GGUF:Q5_K_M", "DeepSeek-R1-Distill-Llama-8B", "Q5_K_M"),
        ("neuralmagic/Meta-Llama-3.1-70B-Instruct-FP8", "Llama-3.1-70B-Instruct", "FP8"),
        ("RedHatAI/Qwen2.5-7B-Instruct-quantized.w4a16", "Qwen2.5-7B-Instruct", "W4A16"),
        ("glm-5.2-w4a8", "GLM-5.2", "W4A8"),
        ("Kimi-K2.5-W4AFP8", "Kimi-K2.5", "W4AFP8"),
        ("https://hf-mirror.com/bartowski/phi-4-GGUF/blob/main/phi-4-Q6_K.gguf", "phi-4", "Q6_K"),
        ("https://huggingface.co/unsloth/DeepSeek-V3-0324-GGUF/tree/main/UD-Q2_K_XL", "DeepSeek-V3-0324", "UD-Q2_K_XL"),
        ("https://www.modelscope.cn/models/Shanghai_AI_Laboratory/internlm2_5-7b-chat", "internlm2_5-7b-chat", None),
        ("https://ollama.com/library/deepseek-r1:32b", "DeepSeek-R1-Distill-Qwen-32B", None),
        ("ollama run hf.co/unsloth/GLM-4-32B-0414-GGUF:Q4_K_M", "GLM-4-32B-0414", "Q4_K_M"),
        # ollama tags
        ("llama3.1:70b-instruct-q2_K", "Llama-3.1-70B-Instruct", "Q2_K"),
        ("qwen2.5vl:7b", "Qwen2.5-VL-7B-Instruct", None),
        ("command-r-plus:104b-q2_K", "c4ai-command-r-plus", "Q2_K"),
        ("olmo2:13b", "OLMo-2-1124-13B-Instruct", None),
        ("gpt-oss:120b-cloud", "gpt-oss-120b", None),
        ("qwen3.6:27b-mtp-q8_0", "Qwen3.6-27B", "Q8_0"),
        # files and paths
        ("zai-org_GLM-4.7-Flash-IQ3_M.gguf", "GLM-4.7-Flash", "IQ3_M"),
        ("deepreinforce-ai_Ornith-1.0-9B.Q6_K", "Ornith-1.0-9B", "Q6_K"),
        ("C:\\Users\\wang\\Downloads\\magnum-v4-27b.i1-IQ3_M.gguf", "magnum-v4-27b", "IQ3_M"),
        ("/root/.cache/modelscope/hub/models/Qwen/Qwen2___5-7B-Instruct", "Qwen2.5-7B-Instruct", None),
        ("DeepSeek-R1-UD-IQ1_S-00001-of-00003.gguf", "DeepSeek-R1", "UD-IQ1_S"),
        ("Some-New-Merge-14B-v2.Q4_K_S.gguf", "Some-New-Merge-14B-v2", "Q4_K_S"),
        ("old-made-up-13b.ggmlv3.q5_1.bin", "old-made-up-13b", "Q5_1"),
        ("月之暗面k2 q3_k_m", "Kimi-K2-Instruct", "Q3_K_M"),
        ("ggml-model-q4_0.gguf", None, "Q4_0"),
        # Chinese, talk and slips
        ("千问3 8b q6k", "Qwen3-8B", "Q6_K"),
        ("深度求索r1 32b蒸馏版 q4", "DeepSeek-R1-Distill-Qwen-32B", "Q4_K_M"),
        ("智谱4.5 air q4km", "GLM-4.5-Air", "Q4_K_M"),
        ("面壁小钢炮 4.1 8b", "MiniCPM4.1-8B", None),
        ("羊驼3.1 8b iq4xs", "Llama-3.1-8B-Instruct", "IQ4_XS"),
        ("qwne2.5 7b", "Qwen2.5-7B-Instruct", None),
        ("mistarl small 24b q4 k s", "Mistral-Small-24B-Instruct-2501", "Q4_K_S"),
        ("deepseek r1 14b on my 3060 12gb?", "DeepSeek-R1-Distill-Qwen-14B", None),
        ("mythomax 13b q5km", "MythoMax-L2-13b", "Q5_K_M"),
        ("百灵3.0 flash", "Ling-3.0-flash", None),
        ("美团龙猫flash", "LongCat-Flash-Chat", None),
        ("混元hy3 q2", "Hy3", "Q2_K"),
        ("cydonia 24b v2.1 iq3xxs", "Cydonia-24B-v2.1", "IQ3_XXS"),
        # the last figure of a version is none of the quantization
        ("TheBloke/Mistral-7B-Instruct-v0.2-GPTQ", "Mistral-7B-Instruct-v0.2", "GPTQ"),
        ("Mistral-7B-Instruct-v0.3-GPTQ-Int4", "Mistral-7B-Instruct-v0.3", "GPTQ-Int4"),
        ("gemma-4-E2B-it-qat-w4a16-ct", "gemma-4-E2B-it", "W4A16"),
        ("huihui gemma4 26b a4b abliterated q4", "gemma-4-26B-A4B-it-abliterated", "Q4_K_M"),
        ("huihui qwen3.6 27b", "Qwen3.6-27B", None),
        ("glm-ocr 0.9b", "GLM-OCR", None),
        ("kimi k3 iq1", "Kimi-K3", "IQ1_M"),
        ("gptoss 120", "gpt-oss-120b", None),
        ("gpt-oss 20", "gpt-oss-20b", None),
        ("twolven/Qwen3.8-27B-abliterated-AWQ-MTP", "Qwen3.8-27B-abliterated", "AWQ"),
        ("qwen3.8-flash-next:125b-a6b-q4_K_M", "Qwen3.8-Flash-Next", "Q4_K_M"),
        ("poolside/Laguna-S-2.1-INT4", "Laguna-S-2.1", "INT4"),
        ("openPangu 7b", "openPangu-Embedded-7B", None),
        ("lfm2:24b-a2b", "LFM2-24B-A2B", None),
        ("glm5.2 ud-iq2", "GLM-5.2", "UD-IQ2_M"),
        ("qwen3.6 27b ud q4", "Qwen3.6-27B", "UD-Q4_K_XL"),
    ],
)  # fmt: skip
def test_base_and_quantization(text: str, base: str, quant: str | None) -> None:
    name = parse_name(text)
    assert (name.base, name.quant) == (base, quant)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("stabilityai/stable-diffusion-xl-base-1.0", "diffusion"),
        ("flux dev q8", "diffusion"),
        ("BAAI/bge-m3", "embedding"),
        ("my-style/adapter_model.safetensors", "lora"),
        ("openai/whisper-large-v3", None),
        ("12 apples", None),
        ("hello world", None),
        ("rtx 3090", None),
        ("70b", None),
        ("", None),
    ],
)
def test_what_is_no_language_model_has_no_base(text: str, kind: str | None) -> None:
    name = parse_name(text)
    assert name.base is None
    assert name.kind == kind


def test_split_files_tell_their_part() -> None:
    name = parse_name("qwen2.5-72b-instruct-q5_k_m-00007-of-00014.gguf")
    assert (name.part, name.parts, name.format) == (7, 14, "GGUF")
    assert parse_name("big-model-70b.Q6_K.gguf-split-b").part == 2


def test_bits_per_weight() -> None:
    name = parse_name("LoneStriker/Midnight-Miqu-70B-v1.5-2.4bpw-h6-exl2")
    assert (name.base, name.format, name.bpw) == ("Midnight-Miqu-70B-v1.5", "EXL2", 2.4)
    assert parse_name("ArtusDev/TheDrummer_Cydonia-24B-v4.1_EXL3_4.0bpw_H6").bpw == 4.0


def test_told_is_no_more_than_was_told() -> None:
    assert parse_name("qwen2.5 14b q5km").told == "Qwen2.5-14B"
    assert parse_name("gemma2 9b").told == "gemma-2-9b"
    assert parse_name("tiefighter").told == "LLaMA2-13B-Tiefighter"
    assert parse_name("qwen2.5 14b q5").quant_told == "Q5"


def test_an_ambiguous_name_comes_with_the_others() -> None:
    name = parse_name("mistral small 24b")
    assert name.base == "Mistral-Small-24B-Instruct-2501"
    assert "Mistral-Small-3.2-24B-Instruct-2506" in name.also
    assert name.confidence < parse_name("mistralai/Mistral-Small-24B-Instruct-2501").confidence


def test_another_size_is_another_model() -> None:
    assert parse_name("qwen2.5 33b").base != "Qwen2.5-32B-Instruct-1M"
    assert parse_name("llama 3.3 8b").base != "Llama-3.3-70B-Instruct"


def test_every_known_name_is_read_as_itself() -> None:
    wrong = [model.name for model in known_models().models if not _is_read_as_itself(model.name)]
    assert wrong == []


def _is_read_as_itself(name: str) -> bool:
    file, plain = parse_name(f"{name}.Q4_K_M.gguf"), parse_name(name.lower())
    known = file.base is not None and (known_models().exact(file.base) is not None or file.base in name)
    return known and file.quant == "Q4_K_M" and (plain.base == file.base or name in plain.candidates)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("q4km", "Q4_K_M"), ("Q4 K S", "Q4_K_S"), ("ud-q2kxl", "UD-Q2_K_XL"), ("iq4xs", "IQ4_XS"),
        ("IQ3_K_R4", "IQ3_K_R4"),
        ("q8_0", "Q8_0"), ("q4_0_4_4", "Q4_0_4_4"), ("iq4_ks", "IQ4_KS"), ("tq1_0", "TQ1_0"), ("mxfp4", "MXFP4"),
    ],
)  # fmt: skip
def test_gguf_names_in_the_official_spelling(written: str, name: str) -> None:
    assert gguf_name(written) == name
    assert read_quant(f"model-{written}").quant == name


@pytest.mark.parametrize(
    "text", ["in Q4 2024 results", "Q1: why?", "the kv cache q8 thing, or Q8 cache", "the v4.1 release"]
)
def test_what_is_no_quantization(text: str) -> None:
    assert read_quant(text).quant is None


def test_braces_stand_for_each() -> None:
    assert list(expanded("A-{1,2}{,x}")) == ["A-1", "A-1x", "A-2", "A-2x"]
    assert list(expanded("plain")) == ["plain"]


def test_faults_of_the_families_are_named(tmp_path: Path) -> None:
    (tmp_path / "schema").mkdir()
    schema = (knowledge_root() / "schema" / "families.json").read_bytes()
    (tmp_path / "schema" / "families.json").write_bytes(schema)
    (tmp_path / "families.yaml").write_text(
        "words: {}\ncommon: []\nshort: []\nlatest: {one: Three-1B}\nfamilies:\n"
        "  - {family: One, org: a, models: ['One-{1B,2B}'], sizes: {One-3B: 3}}\n"
        "  - {family: Two, org: b, models: [one-1b]}\n"
    )
    with pytest.raises(DataError) as caught:
        load_families(tmp_path)
    keys = {fault.key for fault in caught.value.faults}
    assert keys == {"families[0].sizes.One-3B", "families[1].models", "latest.one"}


def test_the_tag_latest_is_what_ollama_downloads() -> None:
    assert parse_name("ollama run deepseek-r1:latest").base == "DeepSeek-R1-0528-Qwen3-8B"
    assert parse_name("qwen3:latest").base == "Qwen3-8B"


def test_size_and_loaders_follow_from_the_name() -> None:
    catalog, loaders = load_catalog(knowledge_root()), load_loaders(knowledge_root())
    name = parse_name("Qwen2.5-32B-Instruct-Q4_K_M.gguf")
    assert tensor_bytes(name, catalog) == pytest.approx(19.85e9, rel=0.01)
    assert "koboldcpp" in loaders_for(name, loaders)
    assert "vLLM" not in loaders_for(name, loaders)
    assert tensor_bytes(parse_name("qwen2.5 32b"), catalog) is None
    assert tensor_bytes(parse_name("Qwen/Qwen2.5-32B-Instruct"), catalog) == pytest.approx(65.5e9, rel=0.01)


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    name = parse_name(text)
    assert 0 <= name.confidence <= 1
    assert name.base is None or name.base in name.candidates


@given(
    st.sampled_from(["Qwen2.5-32B-Instruct", "gemma-3-12b-it", "Mistral-Nemo-Instruct-2407", "phi-4"]),
    st.sampled_from(["Q4_K_M", "Q8_0", "IQ3_XXS", "Q6_K", "UD-Q4_K_XL"]),
    st.sampled_from(["-", ".", "_"]),
    st.booleans(),
)
def test_file_names_in_every_style(base: str, quant: str | None, separator: str, lower: bool) -> None:
    file = f"{base}{separator}{quant}.gguf"
    name = parse_name(file.lower() if lower else file)
    assert (name.base, name.quant) == (base, quant)


@pytest.mark.parametrize("control", ["\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\u2028"])
def test_separators_of_other_times_do_not_crash_names(control: str) -> None:
    assert parse_name(f"Qwen2.5-7{control}B-Instruct").base


@pytest.mark.parametrize(
    "text", ["qwe der-32b instruct gptq der-32b", "Qwen abc 30b-a3b abc 30b-a3b", "llama x 7b x 7b x 7b"]
)
def test_a_size_that_stands_twice_is_read_or_unknown(text: str) -> None:
    assert parse_name(text).text == text
