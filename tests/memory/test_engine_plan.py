"""Can I run it in vLLM, SGLang, ExLlama or transformers: verdict, options, commands, and what is said."""

from dataclasses import replace
from typing import Any

import pytest
from shipped import CLINIC

from bot.base.errors import UserError
from bot.base.languages import told
from bot.clinic.fitting import Prospect


def asked(model: str, vram: str, engine: str, context: int | None = None, **options: Any) -> Prospect:
    return CLINIC.can_run(
        model,
        vram,
        "64",
        context=context,
        system="linux",
        engine=engine,
        options=options,
    )


def command(found: Prospect) -> str:
    return next(iter(found.commands.values())).text


def test_cards_share_the_layers_and_the_command_says_so() -> None:
    found = asked("Qwen3-32B-AWQ", "2x3090", "vllm")
    assert found.plan.verdict == "gpu"
    assert command(found) == "vllm serve OWNER/Qwen3-32B-AWQ --max-model-len 8192 --tensor-parallel-size 2"
    assert len(found.plan.placement.estimate.gpus) == 2
    assert found.plan.max_context == 40_960


@pytest.mark.parametrize("name", ["max_len", "max_model_len"])
def test_the_context_of_the_engines_own_option_is_planned_for(name: str) -> None:
    found = asked("Qwen3-32B-AWQ", "2x3090", "vllm", **{name: 32_768})
    assert found.plan.placement.settings.context == 32_768
    assert "--max-model-len 32768" in command(found)
    assert "8,192" not in " ".join(told(block.text, "en") for block in found.answer.blocks if hasattr(block, "text"))


def test_a_name_without_a_format_means_the_original_weights() -> None:
    assert asked("Qwen3-14B", "4090", "vllm").plan.model.quant == "BF16"
    assert asked("Qwen3-14B", "4090", "vllm").plan.verdict == "no"
    assert asked("Qwen3-14B-AWQ", "4090", "vllm").plan.verdict == "gpu"


def test_what_does_not_start_says_with_which_options_it_would() -> None:
    found = asked("Qwen3-30B-A3B-AWQ", "4090", "vllm", context=131_072, kv_cache_dtype="fp8")
    assert found.plan.verdict == "no"
    said = " ".join(note.en for note in found.plan.placement.estimate.notes)
    assert "It would start with --max-model-len" in said
    assert found.commands == {}


def test_options_that_were_given_stay_as_they_are() -> None:
    given = asked("Qwen3-14B-AWQ", "12", "vllm", gpu_memory_utilization=0.8).plan.placement.serving
    assert given is not None
    assert given.utilization == 0.8


def test_a_tight_card_gets_the_options_that_make_it_start() -> None:
    found = asked("Qwen3-14B-AWQ", "12", "vllm")
    assert found.plan.verdict == "gpu"
    assert "--max-num-seqs 8" in command(found)


@pytest.mark.parametrize(("cache", "mode"), [("q4", "4,4"), ("8,4", "8,4"), ("f16", "FP16"), ("", "FP16")])
def test_exllama_says_its_cache_in_its_own_words(cache: str, mode: str) -> None:
    found = asked("Qwen3-14B-exl3-4.0bpw", "12", "exllamav3", cache=cache)
    assert f"cache_mode: {mode}" in command(found)


def test_a_packed_cache_allows_a_longer_context() -> None:
    plain, packed = (
        asked("Qwen2.5-14B-Instruct-exl3-4.0bpw", "12", "exllamav3", cache=cache).plan for cache in ("", "q4")
    )
    assert packed.max_context > plain.max_context > 8192


def test_each_engine_has_its_own_command() -> None:
    assert command(asked("Qwen3-8B-AWQ", "24", "sglang")).startswith("python -m sglang.launch_server --model-path")
    assert command(asked("Qwen3-8B-AWQ", "24", "aphrodite")).startswith("aphrodite run ")
    assert "load-in-4bit: on" in command(asked("Llama-2-13b-hf-bnb-4bit", "24", "transformers"))


def test_loaders_on_llama_cpp_are_planned_like_it() -> None:
    plain = CLINIC.can_run("Qwen3-14B-Q4_K_M", "12", "64", system="linux").plan
    assert replace(asked("Qwen3-14B-Q4_K_M", "12", "koboldcpp").plan.placement, loader="llama.cpp") == plain.placement


def test_options_that_cannot_be_are_refused() -> None:
    with pytest.raises(UserError):
        asked("Qwen3-14B-AWQ", "24", "vllm", tp=3)


def test_cards_that_share_a_layer_are_faster_than_one_after_the_other() -> None:
    two, one = asked("Qwen3-14B-AWQ", "2x3090", "vllm").plan.speed, asked("Qwen3-14B-AWQ", "3090", "vllm").plan.speed
    assert two
    assert one
    assert two.high > one.high
