"""HRM-Text in the reserved graph: a low and a high stack of layers run in turns over the same tokens, each on the sum
of both states. The layers' norms have no weights.

Source, llama.cpp b11739: src/models/hrm-text.cpp.
"""

from bot.memory.graph import attention
from bot.memory.graph.build import Build
from bot.memory.graph.planner import EITHER, FIRST, Value


class Turns:
    """Layers of one graph, and the two states between the stacks' turns."""

    def __init__(self, build: Build) -> None:
        assert build.shape.cycles is not None
        self.build = build
        self.cycles = build.shape.cycles
        self.high: Value | None = None
        self.low: Value | None = None  # at first a weight

    def layer(self, stream: Value, number: int) -> Value:
        """One layer; all tokens go through all of them."""
        build, stack = self.build, self.cycles.stack
        if number % stack == 0:
            stream = self._begun(stream)
        stream = build.add(attention.attention(build, self._normed(stream), number), stream)
        stream = build.add(build.feed_forward(self._normed(stream), number, stream), stream)
        if (number + 1) % stack == 0:
            stream = self._ended(self._normed(stream), number)
        return stream

    def end(self, stream: Value) -> Value:
        """The wanted rows; the last stack has normed them."""
        return self.build.only_wanted(stream)[0]

    def _normed(self, stream: Value) -> Value:
        return self.build.graph.op(stream.size, stream, over=FIRST, free=True)

    def _begun(self, stream: Value) -> Value:
        """The sum of both states, before a stack's turn."""
        if self.high is None:
            self.high = stream
        if self.low is None:
            return self.build.graph.op(stream.size, self.high, over=FIRST)
        return self.build.graph.op(stream.size, self.high, self.low, over=EITHER, free=True)

    def _ended(self, stream: Value, number: int) -> Value:
        turn = number // self.cycles.stack % (self.cycles.low + 1)
        if turn == self.cycles.low:
            self.high = stream
        else:
            self.low = stream
        return stream
