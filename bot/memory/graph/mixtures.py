"""Several residual streams that are mixed by fused operations, as DeepSeek V4 and GLM 5 Next have them.

Source, llama.cpp b11739: src/models/deepseek4.cpp and glm5-next.cpp (build_hc_pre, build_hc_post).
"""

from bot.memory.graph.build import Build
from bot.memory.graph.planner import Value


def begin(build: Build, stream: Value) -> Value:
    """As many copies of the embeddings as there are streams."""
    return build.graph.expand(build.graph.op(build.shape.residual_streams * build.wide, stream, free=True))


def mixes(build: Build, streams: Value) -> Value:
    """What tells how streams go into a part, come out of it, and are mixed among themselves."""
    count = build.shape.residual_streams
    normed = build.graph.op(streams.size, streams, free=True)
    return build.graph.op(build.unit * (2 + count) * count, normed)


def mixed(build: Build, streams: Value, mixes: Value) -> Value:
    """The input of a part."""
    share = build.graph.op(build.unit * build.shape.residual_streams, mixes)
    return build.graph.op(build.wide, streams, share, free=True)


def shares(build: Build, mixes: Value) -> tuple[Value, Value]:
    """How much of a part's result each stream gets, and how streams are mixed among themselves."""
    count = build.shape.residual_streams
    return build.graph.op(build.unit * count, mixes), build.graph.op(build.unit * count * count, mixes)


def left(build: Build, streams: Value, out: Value, post: Value, between: Value) -> Value:
    """The streams behind a part."""
    return build.graph.op(streams.size, out, streams, post, between, free=True)


def wanted_rows(build: Build, streams: Value) -> Value:
    """The streams' rows that logits are wanted for; from here on there are only those."""
    size = 4 * build.rows * build.shape.embedding * build.shape.residual_streams
    rows = build.graph.op(size, streams, build.wanted, free=True)
    build.tokens, build.unit = build.rows, 4 * build.rows
    build.wide = build.unit * build.shape.embedding
    return rows
