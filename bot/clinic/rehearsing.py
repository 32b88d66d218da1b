"""What is answered once when a process starts, so that its first answer takes no longer than its second."""

from collections.abc import Iterator, Sequence

from bot.clinic.diagnosing import OUT_OF_MEMORY, RAM_OF_A_MODEL
from bot.knowledge.failures import Failure

# A log in several lines, in which somebody also says something and a word is misspelt.
_AROUND = "I updated my driver yesterday and since then it fails, before that it worked\n{}\nany ideaas what I can do?"


def rehearsed(failures: Sequence[Failure]) -> Iterator[str]:
    """An example of a failure, of one whose cure is reckoned, and of a complaint."""
    sorts = (
        failures[:1],
        [entry for entry in failures if entry.failure_class in OUT_OF_MEMORY or entry.id == RAM_OF_A_MODEL],
        [entry for entry in failures if entry.kind == "symptom"],
    )
    for sort in sorts:
        for entry in sort[:1]:
            yield from (_AROUND.format(example.text) for example in entry.examples[:1])


def longest_of_each_program(failures: Sequence[Failure]) -> Iterator[str]:
    """The longest example of each program's failures: with the words that its logs are made of."""
    longest: dict[str, str] = {}
    for entry in failures:
        for program in entry.components[:1]:
            longest[program] = max([longest.get(program, ""), *(each.text for each in entry.examples)], key=len)
    yield from longest.values()
