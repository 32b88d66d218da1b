"""Weights, caches and states by hand; placement; what cannot be asked for."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.base.errors import UserError
from bot.knowledge.files import knowledge_root
from bot.memory import kv_cache, recurrent
from bot.memory.compute import compute_buffers
from bot.memory.estimate import estimate
from bot.memory.fitting import most_gpu_layers
from bot.memory.graph.reserve import Reservation
from bot.memory.layout import Layout
from bot.memory.overhead import OVERHEADS
from bot.memory.overrides import patterns_in
from bot.memory.settings import ALL, Settings, check
from bot.memory.weights import weigh
from bot.memory.wiring import is_exact
from bot.models.catalog import load_catalog, model_shape
from bot.models.named import named_model
from bot.models.quantization import tensor_bytes
from bot.models.shape import LatentAttention, Model, ModelShape, Recurrent, Tensor

MIB, GIB = 1 << 20, 1 << 30
CATALOG = load_catalog(knowledge_root())


def tiny(**changes: object) -> ModelShape:
    """Four layers of width 256 with 4 heads of 64, 2 of them for keys and values."""
    shape = ModelShape(
        architecture="llama",
        name="Tiny",
        layers=4,
        embedding=256,
        feed_forward=(1024,) * 4,
        heads=(4,) * 4,
        kv_heads=(2,) * 4,
        key_length=64,
        value_length=64,
        vocabulary=1000,
        trained_context=4096,
        tied_embedding=False,
    )
    return replace(shape, **changes)  # type: ignore[arg-type]


def tiny_model(shape: ModelShape | None = None, tied: bool = False) -> Model:
    shape = shape or tiny(tied_embedding=tied)
    tensors = [Tensor("token_embd.weight", (256, 1000), "F16"), Tensor("output_norm.weight", (256,), "F32")]
    if not shape.tied_embedding:
        tensors.append(Tensor("output.weight", (256, 1000), "F16"))
    for layer in range(shape.layers):
        tensors.append(Tensor(f"blk.{layer}.attn_q.weight", (256, 256), "F16"))
        tensors.append(Tensor(f"blk.{layer}.ffn_up_exps.weight", (256, 1024, 2), "F16"))
    return Model(shape, tuple(tensors))


def cache_of(shape: ModelShape, settings: Settings) -> tuple[int, ...]:
    return kv_cache.layer_bytes(shape, Layout(shape, settings))


def test_grouped_attention_keeps_keys_and_values_of_each_cell() -> None:
    assert cache_of(tiny(), Settings(context=1000)) == (1024 * 2 * (64 + 64) * 2,) * 4


def test_quantized_caches_are_measured_in_blocks() -> None:
    mixed = Settings(context=256, cache_type_k="q8_0", cache_type_v="q4_0")
    assert cache_of(tiny(), mixed)[0] == 256 * (128 // 32 * 34 + 128 // 32 * 18)


def test_window_layers_keep_window_and_batch_for_every_slot() -> None:
    shape = tiny(architecture="gemma3", window=512, window_layers=(True, True, True, False))
    one = cache_of(shape, Settings(context=8192))
    assert [size // 512 for size in one] == [1024, 1024, 1024, 8192]
    four = cache_of(shape, Settings(context=8192, parallel=4))
    assert four[0] // 512 == 4 * 512 + 512
    assert cache_of(shape, Settings(context=8192, full_window=True))[0] // 512 == 8192


def test_slots_of_their_own_divide_the_context() -> None:
    assert cache_of(tiny(), Settings(context=4096, parallel=4, unified=False)) == cache_of(
        tiny(), Settings(context=4096)
    )


def test_shared_layers_and_layers_without_heads_keep_nothing() -> None:
    assert cache_of(tiny(shared_kv_layers=2), Settings())[2:] == (0, 0)
    assert cache_of(tiny(kv_heads=(2, 0, 2, 0)), Settings())[1::2] == (0, 0)


def test_latent_attention_keeps_one_compressed_key() -> None:
    shape = tiny(architecture="deepseek2", latent=LatentAttention(512, 0, 64, 128, 128), kv_heads=(1,) * 4)
    assert cache_of(shape, Settings(context=256))[0] == 256 * (512 + 64) * 2


def test_states_by_kind_for_every_slot() -> None:
    layers = (True, False, True, False)
    mamba = tiny(recurrent=Recurrent(4, 512, 128, 1, 8, "mamba2"), recurrent_layers=layers)
    size = 4 * (3 * (512 + 2 * 128) + 128 * 512)
    assert recurrent.layer_bytes(mamba, Layout(mamba, Settings())) == (size, 0, size, 0)
    assert recurrent.layer_bytes(mamba, Layout(mamba, Settings(parallel=3)))[0] == 3 * size
    conv = tiny(recurrent=Recurrent(3, 0, 0, 0, 0, "short_conv"), recurrent_layers=layers)
    assert recurrent.layer_bytes(conv, Layout(conv, Settings()))[0] == 4 * 2 * 256
    kimi = tiny(recurrent=Recurrent(4, 0, 0, 0, 0, "kimi_delta", 32), recurrent_layers=layers)
    assert recurrent.layer_bytes(kimi, Layout(kimi, Settings()))[0] == 4 * (3 * 3 * 4 * 32 + 32 * 32 * 4)


def test_the_embedding_stays_on_the_host_and_the_output_goes_first() -> None:
    model = tiny_model()
    layer, output = 256 * 256 * 2 + 256 * 1024 * 2 * 2, 256 * 1000 * 2 + 1024
    for count in range(6):
        result = estimate(model, Settings(gpu_layers=count))
        assert result.gpu.weights == (output if count else 0) + max(0, count - 1) * layer
        assert result.gpu.weights + result.host.weights == weigh(model).total


def test_a_tied_embedding_is_held_twice_only_with_a_gpu() -> None:
    model = tiny_model(tied=True)
    assert estimate(model, Settings(gpu_layers=0)).host.weights == weigh(model).total
    split = estimate(model, Settings())
    assert split.gpu.weights + split.host.weights == weigh(model).total + 256 * 1000 * 2


def test_experts_can_stay_on_the_host() -> None:
    expert = 256 * 1024 * 2 * 2
    moved = estimate(tiny_model(), Settings(experts_on_host=3))
    assert moved.host.weights - estimate(tiny_model(), Settings()).host.weights == 3 * expert


def test_a_pattern_of_all_experts_is_the_same_as_to_count_them() -> None:
    model = named_model("Qwen3-30B-A3B-Q4_K_M", CATALOG)
    counted, named = (
        estimate(model, settings) for settings in (Settings(experts_on_host=48), Settings(kept_in_ram=("exps",)))
    )
    assert (named.gpu, named.host, named.exact) == (counted.gpu, counted.host, True)


def test_a_pattern_keeps_what_it_names_in_ram() -> None:
    model = named_model("Qwen3-30B-A3B-Q4_K_M", CATALOG)
    whole = estimate(model, Settings())
    some = estimate(model, Settings(kept_in_ram=(r"blk\.(?:4[0-7])\.ffn_.*_exps", r"blk\.3\.attn_q\.")))
    named = [
        tensor
        for tensor in model.tensors
        if re.search(r"blk\.4[0-7]\.ffn_.*_exps", tensor.name) or tensor.name == "blk.3.attn_q.weight"
    ]
    assert len(named) == 8 * 3 + 1
    moved = sum(tensor_bytes(tensor) for tensor in named)
    assert whole.gpu.weights - some.gpu.weights == some.host.weights - whole.host.weights == moved
    assert not some.exact


@pytest.mark.parametrize("told", ["exps", "exps=CUDA1", "(=CPU"])
def test_what_is_no_pattern_for_ram_is_refused(told: str) -> None:
    with pytest.raises(UserError):
        patterns_in(told)


def test_the_cache_can_stay_on_the_host() -> None:
    result = estimate(tiny_model(), Settings(kv_on_host=True))
    assert result.gpu.kv_cache == 0
    assert result.host.kv_cache == sum(cache_of(tiny(), Settings()))


def test_several_gpus_share_layers_by_their_split() -> None:
    result = estimate(tiny_model(), Settings(tensor_split=(1.0, 1.0)))
    layer = 256 * 256 * 2 + 256 * 1024 * 2 * 2
    assert [usage.weights // layer for usage in result.gpus] == [3, 1]
    assert (
        sum(usage.weights for usage in result.gpus)
        == result.gpu.weights
        == estimate(tiny_model(), Settings()).gpu.weights
    )
    assert result.gpus[0].overhead == result.gpus[1].overhead > 0


def test_the_picture_part_counts_as_weights_of_the_first_gpu() -> None:
    plain, pictured = (estimate(tiny_model(), Settings(mmproj_bytes=size)) for size in (0, 100 * MIB))
    assert pictured.gpu.weights - plain.gpu.weights == 100 * MIB


def test_overhead_stands_apart_and_within_its_bounds() -> None:
    result = estimate(tiny_model(), Settings(backend="cuda"))
    assert result.gpu.total - result.gpu.accounted == result.gpu.overhead == OVERHEADS["cuda"].usual
    assert result.gpu.range.low < result.gpu.total < result.gpu.range.high
    assert estimate(tiny_model(), Settings(backend="cuda", gpu_layers=0)).gpu.total == 0


def test_an_unknown_architecture_is_guessed_and_said() -> None:
    result = estimate(tiny_model(tiny(architecture="brand-new")), Settings())
    assert not result.exact
    assert any("brand-new" in note.zh for note in result.notes)
    assert result.gpu.range.high - result.gpu.overhead > result.gpu.accounted


def test_a_context_beyond_training_is_warned_about() -> None:
    assert any("4,096" in note.en for note in estimate(tiny_model(), Settings(context=8192)).notes)
    assert not estimate(tiny_model(), Settings(context=4096)).notes


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(context=0), "context of 0"),
        (Settings(context=-5), "context of -5"),
        (Settings(context=1 << 40), "more than any model"),
        (Settings(ubatch=0), "ubatch"),
        (Settings(batch=0), "batch"),
        (Settings(parallel=0), "parallel"),
        (Settings(parallel=1000), "parallel"),
        (Settings(gpu_layers=-7), "negative"),
        (Settings(outputs=-1), "negative"),
        (Settings(experts_on_host=-1), "negative"),
        (Settings(tensor_split=(-1.0, 1.0)), "tensor split"),
        (Settings(tensor_split=(float("nan"), 1.0)), "tensor split"),
        (Settings(tensor_split=(0.0, 0.0)), "tensor split"),
        (Settings(tensor_split=(1.0,) * 17), "tensor split"),
        (Settings(cache_type_k="q9_9"), "q9_9"),
        (Settings(cache_type_k="q6_K"), "q6_K"),
        (Settings(cache_type_v="q8_0", flash_attention=False), "flash attention"),
    ],
)
def test_impossible_settings_are_explained(settings: Settings, words: str) -> None:
    with pytest.raises(UserError) as caught:
        check(settings)
    assert words in caught.value.in_language("en")
    assert caught.value.in_language("zh") != caught.value.in_language("en")


@given(budget=st.integers(0, 64 * MIB), context=st.sampled_from([256, 4096, 65536]))
def test_layers_never_exceed_the_budget_and_one_more_would(budget: int, context: int) -> None:
    model, settings = tiny_model(), Settings(context=context)
    found = most_gpu_layers(model, settings, budget)
    assert found.gpu.accounted <= budget
    if found.gpu_layers < 5:
        assert estimate(model, settings.with_gpu_layers(found.gpu_layers + 1)).gpu.accounted > budget


@given(
    context=st.integers(1, 1 << 17),
    ubatch=st.sampled_from([1, 7, 128, 512, 2048]),
    flash=st.booleans(),
    layers=st.integers(-1, 9),
    parallel=st.integers(1, 8),
)
def test_every_part_is_a_plausible_number(context: int, ubatch: int, flash: bool, layers: int, parallel: int) -> None:
    settings = Settings(
        context=context, ubatch=ubatch, flash_attention=flash, gpu_layers=layers, parallel=parallel, backend="none"
    )
    result = estimate(tiny_model(), settings)
    for usage in (result.gpu, result.host):
        assert min(usage.weights, usage.kv_cache, usage.recurrent, usage.compute) >= 0
        assert usage.range.low <= usage.total <= usage.range.high
    smaller = estimate(tiny_model(), replace(settings, context=max(1, context // 2)))
    assert smaller.gpu.kv_cache <= result.gpu.kv_cache


@pytest.mark.parametrize(
    "name", ["Llama-3.1-8B-Instruct", "gemma-3-27b-it", "Qwen3-30B-A3B", "Qwen3-Next-80B-A3B-Instruct", "SmolLM3-3B"]
)
def test_a_remembered_compute_buffer_is_that_of_these_settings(name: str) -> None:
    """Whatever was estimated before: layouts that count as one graph must need the same room."""
    found = CATALOG.find(name)
    assert found is not None
    shape = model_shape(found.model)
    some = Settings(context=4096)
    for layers in (ALL, 0, 1, 7, 8, 9, 20, shape.layers):
        for experts, split in ((0, ()), (5, ()), (0, (0.5, 0.5))):
            settings = replace(some, gpu_layers=layers, experts_on_host=experts, tensor_split=split)
            layout = Layout(shape, settings)
            remembered = compute_buffers(shape, settings, layout)
            assert (remembered.host, remembered.gpus) == Reservation(shape, settings, layout).peaks()


def test_a_layer_left_in_ram_beside_a_next_token_layer_is_a_split() -> None:
    shape = tiny(architecture="deepseek32", next_token_layers=1)
    assert not is_exact(shape, Settings(gpu_layers=shape.layers + 1))
    assert is_exact(shape, Settings(gpu_layers=shape.layers + 2))


@pytest.mark.parametrize(
    ("outputs", "gpu_layers", "dry_run"), [(512, ALL, (287_332_352, 25_192_448)), (512, 1, (276_824_064, 182_478_880))]
)
def test_an_output_joined_with_its_hidden_state_lies_in_a_range(
    outputs: int, gpu_layers: int, dry_run: tuple[int, int]
) -> None:
    """The figures are those of libllama b11739 for such a shape."""
    shape = tiny(
        architecture="qwen3tts",
        layers=24,
        embedding=2048,
        feed_forward=(6144,) * 24,
        heads=(16,) * 24,
        kv_heads=(4,) * 24,
        key_length=128,
        value_length=128,
        vocabulary=65536,
        tied_embedding=False,
    )
    settings = Settings(context=8192, outputs=outputs, gpu_layers=gpu_layers)
    found = compute_buffers(shape, settings, Layout(shape, settings))
    assert not found.exact
    assert found.gpus_low[0] <= dry_run[0] <= found.gpus_high[0]
    assert found.host_low <= dry_run[1] <= found.host_high
    assert is_exact(shape, replace(settings, outputs=1, gpu_layers=ALL))
