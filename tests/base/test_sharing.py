import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bot.base.sharing import shared


class Leaf(msgspec.Struct, frozen=True):
    texts: tuple[str, ...] = ()
    weight: float = 1.0
    count: int | bool | float = 0
    inner: "Leaf | None" = None


LEAVES = st.recursive(
    st.builds(Leaf, st.lists(st.text(max_size=2), max_size=3).map(tuple), st.sampled_from([0.0, 1.0, 0.9]))
    | st.builds(Leaf, count=st.sampled_from([0, 1, True, False, 0.0, 1.0])),
    lambda inner: st.builds(Leaf, inner=inner),
    max_leaves=4,
)


@given(st.lists(LEAVES, max_size=6).map(tuple))
def test_what_is_shared_is_what_it_was(leaves: tuple[Leaf, ...]) -> None:
    before = repr(leaves)
    assert repr(shared(leaves)) == before


def test_equal_texts_and_tuples_are_held_once() -> None:
    first, second = (msgspec.json.decode(b'{"texts": ["one text", "another"]}', type=Leaf) for _ in range(2))
    assert first.texts is not second.texts
    one, other = shared((first, second))
    assert (one, other) == (first, second)
    assert one.texts is other.texts
    assert one is first  # whoever holds it already holds the shared one


def test_numbers_stay_of_their_type() -> None:
    leaves = shared((Leaf(count=1), Leaf(count=True), Leaf(count=1.0)))
    assert [type(leaf.count) for leaf in leaves] == [int, bool, float]


def test_empty_nothing_and_what_is_not_hashable_pass_through() -> None:
    held = ([1], {"a": 1}, None, ())
    assert shared(held) == held
