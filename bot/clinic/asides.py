"""The smaller questions of a long post, beside that which was answered: "do i need linux? will it harm my laptop?"."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from msgspec import structs

from bot.base.late import late
from bot.clinic.knowing import Known, known
from bot.clinic.parts import Parts
from bot.intake.questions import is_asked
from bot.knowledge.reference import OF_FIT, OF_LOADERS

# Questions of what fits that are better answered for whoever asks.
COMPUTED_INSTEAD = (*OF_FIT, *OF_LOADERS)
# And those that say less than what was computed, or only name a program.
_COMPUTED = (
    *COMPUTED_INSTEAD,
    *("speed-normal", "benchmark-how", "context-size", "mac-or-pc", "old-server-cards", "bigger-or-better"),
    *("ram-for-split-models", "vram-not-enough", "memory-parts", "start-from-zero", "two-cards", "gpu-layers"),
    *("quantization-letters", "phone-llm", "too-slow"),
)
_NARROW = ("term:", "loader:", "format:", "reads:", "compare:", "terms:", "candidates")
_ENDS = late(
    r"(?<=[?？])|[\n。！!；;]|\.\s"
    r"|(?:[,，]\s?|\s)(?=(?:and |also |and also )(?:what|how|which|do|does|will|can|is|are|should)\b)"
)
_LEAD = late(r"^(?:and |also |but |or |so |ps:? |btw,? |还有|另外|顺便|以及)+")
_SHORTEST, _LONGEST = 5, 120  # characters
_MOST_LOOKED_UP, _MOST = 6, 2
_COMPARES, _AS_ASKED = "compare:", 0.9  # two of them side by side, where nothing else is asked: "ollama or lm studio?"
_CHOSEN = frozenset({"plan", "loader"})  # ids of answers that say which program to take
_SCORE, _SURENESS = 0.84, 0.84  # of an answer that is meant for a piece of a post


def asides(text: str, parts: Parts, said: Collection[str]) -> Iterator[Known]:
    """The answers of the knowledge to the smaller questions of a post, in brief, at most two. `said`: ids of what was
    answered.
    """
    questions = list(_questions(text))
    found = 0
    for question in questions[:_MOST_LOOKED_UP] if len(questions) > 1 else ():
        answer = known(question, parts)
        if answer is None or answer.id in said or not _is_meant(answer) or _is_computed(answer, said):
            continue
        yield _brief(answer)
        found += 1
        if found == _MOST:
            return


def _questions(text: str) -> Iterator[str]:
    for piece in _ENDS.split(text):
        question = _LEAD.sub("", piece.strip().lower())
        if _SHORTEST <= len(question) <= _LONGEST and is_asked(question):
            yield question


def _is_computed(answer: Known, said: Collection[str]) -> bool:
    """Whether two programs are set side by side in general where one of them was chosen for the model."""
    return answer.id.startswith(_COMPARES) and not _CHOSEN.isdisjoint(said)


def _is_meant(answer: Known) -> bool:
    if answer.id.startswith(_COMPARES):
        return answer.sure and answer.score >= _AS_ASKED
    is_other = answer.id in _COMPUTED or answer.id.startswith(_NARROW)
    return answer.sure and not is_other and answer.score >= _SCORE and answer.sureness >= _SURENESS


def _brief(answer: Known) -> Known:
    kept = 3 if answer.id.startswith(_COMPARES) else 1
    return replace(answer, answer=structs.replace(answer.answer, blocks=answer.answer.blocks[:kept]))
