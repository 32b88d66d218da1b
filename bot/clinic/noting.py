"""What is said to a message that adds something to a conversation without changing the answer: never silence."""

import re
from collections.abc import Iterator

from bot.answers.blocks import Answer
from bot.answers.follow_up import (
    NOT_KNOWN,
    confirmed_answer,
    first_steps,
    heard_answer,
    noted_answer,
    step_answer,
    unsure_answer,
)
from bot.base.languages import Text, Words
from bot.clinic.asking import Asking, FollowUp
from bot.clinic.following_up import is_of_trouble, shares_enough, step_meant, step_with
from bot.clinic.knowing import Known, known
from bot.clinic.message import HEARD, Part
from bot.clinic.parts import Parts
from bot.intake.posts import PostReading
from bot.intake.turning import Around

_SURE = 0.5
_LEAST_CONTENT = 1.5  # of a statement: less is chatter
_NO_FACTS = frozenset({"description", "steps", "log", "prompt_settings"})
# Signs that a message tells something of the trouble.
_TELLS = (
    *("trouble", "my-trouble", "printed", "picture", "command", "link", "text-odd", "text-fault"),
    *("t-load", "t-crash", "t-slow", "t-card", "t-connection", "t-download", "field"),
)
_LABELLED = {
    "vram": Text("{it} VRAM", "显存 {it}"),
    "ram": Text("{it} RAM", "内存 {it}"),
    "context": Text("context {it}", "上下文 {it}"),
}
_ASKS = ("asks", "how-to", "seeks")
_FAILS = ("trouble", "my-trouble", "printed", "t-load", "t-crash", "t-card", "t-connection")
_NEAR = 0.58  # score of an answer from which on it is shown as what may be meant
_NO_ANSWER = ("candidates",)  # ids of what only names several
_FEW = 40  # characters of a message that tells a version and little else
_VERSION = re.compile(r"(?<![\w.])(?:v?[0-9]{1,3}(?:\.[0-9]{1,4}){1,3}|b[0-9]{4,5})(?![\w.%])")
_OF_PROGRAM = re.compile(
    r"(?<![a-z])(?:python|py|torch|pytorch|cuda|cudnn|rocm|driver|node|npm|pip|docker|transformers|flash-attn|vllm|ollama"
    r"|koboldcpp|tabbyapi|exllamav[23]|llama\.cpp|lm studio|sillytavern|驱动)(?:\s?(?:版本|version))?(?:是|:|：)?\s?"
    r"v?[0-9]{1,4}(?:\.[0-9]{1,4}){0,3}(?![\w.]|\s?(?:t/s|gb|g(?![a-z])))|(?<![a-z])cu[0-9]{2,3}(?![\w])"
)
_BARE_VERSION = re.compile(r"(?<![a-z0-9.])[0-9]{3}(?![a-z0-9.%])")  # of a driver: "驱动是566"


def noted(asking: Asking, parts: Parts) -> FollowUp | None:
    """That a message is heard, with what it changes; None where it tells nothing."""
    post, last, diagnosed = asking.post, asking.last, asking.diagnosed
    around = parts.turns.around(last.prose or asking.own) if not last.has("asks") else None
    facts = [*_facts(last), *([_named(*around)] if around is not None else [])]
    is_told = asking.changes or _says_something(last, parts) or parts.turns.failed(asking.said)
    is_live = is_of_trouble(post, diagnosed) or last.has_any(_FAILS) or parts.turns.failed(asking.said)
    says_something = last.has_any(_ASKS) or (is_live and is_told)
    if not facts and not says_something:
        return None
    answer = _answer(asking, facts, parts)
    if answer.title == NOT_KNOWN and (near := _perhaps(asking, parts)) is not None:
        return FollowUp(near.part(is_guess=True), adds=True)
    return FollowUp(Part("howto", HEARD, answer.title, _SURE, answer), adds=True)


def _perhaps(asking: Asking, parts: Parts) -> Known | None:
    """What may be meant by a question that nothing surely answers, near enough to be shown as a guess."""
    found = known(asking.own, parts) if asking.last.has("asks") and not asking.last.has("trouble") else None
    if found is None or found.score < _NEAR or found.id in _NO_ANSWER:
        return None
    is_beside_advice = is_of_trouble(asking.post, asking.diagnosed)
    return found if shares_enough(found, asking, parts) or not is_beside_advice else None


def _answer(asking: Asking, facts: list[Words], parts: Parts) -> Answer:
    post, last, diagnosed = asking.post, asking.last, asking.diagnosed
    has_steps = asking.is_advised and bool(first_steps(diagnosed.answer))
    standing = diagnosed.answer if has_steps else None
    if standing is not None and last.has("printed") and diagnosed.is_recognised:
        return confirmed_answer(standing)
    step = _step(asking, parts, has_facts=bool(facts)) if standing is not None else 0
    if standing is not None and step:
        return step_answer(standing, step, is_known=diagnosed.is_recognised)
    if last.has("asks") or (last.has_any(_ASKS) and not facts):
        return unsure_answer(has_steps=has_steps)
    if facts and not is_of_trouble(post, diagnosed):
        return noted_answer(facts)
    standing = standing if diagnosed.is_recognised else None
    return heard_answer(facts, standing, perhaps_solved=parts.turns.claims(last.prose))


def _step(asking: Asking, parts: Parts, *, has_facts: bool) -> int:
    """The step that speaks of what was told: of the things around, or, where no fact was told, by its words."""
    around = parts.turns.around(asking.said)
    if around is not None and (step := step_with(around[0].leads, asking)):
        return step
    return 0 if has_facts else step_meant(asking, parts)


def _named(around: Around, word: str) -> Text:
    """What is told of the things around, as it is repeated."""
    return Text(**{language: name.replace("…", word) for language, name in around.name.items()})


def _facts(last: PostReading) -> Iterator[Words]:
    """What is told of program, model and machine."""
    points, hardware = last.request.points, last.request.hardware
    yield from _versions(last.prose) if len(last.prose) <= _FEW else ()
    yield from (value for key, value in points.items() if key not in _NO_FACTS)
    yield from (_LABELLED.get(key, Text("{it}", "{it}")).format(it=value) for key, value in hardware.items())


def _versions(text: str) -> Iterator[str]:
    """The versions that a short message tells, each with the program that it is of, where that stands before it."""
    if named := [found.group() for found in _OF_PROGRAM.finditer(text)]:
        yield from named
    elif (found := _VERSION.search(text) or _BARE_VERSION.search(text)) is not None:
        yield found.group()


def _says_something(last: PostReading, parts: Parts) -> bool:
    if last.has_any(_TELLS) or parts.turns.claims(last.prose):
        return True
    return not last.has("bare") and parts.reader.cues.content(last.prose) >= _LEAST_CONTENT
