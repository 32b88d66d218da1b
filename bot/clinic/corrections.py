"""What an author told in several messages, each as it reads once the later ones have corrected it: the newest wins.

"not 32b, 14b" puts 14b in the place of 32b in what was said before, so that whatever reads the conversation as one
text finds a single value of each kind. Printed lines are evidence and stay as they are; which kinds of values a
correction overrides there is told beside the texts.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from bot.base.sizes import GIB
from bot.clinic.fragments import Talked, completed
from bot.clinic.parts import Parts
from bot.intake.turning import Success
from bot.intake.vocabulary import ProgramMention, SystemMention
from bot.models.name_mentions import find_names
from bot.models.quant_names import BITS_PER_WEIGHT, is_of_cache

ValueKind = Literal["loader", "system", "model", "size", "quant", "card", "ram", "vram", "context"]

_SIZE = re.compile(r"(?<![a-z0-9_.-])\d{1,4}(?:\.\d{1,2})?\s?b(?:-a\d{1,3}b)?(?![a-z0-9])", re.IGNORECASE)
_SIZE_IN_NAME = re.compile(r"\d{1,4}(?:\.\d{1,2})?\s?b(?:[-_ ]?a\d{1,3}b)?(?![a-z0-9])", re.IGNORECASE)
_QUANT = re.compile(
    r"(?<![a-z0-9])(?:iq[1-4](?:_?[a-z]{1,3})?|q[2-8](?:_[0-9k](?:_?[smlx]{1,2})?|k_?[sml]?)?|awq|gptq|exl[23]|fp8|nvfp4|mxfp4|[bf]f?p?16"
    rf"|{BITS_PER_WEIGHT})(?![a-z0-9])",
    re.IGNORECASE,
)
# A model written for programs that put it on the card as a whole, and what stands for it once a GGUF is taken.
_OF_ENGINES = re.compile(
    r"(?<![a-z0-9])(?:(?:exl[23]|gptq|awq)(?:[ -](?:int)?[2-8](?:[- ]?bits?)?)?(?:[ -]"
    rf"{BITS_PER_WEIGHT})?|{BITS_PER_WEIGHT})(?![a-z0-9])",
    re.IGNORECASE,
)
_PER_WEIGHT = re.compile(rf"{BITS_PER_WEIGHT}(?![a-z])", re.IGNORECASE)
_GGUF = re.compile(r"(?<![a-z])gguf(?![a-z])", re.IGNORECASE)
_AMOUNT = r"\d{1,4}\s?(?:g(?:i?b|igs?)?)?"
_CONTEXT = re.compile(r"(?<![\w.])\d{1,4}\s?k(?![a-z0-9_])", re.IGNORECASE)
_AMOUNT_BEHIND = r"(?!\s?(?:也?是|有|[:：=])?\s?\d{1,4}\s?g)"  # "3060 内存32g": what stands before the label is a card
_RAM = re.compile(
    rf"{_AMOUNT}\s?(?:的|of\s)?(?:系统)?(?:ram(?![a-z])|内存|运存){_AMOUNT_BEHIND}|(?:(?<![a-z])ram|内存|运存)\s?(?:也是?|是|有|只有|才|升到|加到|换成|[:：=])?\s?{_AMOUNT}"
    r"|(?:内存|运存)(?:也是?|是|有)?\s?[,，]\s?\d{1,4}\s?g(?:i?b)?",
    re.IGNORECASE,
)
_VRAM = re.compile(
    rf"{_AMOUNT}\s?(?:的|of\s)?(?:vram|显存){_AMOUNT_BEHIND}|(?:vram|显存)\s?(?:是|有|只有|才|[:：=])?\s?{_AMOUNT}",
    re.IGNORECASE,
)
_LABEL = re.compile(r"ram|内存|运存", re.IGNORECASE)
_APART = re.compile(r"[,，也]")  # between an amount and its label
_ALONE = re.compile(r"(?<![a-z0-9_.])\d{1,3}\s?g(?:i?b|igs?)?(?![a-z0-9])", re.IGNORECASE)
_AFTER_CARD = re.compile(
    r"\s?[(（]?\s?\d{1,3}\s?g(?:i?b)?(?![a-z0-9])[)）]?(?!\s?(?:的|of\s)?(?:ram|内存|运存))", re.IGNORECASE
)
_BEFORE_CARD = re.compile(r"(?<![\w.])\d{1,3}\s?g(?:i?b)?\s+(?:的\s?)?(?:nvidia\s|geforce\s|rtx\s)*$", re.IGNORECASE)
_ITS_MEMORY = re.compile(
    r"(?<![\w.])(\d{1,3}\s?g(?:i?b)?)\s?(?:版|版本)?的?\s?(?:version|variant|model|one|edition)?\s?(?:of\s)?(?:the\s|my\s|a\s)?"
    r"(?:nvidia\s|geforce\s|rtx\s)*$",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"\s?\d{1,4}\s?(?:g(?:i?b)?|b)?(?![\w.])", re.IGNORECASE)
_PARTS_OF: dict[ValueKind, tuple[ValueKind, ...]] = {"model": ("size", "quant")}  # of what a name tells at once
_COUNT = re.compile(
    r"(?:(?<![\w.])[2-8]\s?[x×*]\s?|(?<![\w.])(?:two|three|four|dual|double|[2-8])\s+|双卡?\s?|[两二三四2-8]\s?[张块个]\s?)"
    r"(?=(?:(?:nvidia|geforce|rtx|gtx|rx|tesla)[\s-]?){0,3}[a-z]?\d{2,4}(?![\d.]))",
    re.IGNORECASE,
)
_STORAGE = re.compile(
    r"硬盘|磁盘|固态|机械|空间|[c-h]盘|(?<![a-z])(?:disks?|drives?|ssd|hdd|nvme|storage|space)(?![a-z])", re.IGNORECASE
)
_ONLY_CORRECTS = 60  # characters of a message that does nothing else
_PLAINLY_WELL: tuple[Success, ...] = ("says", "tells")  # what only sounds like a success may correct something
_BREATH = 30  # characters between a value and what it is corrected to
_READ = 2_000  # characters of a message in which values are looked for
_DIGITS = re.compile(r"\D")


@dataclass(frozen=True, slots=True)
class Value:
    """A value where a text tells it; `name` is the same for all ways to write it. `memory`: of a card, as it stands
    right behind its name.
    """

    kind: ValueKind
    start: int
    end: int
    text: str
    name: str
    memory: str = ""


@dataclass(frozen=True, slots=True)
class Corrected:
    """The messages of an author, oldest first, as corrected. `overrides`: kinds of which a printed value is outdated.

    `changed`: the last message corrects something. `told`: the same messages; one that only corrects is left with its
    values, for "sorry, I misread" tells of no trouble.
    """

    texts: tuple[str, ...]
    overrides: frozenset[ValueKind] = frozenset()
    changed: bool = False
    told: tuple[str, ...] = ()


def corrected(texts: Sequence[str], parts: Parts, printed: Sequence[str] = ()) -> Corrected:
    """The messages with what later ones correct put right, and fragments completed. `printed`: what was shown with
    them. Pure; never raises.
    """
    reader = _Reader(parts)
    texts = list(map(reader.put_right, texts))
    if len(texts) < 2:
        return Corrected(tuple(texts), told=tuple(texts))
    done: list[str] = []
    only_corrects: set[int] = set()
    overrides: set[ValueKind] = set()
    changed = False
    for written in texts:
        text = completed(written, Talked(done, printed), parts)
        said = reader.without_taken_back(text)
        changed = False
        if done and not reader.tells_of_now(said):
            new, is_correction = reader.new_values(text, said, done)
            before = done
            if (amount := reader.amount_put_right(text, said, done)) is not None:
                done, said = [each.replace(*amount, 1) for each in done], said.replace(amount[1], "", 1)
            done = reader.all_with(done, new, said)
            if is_correction and reader.tells_several_cards(said):
                done, overrides = list(map(reader.without_counted_cards, done)), {*overrides, "card"}
            if reader.takes_gguf(said):
                done = [reader.as_gguf(each) for each in done]
                overrides.update(_OF_FORMAT)
            if reader.adds_one_more(said, before) or (reader.beside(said, before) is not None):
                said = reader.without_cards(said)  # it is counted with the first
            changed = done != before or (is_correction and bool(new))
            if is_correction:
                overrides.update(value.kind for value in new)
            if is_correction and new and reader.is_only_correction(text):
                only_corrects.add(len(done))
        done.append(_alone(said, stands_in_place=changed))
    told = [reader.only_values(text) if at in only_corrects else text for at, text in enumerate(done)]
    return Corrected(tuple(done), frozenset(overrides), changed, tuple(told))


def _alone(said: str, *, stands_in_place: bool) -> str:
    """A message whose values stand in the place of earlier ones too: "and a 4060 ti?" names no further card."""
    return _LEADS_ON.sub("what about ", said) if stands_in_place else said


def _is_loader(mention: ProgramMention) -> bool:
    """Whether a loader is meant for certain."""
    return mention.program.kind == "loader" and not mention.weak and not mention.fuzzy


# In front of llama.cpp: then it is one of the runtimes of LM Studio, no program of its own.
_OF_RUNTIME = re.compile(r"(?:cpu|cuda(?:\s?1[123])?|vulkan|rocm|metal)\s$", re.IGNORECASE)


def _is_runtime(line: str, mention: ProgramMention) -> bool:
    """Whether a program is named as what another one computes with: "switched to CPU llama.cpp"."""
    return mention.program.name == "llama.cpp" and _OF_RUNTIME.search(line[: mention.start]) is not None


def _replacing(values: Sequence[Value], *, is_correction: bool, uses: bool) -> list[Value]:
    """The values that go before what was told earlier: the only one of each kind."""
    kept = []
    for kind in dict.fromkeys(value.kind for value in values):
        own = [value for value in values if value.kind == kind]
        if len({value.name for value in own}) > 1:
            continue  # two things are told at once: which one is meant stays open
        if kind in {"loader", "system"} and not (is_correction or uses):
            continue
        kept.append(own[0])
    return kept


_LEADS_ON = re.compile(r"\A\s*(?:and|plus)\s+(?=(?:an?|the|one)\s[^\n?]{1,40}\?\s*\Z)", re.IGNORECASE)
_OF_FORMAT: tuple[ValueKind, ...] = ("quant", "loader")  # what is outdated once another format is taken


class _Reader:
    """Finds values in the author's own words."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._own: dict[str, frozenset[str]] = {}
        self._values: dict[str, list[Value]] = {}  # by the line: each message is compared with all before it

    def own(self, text: str) -> str:
        """The author's own words of a text."""
        return "\n".join(line for line in text.split("\n") if self._is_own(text, line))

    def tells_of_now(self, text: str) -> bool:
        """Whether values are no correction: they are weighed, or what solved it is told with them."""
        turns, own = self._parts.turns, self.own(text)
        if turns.cards_wanted(own) or turns.adds_beside(own):
            return False
        return (turns.weighs(own) or turns.success(own) in _PLAINLY_WELL) and not turns.corrects(own)

    def new_values(self, text: str, said: str, earlier: Sequence[str]) -> tuple[list[Value], bool]:
        """The values of a message that go before what was told earlier, and whether it corrects something. `said`: the
        message without what it takes back.
        """
        turns = self._parts.turns
        is_correction = said != text or turns.corrects(self.own(text))
        new = _replacing(self.values_after(said, earlier), is_correction=is_correction, uses=turns.uses(self.own(said)))
        is_weighed = not is_correction and any(turns.weighs(self.own(each)) for each in earlier)
        if is_weighed or self.beside(said, earlier) is not None:
            new = [value for value in new if value.kind != "card"]  # one more to choose from
        return new, is_correction

    def is_only_correction(self, text: str) -> bool:
        """Whether a short message in somebody's own words does nothing but put something right."""
        return len(text) <= _ONLY_CORRECTS and "\n" not in text and not self._parts.posts.read(text).has("asks")

    def only_values(self, text: str) -> str:
        """What a text tells of program, model and machine, without the words around."""
        return ", ".join(value.text for value in self.values(text)) or text

    def _is_own(self, text: str, line: str) -> bool:
        if text not in self._own:
            post = self._parts.reader.post(text[:_READ])
            self._own[text] = frozenset(each.strip() for each in post.prose.split("\n"))
        return line.strip() in self._own[text] or any(line.strip() and line.strip() in each for each in self._own[text])

    def values(self, text: str) -> list[Value]:
        """The values told in the own words of a text, line by line; positions are those in the line."""
        return [value for line in text.split("\n") if self._is_own(text, line) for value in self._values_of(line)]

    def values_after(self, text: str, earlier: Sequence[str]) -> list[Value]:
        """The values told in a text; its only amount, of which it does not say what it is, is of RAM where RAM was told
        before and no card is spoken of.
        """
        values = self.values(text)
        amounts = self._amounts_of_memory(text)
        if len(amounts) != 1 or any(value.kind in {"card", "ram", "vram", "model"} for value in values):
            return values
        before = [value for each in earlier for value in self.values(each) if value.kind in {"ram", "card"}]
        amount = amounts[0].group()
        if not any(value.kind == "ram" for value in before) or self._is_of_card(amount, before):
            return values
        return [*values, Value("ram", *amounts[0].span(), amount, _plain("ram", amount))]

    def amount_put_right(self, text: str, said: str, earlier: Sequence[str]) -> tuple[str, str] | None:
        """The only amount told before and what stands for it, where a message that corrects or supposes has no
        other: "a 1060 3g", "typo, it's 6g".
        """
        turns, own = self._parts.turns, self.own(text)
        amounts = self._amounts_of_memory(said)
        if len(amounts) != 1 or self.values(said) or not (turns.corrects(own) or turns.supposes(own)):
            return None
        told = [found.group() for each in earlier for found in _ALONE.finditer(self.own(each))]
        return (told[0], amounts[0].group()) if len(told) == 1 else None

    def _amounts_of_memory(self, text: str) -> list[re.Match[str]]:
        """The amounts in a message that may be of memory: in one that speaks of a disk none is."""
        own = self.own(text)
        return [] if _STORAGE.search(own) else list(_ALONE.finditer(own))

    def _is_of_card(self, amount: str, before: Sequence[Value]) -> bool:
        """Whether an amount may be the memory of a card that was told."""
        size = int(_DIGITS.sub("", amount)) * GIB
        cards = [self._parts.cards.find(value.text) for value in before if value.kind == "card"]
        return any(card is not None and size in (*card.memory, *card.mods) for card in cards)

    def _values_of(self, line: str) -> list[Value]:
        if line not in self._values:
            self._values[line] = self._values_in(line)
        return self._values[line]

    def _values_in(self, line: str) -> list[Value]:
        found = sorted(self._found(line[:_READ]), key=lambda value: (value.start, -value.end))
        return [value for at, value in enumerate(found) if not any(_covers(other, value) for other in found[:at])]

    def _found(self, line: str) -> Iterator[Value]:
        vocabulary = self._parts.vocabulary
        for program in vocabulary.programs_in(line):
            if _is_loader(program) and not _is_runtime(line, program):
                yield _value("loader", line, program.start, program.end, program.program.name)
        for system in vocabulary.systems_in(line):
            yield self._of_system(line, system)
        for model in find_names(line, self._parts.facts.models()):
            if model.name.base:
                yield _value("model", line, model.start, model.end, model.name.base)
        for card in self._parts.facts.cards.found_in(line):
            yield self._of_card(line, card.start, card.end, card.name)
        for kind, pattern in _BY_PATTERN:
            for found in pattern.finditer(line):
                if kind == "quant" and (is_of_cache(line, *found.span()) or _is_beside_bits(line, found.group())):
                    continue
                yield _value(kind, line, found.start(), found.end(), _plain(kind, found.group()))

    def all_with(self, earlier: Sequence[str], new: Sequence[Value], said: str) -> list[str]:
        """The earlier texts put right by the values of what was said now."""
        done = [self.with_values(text, new) for text in earlier]
        own, turns = self.own(said), self._parts.turns
        if turns.is_single(own):
            return [self.with_one_card(text) for text in done]
        if (other := self.beside(said, earlier)) is not None:
            return self.with_beside(done, other)
        if (count := turns.cards_wanted(own)) and not self._cards_in(said):
            return self.with_so_many(done, count)
        return self.with_one_more(done) if self.adds_one_more(said, done) else done

    def takes_gguf(self, said: str) -> bool:
        """Whether a message says that a GGUF is taken from now on."""
        own, turns = self.own(said), self._parts.turns
        return _GGUF.search(own) is not None and turns.uses(own)

    def as_gguf(self, text: str) -> str:
        """An earlier text with a GGUF in the place of another format, without the programs that read none."""
        if not _OF_ENGINES.search(text):
            return text
        lines = (self._of_gguf(line) if self._is_own(text, line) else line for line in text.split("\n"))
        return "\n".join(lines)

    def _of_gguf(self, line: str) -> str:
        for value in reversed(self._values_of(line)):
            loader = self._parts.loaders.get(value.name) if value.kind == "loader" else None
            if loader is not None and "GGUF" not in loader.formats:
                line = f"{line[: value.start]} {line[value.end :]}"
        return _OF_ENGINES.sub("GGUF", line)

    def adds_one_more(self, said: str, earlier: Sequence[str]) -> bool:
        """Whether a message tells of one more card of the kind that was told before; it names none, or that one."""
        if not self._parts.turns.adds_a_card(self.own(said)):
            return False
        before = {card.name for card in self._cards_in(*earlier)}
        return {card.name for card in self._cards_in(said)} <= before

    def _cards_in(self, *texts: str) -> list[Value]:
        return [value for text in texts for value in self.values(text) if value.kind == "card"]

    def tells_several_cards(self, said: str) -> bool:
        """Whether a correction tells several cards of different kinds, which stand for all that were told before."""
        own = self.own(said)
        is_choice = self._parts.turns.weighs(own) or self._parts.turns.adds_beside(own)
        return not is_choice and len({card.name for card in self._cards_in(said)}) > 1

    def without_counted_cards(self, text: str) -> str:
        """A text without the names of cards, and how many there are of each."""
        return self.without_cards(self.with_one_card(text)) if self._cards_in(text) else text

    def without_cards(self, text: str) -> str:
        """A text without the names of cards."""
        for name in {card.text for card in self._cards_in(text)}:
            text = text.replace(name, " ")
        return text

    def with_one_more(self, texts: Sequence[str]) -> list[str]:
        """The earlier texts with two of the only card that they tell, where they tell of one."""
        return list(texts) if any(map(_COUNT.search, texts)) else self.with_so_many(texts, 2)

    def beside(self, said: str, earlier: Sequence[str]) -> Value | None:
        """The only card of a message that puts it beside the only one that was told before, which is another."""
        if not self._parts.turns.adds_beside(self.own(said)):
            return None
        cards, before = self._cards_in(said), {card.name for card in self._cards_in(*earlier)}
        is_other = len(cards) == 1 and len(before) == 1 and cards[0].name not in before
        return cards[0] if is_other else None

    def with_beside(self, texts: Sequence[str], other: Value) -> list[str]:
        """The earlier texts with another card beside the only one that they tell, once."""
        done, is_put = [], False
        for text in texts:
            card = next(iter(self._cards_in(text)), None)
            if card is not None and not is_put:
                old = f"{card.text} {card.memory}".strip()
                old = old if old in text else card.text
                text = text.replace(old, f"{old} + {other.text} {other.memory}".rstrip(), 1)
                is_put = True
            done.append(text)
        return done

    def with_so_many(self, texts: Sequence[str], count: int) -> list[str]:
        """The earlier texts with so many of the only card that they tell."""
        cards = self._cards_in(*texts)
        if len({card.name for card in cards}) != 1:
            return list(texts)
        alone = [self.with_one_card(text) for text in texts]
        return [text.replace(cards[0].text, f"{count}x {cards[0].text}", 1) for text in alone]

    def with_one_card(self, text: str) -> str:
        """An earlier text with one card where it told of several of a kind."""
        return "\n".join(_COUNT.sub("", line) if self._is_own(text, line) else line for line in text.split("\n"))

    def _of_system(self, line: str, system: SystemMention) -> Value:
        """A system, or the chip by which it is told: "M2 Pro 32G" is a machine with its memory."""
        chip = self._parts.cards.find(line[system.start : system.end])
        if chip is None:
            return _value("system", line, system.start, system.end, system.title)
        memory = _AFTER_CARD.match(line, system.end)
        return _value("card", line, system.start, memory.end() if memory else system.end, chip.name)

    def _of_card(self, line: str, start: int, end: int, name: str) -> Value:
        """A card with the memory that stands behind it, where it comes with that much: "4060 ti 16gb"."""
        behind, card = _AFTER_CARD.match(line, end), self._parts.cards.find(name)
        before = None if behind else _ITS_MEMORY.search(line[:start])  # "the 12gb version of the 2060"
        told = behind.group().strip(" ()（）") if behind else before[1] if before else ""
        size = int(_DIGITS.sub("", told)) * GIB if told else 0
        is_its = card is not None and size in (*card.memory, *card.mods)
        return replace(_value("card", line, start, end, name), memory=told if is_its else "")

    # ---- corrected in the same breath

    def put_right(self, text: str) -> str:
        """The text without values that it corrects itself: "a 3060, sorry, 3070" -> "a 3070"."""
        if not self._parts.turns.corrects(text[:_READ]):
            return text
        return "\n".join(self._corrected(line) if self._is_own(text, line) else line for line in text.split("\n"))

    def _corrected(self, line: str) -> str:
        for first, second in reversed(list(pairwise(self._values_of(line)))):
            between = line[first.end : second.start]
            is_other = first.name != second.name and second.kind in {first.kind, *_PARTS_OF.get(first.kind, ())}
            turns = self._parts.turns
            is_set_beside = turns.takes_back(line[: second.start])  # "vllm instead of ollama" compares
            if is_other and len(between) <= _BREATH and turns.corrects(between) and not is_set_beside:
                line = _replaced(line[: first.end], first, {second.kind: second}) + line[second.end :]
        return line

    # ---- taken back

    def without_taken_back(self, text: str) -> str:
        """The text without the values that it says are wrong: "not 32b, 14b" -> "14b"."""
        return "\n".join(self._kept(line) if self._is_own(text, line) else line for line in text.split("\n"))

    def _kept(self, line: str) -> str:
        turns = self._parts.turns
        if turns.asks_why_not(line) or not any(word in line.lower() for word in turns.all_taking_back):
            return line
        places = [(value.start, value.end) for value in self._values_of(line)]
        places += [found.span() for found in _BARE_NUMBER.finditer(line)]
        counts = {found.end(): found.start() for found in _COUNT.finditer(line)}
        for named, end in sorted(places, key=lambda place: (-place[0], place[1])):
            start = counts.get(named, named)  # "not 2x 3060" takes back both of them
            if length := turns.takes_back(line[:start]):
                line = f"{line[: start - length]} {line[end:]}"
        return line

    # ---- putting right

    def with_values(self, text: str, new: Sequence[Value]) -> str:
        """An earlier text with newer values in the place of its own."""
        new = [value for value in new if not self._compares(text, value.kind)]
        if not new:
            return text
        return "\n".join(self._put(line, new) if self._is_own(text, line) else line for line in text.split("\n"))

    def _compares(self, text: str, kind: ValueKind) -> bool:
        """Whether a message speaks of two quantizations: those are asked about, none of them is the author's."""
        return kind == "quant" and len({value.name for value in self.values(text) if value.kind == kind}) > 1

    def _put(self, line: str, new: Sequence[Value]) -> str:
        by_kind = {value.kind: value for value in new}
        for old in reversed(self._values_of(line)):
            line = _replaced(
                line, old, by_kind if self._is_of_family(old, by_kind) else {**by_kind, **_in_place(by_kind)}
            )
        return line

    def _is_of_family(self, old: Value, new: dict[ValueKind, Value]) -> bool:
        """Whether a model that was named exists in the size that is told now, as far as is known."""
        if old.kind != "model" or "model" in new or "size" not in new:
            return True
        catalog = self._parts.catalog
        name = _SIZE_IN_NAME.sub(new["size"].text, old.name, count=1)
        return catalog.find(old.name) is None or catalog.find(name) is not None


def _in_place(new: dict[ValueKind, Value]) -> dict[ValueKind, Value]:
    """The size that is told now in the place of a model that does not come in it."""
    return {"model": replace(new["size"], kind="model")}


_BY_PATTERN: tuple[tuple[ValueKind, re.Pattern[str]], ...] = (
    ("context", _CONTEXT),
    ("ram", _RAM),
    ("vram", _VRAM),
    ("quant", _QUANT),
    ("size", _SIZE),
)


def _replaced(line: str, old: Value, new: dict[ValueKind, Value]) -> str:
    """A line with one value put right."""
    put = _PUT.get(old.kind)
    value = new.get(old.kind)
    if put is not None:
        return put(line, old, new)
    return line if value is None or value.name == old.name else f"{line[: old.start]}{value.text}{line[old.end :]}"


def _put_model(line: str, old: Value, new: dict[ValueKind, Value]) -> str:
    """A model's name: another one, another size of it, another quantization."""
    text = old.text
    if (model := new.get("model")) is not None and model.name != old.name:
        quant = _QUANT.search(text)
        text = f"{model.text} {quant.group()}" if quant and not _QUANT.search(model.text) else model.text
    elif (size := new.get("size")) is not None:
        text = _SIZE_IN_NAME.sub(size.text, text, count=1)
    if (quant_now := new.get("quant")) is not None:
        text = _QUANT.sub(quant_now.text, text)
    return f"{line[: old.start]}{text}{line[old.end :]}"


def _put_size(line: str, old: Value, new: dict[ValueKind, Value]) -> str:
    """A bare size: another one, or the name of a model that is told by now."""
    value = new.get("size") or new.get("model")
    return line if value is None else f"{line[: old.start]}{value.text}{line[old.end :]}"


def _put_card(line: str, old: Value, new: dict[ValueKind, Value]) -> str:
    """A card, with the memory that was told of the old one."""
    value = new.get("card")
    if value is None or value.name == old.name:
        memory = value.memory if value is not None else ""
        return _put_card_memory(line, old, memory or (new["vram"].text if "vram" in new else ""), adds=bool(memory))
    behind = _AFTER_CARD.match(line, old.end)
    before = _BEFORE_CARD.search(line[: old.start])
    start = before.start() if before else old.start
    named = f"{value.text} {value.memory}".strip()
    return f"{line[:start]}{named}{line[behind.end() if behind else old.end :]}"


def _put_card_memory(line: str, old: Value, memory: str, *, adds: bool) -> str:
    """A card that stays, with the memory that is told by now. `adds`: it is the card's for certain, so that it is put
    even where none was told before.
    """
    behind = _AFTER_CARD.match(line, old.end)
    if not memory or (behind is None and not adds):
        return line
    return f"{line[: old.end]} {memory}{line[behind.end() if behind else old.end :]}"


def _put_vram(line: str, old: Value, new: dict[ValueKind, Value]) -> str:
    """Video memory: another amount, or none where another card was named."""
    if (value := new.get("vram")) is not None:
        return f"{line[: old.start]}{value.text}{line[old.end :]}"
    return f"{line[: old.start]} {line[old.end :]}" if "card" in new else line


def _put_ram(line: str, old: Value, new: dict[ValueKind, Value]) -> str:
    """Main memory: another amount; one that its label stands apart from is said so that it is read as one anywhere."""
    value = new.get("ram")
    if value is None or value.name == old.name:
        return line
    is_labelled = _LABEL.search(value.text) is not None and _APART.search(value.text) is None
    text = value.text if is_labelled else f"{value.name}GB RAM"
    return f"{line[: old.start]}{text}{line[old.end :]}"


_PUT: dict[ValueKind, Callable[[str, Value, dict[ValueKind, Value]], str]] = {
    "model": _put_model,
    "size": _put_size,
    "card": _put_card,
    "vram": _put_vram,
    "ram": _put_ram,
}


def _value(kind: ValueKind, line: str, start: int, end: int, name: str) -> Value:
    return Value(kind, start, end, line[start:end], name)


def _is_beside_bits(line: str, written: str) -> bool:
    """Whether ExLlama's format is named beside the bits per weight, which say more: "exl3 4.0bpw" is one value."""
    return written.lower().startswith("exl") and _PER_WEIGHT.search(line) is not None


def _plain(kind: ValueKind, text: str) -> str:
    return _DIGITS.sub("", text) if kind in {"ram", "vram"} else re.sub(r"[\s_]", "", text.lower())


def _covers(other: Value, value: Value) -> bool:
    return other.start < value.end and value.start < other.end and other != value
