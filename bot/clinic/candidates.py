"""The models that a post puts side by side to choose from: named ones, sizes without a name, one in several quants."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from bot.base.errors import UserError
from bot.clinic.parts import Parts
from bot.clinic.standing_in import USUAL_QUANT, stand_in
from bot.intake.posts import PostReading
from bot.models.quant_names import BITS_PER_WEIGHT, read_quant
from bot.models.requested import RequestedModel, requested_model

MOST_CHOICES = 4
WHICH_QUANT = "which-quant"  # the sign that one of all quantizations of a model is sought
# What most repositories hold, from the largest; and a part of them that was told by its ends: "Q2 to Q6".
_LADDER = ("Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "IQ4_XS", "Q3_K_M", "Q2_K")
FEWEST_BITS = ("Q2_K", "IQ2_M", "IQ2_XXS", "IQ1_M")  # of what is too large in all of those
_ENDS = re.compile(
    r"(?<![a-z0-9])i?q([2-8])[a-z0-9_]{0,6}\s?(?:-|–|~|～|到|至|to|through|until)\s?i?q?([2-8])(?![0-9.])"
)
_FEWEST, _MOST = 3, 8  # bits that one thinks of where no ends are told
_QUANT = r"(?:i?q\d[a-z0-9_]{0,6}|[48]bit|int[48]|fp8|fp16|bf16|\d位)"
_OF_SIZE = re.compile(
    rf"(?:(?<![a-z0-9_.-])(?P<before>{_QUANT})\s?(?:的|of (?:an? )?)?\s?)?"
    rf"(?<![a-z0-9_.-])(?P<size>\d{{1,4}}(?:\.\d{{1,2}})?)\s?b(?![a-z0-9])"
    rf"(?:\s?(?:的|at|in|-)?\s?(?P<behind>{_QUANT})(?![a-z0-9]))?"
)
# Bits told without a format stand for the usual GGUF of so many; bits per weight are ExLlama's.
_BITS = re.compile(r"(?:q|int)?([2-8])\s?-?(?:bit|位)?$", re.IGNORECASE)
_PER_WEIGHT = re.compile(rf"{BITS_PER_WEIGHT}$", re.IGNORECASE)
_NEWER = re.compile(r"(?<![a-z])(?:exl3|exllama\s?v3)", re.IGNORECASE)
_BY_BITS = {"2": "Q2_K", "3": "Q3_K_M", "4": "Q4_K_M", "5": "Q5_K_M", "6": "Q6_K", "8": "Q8_0"}


@dataclass(frozen=True, slots=True)
class _Choice:
    size: float
    quant: str


def in_bits(quant: str) -> str:
    """The usual format of a number of bits told alone, "4bit" or "Q4"; any other quantization as it is."""
    bits = _BITS.match(quant)
    return _BY_BITS.get(bits[1], quant) if bits else quant


def in_format(quant: str, prose: str) -> str:
    """The same; bits per weight in the format that stands in the text, where it is ExLlama's newer one."""
    is_newer = _PER_WEIGHT.match(quant) is not None and _NEWER.search(prose) is not None
    return f"EXL3 {quant}" if is_newer else in_bits(quant)


def candidates_of(post: PostReading, parts: Parts) -> tuple[RequestedModel, ...]:
    """The models to choose from, each once, at most four, or one in all its quantizations; fewer than two where nothing
    is put side by side.
    """
    found: dict[str, RequestedModel] = {}
    for wanted in (*_named(post, parts), *_sized(post, parts)):
        found.setdefault(f"{wanted.model.shape.name} {wanted.model.quant}", wanted)
    most = len(_LADDER) if _weighs_quants(post) else MOST_CHOICES
    return tuple(found.values())[:most]


def _weighs_quants(post: PostReading) -> bool:
    """Whether one of all quantizations of a model is sought, not one of those that are named."""
    if _ENDS.search(post.prose):
        return True
    return post.has(WHICH_QUANT) and len(_told_quants(post)) < 2


def _told_quants(post: PostReading) -> Sequence[str]:
    return (post.request.points.get("quant") or "").split(" / ")


def _quants(post: PostReading) -> Sequence[str]:
    """The quantizations to choose from."""
    if not _weighs_quants(post):
        return _told_quants(post)
    ends = _ENDS.search(post.prose)
    fewest, most = sorted(map(int, ends.groups())) if ends else (_FEWEST, _MOST)
    return [quant for quant in _LADDER if fewest <= int(quant.partition("Q")[2][0]) <= most]


def _named(post: PostReading, parts: Parts) -> Iterator[RequestedModel]:
    """The known models that were named, each in the quantization beside its name; or one in several."""
    named = post.choices
    if len(named) == 1 and len(_quants(post)) > 1:
        named = tuple(f"{post.models[0].text} {quant}" for quant in _with_any_file(_quants(post), post))
    for each in named[: len(_LADDER) if _weighs_quants(post) else MOST_CHOICES]:
        with suppress(UserError):
            yield requested_model(each, parts.catalog)


def _with_any_file(quants: Sequence[str], post: PostReading) -> Sequence[str]:
    """The quantizations to choose from; where GGUF is named among them, the usual file of it too."""
    is_named = "gguf" in post.prose and not any(_IS_FILE.match(quant) for quant in quants)
    return (*quants[: MOST_CHOICES - 1], USUAL_QUANT) if is_named else quants


_IS_FILE = re.compile(r"i?q[2-8]", re.IGNORECASE)
_SERIES = re.compile(r"[a-z]{3,10}[\s-]?[0-9](?:\.[0-9])?(?![\d.b])")  # a family's name with its version


def _sized(post: PostReading, parts: Parts) -> Iterator[RequestedModel]:
    """A model of each size that is told without a name; of one size alone in each of the quantizations told."""
    named = {model.size_b for model in post.models}
    choices = [choice for choice in _choices(post.prose) if choice.size not in named]
    if len({choice.size for choice in choices}) == 1 and not post.models:
        choices = [_Choice(choices[0].size, quant) for quant in _quants(post) if quant]
    yield from filter(None, (_meant_by(choice, post, parts) for choice in choices))


def _meant_by(choice: _Choice, post: PostReading, parts: Parts) -> RequestedModel | None:
    return _of_the_family(choice, post, parts) or _standing_for(choice, parts)


def _of_the_family(choice: _Choice, post: PostReading, parts: Parts) -> RequestedModel | None:
    """Another size of the one family that is named: "Qwen3.6 35B A3B or 27B"."""
    families = {found.group() for model in post.models if (found := _SERIES.match(model.text.lower())) is not None}
    if len(families) != 1:
        return None
    with suppress(UserError):
        return requested_model(f"{families.pop()} {choice.size:g}b {in_bits(choice.quant)}".strip(), parts.catalog)
    return None


def _standing_for(choice: _Choice, parts: Parts) -> RequestedModel | None:
    quant = in_bits(choice.quant) or USUAL_QUANT
    return stand_in(choice.size, parts.catalog, parts.recommendations, lambda _: quant)


def _choices(prose: str) -> Iterator[_Choice]:
    """The sizes in the folded text, each with the quantization beside it."""
    for found in _OF_SIZE.finditer(prose):
        yield _Choice(float(found["size"]), read_quant(found["behind"] or found["before"] or "").quant or "")
