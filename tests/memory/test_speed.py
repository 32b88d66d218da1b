"""Speeds against published runs of a 7B model in Q4_0 (github.com/ggml-org/llama.cpp/discussions/4167 and 15013), and
what must be faster than what.
"""

import pytest
from shipped import CLINIC

from bot.memory.estimate import estimate
from bot.memory.settings import Settings
from bot.memory.speed import Speed
from bot.memory.speed import speed as estimate_speed
from bot.models.shape import Model, Tensor


def speed(model: str, card: str, ram: str = "64", context: int = 2048) -> Speed:
    found = CLINIC.can_run(model, card, ram, context=context, system="linux").plan.speed
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("card", "ram", "measured"),
    [
        ("M1", "16", 14.2),
        ("M1 Max", "64", 61.2),
        ("M2 Ultra", "192", 94.3),
        ("M3 Max", "128", 66.3),
        ("M4 Max", "128", 83.1),
        ("RTX 3060", "32", 78.0),
        ("RTX 4090", "64", 189.0),
        ("Tesla P40", "64", 53.0),
        ("GTX 1080 Ti", "32", 62.0),
    ],
)
def test_published_runs_lie_inside_the_range(card: str, ram: str, measured: float) -> None:
    found = speed("Llama-2-7b-chat-Q4_0", card, ram)
    assert found.low <= measured <= found.high
    assert found.high / found.low < 3


@pytest.mark.parametrize(
    ("model", "card", "measured"),
    [
        ("Qwen3.5-9B", "A100 80GB", 123),
        ("Qwen3.5-9B", "H100 80GB", 190),
        ("gpt-oss-20b", "A100 40GB", 180),
        ("Qwen3.6-27B", "H200", 76),
    ],
)
def test_cards_as_wide_as_a_data_center_s_have_a_range_too(model: str, card: str, measured: float) -> None:
    found = speed(f"{model}-Q4_K_M" if "oss" not in model else model, card)
    assert found.low <= measured <= found.high <= 3.2 * found.low


@pytest.mark.parametrize(
    ("card", "ram", "measured"),
    [("M1 Max", "64", 530), ("M2 Ultra", "192", 1238), ("M3 Max", "128", 760), ("RTX 4090", "64", 12_000)],
)
def test_published_prompts_lie_inside_the_range(card: str, ram: str, measured: float) -> None:
    found = speed("Llama-2-7b-chat-Q4_0", card, ram)
    assert found.prompt_low <= measured <= found.prompt_high


def test_embeddings_of_each_layer_are_looked_up_not_read() -> None:
    small, like = speed("gemma-4-E4B-it-Q4_K_M", "3060"), speed("Qwen3-8B-Q4_K_M", "3060")
    assert small.low > 1.2 * like.low


def test_cards_without_fast_halves_are_slower_for_their_bandwidth() -> None:
    old, new = speed("Qwen3-8B-Q4_K_M", "Tesla P40"), speed("Qwen3-8B-Q4_K_M", "RTX 3060")
    assert old.high < new.high  # 347 and 360 GB/s


def test_of_a_mixture_only_the_used_experts_are_read() -> None:
    mixture, dense = speed("Qwen3-30B-A3B-Q4_K_M", "3090"), speed("Qwen3-32B-Q4_K_M", "3090")
    assert mixture.low > dense.high
    assert mixture.high > 3 * dense.high


def test_experts_in_ram_slow_a_mixture_down() -> None:
    whole, split = speed("Qwen3-30B-A3B-Q4_K_M", "3090"), speed("Qwen3-30B-A3B-Q4_K_M", "3060")
    assert split.high < whole.high
    assert split.prompt_high < whole.prompt_high


def test_prompts_are_read_faster_than_answers_are_written() -> None:
    for card in ("3060", "RX 7900 XTX", "M4 Pro", "0"):
        found = speed("Qwen3-8B-Q4_K_M", card)
        assert found.prompt_low > found.low
        assert found.prompt_high > found.prompt_low


def test_two_cards_are_as_slow_as_their_layers_together() -> None:
    one, two = speed("Qwen2.5-32B-Instruct-Q4_K_M", "3090"), speed("Qwen2.5-32B-Instruct-Q4_K_M", "3090+3060")
    assert two.high < one.high


def test_a_file_of_nothing_but_a_table_has_a_speed_too() -> None:
    shape = CLINIC.can_run("Qwen3-8B-Q4_K_M", "12", "32").plan.model.shape
    model = Model(shape, (Tensor("token_embd.weight", (64, 1000), "F16"),), quant="F16", file_bytes=128_000)
    found = estimate_speed(model, estimate(model, Settings()), Settings(), [None])
    assert 0 < found.low < found.high
    assert 0 < found.prompt_low < found.prompt_high


@pytest.mark.parametrize(
    ("card", "ram", "model", "measured"),
    [
        ("M2 Max", "64", "mlx-community/Qwen3.6-35B-A3B-4bit", 79.75),
        ("M5 Max", "128", "mlx-community/Qwen3.5-35B-A3B-4bit", 133.5),
        ("M3 Ultra", "256", "mlx-community/Qwen3-8B-4bit", 112.9),
        ("MTT S80", "32", "Qwen3.5-9B-Q4_K_M", 15.8),
        ("MTT S80", "32", "Qwen3.8-27B-UD-IQ3_XXS", 4.89),
        ("M5 Pro", "48", "gemma4:31b-mlx", 33.2),  # with its draft
        ("M5 Pro", "48", "qwen3.6:27b-mtp-q8_0", 19.65),
    ],
)
def test_mlx_drafts_and_odd_cards_have_paces_of_their_own(card: str, ram: str, model: str, measured: float) -> None:
    found = speed(model, card, ram)
    assert found.low <= measured <= found.high
    assert found.high / found.low < 5
