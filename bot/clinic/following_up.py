"""What is asked back in a conversation, and "that did not help": answered with what is known by now."""

from dataclasses import dataclass, replace

from bot.answers.blocks import Answer
from bot.answers.follow_up import asked_answer, lacking_answer, next_answer, then_answer, where_answer
from bot.clinic.fit_replies import USES, FitReplies
from bot.clinic.knowing import Known, known
from bot.clinic.message import Kind, Part
from bot.clinic.parts import Parts
from bot.clinic.reading import Reading
from bot.clinic.told_facts import with_log_facts
from bot.intake.posts import APPLIES, PostReading
from bot.intake.template import PointId

_TELLING = ("machine", "vram", "ram", "model", "size", "quant", "loader")
_SHORT = 60  # characters of a question that its program may be added to
_TERM = "term:"  # explains a word: less than what is said of the thing itself
_SURE = 0.8  # score of what was computed or follows from the answer before


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An answer to a message that goes on. `failed`: the author said that the advice did not help; `adds`: the message
    tells something as well.
    """

    part: Part
    failed: bool = False
    adds: bool = False
    asked: tuple[PointId, ...] = ()


def follow_up(post: PostReading, last: PostReading, own: str, diagnosed: Reading, parts: Parts) -> FollowUp | None:
    """What the last message asks back, answered; None where it does not. `post`: the whole conversation."""
    if last.has("printed"):
        return None
    found = _found(post, last, own, diagnosed, parts)
    return replace(found, adds=not _is_plain(last)) if found is not None else None


def _found(post: PostReading, last: PostReading, own: str, diagnosed: Reading, parts: Parts) -> FollowUp | None:
    if parts.turns.failed(last.prose) and diagnosed.is_recognised:
        answer = next_answer(_of_other_kinds(diagnosed), parts.turns.step(last.prose))
        return FollowUp(_part("diagnosis", "next", answer), failed=True)
    if parts.turns.failed(last.prose) and max(post.scores["failure"], post.scores["quality"]) >= APPLIES:
        return FollowUp(_part("ask", "lacking", then_answer()), failed=True)
    if parts.turns.points_back(last.prose) and diagnosed.is_recognised:
        return FollowUp(_part("howto", "where", where_answer(diagnosed.answer)))
    return (
        _of_fit(post, last, diagnosed, parts) or _of_choice(post, last, parts) or _of_knowledge(post, last, own, parts)
    )


def _of_fit(post: PostReading, last: PostReading, diagnosed: Reading, parts: Parts) -> FollowUp | None:
    """What is asked back about the machine and the model, or what is lacking for an answer."""
    asked = parts.turns.asked(last.prose)
    if asked is None:
        return None
    fit = FitReplies(parts, with_log_facts(post, diagnosed.facts, parts))
    if (planned := fit.planned()) is not None:
        found, machine, loader = planned
        return FollowUp(_part("fit", asked, asked_answer(asked, found.plan, found.commands, machine, loader)))
    if (lacking := _lacking(fit)) is not None and diagnosed.is_recognised:
        return FollowUp(_part("ask", "lacking", lacking_answer(parts.template.point(lacking))), asked=(lacking,))
    return None


def _of_choice(post: PostReading, last: PostReading, parts: Parts) -> FollowUp | None:
    """The program that is asked for after a recommendation, or what is recommended for the use that is told now."""
    if last.has("trouble") or last.has_any(_TELLING):
        return None
    fit = FitReplies(parts, post)
    found = fit.program() if last.has("loader-choice") else fit.for_use() if last.has_any(USES) else None
    return FollowUp(_part("fit", found.id, found.answer)) if found is not None else None


def _of_knowledge(post: PostReading, last: PostReading, own: str, parts: Parts) -> FollowUp | None:
    """The sure answer to a question beside the trouble: one that nothing has to be computed for."""
    is_of_knowledge = last.scores["fit"] < APPLIES and not any(last.has(sign) for sign in _TELLING if sign != "loader")
    if not last.has_any(("asks", "how-to")) or last.has("trouble") or not is_of_knowledge:
        return None
    found = _known_of(post, own, parts)
    if found is None:
        return None
    return FollowUp(Part("howto", found.id, found.title, found.score, found.answer))


def _known_of(post: PostReading, own: str, parts: Parts) -> Known | None:
    """The sure answer of the knowledge; where files are is asked of the program that the conversation is about."""
    programs = [*post.loaders, *(["SillyTavern"] if post.has("for-roleplay") else [])]
    asked = [own, *(f"{program} {own}" for program in programs[:1] if len(own) <= _SHORT)]
    sure = [found for each in asked if (found := known(each, parts)) is not None and found.sure]
    return max(sure, key=lambda found: (not found.id.startswith(_TERM), found.score), default=None)


def _of_other_kinds(diagnosed: Reading) -> list[Answer]:
    """The likeliest cause, and those that are not the same thing said more generally."""
    first, *others = zip(diagnosed.answers, diagnosed.candidates, strict=False)
    return [first[0], *(answer for answer, cause in others if cause.failure_class != first[1].failure_class)]


def _lacking(fit: FitReplies) -> PointId | None:
    """What a figure still needs."""
    return "model" if not fit.knows_model else None


def _is_plain(last: PostReading) -> bool:
    """Whether a message tells nothing of machine and model."""
    return not last.has_any(_TELLING)


def _part(kind: Kind, id_: str, answer: Answer) -> Part:
    return Part(kind, id_, answer.title, _SURE, answer)
