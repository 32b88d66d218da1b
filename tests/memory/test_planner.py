"""The buffer planner on small graphs whose peaks can be worked out by hand."""

from hypothesis import given
from hypothesis import strategies as st

from bot.memory.graph.planner import (
    EITHER,
    FIRST,
    GPU,
    HOST,
    SECOND,
    Graph,
)


def on_gpu() -> Graph:
    graph = Graph()
    graph.device = GPU
    return graph


def test_a_result_written_over_its_only_source_takes_no_room() -> None:
    graph = on_gpu()
    first = graph.op(1024)
    graph.expand(graph.op(1024, first, over=FIRST))
    assert graph.peaks() == (0, (1024,))


def test_a_source_that_is_still_needed_is_not_written_over() -> None:
    graph = on_gpu()
    first = graph.op(1024)
    second = graph.op(1024, first, over=FIRST)
    graph.expand(graph.op(32, second, first))
    assert graph.peaks() == (0, (2048 + 32,))


def test_a_sum_may_be_written_over_either_or_only_the_second() -> None:
    for over in (EITHER, SECOND):
        graph = on_gpu()
        sources = [graph.expand(graph.op(1024)) for _ in range(2)]
        total = graph.expand(graph.op(1024, *sources, over=over))
        graph.expand(graph.op(1024, total))
        assert graph.peaks() == (0, (2048,))


def test_the_smallest_gap_that_fits_is_taken() -> None:
    graph = on_gpu()
    large, small, last = graph.op(4096), graph.op(1024), graph.op(64)
    for value in (large, graph.op(32), small, graph.op(32), last):
        graph.expand(value)
    graph.use(large)
    graph.use(small)
    graph.expand(graph.op(1024, last))
    graph.expand(graph.op(4096))
    assert graph.peaks()[1][0] == 4096 + 32 + 1024 + 32 + 64


def test_sizes_are_rounded_up_to_the_alignment() -> None:
    graph = on_gpu()
    graph.expand(graph.op(1))
    assert graph.peaks() == (0, (32,))


def test_inputs_lie_on_the_host_and_are_copied_once() -> None:
    graph = Graph()
    positions = graph.input(2048)
    graph.device = GPU
    for _ in range(3):
        graph.use(positions)
    assert graph.peaks() == (2048, (2048,))


def test_a_host_result_needed_on_the_gpu_has_room_on_both() -> None:
    graph = Graph()
    embedding = graph.expand(graph.op(4096))
    graph.device = GPU
    graph.expand(graph.op(128, embedding))
    assert graph.peaks() == (4096, (4096 + 128,))


def test_operations_without_weights_follow_the_next_one_that_has_some() -> None:
    graph = Graph()
    out = graph.op(1024)
    total = graph.op(1024, out, free=True)
    graph.expand(total)
    graph.device = GPU
    graph.expand(graph.op(1024, total))
    assert graph.peaks() == (1024, (2 * 1024,))  # the sum runs on the GPU, beside a copy of its source


def test_operations_are_ordered_only_when_they_are_needed() -> None:
    graph = on_gpu()
    early = graph.op(1024)
    late = graph.op(1024)
    graph.expand(late)
    graph.use(late)
    graph.expand(early)
    assert graph.peaks()[1][0] == 1024  # `early` was made first but runs after `late` is gone


def test_values_outside_take_room_only_as_copies() -> None:
    graph = on_gpu()
    cache = graph.outside(1 << 20, HOST)
    graph.expand(graph.op(64, cache))
    assert graph.peaks() == (0, ((1 << 20) + 64,))


@given(
    sizes=st.lists(st.integers(1, 1 << 16), min_size=1, max_size=40),
    picks=st.lists(st.tuples(st.integers(0, 39), st.sampled_from([0, FIRST])), min_size=1, max_size=40),
)
def test_the_peak_lies_between_the_largest_value_and_their_sum(sizes: list[int], picks: list[tuple[int, int]]) -> None:
    graph = on_gpu()
    values = [graph.expand(graph.op(size)) for size in sizes]
    for index, over in picks:
        source = values[index % len(values)]
        values.append(graph.expand(graph.op(source.size, source, over=over)))
    peak = graph.peaks()[1][0]
    assert max(value.size for value in values) <= peak <= sum(value.size for value in values)
