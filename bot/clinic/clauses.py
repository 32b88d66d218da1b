"""A message that says several things at once, in runs of clauses that say the same: a part worked, a part failed, a
question.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import groupby

from bot.answers.reply import composed
from bot.clinic.course import Says, clause_says
from bot.clinic.message import HEARD, Reply
from bot.clinic.parts import Parts

_LONGEST = 300  # characters of a message that is taken apart; a longer one tells a story
_MOST_QUESTIONS = 2  # that are answered one by one
_MOST_CLAUSES = 8
_WEAK = (HEARD,)  # ids of what is said where nothing better is known
_ANSWERED: tuple[Says, ...] = ("fails", "asks")  # what gets an answer, in this order


@dataclass(frozen=True, slots=True)
class Run:
    """Clauses one after the other that say the same."""

    says: Says
    text: str


def runs_of(text: str, parts: Parts) -> Sequence[Run]:
    """The runs of a short message that tells how it went with a part of the advice and says more, or asks two things;
    none of any other.
    """
    clauses = parts.turns.clauses(text) if len(text) <= _LONGEST else ()
    said = list(_together([_said(clause, parts) for clause in clauses[:_MOST_CLAUSES]], parts))
    kinds = {run.says for run in said}
    if "asks" not in kinds and parts.turns.solved(text):
        return ()  # "oh, the server was not even running. works now": what failed is the cause of it
    if kinds == {"asks"}:
        return said if len(said) == _MOST_QUESTIONS else ()
    return list(_joined(said)) if len(kinds - {"tells"}) > 1 else ()


def _said(clause: str, parts: Parts) -> Run:
    says = clause_says(clause, parts.posts.read(clause), parts.turns)
    is_led_in = parts.turns.without_lead(clause) != clause
    return Run("tells" if is_led_in and says == "works" else says, clause)  # "second thing: ..." is no success


def _together(said: Iterable[Run], parts: Parts) -> Iterator[Run]:
    """The clauses; what is asked of "them" with the clause before, which names them: "C: is full, how do i free it",
    and what is supposed with the question for it: "with fp8, how much context would i get".
    """
    before: Run | None = None
    for run in said:
        is_of_it = run.says == "asks" and parts.turns.deictic(run.text) and parts.posts.read(run.text).has("how-to")
        is_supposed = before is not None and before.says == "tells" and parts.turns.supposes(before.text)
        is_of_it = (is_of_it and before is not None and not _is_of_advice(before, parts)) or is_supposed
        if before is not None and is_of_it and run.says == "asks":
            before = Run("asks", f"{before.text}, {run.text}")
            continue
        if before is not None:
            yield before
        before = run
    if before is not None:
        yield before


def _is_of_advice(run: Run, parts: Parts) -> bool:
    """Whether a clause tells how it went with the advice, or asks something itself."""
    return run.says in {"works", "asks"} or parts.turns.failed(run.text) or bool(parts.turns.step(run.text))


def _joined(said: Iterable[Run]) -> Iterator[Run]:
    """What follows one another and says the same, as one."""
    for says, runs in groupby(said, lambda run: run.says):
        yield Run(says, " ".join(run.text for run in runs))


def is_solved_by(runs: Sequence[Run], parts: Parts) -> bool:
    """Whether a run says in plain words that it works now, and none that something fails: beside a question less is
    none, for "got 14 t/s" only tells where one stands.
    """
    works = [run.text for run in runs if run.says == "works"]
    return all(run.says != "fails" for run in runs) and any(parts.turns.success(text) == "says" for text in works)


def in_one(replies: Sequence[tuple[Says, Reply]], *, is_solved: bool) -> Reply | None:
    """One reply of those to the runs, what failed first; None where one of them alone says nothing better than what
    the whole message would be answered with. `is_solved`: one of the runs says that it works now.
    """
    answered = [reply for says in _ANSWERED for kind, reply in replies if kind == says and reply.answer is not None]
    said = [reply for reply in answered if is_solved or _is_worth(reply)]
    if not said:
        return None
    whole = reduce(_with, said)
    return replace(whole, state="solved") if is_solved else whole


def _with(first: Reply, second: Reply) -> Reply:
    """A reply with what another one says behind it, each thing once."""
    if first.answer == second.answer:
        return first
    answers = [reply.answer for reply in (first, second) if reply.answer is not None]
    return replace(
        first,
        parts=tuple({part.id: part for part in (*first.parts, *second.parts)}.values()),
        asked=tuple(dict.fromkeys((*first.asked, *second.asked))),
        follows=first.follows and second.follows,
        failed=first.failed or second.failed,
        adds=first.adds or second.adds,
        answer=composed(answers, (), first.told, numbered=False),
    )


def _is_worth(reply: Reply) -> bool:
    return reply.kind != "ask" and all(part.id not in _WEAK for part in reply.parts)
