"""What to take in the place of a model that does not fit."""

import pytest
from shipped import CLINIC
from spoken import spoken

from bot.cli.documents import plan_document
from bot.memory.plan import Plan


def plan_of(model: str, vram: str, ram: str, engine: str | None = None) -> Plan:
    plan: Plan = CLINIC.can_run(model, vram, ram, system="linux", engine=engine).plan
    return plan


@pytest.mark.parametrize(
    ("model", "vram", "ram", "name", "quant"),
    [
        ("DeepSeek-R1-Q4_K_M", "24", "128", "DeepSeek-R1-Distill-Qwen-32B", "Q4_K_M"),
        ("gpt-oss-120b", "16", "32", "gpt-oss-20b", "MXFP4"),
        ("Qwen2.5-Coder-32B-Instruct-Q4_K_M", "0", "8", "Qwen2.5-Coder-7B-Instruct", "Q4_K_M"),
        ("Qwen3.8-2.4T-A95B", "24", "64", "Qwen3.5-122B-A10B", "Q4_K_M"),
    ],
)
def test_the_largest_of_its_family_that_fits(model: str, vram: str, ram: str, name: str, quant: str) -> None:
    plan = plan_of(model, vram, ram)
    assert plan.verdict == "no"
    assert plan.instead is not None
    assert (plan.instead.name, plan.instead.quant, plan.instead.related) == (name, quant, True)
    taken = plan_of(f"{name}-{quant}", vram, ram)
    assert taken.verdict == plan.instead.verdict != "no"


def test_another_family_where_none_of_its_own_fits() -> None:
    plan = plan_of("MiniMax-M3", "12", "16")
    assert plan.instead is not None
    assert not plan.instead.related


def test_an_engine_gets_its_own_format() -> None:
    """First the very model in fewer bits, then another of the family in the same format."""
    smaller = plan_of("Qwen2.5-7B-Instruct", "8", "32", "vllm").instead
    assert smaller is not None
    assert (smaller.name, smaller.quant) == ("Qwen2.5-7B-Instruct", "AWQ")
    other = plan_of("Llama-3.3-70B-Instruct-exl3-4.0bpw", "24", "64", "exllamav3").instead
    assert other is not None
    assert other.quant == "EXL3 4.0bpw"
    assert plan_of(f"{other.name}-exl3-4.0bpw", "24", "64", "exllamav3").verdict == "gpu"


def test_nothing_is_said_where_a_smaller_quantization_fits() -> None:
    plan = plan_of("Qwen2.5-32B-Instruct-Q8_0", "12", "24")
    assert plan.verdict == "no"
    assert plan.best is not None
    assert plan.instead is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_does_not_fit_is_not_downloaded(lang: str) -> None:
    found = CLINIC.can_run("DeepSeek-R1-Q4_K_M", "24", "128", system="linux")
    text = repr(spoken(found.answer, lang))
    assert "DeepSeek-R1-Distill-Qwen-32B Q4_K_M" in text
    assert "GGUF”" not in text
    assert "IQ2_M" not in text
    assert plan_document(found)["instead"] == {
        "model": "DeepSeek-R1-Distill-Qwen-32B",
        "quant": "Q4_K_M",
        "bytes": found.plan.instead.size if found.plan.instead else 0,
        "verdict": "gpu",
    }


def test_a_family_s_newer_models_go_before_older_larger_ones() -> None:
    """DeepSeek's 8B of 2025, not its 16B of 2024."""
    found = plan_of("DeepSeek-V3-Q4_K_M", "12", "32").instead
    assert found is not None
    assert found.name == "DeepSeek-R1-0528-Qwen3-8B"
