"""vLLM's accounting against what it printed in public logs, and against what its cache planner does by hand.

Printed figures: vllm-project/vllm pull request 17122 (Llama 3.1 8B takes 14.9889 GiB), issue 17327 (Qwen3 235B on eight
cards), noonghunna/club-3090 issue 1047 (Qwen3.8 27B: blocks of 1568 tokens with an 8-bit cache).
"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.base.errors import UserError
from bot.knowledge.files import knowledge_root
from bot.memory.engines import (
    VllmSettings,
    advice,
    checkpoint_cache_bits,
    parallel_sizes,
    serving_settings,
    starting,
    told_options,
    vllm,
)
from bot.memory.engines.checkpoint import stored
from bot.memory.engines.paged_cache import CacheSettings, paged_cache, token_bytes
from bot.memory.engines.pictures import picture_bytes
from bot.memory.engines.sglang import sglang
from bot.memory.engines.sharding import rank_weights
from bot.models.catalog import load_catalog
from bot.models.named import as_published, model_in_quant, named_model
from bot.models.shape import Model

GIB, MIB = 1 << 30, 1 << 20
CATALOG = load_catalog(knowledge_root())


def model(name: str) -> Model:
    return named_model(name, CATALOG)


@pytest.fixture(scope="module")
def llama() -> Model:
    return model("Llama-3.1-8B-Instruct-BF16")


def test_weights_of_llama_take_what_vllm_printed(llama: Model) -> None:
    assert rank_weights(llama) / GIB == pytest.approx(14.9889, rel=0.001)


@pytest.mark.parametrize(
    ("name", "ranks", "printed"),
    [
        ("Qwen3-30B-A3B-BF16", 4, 14.2474),  # vllm-project/vllm issue 17327
        ("DeepSeek-R1-Distill-Qwen-14B-BF16", 2, 13.9476),  # issue 13061
        ("DeepSeek-R1-AWQ", 16, 22.34),
        ("gemma-3-27b-it-BF16", 4, 13.1665),  # issue 15676: with a table eight times as long for scaled positions
        ("Qwen2.5-VL-7B-Instruct-BF16", 1, 15.627),
        ("Qwen3.8-27B-BF16", 1, 51.1),  # by 0.29.0: the layer that drafts, which all its files bring, is not loaded
    ],
)
def test_weights_of_a_rank_take_what_vllm_printed(name: str, ranks: int, printed: float) -> None:
    found = model(name)
    said = rank_weights(found, ranks) + picture_bytes(found.shape) / ranks
    assert said / GIB == pytest.approx(printed, rel=0.01)


def test_what_unpacking_leaves_behind_counts_as_weights_on_old_amd_cards() -> None:
    """nlzy/vllm-gfx906 issue 10: 11.62 GiB on each of two MI50."""
    found = model("Qwen3-32B-AWQ")
    case = {"tp": 2, "max_len": 4096, "seqs": 1, "gpu": "2x MI50 32GB", "total_gib": 31.98}
    old, new = ({**case, "version": version} for version in ("0.7.3", "0.10.1"))
    assert vllm(found, serving_settings(old, found.shape)).weights / GIB == pytest.approx(11.62, rel=0.01)
    assert vllm(found, serving_settings(new, found.shape)).weights / GIB == pytest.approx(9.06, rel=0.01)
    assert "2.5 GiB" in vllm(found, serving_settings(old, found.shape)).notes[0].en
    other = {**old, "gpu": "2x RTX 3090"}
    assert vllm(found, serving_settings(other, found.shape)).weights < 10 * GIB


def test_three_versions_multiplied_latent_projections_out_beforehand() -> None:
    """A public log of vLLM 0.7.1 on eight A100: model weights take 3.97GiB."""
    found = model("DeepSeek-Coder-V2-Lite-Instruct-BF16")
    sizes = {
        version: vllm(found, serving_settings({"tp": 8, "engine_version": version}, found.shape)).weights / GIB
        for version in ("0.6.6", "0.7.1", "0.8.0", "v0.33.0")
    }
    assert sizes["0.7.1"] == pytest.approx(3.97, rel=0.005)
    assert sizes["0.6.6"] == sizes["0.8.0"] == sizes["v0.33.0"] < 3.8


def test_without_prefix_caching_a_request_keeps_one_state() -> None:
    """A public log: 10.78 GiB are 342,528 tokens of Qwen3.5 9B at 65,536."""
    found = model("Qwen3.5-9B-FP16")
    case = {"max_len": 65_536, "seqs": 1, "total_gib": 31.36, **told_options("--no-enable-prefix-caching")}
    serving = vllm(found, serving_settings(case, found.shape)).serving
    assert serving is not None
    assert serving.bytes_per_token == pytest.approx(10.78 * GIB / 342_528, rel=0.0005)


def test_older_versions_print_the_tokens_of_one_group_of_layers() -> None:
    """noonghunna/club-3090, changelog of May 2026 (0.20.1): 483,200 tokens on four 3090, and 6.77x of 262,144."""
    found = model("Qwen3.6-27B-GPTQ-Int4")
    case = {"tp": 4, "util": 0.92, "max_len": 262_144, "seqs": 4, "batched": 8192, "kv_bits": 8, "mtp": True}
    case |= {"total_gib": 23.56, "enable_prefix_caching": True}
    said = {
        version: vllm(found, serving_settings({**case, "version": version}, found.shape)).serving
        for version in ("0.20.1", "0.33.0")
    }
    old, new = said["0.20.1"], said["0.33.0"]
    assert old is not None
    assert new is not None
    assert old.tokens == pytest.approx(483_200, rel=0.05)
    assert [old.concurrency, new.concurrency] == pytest.approx([6.77, 6.77], rel=0.05)
    assert new.tokens == int(new.concurrency * 262_144)


def test_the_sampler_of_2025_sorts_the_logits() -> None:
    found = model("Qwen3-235B-A22B-FP8")
    case = {"tp": 4, "util": 0.9, "max_len": 40_960, "total_gib": 79.1}
    sizes = [
        vllm(found, serving_settings({**case, "version": version}, found.shape)).activation_bytes / GIB
        for version in ("0.9.2", "0.33.0")
    ]
    assert sizes[0] == pytest.approx(3.2 * sizes[1], rel=0.15)


@pytest.mark.parametrize(
    ("name", "case", "peak"),
    [
        # Public logs: "peak activation", graphs that are left out of the cache included.
        ("Llama-3.1-8B-Instruct-BF16", {"version": "0.32.0", "total_gib": 79.25, "max_len": 131_072}, 1.44),
        ("Qwen2.5-0.5B-Instruct-BF16", {"version": "0.27.1", "total_gib": 23.99}, 0.25),
        ("Qwen2.5-1.5B-Instruct-BF16", {"version": "0.28.1", "total_gib": 23.47, "offline": True, "eager": True}, 0.5),
    ],
)
def test_the_second_model_runner_samples_with_less(name: str, case: dict[str, object], peak: float) -> None:
    found = model(name)
    settings = serving_settings(case, found.shape)
    usage = vllm(found, settings)
    graphs = usage.other_bytes - 250 * MIB  # what is outside PyTorch is not in it
    assert (usage.activation_bytes + graphs) / GIB == pytest.approx(peak, abs=0.15)


def test_a_delta_rule_takes_more_of_a_step_than_the_feed_forward_part() -> None:
    """A public log of vLLM 0.23.1: 48.6 GiB are left of 0.7 of 119.7 GiB beside 20.57 of weights."""
    found = model("nvidia/Qwen3.6-27B-NVFP4")
    case = {"version": "0.23.1", "total_gib": 119.68, "util": 0.7, "max_len": 262_144, "seqs": 8, "batched": 65_536}
    usage = vllm(found, serving_settings({**case, "kv_bits": 8, "drafts": 2}, found.shape))
    assert usage.cache / GIB == pytest.approx(48.6, rel=0.03)
    assert usage.tokens == pytest.approx(1_394_129, rel=0.03)


def test_a_program_of_ones_own_takes_larger_steps() -> None:
    """EngineArgs.get_batch_defaults of vLLM 0.33: 8192 for the class LLM, 16384 from 70 GiB on, 8192 on an A100."""
    shape = model("Qwen3-8B").shape
    for card, name, steps in ((24, "RTX 3090", 8192), (79, "H100", 16384), (79, "A100", 8192), (183, "B200", 16384)):
        told = serving_settings({"total_gib": card, "gpu": name, "offline": True}, shape)
        assert told.step_tokens == steps


def test_layers_that_use_the_index_of_an_earlier_one_keep_no_keys() -> None:
    """A public log of GLM 5.2: 50.62 GiB on each of four cards are 1,139,456 tokens in 8 bits."""
    shape = model("GLM-5.2-NVFP4").shape
    each = paged_cache(shape, CacheSettings(819_200, 8, 8, tensor_parallel=4)).bytes_per_token
    assert each == pytest.approx(50.62 * GIB / 1_139_456, rel=0.0005)
    assert each < paged_cache(model("GLM-5-FP8").shape, CacheSettings(819_200, 8, 8)).bytes_per_token


@pytest.mark.parametrize(("context", "peak", "tokens"), [(20_000, 17.06, 31_232), (29_000, 17.98, 23_648)])
def test_the_old_engine_takes_a_prompt_in_one_piece(llama: Model, context: int, peak: float, tokens: int) -> None:
    """Figures of vllm-project/vllm issue 10517: PyTorch's peak with 14.99 GiB of weights in it."""
    settings = VllmSettings(vram=round(23.58 * GIB), context=context, utilization=0.9, old=True)
    usage = vllm(llama, settings)
    assert usage.activation_bytes / GIB == pytest.approx(peak - 14.99, rel=0.02)
    assert usage.tokens == pytest.approx(tokens, rel=0.08)


def test_a_token_of_llama_takes_128_kib(llama: Model) -> None:
    assert paged_cache(llama.shape, CacheSettings(8192)).bytes_per_token == 128 * 1024
    assert paged_cache(llama.shape, CacheSettings(8192, 8, 8)).bytes_per_token == 64 * 1024


def test_heads_are_repeated_where_ranks_outnumber_them(llama: Model) -> None:
    sizes = [token_bytes(llama.shape, 0, CacheSettings(1, tensor_parallel=ranks)) for ranks in (1, 8, 16)]
    assert sizes == [4096, 512, 512]


def test_latent_attention_is_kept_whole_on_every_rank() -> None:
    shape = model("DeepSeek-R1-AWQ").shape
    one, eight = (paged_cache(shape, CacheSettings(8192, tensor_parallel=ranks)) for ranks in (1, 8))
    assert one.bytes_per_token == eight.bytes_per_token == 61 * 576 * 2


def test_weights_are_shared_by_the_ranks_but_for_routers_and_norms() -> None:
    deepseek = model("DeepSeek-R1-FP8")
    one, eight = rank_weights(deepseek, 1), rank_weights(deepseek, 8)
    assert one / 8 < eight < one / 8 * 1.05
    assert rank_weights(deepseek, 4, 2) == pytest.approx(one / 8, rel=0.05)


@pytest.mark.parametrize(
    ("name", "bits", "block"),
    [
        ("Qwen3.8-27B", 8, 1568),  # a state in 32 bits
        ("Qwen3-Next-80B-A3B-Instruct", 16, 544),  # one in 16
    ],
)
def test_pages_of_hybrids_are_as_large_as_a_state(name: str, bits: float, block: int) -> None:
    shape = model(name).shape
    cache = paged_cache(shape, CacheSettings(32768, bits, bits))
    attention = sum(1 for heads in shape.kv_heads if heads)
    token = token_bytes(shape, shape.kv_heads.index(max(shape.kv_heads)), CacheSettings(1, bits, bits))
    assert cache.block_bytes == block * token * attention
    groups = (shape.layers - attention) // attention
    assert cache.request_blocks == -(-32768 // block) + 2 * groups


def test_window_layers_keep_their_window_and_what_is_under_way() -> None:
    shape = model("gemma-3-27b-it").shape  # 10 full layers, 52 with a window of 1024
    cache = paged_cache(shape, CacheSettings(131072, batched_tokens=2048))
    window = -(-(1023 + 2 * 2048) // 16) + 1
    assert cache.request_blocks == 131072 // 16 + 6 * window
    everything = paged_cache(shape, CacheSettings(131072, windows=False))
    assert everything.bytes_per_token > 5 * cache.bytes_per_token


def test_a_draft_layer_keeps_a_cache_of_its_own() -> None:
    shape = model("Qwen3.6-27B").shape
    plain, drafting = (paged_cache(shape, CacheSettings(32768, drafts=count)) for count in (0, 2))
    assert drafting.bytes_per_token > plain.bytes_per_token * 17 / 16


def test_utilization_is_filled(llama: Model) -> None:
    usage = vllm(llama, VllmSettings(vram=24 * GIB, context=8192))
    assert usage.serving is not None
    held = usage.weights + usage.cache + usage.activation_bytes + usage.other_bytes
    assert held == pytest.approx(0.92 * 24 * GIB, rel=0.001)
    assert usage.serving.tokens * usage.serving.bytes_per_token == pytest.approx(usage.cache, rel=0.01)


@pytest.mark.parametrize(
    "changes",
    [{"utilization": 0.96}, {"eager": True}, {"sequences": 4}, {"cache_bits": 8}, {"tensor_parallel": 2}],
)
def test_what_leaves_more_for_the_cache(llama: Model, changes: dict[str, float]) -> None:
    base = VllmSettings(vram=24 * GIB, context=8192)
    assert vllm(llama, replace(base, **changes)).tokens > vllm(llama, base).tokens  # type: ignore[arg-type]


@hypothesis_settings(max_examples=25, deadline=None)
@given(st.integers(17, 40), st.integers(1, 131_072))
def test_the_longest_context_starts_and_the_next_does_not(card: int, context: int) -> None:
    given_model = model("Llama-3.1-8B-Instruct-BF16")
    settings = VllmSettings(vram=card * GIB, context=context, sequences=4, batched_tokens=2048)
    serving = vllm(given_model, settings).serving
    assert serving is not None
    assert serving.starts == (serving.longest == context)
    if serving.longest:
        shorter = vllm(given_model, replace(settings, context=serving.longest)).serving
        assert shorter is not None
        assert shorter.starts
    if not serving.starts:
        longer = vllm(given_model, replace(settings, context=min(context, serving.longest + 16))).serving
        assert longer is not None
        assert not longer.starts


def test_without_a_card_it_holds_one_context(llama: Model) -> None:
    usage = vllm(llama, VllmSettings(vram=0, context=8192))
    assert usage.tokens == 8192
    assert usage.cache == 8192 * 128 * 1024


def test_the_advice_names_an_option_that_helps(llama: Model) -> None:
    settings = VllmSettings(vram=24 * GIB, context=131072)
    text = advice(llama, settings, vllm(llama, settings))
    assert text is not None
    assert "--max-model-len" in text.en
    assert "--max-model-len" in text.zh
    assert advice(llama, replace(settings, context=2048), vllm(llama, replace(settings, context=2048))) is None


def test_weights_too_large_for_the_card_are_said_to_be() -> None:
    large = model("Llama-3.3-70B-Instruct-AWQ")
    settings = VllmSettings(vram=24 * GIB, context=4096)
    text = advice(large, settings, vllm(large, settings))
    assert text is not None
    assert "weights" in text.en


def test_a_tight_card_starts_with_fewer_seats() -> None:
    qwen = model_in_quant(model("Qwen3-14B").shape, "AWQ")
    settings = VllmSettings(vram=int(11.8 * GIB), context=8192)
    chosen, usage = starting(qwen, settings)
    assert usage.serving is not None
    assert usage.serving.starts
    assert chosen.seats < settings.seats


@pytest.mark.parametrize(("cards", "sizes"), [(1, (1, 1)), (2, (2, 1)), (3, (1, 3)), (6, (2, 3)), (8, (8, 1))])
def test_heads_decide_how_cards_share_the_work(llama: Model, cards: int, sizes: tuple[int, int]) -> None:
    assert parallel_sizes(llama.shape, cards) == sizes


def test_heads_that_cannot_be_shared_are_refused(llama: Model) -> None:
    with pytest.raises(UserError) as refused:
        vllm(llama, VllmSettings(vram=24 * GIB, context=8192, tensor_parallel=3))
    assert "32" in refused.value.text.zh


@pytest.mark.parametrize(
    "case",
    [{"tp": 0}, {"util": "much"}, {"seqs": 1.5}, {"kv_cache_dtype": "q4_0"}, {"total_gib": -3}, {"max_len": True}],
)
def test_options_that_cannot_be_are_refused(llama: Model, case: dict[str, object]) -> None:
    with pytest.raises(UserError):
        serving_settings(case, llama.shape)


def test_long_and_short_names_of_options_mean_the_same(llama: Model) -> None:
    short = {"tp": 2, "util": 0.9, "seqs": 8, "batched": 4096, "max_len": 4096, "kv_bits": 8, "total_gib": 23.6}
    long = {
        "tensor_parallel_size": 2,
        "gpu_memory_utilization": 0.9,
        "max_num_seqs": 8,
        "max_num_batched_tokens": 4096,
        "max_model_len": 4096,
        "kv_cache_dtype": "fp8",
        "vram": 23.6,
    }
    assert serving_settings(short, llama.shape) == serving_settings(long, llama.shape)
    assert serving_settings({}, llama.shape).context == 131_072


def test_gpt_oss_is_published_in_four_bits() -> None:
    weights = rank_weights(model_in_quant(model("gpt-oss-20b").shape, "BF16"))
    assert 12.5 * GIB < weights < 15 * GIB


def test_sglang_leaves_a_fixed_part_free(llama: Model) -> None:
    usage = sglang(llama, VllmSettings(vram=24 * GIB, context=8192))
    free = 24 * GIB - usage.weights - usage.cache
    kept = (512 + 4096 * 1.5 + 128 + 96) * MIB
    assert free == pytest.approx(kept + 512 * MIB * (1 - kept / (24 * GIB)), rel=0.01)  # and what CUDA takes


def test_sglang_shares_out_what_is_left_when_all_have_begun() -> None:
    """367,404 tokens on four H100 of 79.1 GiB with 0.93 (vllm-project/vllm issue 21348)."""
    model = named_model("Qwen3-235B-A22B-FP8", CATALOG)
    settings = VllmSettings(vram=round(79.1 * GIB), context=40_960, utilization=0.93, tensor_parallel=4)
    assert sglang(model, settings).tokens == pytest.approx(367_404, rel=0.07)


def test_small_cards_do_not_start_sglang(llama: Model) -> None:
    small = sglang(llama, VllmSettings(vram=16 * GIB, context=8192))
    assert small.serving is not None
    assert not small.serving.starts
    assert small.notes


def test_options_are_read_as_a_command_line_has_them(llama: Model) -> None:
    told = told_options("vllm serve x --max-num-seqs 8 -tp 2 --kv-cache-dtype=fp8 --enforce-eager --max-model-len 4096")
    assert told == {
        "max_num_seqs": 8,
        "tensor_parallel_size": 2,
        "kv_cache_dtype": "fp8",
        "enforce_eager": True,
        "max_model_len": 4096,
    }
    assert serving_settings(told, llama.shape).eager
    assert told_options("") == {}


@pytest.mark.parametrize("text", ["--frobnicate 3", "--max-num-seqs many"])
def test_options_that_make_no_sense_are_named(llama: Model, text: str) -> None:
    with pytest.raises(UserError) as refused:
        serving_settings(told_options(text), llama.shape)
    assert "frobnicate" in refused.value.text.en or "max_num_seqs" in refused.value.text.en


def test_without_its_picture_part_a_model_leaves_more() -> None:
    gemma = model("gemma-3-27b-it-AWQ")
    seeing = VllmSettings(vram=24 * GIB, context=8192, sequences=4)
    blind = replace(seeing, text_only=True)
    assert vllm(gemma, blind).weights == vllm(gemma, seeing).weights - picture_bytes(gemma.shape)
    assert vllm(gemma, blind).tokens > vllm(gemma, seeing).tokens


@pytest.mark.parametrize(
    ("name", "quant", "on_the_hub"),
    [
        ("DeepSeek-R1", "FP8", 671e9),
        ("Kimi-K2.5", "W4A16", 595e9),  # experts in 4 bits by 32, all else in 16
        ("MiniMax-M2.1", "FP8", 230e9),
        ("Qwen3-8B", "BF16", 16.4e9),
    ],
)
def test_original_weights_are_loaded_as_they_were_published(name: str, quant: str, on_the_hub: float) -> None:
    whole = as_published(model(name).shape)
    assert whole.quant == quant
    assert 8 * rank_weights(whole, 8) == pytest.approx(on_the_hub, rel=0.04)


@pytest.mark.parametrize("name", ["DeepSeek-R1", "Kimi-K2.5", "MiniMax-M2.1"])
def test_eight_large_cards_serve_them(name: str) -> None:
    whole = as_published(model(name).shape)
    serving = vllm(whole, VllmSettings(round(139.8 * GIB), 32_768, tensor_parallel=8)).serving
    assert serving is not None
    assert serving.starts


def test_makers_of_nvfp4_leave_the_dense_part_of_a_mixture() -> None:
    mixture, dense = (model(f"{name}-NVFP4") for name in ("gemma-4-26B-A4B-it", "gemma-4-31B-it"))
    kept = {each.name for each in stored(mixture) if each.plain}
    assert "blk.0.ffn_up.weight" in kept
    assert "blk.0.ffn_up.weight" not in {each.name for each in stored(dense) if each.plain}
    assert not any(name.endswith("_exps.weight") for name in kept)


def test_meta_s_own_8_bit_checkpoint_keeps_attention_in_16_bits() -> None:
    """57.75 GiB were printed on each of 8 cards, with twice today's key and value heads (vllm-project/vllm#6746)."""
    large = model("Llama-3.1-405B-Instruct-FP8")
    twice = 2 * large.shape.layers * large.shape.embedding * 2 * 8 * large.shape.key_length / 8
    assert (rank_weights(large, 8) + twice) / GIB == pytest.approx(57.75, rel=0.003)


def test_windows_keep_the_tokens_of_two_steps_from_0_26_on() -> None:
    """vllm-project/vllm issue 49878: 45.79 GiB of Gemma 4 31B's cache became 70.79, with steps of 32,768 tokens."""
    found = model("gemma-4-31B-it-FP8")
    case = {"max_len": 262_144, "batched": 32_768, "seqs": 4, "kv_bits": 8}
    sizes = [
        vllm(found, serving_settings({**case, "version": version}, found.shape)).cache / GIB
        for version in ("0.25.1", "0.26.0")
    ]
    assert sizes == pytest.approx([45.79 / 2, 70.79 / 2], rel=0.001)


@pytest.mark.parametrize(("context", "printed"), [(65_536, 12.04), (32_768, 9.54), (8192, 6.89)])
def test_a_request_of_gemma_4_takes_what_0_23_printed(context: int, printed: float) -> None:
    """giantswarm/model-manager issue 149, on an L40S."""
    found = model("gemma-4-31B-it-FP8-Dynamic")
    case = {"max_len": context, "batched": 8192, "seqs": 4, "version": "0.23.0"}
    assert vllm(found, serving_settings(case, found.shape)).cache / GIB == pytest.approx(printed, abs=0.006)


def test_a_step_of_gemma_4_has_room_for_a_video() -> None:
    """0.25.1 on an L40S printed 12.75 GiB for 9.81 requests of 32,768 tokens; smaller ones see a picture in order."""
    found, case = model("gemma-4-26B-A4B-it-FP8"), {"max_len": 32_768, "version": "0.25.1"}
    said = serving_settings(case, found.shape)
    assert said.step_tokens == 2496
    assert vllm(found, said).cache / GIB == pytest.approx(12.75 / 9.81, rel=0.01)
    plain = ({**case, "version": "0.20.0"}, {**case, "language_model_only": True}, {**case, "batched": 2048})
    assert [serving_settings(other, found.shape).step_tokens for other in plain] == [2048] * 3
    assert serving_settings(case, model("gemma-4-E4B-it").shape).step_tokens == 2048


def test_graphs_are_left_out_of_the_cache_from_0_20_on(llama: Model) -> None:
    """Pull request 38284, which raised the usual share of a card at the same time: in the package of 0.20.0 already."""
    old, new = (
        serving_settings({"version": version, "total_gib": 23.56}, llama.shape) for version in ("0.19.1", "0.20.0")
    )
    assert (old.utilization, new.utilization) == (0.9, 0.92)
    assert vllm(llama, old).other_bytes < vllm(llama, new).other_bytes


@pytest.mark.parametrize(("gpu", "step"), [("NVIDIA A100-SXM4-80GB", 2048), ("GB10", 2048), ("H100", 8192)])
def test_some_large_cards_take_small_steps(llama: Model, gpu: str, step: int) -> None:
    settings = serving_settings({"gpu": gpu, "total_gib": 79.2}, llama.shape)
    assert settings.step_tokens == step
    assert settings.seats == (1024 if step == 8192 else 256)


def test_a_vision_model_loads_all_its_mergers_and_a_long_table() -> None:
    """A public log of 0.20 (RTX 5070 Ti, 2048 tokens at once): 4.24 GiB, and 0.22 for Qwen3.5 4B: 8.61."""
    for name, case, printed in (
        ("Qwen3-VL-2B-Instruct-BF16", {"max_len": 2048, "seqs": 1, "version": "0.20.0"}, 4.24),
        ("Qwen3.5-4B-BF16", {"max_len": 1024, "batched": 8192, "version": "0.22.0"}, 8.61),
        ("Qwen3.5-9B-BF16", {"batched": 8192, "version": "0.19.0"}, 17.66),
    ):
        found = model(name)
        weights = vllm(found, serving_settings({**case, "total_gib": 44.4}, found.shape)).weights / GIB
        assert weights == pytest.approx(printed, rel=0.002)


def test_deepseek_v4_takes_blocks_for_what_is_under_way() -> None:
    """vllm-project/vllm issue 54703 gives the groups and their bytes, issue 44376 6.66 GiB for 30,000 tokens (0.22)."""
    found = model("DeepSeek-V4-Flash")
    held = paged_cache(found.shape, CacheSettings(30_000, batched_tokens=16_384, steps=1))
    assert held.block_bytes == 1_002_240
    assert held.request_blocks == 6800
    assert held.groups == 5
    assert held.request_bytes / GIB == pytest.approx(6.66, rel=0.05)


def test_nvidia_packs_the_head_of_qwen_27b_and_asks_for_a_small_cache() -> None:
    """A public log of 0.23 on a GB10: 19.78 GiB."""
    nvidia, other = model("nvidia/Qwen3.6-27B-NVFP4"), model("Qwen3.6-27B-NVFP4")
    settings = serving_settings({"batched": 2048, "version": "0.23.1"}, nvidia.shape)
    assert vllm(nvidia, settings).weights / GIB == pytest.approx(19.78, rel=0.005)
    assert vllm(other, settings).weights / GIB > 21
    assert [checkpoint_cache_bits(each) for each in (nvidia, other)] == [8, 16]
    told = {"kv_cache_dtype": "bfloat16"}
    assert serving_settings(told, nvidia.shape, auto_bits=checkpoint_cache_bits(nvidia)).cache_bits == 16


def test_a_table_of_hashed_runs_stays_in_ram() -> None:
    """A public log of 0.29 on eight H100: 31.42 GiB on each, of 48 layers and a table of 95 GiB."""
    found = model("Qwen3.8-Flash-Next-BF16")
    settings = serving_settings({"tp": 8, "language_model_only": True}, found.shape)
    assert vllm(found, settings).weights / GIB == pytest.approx(31.42, rel=0.07)


def test_the_log_of_0_20_2_counts_whole_tokens() -> None:
    shape = model("Qwen3.6-27B").shape
    counted = [serving_settings({"version": version}, shape).counts_groups for version in ("0.20.1", "0.20.2")]
    assert counted == [True, False]


@pytest.mark.parametrize(
    ("config", "layers", "tokens"),
    [
        ('{"method": "mtp", "num_speculative_tokens": 2}', 1, 2),
        ('{"method":"qwen3_next_mtp","num_speculative_tokens":1}', 1, 1),
        ('{"method": "dflash", "model": "z-lab/Qwen3.8-27B-DFlash", "num_speculative_tokens": 15}', 5, 15),
        ('{"model": "RedHatAI/Qwen3-8B-speculator.eagle3"}', 1, 3),
        ('{"method": "ngram", "num_speculative_tokens": 5, "prompt_lookup_max": 4}', 0, 5),
    ],
)
def test_what_drafts_is_read_from_the_command_line(config: str, layers: int, tokens: int) -> None:
    told = told_options(f"--max-num-seqs 4 --speculative-config '{config}' --enforce-eager")
    drafting = serving_settings(told, model("Qwen3.8-27B").shape).drafting
    assert (drafting.kept_layers, drafting.tokens) == (layers, tokens)
    assert told["enforce_eager"]
    assert told["max_num_seqs"] == 4


def test_a_block_draft_keeps_some_layers_more_and_its_own_weights() -> None:
    """A public log of 0.25.1: 79,502 bytes a token for Laguna S 2.1 with its DFlash draft, of 2.23 GB on the hub."""
    found = model("Laguna-S-2.1-NVFP4")
    case = {"max_len": 65_536, "version": "0.25.1", "total_gib": 121.63, "gpu": "GB10"}
    plain = vllm(found, serving_settings(case, found.shape))
    told = {"speculative_config": {"method": "dflash", "num_speculative_tokens": 7}}
    drafting = vllm(found, serving_settings({**case, **told}, found.shape))
    assert drafting.serving is not None
    assert drafting.serving.bytes_per_token == pytest.approx(79_502, rel=0.01)
    assert drafting.weights - plain.weights == pytest.approx(2.23e9, rel=0.05)


def test_a_config_of_drafts_that_cannot_be_read_means_none() -> None:
    shape = model("Qwen3-8B").shape
    assert serving_settings({"speculative_config": "{method: mtp"}, shape).drafts == 0
    assert serving_settings({"speculative_config": 3}, shape).drafts == 0


def test_checkpoints_of_integers_leave_linear_attention_and_dense_parts() -> None:
    """A public log of 0.27.1 on a card of 64 GB at 0.92: 708,425 tokens; Laguna's repository: 71.9 GB."""
    found = model("Qwen3-Next-80B-A3B-Instruct-W4A16")
    case = {"version": "0.27.1", "util": 0.92, "seqs": 4, "max_len": 65_536, "total_gib": 64}
    assert vllm(found, serving_settings(case, found.shape)).tokens == pytest.approx(708_425, rel=0.05)
    laguna = model("poolside/Laguna-S-2.1-INT4")
    assert laguna.quant == "INT4"
    assert rank_weights(laguna) == pytest.approx(71.9e9, rel=0.08)
