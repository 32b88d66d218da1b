"""Several residual streams side by side (hyper-connections): what a part gets is mixed from them, what it gives goes
back to each.

Source, llama.cpp b11739: src/models/hy-v4.cpp.
"""

from bot.memory.graph import attention as attention_graph
from bot.memory.graph.build import Build
from bot.memory.graph.planner import EITHER, FIRST, SECOND, Value


def begin(build: Build, stream: Value) -> Value:
    """As many copies of the embeddings as there are streams."""
    return build.graph.expand(build.graph.op(_count(build) * build.wide, stream, free=True))


def layer(build: Build, streams: Value, number: int) -> Value:
    """One layer: attention and feed-forward part, each with its own mixture. All tokens go through all layers."""
    normed, mixes = _entered(build, streams)
    streams = _left(build, streams, attention_graph.latent_attention(build, normed, number), mixes)
    normed, mixes = _entered(build, streams)
    return _left(build, streams, build.feed_forward(normed, number, normed), mixes)


def end(build: Build, streams: Value) -> Value:
    """The streams' mixture for the output, of the rows that are wanted."""
    graph, count = build.graph, _count(build)
    rows = graph.op(4 * build.rows * build.shape.embedding * count, streams, build.wanted, free=True)
    build.tokens, build.unit = build.rows, 4 * build.rows
    build.wide = build.unit * build.shape.embedding
    copied = graph.op(rows.size, rows, free=True)
    mixes = graph.op(build.unit * count, graph.op(rows.size, rows, over=FIRST, free=True))
    return _mixed(build, copied, graph.op(mixes.size, mixes, over=FIRST))


def _count(build: Build) -> int:
    return build.shape.residual_streams


def _entered(build: Build, streams: Value) -> tuple[Value, Value]:
    """(normed input of a part, how much of each stream goes in and comes out)."""
    graph, count = build.graph, _count(build)
    copied = graph.expand(graph.op(streams.size, streams, free=True))
    mixes = graph.op(build.unit * 2 * count, graph.op(streams.size, streams, over=FIRST, free=True))
    weights = graph.op(build.unit * count, mixes)
    return build.norm(_mixed(build, copied, weights)), mixes


def _mixed(build: Build, copied: Value, weights: Value) -> Value:
    """The weighted sum of all streams."""
    graph = build.graph
    total = graph.op(build.wide, copied, weights, free=True)
    for _ in range(_count(build) - 1):
        total = build.add(total, graph.op(build.wide, copied, weights, free=True), over=EITHER)
    return graph.op(build.wide, total, free=True)


def _left(build: Build, streams: Value, out: Value, mixes: Value) -> Value:
    """What a part gave, added to each stream with a weight of its own."""
    graph, count, wide = build.graph, _count(build), build.wide
    copied = graph.op(streams.size, streams, free=True)
    given = graph.op(wide, out, free=True)
    weights = graph.op(build.unit * count, mixes)
    weights = graph.op(weights.size, weights, free=True)
    joined: Value | None = None
    for number in range(1, count + 1):
        share = graph.op(wide, given, weights, over=FIRST, free=True)
        added = graph.op(wide, copied, share, over=SECOND, free=True)
        joined = added if joined is None else graph.op(number * wide, joined, added, free=True)
    assert joined is not None
    return graph.expand(graph.op(streams.size, joined, free=True))
