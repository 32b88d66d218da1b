"""Whether the work of a pattern can grow faster than the text: infinitely ambiguous automata (Weber and Seidl, "On the
degree of ambiguity of finite automata", 1991).

A matcher that backtracks walks every way to read the text. Two places p and q make that more than linear when one and
the same word leads from p to p, from p to q and from q to q. In a search the place before the match is such a p.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pattern_automaton import INFINITE, Automaton, Relation, repeats


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """Places that share a word: its text, what leads there, and how often the work is done again at most."""

    first: int
    second: int
    word: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`degree`: 1 is linear, 2 quadratic, infinite exponential. `factor`: how often bounded repeats do the work of one
    character of the worst text again.
    `attacks`: (prefix, word to repeat).
    """

    degree: float
    factor: float
    attacks: tuple[tuple[str, str], ...]


def judge(pattern: str, flags: int = 0, usage: str = "search") -> Verdict:
    """How the work of a pattern grows with the length of a text."""
    if not repeats(pattern, flags):
        return Verdict(1, 1, ())
    return _Judge(Automaton(pattern, flags, usage)).verdict()


class _Judge:
    def __init__(self, automaton: Automaton) -> None:
        self.automaton = automaton
        self.positions = automaton.positions
        self.end = automaton.classes

    def verdict(self) -> Verdict:
        found = {(a.first, a.second): a for a in self._ambiguities()}
        degree, factor = self._longest(found)
        return Verdict(degree, factor, tuple((self._prefix(a.first), a.word) for a in found.values()))

    # ---- places that repeat

    @cached_property
    def components(self) -> list[list[int]]:
        """Sets of positions that lead to each other, in order of the text; a single one only if it repeats."""
        order = _components({number: [a for a, _ in p.after] for number, p in enumerate(self.positions)})
        return [c for c in order if len(c) > 1 or any(a == c[0] for a, _ in self.positions[c[0]].after)]

    @cached_property
    def reached(self) -> set[int]:
        """Positions that can be reached at all, for the way the pattern is used."""
        waiting = [number for number, _ in self.automaton.first]
        found = set(waiting)
        while waiting:
            for following, _ in self.positions[waiting.pop()].after:
                if following not in found:
                    found.add(following)
                    waiting.append(following)
        return found

    def _weight(self, component: list[int]) -> float:
        loops = {loop for position in component for loop in self.positions[position].loops}
        if self.automaton.start in component:
            return INFINITE
        return math.prod(self.automaton.loops[loop].most for loop in loops)

    def _ambiguities(self) -> Iterator[Ambiguity]:
        searched = self.automaton.usage == "search"
        components = [c for c in self.components if self.automaton.start not in c and c[0] in self.reached]
        for component in components:
            if (inner := self._inside(component)) is not None:
                yield inner
        first = [[self.automaton.start], *components] if searched else components
        for one in first:
            for other in components:
                if one is other or self._is_final(other) or (one[0] != self.automaton.start and self._is_final(one)):
                    continue
                if not self.positions[one[0]].atoms <= self.positions[other[0]].atoms:
                    continue  # behind an atomic group nothing in it is read in another way
                if (found := self._between(one, other)) is not None:
                    yield found

    def _inside(self, component: list[int]) -> Ambiguity | None:
        """Two ways round the same places with the same text: exponential work."""
        members = set(component)
        for position in component:
            after = [(f, r) for f, r in self.positions[position].after if f in members]
            for index, (following, relation) in enumerate(after):
                for other, second in after[index + 1 :]:
                    if following == other and self._overlap(position, following, relation, second):
                        return Ambiguity(position, position, self._round(position, members))
        if len(component) == 1:
            return None
        for one in component:
            for other in component:
                if one != other and (word := self._shared(one, other, members, members)) is not None:
                    return Ambiguity(one, one, word)
        return None

    def _overlap(self, position: int, following: int, one: Relation, other: Relation) -> bool:
        before, after = self.positions[position].classes, self.positions[following].classes
        return any(
            before >> x & 1 and (one[x] if one else -1) & (other[x] if other else -1) & after for x in range(self.end)
        )

    def _round(self, position: int, members: set[int]) -> str:
        """A text that leads from a position back to it."""
        classes = self.positions[position].classes
        return self._path((position,), (position,), classes, self.automaton.everything, [members]) or ""

    def _between(self, one: list[int], other: list[int]) -> Ambiguity | None:
        for p in one:
            for q in other:
                word = self._shared(p, q, set(one), set(other))
                if word is not None:
                    return Ambiguity(p, q, word)
        return None

    def _shared(self, p: int, q: int, around_p: set[int], around_q: set[int]) -> str | None:
        """A word that leads from p to p, from p to q and from q to q."""
        classes = self.automaton.everything
        walkers: list[tuple[int, int, set[int] | None]] = [(p, q, None)]
        for place, around in ((p, around_p), (q, around_q)):
            if around == {place} and any(each == (place, None) for each in self.positions[place].after):
                classes &= self.positions[place].classes  # it stays there as long as it can read
            else:
                walkers.append((place, place, around))
        for group in self._groups(self.positions[p].classes & self.positions[q].classes, [w[0] for w in walkers]):
            word = self._path(
                tuple(w[0] for w in walkers), tuple(w[1] for w in walkers), group, classes, [w[2] for w in walkers]
            )
            if word is not None:
                return word
        return None

    def _groups(self, classes: int, places: list[int]) -> Iterator[int]:
        """Classes that, having been read, leave these places the same ways on."""
        relations = [relation for place in places for _, relation in self.positions[place].after if relation]
        if not relations:
            yield from (classes,) if classes else ()
            return
        found: dict[tuple[int, ...], int] = {}
        for y in self._bits(classes):
            key = tuple([relation[y] for relation in relations])
            found[key] = found.get(key, 0) | 1 << y
        yield from found.values()

    def _path(
        self, begin: tuple[int, ...], goal: tuple[int, ...], last: int, classes: int, allowed: list[set[int] | None]
    ) -> str | None:
        """The shortest text of some classes that leads several walkers from `begin` to `goal`, all reading the same,
        when one of the classes `last` was read before, and one is read at the end.
        """
        first = (begin, (last & -last).bit_length() - 1)
        seen: dict[tuple[tuple[int, ...], int], tuple[tuple[int, ...], int] | None] = {first: None}
        waiting = [first]
        for state in waiting:
            for reads, following in self._steps(state[0], state[1], classes, allowed):
                if following == goal and reads & last:
                    y = (reads & last & -(reads & last)).bit_length() - 1
                    return self._told(seen, state) + self.automaton.samples[y]
                for group in self._groups(reads, list(following)):
                    reached = (following, (group & -group).bit_length() - 1)
                    if reached not in seen:
                        seen[reached] = state
                        waiting.append(reached)
            if len(waiting) > 100_000:
                raise OverflowError("too many states")
        return None

    def _told(
        self,
        seen: dict[tuple[tuple[int, ...], int], tuple[tuple[int, ...], int] | None],
        state: tuple[tuple[int, ...], int],
    ) -> str:
        text = ""
        while (before := seen[state]) is not None:
            text = self.automaton.samples[state[1]] + text
            state = before
        return text

    def _steps(
        self, places: tuple[int, ...], before: int, classes: int, allowed: list[set[int] | None]
    ) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Where walkers can go together, and on which characters."""
        partial: dict[tuple[int, ...], int] = {(): classes}
        for place, within in zip(places, allowed, strict=True):
            longer: dict[tuple[int, ...], int] = {}
            for following, relation in self.positions[place].after:
                reads = self.positions[following].classes & (relation[before] if relation else -1) & classes
                if not reads or (within is not None and following not in within):
                    continue
                for tail, shared in partial.items():
                    if shared & reads:
                        key = (*tail, following)
                        longer[key] = longer.get(key, 0) | shared & reads
            partial = longer
        yield from ((shared, key) for key, shared in partial.items())

    def _bits(self, classes: int) -> Iterator[int]:
        return (number for number in range(min(self.end, classes.bit_length())) if classes >> number & 1)

    # ---- what cannot fail

    def _is_final(self, component: list[int]) -> bool:
        """Whether a match is complete on every round of a repeat, whatever follows: then it never fails there."""
        if self.automaton.usage == "fullmatch":
            return False
        if len(component) == 1:
            return self._ends(component[0], self.positions[component[0]].classes)
        others = [position for position in component if not self._ends(position, self._own_round(position))]
        inner = _components({n: [f for f, _ in self.positions[n].after if f in others] for n in others})
        return all(len(c) == 1 and all(f != c[0] for f, _ in self.positions[c[0]].after) for c in inner)

    def _own_round(self, position: int) -> int:
        """The classes on which a repeat of this one place goes on."""
        place = self.positions[position]
        return place.classes if (position, None) in place.after else 0

    def _ends(self, position: int, but: int) -> bool:
        """Whether a match may end behind a position, whatever follows but some classes."""
        needed = (self.automaton.everything | 1 << self.end) & ~but
        return any(
            relation is None or all(needed & ~relation[x] == 0 for x in self._bits(self.positions[position].classes))
            for relation in self.automaton.ends.get(position, [])
        )

    # ---- chains

    def _longest(self, found: dict[tuple[int, int], Ambiguity]) -> tuple[float, float]:
        component_of = {position: number for number, c in enumerate(self.components) for position in c}
        edges: dict[int, dict[int, int]] = {}  # with the length of the text that starts the work anew
        own: dict[int, float] = {}
        for number, component in enumerate(self.components):
            own[number] = self._weight(component)
        worst_degree, worst_factor = 1.0, 1.0
        for (one, other), ambiguity in found.items():
            if one == other:  # round the same places: as often as the inner repeats, again and again
                weight = own[component_of[one]]
                if weight == INFINITE:
                    return INFINITE, 1.0
                worst_factor = max(worst_factor, weight**2)
                own[component_of[one]] = weight**2
            else:
                lengths = edges.setdefault(component_of[one], {})
                known = lengths.get(component_of[other], len(ambiguity.word))
                lengths[component_of[other]] = min(known, len(ambiguity.word))

        def walk(number: int, degree: float, factor: float) -> tuple[float, float]:
            if own[number] == INFINITE:
                degree += 1
            else:
                factor *= own[number]
            best = (degree, factor)
            is_start = self.automaton.start in self.components[number]
            for following, length in edges.get(number, {}).items():
                best = max(best, walk(following, degree, factor / length if is_start else factor))
            return best

        for number in {*edges}:
            degree, factor = walk(number, 0, 1)
            # once for every text that leads there, which must stand there each time
            leads = min(len(self._prefix(one)) for one, _ in found if component_of[one] == number)
            worst_degree, worst_factor = max(worst_degree, degree), max(worst_factor, factor / max(1, leads))
        return worst_degree, worst_factor

    def _prefix(self, goal: int) -> str:
        """A text that leads from the beginning of a match to a position."""
        if goal == self.automaton.start:
            return ""
        begin = self.end
        waiting: list[tuple[int, int, str]] = []
        seen: set[tuple[int, int]] = set()
        for position, relation in self.automaton.first:
            reads = self.positions[position].classes & (relation[begin] if relation else -1)
            waiting += [(position, y, self.automaton.samples[y]) for y in self._bits(reads)]
        if not waiting:  # something must stand before it
            waiting = [
                (self.automaton.start, y, self.automaton.samples[y]) for y in self._bits(self.automaton.everything)
            ]
        for position, last, text in waiting:
            if position == goal:
                return text
            if (position, last) in seen:
                continue
            seen.add((position, last))
            for following, relation in self.positions[position].after:
                reads = self.positions[following].classes & (relation[last] if relation else -1)
                waiting += [(following, y, text + self.automaton.samples[y]) for y in self._bits(reads)]
        return ""


def _components(graph: dict[int, list[int]]) -> list[list[int]]:
    """Strongly connected components (Kosaraju)."""
    finished: list[int] = []
    seen: set[int] = set()
    for root in graph:
        finished += _finished(graph, root, seen)
    backward: dict[int, list[int]] = {node: [] for node in graph}
    for node, following in graph.items():
        for other in following:
            backward[other].append(node)
    assigned: set[int] = set()
    return [found for node in reversed(finished) if (found := _finished(backward, node, assigned))]


def _finished(graph: dict[int, list[int]], root: int, seen: set[int]) -> list[int]:
    """What is reached from a node and was not seen before, each after all that follows it."""
    if root in seen:
        return []
    seen.add(root)
    order: list[int] = []
    work = [(root, iter(graph[root]))]
    while work:
        node, following = work[-1]
        fresh = next((other for other in following if other not in seen), None)
        if fresh is None:
            order.append(node)
            work.pop()
        else:
            seen.add(fresh)
            work.append((fresh, iter(graph[fresh])))
    return order
