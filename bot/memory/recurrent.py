"""Bytes of the recurrent state, one for each slot, always F32.

Source, llama.cpp b11434: src/llama-hparams.cpp (n_embd_r, n_embd_s), src/llama-memory-recurrent.cpp.
"""

from bot.memory.layout import Layout
from bot.models.shape import ModelShape


def layer_bytes(shape: ModelShape, layout: Layout) -> tuple[int, ...]:
    """Bytes of each layer's state, 0 where it has none."""
    if shape.recurrent is None:
        return (0,) * shape.layers
    size = 4 * (conv_numbers(shape) + state_numbers(shape)) * layout.settings.parallel
    hashed, width = shape.hashed, shape.residual_streams * shape.embedding
    beside = 4 * hashed.history * width * layout.settings.parallel if hashed else 0
    return tuple(
        (size if recurrent else 0) + (beside if hashed and layer == hashed.layer else 0)
        for layer, recurrent in enumerate(shape.recurrent_layers)
    )


def conv_numbers(shape: ModelShape) -> int:
    """Numbers of the convolution's (or token shift's) history: n_embd_r."""
    recurrent = shape.recurrent
    assert recurrent is not None
    if recurrent.kind == "rwkv":
        return recurrent.token_shifts * shape.embedding
    if recurrent.kind == "short_conv":
        return shape.embedding * (recurrent.conv_kernel - 1)
    before = max(0, recurrent.conv_kernel - 1)
    if recurrent.kind == "kimi_delta":
        return 3 * (before or 3) * max(shape.heads) * recurrent.head_length
    return before * (recurrent.inner_size + 2 * recurrent.groups * recurrent.state_size)


def state_numbers(shape: ModelShape) -> int:
    """Numbers of the state proper: n_embd_s."""
    recurrent = shape.recurrent
    assert recurrent is not None
    if recurrent.kind == "rwkv":
        return shape.embedding * recurrent.head_length
    if recurrent.kind == "short_conv":
        return 0
    if recurrent.kind == "lightning":
        return shape.key_length * shape.key_length * max(shape.heads)
    if recurrent.kind == "kimi_delta":
        return recurrent.head_length * recurrent.head_length * max(shape.heads)
    return recurrent.state_size * recurrent.inner_size
