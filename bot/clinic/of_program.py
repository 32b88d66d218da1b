"""What is asked of the program in hand, unnamed: where its log is, how its context is set, what an option does.

In a conversation nobody names the program again. "Where's the log" is asked of the one that was told.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.answers import aspects
from bot.answers.blocks import Answer, Block, Steps
from bot.answers.reference import term_answer
from bot.base.languages import Words, told
from bot.clinic.asking import Asking, FollowUp, part_of
from bot.clinic.knowing import Known, known
from bot.clinic.parts import Parts
from bot.intake.facts import Fact, Facts
from bot.intake.turning import OfProgram
from bot.knowledge.lookup import Found, Hit
from bot.knowledge.reference import Loader, Term

# An option, or a variable or key with a line in it: "-c", "OLLAMA_HOST", "cache_mode".
NAMED_SETTING = re.compile(r"(?<![\w-])(?:--?[a-zA-Z][\w-]*|[A-Za-z][A-Za-z0-9]{0,30}_[A-Za-z0-9_]{1,40})")
_ASPECTS: dict[OfProgram, str] = {"log": "log", "context": "context", "layers": "gpu_layers", "update": "update"}
_MEANING = ("what-is", "asks")  # signs of a question for what something does
_SAME_WORDS = 0.95  # score of a frequent question that is asked just so


def of_program(asking: Asking, parts: Parts) -> FollowUp | None:
    """The answer to one of these questions; None where none is asked."""
    return _of_setting(asking, parts) or _of_part(asking, parts)


def setting_meant(text: str, programs: Sequence[str], parts: Parts) -> Term | None:
    """The setting whose name stands in a text, of one of the programs before that of any other; None for none."""
    written = {_plain(name) for name in NAMED_SETTING.findall(text)}
    found = [term for term in parts.terms.items if written.intersection(map(_plain, _names(term)))] if written else []
    return min(found, key=lambda term: term.loader not in programs, default=None)


def setting_known(text: str, programs: Sequence[str], parts: Parts) -> Known | None:
    """The same as an answer of the knowledge."""
    term = setting_meant(text, programs, parts)
    if term is None:
        return None
    answer = term_answer(Found(term, (Hit(term, 1.0),), None, 1.0))
    return Known(f"term:{term.id}", answer.title, 1.0, answer, sure=True, sureness=1.0)


def programs_of(asking: Asking) -> Sequence[str]:
    """The programs of a conversation: that of the log, and those that were told, the last message's first."""
    told = [*asking.last.loaders, *asking.post.loaders]
    fact = asking.diagnosed.facts.loader
    return list(dict.fromkeys([*told, *([fact.value] if fact else [])]))


def _of_setting(asking: Asking, parts: Parts) -> FollowUp | None:
    """What an option or key does that a short question names: "what does -fa do there"."""
    if not (parts.turns.asks_meaning(asking.said) and asking.last.has_any(_MEANING)):
        return None
    found = setting_known(asking.own, programs_of(asking), parts)
    return FollowUp(part_of("howto", found.id, found.answer)) if found is not None else None


def _of_part(asking: Asking, parts: Parts) -> FollowUp | None:
    """A part of what is known of the program: where its log is, how its context is set, how it is updated."""
    asked = parts.turns.of_program(asking.said)
    loader = next(_loaders(asking, parts), None) if asked is not None else None
    if asked is None or loader is None:
        return None
    if (found := _known_of(asking, loader, parts)) is not None:
        return FollowUp(part_of("howto", found.id, found.answer))
    topics = aspects.loader_topics((loader,), parts.conditions, parts.asking, _facts(asking))
    topic = next((each for each in topics if each.id.endswith(f":{_ASPECTS[asked]}")), None)
    if topic is None:
        return None
    answer = Answer(topic.title, "neutral", tuple(_without_title(block, topic.title) for block in topic.blocks))
    return FollowUp(part_of("howto", f"loader:{_ASPECTS[asked]}", answer))


def _without_title(block: Block, title: Words) -> Block:
    """Steps without a heading that the answer already has."""
    return Steps("", block.steps) if isinstance(block, Steps) and block.label == title else block


def _loaders(asking: Asking, parts: Parts) -> Iterator[Loader]:
    return (parts.loaders[name] for name in programs_of(asking) if name in parts.loaders)


def _known_of(asking: Asking, loader: Loader, parts: Parts) -> Known | None:
    """The frequent question of this program that is asked word for word."""
    found = known(f"{loader.name} {asking.own}", parts)
    if found is None or not found.is_plain or found.score < _SAME_WORDS:
        return None
    title = told(found.title, "en").lower()
    others = (name.lower() for name in parts.loaders if name != loader.name)
    return found if loader.name.lower() in title or not any(name in title for name in others) else None


def _facts(asking: Asking) -> Facts:
    """What is known of the machine, with the system that was told."""
    facts, system = asking.diagnosed.facts, asking.post.request.points.get("system")
    return replace(facts, system=Fact(system, 0)) if system and facts.system is None else facts


def _names(term: Term) -> tuple[str, ...]:
    return (*term.name.en.split(" / "), *term.names) if term.kind == "setting" else ()


def _plain(name: str) -> str:
    """A name as it is compared: dashes and lines within are the same, those in front are not."""
    return name.lower().replace("_", "-")
