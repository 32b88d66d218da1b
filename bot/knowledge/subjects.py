"""What posts of help channels are about: titles and short posts by their subject, the whole of subjects.yaml."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from bot.knowledge.files import load_all

SUBJECTS_FILE = "subjects.yaml"


class Subjects(msgspec.Struct, frozen=True):
    """Sentences in any language by what they are about: a `failure` that is told, a fault of the written text
    (`quality`), what fits a machine, or which machine, model or card to take (`fit`), a way or a thing to know
    (`howto`), programs, formats or models set side by side (`comparison`), and what is none of these (`other`).
    """

    failure: tuple[str, ...] = ()
    quality: tuple[str, ...] = ()
    fit: tuple[str, ...] = ()
    howto: tuple[str, ...] = ()
    comparison: tuple[str, ...] = ()
    other: tuple[str, ...] = ()

    @property
    def by_name(self) -> Mapping[str, tuple[str, ...]]:
        """The sentences of each subject."""
        return {name: getattr(self, name) for name in self.__struct_fields__}


def load_subjects(root: Path) -> Subjects:
    """The sentences under `root`; none without the file. Raises DataError with all faults."""
    if not (root / SUBJECTS_FILE).exists():
        return Subjects()
    return load_all(root, SUBJECTS_FILE, "subjects", Subjects)[0]
