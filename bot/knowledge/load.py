"""The folder of failures read, checked and kept ready; what holds across files is checked with it."""

from pathlib import Path
from typing import Any

import msgspec

from bot.base import languages
from bot.base.late import late
from bot.knowledge.cache import cached_of
from bot.knowledge.cross_faults import faults_of
from bot.knowledge.dangers import DANGERS, read_dangers, with_risks
from bot.knowledge.failures import Failure, FailureClass, FieldWords
from bot.knowledge.files import DataError, Fault, Loaded, files_matching, load_all, load_sound, read_documents
from bot.knowledge.kept_signatures import KeptFailures, packed, unpacked
from bot.knowledge.messages import MESSAGES, message_faults, read_messages, with_messages
from bot.knowledge.outcomes import OUTCOMES, read_outcomes, with_outcomes
from bot.knowledge.places import PLACES, place_faults, read_places, with_places
from bot.knowledge.reasons import REASONS, read_reasons, reason_faults, with_reasons
from bot.knowledge.variables import load_variables

_FAILURES = "failures/**/*.yaml"
_CODE = (
    "load failures kept_signatures messages reasons outcomes places dangers cross_faults signature_faults files "
    "schema_faults excess placeholders variables"
).split()
_CHINESE = "[\u2e80-\u303f\u3400-\u9fff\uff00-\uffef“”‘’…—]"
_FOLDING_BLANK = late(f"(?<={_CHINESE})[ \n]+(?={_CHINESE})")


def load_failures(root: Path) -> tuple[Failure, ...]:
    """Every failure under `root`/failures; raises DataError with all faults of all files. Cached between runs."""

    def build() -> KeptFailures:
        loaded = read_failures(root)
        if loaded.faults:
            raise DataError(loaded.faults)
        return packed([failure for _, failure in loaded.items])

    return unpacked(cached_of(root, _FAILURES, failure_files(root), KeptFailures, build))


def failure_files(root: Path) -> list[Path]:
    """The files that decide what `load_failures` gives, code included."""
    here = Path(__file__)
    return [
        *files_matching(root, _FAILURES),
        *files_matching(root, MESSAGES),
        *files_matching(root, REASONS),
        root / "classes.yaml",
        root / "variables.yaml",
        root / OUTCOMES,
        root / PLACES,
        root / DANGERS,
        root / "schema" / "failure.json",
        root / "schema" / "messages.json",
        root / "schema" / "outcomes.json",
        root / "schema" / "places.json",
        root / "schema" / "dangers.json",
        root / "schema" / "reasons.json",
        Path(languages.__file__),
        *(here.with_name(f"{name}.py") for name in _CODE),
    ]


def read_failures(root: Path) -> Loaded[Failure]:
    """The sound failures with their files and the messages that lead to them, and every fault, also of what holds
    across files.
    """
    loaded = load_sound(root, _FAILURES, "failure", Failure, prepare=_prepared)
    messages, reasons, places = read_messages(root), read_reasons(root), read_places(root)
    entries = [entry for _, entry in loaded.items]
    faults = [
        *loaded.faults,
        *faults_of(loaded.items, load_classes(root), load_variables(root)),
        *messages.faults,
        *message_faults(messages.items, entries),
        *reasons.faults,
        *reason_faults(reasons.items, entries),
        *place_faults(places, entries),
    ]
    complete = with_messages(entries, [content for _, content in messages.items])
    complete = with_reasons(complete, [content for _, content in reasons.items])
    items = tuple((file, entry) for (file, _), entry in zip(loaded.items, complete, strict=True))
    items = with_places(with_outcomes(items, read_outcomes(root)), places)
    items = with_risks(items, read_dangers(root))
    return Loaded(items, tuple(sorted(faults, key=lambda fault: fault.file)))


def load_field(root: Path) -> FieldWords:
    """What the knowledge is about, `root`/field.yaml; raises DataError."""
    (field,) = load_all(root, "field.yaml", "field", FieldWords)
    return field


def load_classes(root: Path) -> tuple[FailureClass, ...]:
    """The names of failures, in the order of the file; raises DataError."""
    documents = list(read_documents(root, "classes.yaml"))
    try:
        return msgspec.convert([item for document in documents for item in document.content], tuple[FailureClass, ...])
    except (msgspec.ValidationError, TypeError) as error:
        raise DataError([Fault("classes.yaml", "", str(error))]) from error


def _prepared(document: Any) -> Any:
    """A signature may be a bare string: here it becomes the mapping that stands for. Chinese loses folding blanks."""
    signatures = [{"text": item} if isinstance(item, str) else item for item in document["signatures"]]
    return _without_folding_blanks({**document, "signatures": signatures})


def _without_folding_blanks(value: Any) -> Any:
    """In every `zh`, without the blanks between Chinese characters that come from YAML's folding of lines."""
    if isinstance(value, dict):
        return {
            key: _FOLDING_BLANK.sub("", item.rstrip("\n"))
            if key == "zh" and isinstance(item, str)
            else _without_folding_blanks(item)
            for key, item in value.items()
        }
    return [_without_folding_blanks(item) for item in value] if isinstance(value, list) else value
