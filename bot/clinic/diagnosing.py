"""From a pasted text and its files to a reading: masked, cleaned, diagnosed, with what the estimator adds."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from msgspec import structs

from bot.answers.blocks import Answer, Evidence, Paragraph
from bot.answers.diagnosis import diagnosis_answer
from bot.answers.filling import filled_text
from bot.base.errors import UserError
from bot.base.languages import Text
from bot.base.late import late
from bot.clinic.configured import answers_with_configuration
from bot.clinic.model_age import has_young_model, learned_since
from bot.clinic.parts import Parts
from bot.clinic.ports import Upload
from bot.clinic.reading import Advice, Candidate, Reading, Unknown
from bot.clinic.refused_options import said_of_refused
from bot.clinic.searching import search_addresses
from bot.clinic.signatures import signature
from bot.clinic.told_facts import with_told
from bot.diagnosis.calibration import LEAST_GUESSED
from bot.diagnosis.complaint import is_prose
from bot.diagnosis.finding import Diagnosis, Finding, Opinion, Suspect
from bot.diagnosis.finding import Evidence as Proof
from bot.diagnosis.known_faults import known_fault
from bot.intake import pictures, unread
from bot.intake.facts import Facts
from bot.intake.files import FileNotes, headed, ranked, without_headers
from bot.intake.lines import Line
from bot.intake.pictures import MARK, UNREAD, UNREADABLE, PictureReader, read_pictures, titled
from bot.intake.reading import Masked, read_masked
from bot.intake.redaction import Kind, has_secrets
from bot.intake.shapes import Telling
from bot.intake.sources import Picture, Source, is_picture, read_text, read_together
from bot.intake.surroundings import AROUND, completed
from bot.knowledge.architectures import MODEL, key_of
from bot.knowledge.failures import FixStep, Spell
from bot.knowledge.known_faults import KnownFault
from bot.knowledge.reference import Loader
from bot.knowledge.variables import Variables

# Failures whose cure depends on what fits, by class, and one by its id: of what else fills RAM (a build, Node.js, a
# kill by the system) what fits the card says nothing.
OUT_OF_MEMORY = frozenset({"gpu-out-of-memory", "kv-cache-does-not-fit", "ollama-needs-more-system-memory"})
RAM_OF_A_MODEL = "ram-out-of-memory"
# Refusals by a loader's own reckoning, which may be wrong.
REFUSALS = frozenset({"lmstudio-insufficient-resources", "lmstudio-guardrail", "ollama-needs-more-system-memory"})
OWN_COUNT = "fits"  # the variable by which an engine says how long a context fits
NO_FACTS = Facts()
_GAPS = late(r"\n{4,}")  # where rows were left out
_PORT = late(r"://[\w.]+:(?P<port>\d+)")
PICTURE_SECONDS = 15.0  # for all pictures of a message together


def whole(text: str, uploads: Sequence[Upload], reader: PictureReader | None) -> str:
    """A message's text and the texts of its files as one. Raises UserError where nothing can be read."""
    if not uploads:
        return text
    return "\n".join([*([text] if text.strip() else []), *_texts(uploads, reader, with_names=True)])


def with_files(reading: Reading) -> Reading:
    """A reading of several files as one text: quoted lines are counted in their own file, which is named."""
    files = FileNotes.of(reading.text)
    if not files.names:
        return reading
    lines = [each.line for each in reading.candidates] or [reading.unknown.line if reading.unknown else 0]
    answers = tuple(_in_files(*each, files) for each in zip(reading.answers, lines, strict=True))
    return replace(reading, answers=answers)


def _in_files(answer: Answer, line: int, files: FileNotes) -> Answer:
    blocks = tuple(_in_file(block, files) if isinstance(block, Evidence) else block for block in answer.blocks)
    return structs.replace(answer, blocks=(*blocks, Paragraph(files.said(line))))


def _in_file(block: Evidence, files: FileNotes) -> Evidence:
    at = files.at(block.proof or block.first)
    before = files.starts[at] if at is not None else 0
    if block.first <= before:  # it begins in the file before
        return block
    return structs.replace(block, first=block.first - before, proof=block.proof and block.proof - before)


def with_notes(answer: Answer, texts: Iterable[str]) -> Answer:
    """An answer that also says how the pictures in what was sent were read, and which links were not."""
    texts = tuple(texts)
    notes = pictures.notes_in(texts)
    of_pictures = pictures.told(notes) if notes else ()
    said = tuple(Paragraph(text, tone="careful" if at else "neutral") for at, text in enumerate(of_pictures))
    said += tuple(Paragraph(text, tone="careful") for text in unread.notes_in(texts))
    if not said:
        return answer
    return structs.replace(answer, blocks=(*answer.blocks, *said))


def with_copying(answer: Answer, text: str) -> Answer:
    """An answer to a text with a picture that nobody here can read, with how to copy the words in it: that goes before
    an example and what is said of any picture.
    """
    if MARK not in text:
        return answer
    from bot.answers.reply import INSTEAD_OF_A_PICTURE  # replies are not needed for a diagnosis

    kept = tuple(block for block in answer.blocks if block not in INSTEAD_OF_A_PICTURE)
    return structs.replace(answer, blocks=(*kept, Paragraph(UNREADABLE.text, tone="careful")))


def masked(text: str, telling: Telling | None = None) -> str:
    """A text without its secrets, and a long one without what it repeats."""
    return read_masked(read_text("", text).text, telling).text


def reading_of(
    text: str, parts: Parts, loader: str | None, told: Facts = NO_FACTS, overrides: Collection[str] = ()
) -> Reading:
    """What a text tells. `loader`: as the user named it; `told`: facts told in words, where the text has no others;
    `overrides`: kinds of values that the user has corrected since (see `bot.clinic.corrections`).
    """
    source = read_text("", text)
    read = read_masked(source.text, parts.telling)
    read = replace(read, lines=without_headers(read.lines))
    facts = facts_of(read, parts, told, overrides)
    known = known_fault(parts.known_faults, facts, read.lines)
    opinion = parts.diagnoser.opinion(
        read.lines, facts, _canonical(loader, parts), lambda: has_young_model(facts, parts), known
    )
    findings = opinion.findings
    diagnosis = Diagnosis(findings, read.lines, source.omitted > 0, opinion.suspects, read.left_out)
    advice = _advice(findings, facts, parts)
    unknown = None if findings else _unknown(opinion, facts, parts)
    search = unknown.search if unknown else ()
    own = _own_loader(findings, facts, parts)
    since = _known_since(findings, facts, parts)
    usual = _usual_values(facts, parts)
    diagnosed = _Diagnosed(
        diagnosis,
        facts,
        read.kinds,
        source.omitted,
        advice,
        parts.variables,
        search,
        own.back if own and facts.worked_before else (),
        own.update if own else (),
        since,
        usual,
        opinion.telling,
        known.fault if known else None,
        said_of_refused(findings, facts, parts),
    )
    return Reading(
        answers=answers_with_configuration(diagnosed.answers(), opinion, read.lines, facts, parts),
        candidates=_candidates(findings),
        nearest=tuple(map(_suspected, opinion.suspects)),
        text=_GAPS.sub("\n[…]\n", read.text) if read.left_out else read.text,
        facts=facts,
        masked=read.kinds,
        omitted=source.omitted,
        signature=None if findings else signature(_printed(read.lines)),
        unknown=unknown,
        guess=diagnosed.guess(),
    )


def facts_of(read: Masked, parts: Parts, told: Facts = NO_FACTS, overrides: Collection[str] = ()) -> Facts:
    """What a text tells: printed first, then what was told before (`told`), then what its own words say."""
    printed = with_told(parts.facts.read(read.lines), told, parts, overrides)
    return completed(printed, parts.surroundings.read(read.text, _own_words(read.lines)), parts.facts.cards)


def _printed(lines: Sequence[Line]) -> str:
    """What is not in somebody's own words: those are remembered nowhere."""
    return "\n".join(line.text for line in lines if not _is_own(line))


def _own_words(lines: Sequence[Line]) -> list[Line]:
    """The lines in somebody's own words; of many the first and the last, which alone are read."""
    first = list(islice((at for at, line in enumerate(lines) if _is_own(line)), AROUND))
    behind = range(len(lines) - 1, first[-1], -1) if len(first) == AROUND else ()
    last = list(islice((at for at in behind if _is_own(lines[at])), AROUND))
    return [lines[at] for at in (*first, *reversed(last))]


def _is_own(line: Line) -> bool:
    return not (line.level or line.typed) and is_prose(line.text)


def _known_since(findings: Sequence[Finding], facts: Facts, parts: Parts) -> Mapping[str, Sequence[Spell]]:
    """Since when programs know models; where an entry asks for it, a named young model too."""
    if not any(found.entry.arrives for found in findings):
        return {}
    known = parts.architectures
    if facts.model is None or all(found.entry.arrives != MODEL for found in findings):
        return known
    spells = learned_since(facts, parts)
    return {**known, key_of(MODEL, facts.model.value): spells} if spells else known


def _own_loader(findings: Sequence[Finding], facts: Facts, parts: Parts) -> Loader | None:
    """The program whose versions matter: the one that prints such a failure, else the reader's own."""
    printed_by = findings[0].entry.components if findings else ()
    named = [
        *(printed_by if len(printed_by) == 1 else ()),
        *(fact.value for fact in (facts.loader, facts.frontend) if fact),
    ]
    return next((parts.loaders[name] for name in named if name in parts.loaders), None)


def _usual_values(facts: Facts, parts: Parts) -> dict[str, str]:
    """The port on which the reader's loader serves its API, unless it was told to take another."""
    loader = parts.loaders.get(facts.loader.value) if facts.loader else None
    served = [*loader.api, loader.address] if loader else []
    found = next((port for address in served if (port := _PORT.search(address))), None)
    return {"port": found["port"]} if found else {}


def _unknown(opinion: Opinion, facts: Facts, parts: Parts) -> Unknown:
    telling = opinion.telling
    program = facts.loader.value if facts.loader else facts.frontend.value if facts.frontend else None
    if telling is None:
        return Unknown(0, "", program)
    addresses = search_addresses(telling.text, program, parts.field.search)
    return Unknown(telling.number, telling.text, program, addresses)


@dataclass(frozen=True, slots=True)
class _Diagnosed:
    """A diagnosis with what its answers need."""

    diagnosis: Diagnosis
    facts: Facts
    masked: tuple[Kind, ...]
    omitted: int
    advice: Advice
    variables: Variables  # what may get into commands
    search: tuple[str, ...] = ()  # addresses
    back: tuple[FixStep, ...] = ()  # how to go back to an older version of the loader
    update: tuple[FixStep, ...] = ()  # how to bring a newer one
    architectures: Mapping[str, Sequence[Spell]] = field(default_factory=dict)  # since when programs know them
    usual: Mapping[str, str] = field(default_factory=dict)  # values of the loader where the log tells no other
    telling: Line | None = None  # what tells most where nothing was recognised
    fault: KnownFault | None = None  # what the reader's version is known to do wrong
    renamed: Mapping[str, Text] = field(default_factory=dict)  # by entry: what became of options that were refused

    def answers(self) -> tuple[Answer, ...]:
        """One answer for each finding, with that finding in front; one without findings."""
        findings = self.diagnosis.findings
        return tuple(self._answer(_led_by(findings, at)) for at in range(max(1, len(findings))))

    def guess(self) -> Answer | None:
        """The answer to what is likeliest where nothing was recognised, the others beside it."""
        first = next(iter(self.diagnosis.suspects), None)
        if first is None or self.diagnosis.findings or (first.likelihood or 0.0) < LEAST_GUESSED:
            return None
        line = self.telling or next((line for line in self.diagnosis.lines if line.text.strip()), None)
        if line is None:
            return None
        finding = Finding(
            first.entry, round(first.likelihood or 0.0, 3), Proof(line.number, line.text, None), told=True
        )
        return self._answer((finding,), self.diagnosis.suspects[1:])

    def _answer(self, findings: tuple[Finding, ...], suspects: tuple[Suspect, ...] | None = None) -> Answer:
        """`suspects`: what to look at besides, if not what the diagnosis says."""
        besides = self.diagnosis.suspects if suspects is None else suspects
        return diagnosis_answer(
            replace(self.diagnosis, findings=findings, suspects=besides),
            self.facts,
            has_secrets=has_secrets(self.masked),
            omitted=self.omitted,
            advice=self.advice.blocks,
            fitting=self.advice.values,
            variables=self.variables,
            search=self.search,
            back=self.back,
            update=self.update,
            fault=self.fault,
            architectures=self.architectures,
            usual=self.usual,
            telling=self.telling,
            renamed=self.renamed,
        )


def _candidates(findings: Sequence[Finding]) -> tuple[Candidate, ...]:
    """The findings as plain values."""
    return tuple(
        Candidate(
            found.entry.id,
            found.entry.title,
            found.score,
            found.entry.failure_class,
            found.evidence.line,
            found.evidence.text,
            dict(found.captured),
            found.told,
        )
        for found in findings
    )


def _suspected(suspect: Suspect) -> Candidate:
    entry = suspect.entry
    return Candidate(entry.id, filled_text(entry.title, {}), suspect.likelihood or 0.0, entry.failure_class)


def _led_by(findings: tuple[Finding, ...], at: int) -> tuple[Finding, ...]:
    return (findings[at], *findings[:at], *findings[at + 1 :]) if findings else ()


def _advice(findings: Sequence[Finding], facts: Facts, parts: Parts) -> Advice:
    """What fits, where memory ran out and the log tells model and card."""
    if not findings or not _is_for_want_of_memory(findings[0]):
        return Advice()
    if OWN_COUNT in findings[0].captured or not (facts.model_file or facts.model or facts.parameters):
        return Advice()  # the engine itself has counted; of no model and no size nothing can be counted
    from bot.clinic.fitting import advice_for  # the estimator is not needed for most logs
    from bot.clinic.refusing import checked_refusal

    advice = advice_for(facts, parts.catalog, parts.cards, lambda: parts.recommendations)
    if findings[0].entry.id not in REFUSALS:
        return advice
    checked = checked_refusal(findings[0].captured, facts, parts.catalog)
    return advice if checked is None else Advice((checked, *advice.blocks), advice.values)


def _is_for_want_of_memory(finding: Finding) -> bool:
    entry = finding.entry
    return entry.failure_class in OUT_OF_MEMORY or entry.id in REFUSALS or entry.id == RAM_OF_A_MODEL


def _canonical(loader: str | None, parts: Parts) -> str | None:
    """The name of a loader as the knowledge has it; None for one that nobody knows."""
    if not loader:
        return None
    program = parts.vocabulary.program(loader)
    named = [program] if program else [mention.program for mention in parts.vocabulary.programs_in(loader)]
    return named[0].name if named else None


def _texts(uploads: Sequence[Upload], reader: PictureReader | None, *, with_names: bool = False) -> list[str]:
    """The texts of all files, the most telling first, those of pictures last, after them what could not be read;
    `with_names` several have their names above them. Raises UserError where nothing can be read.
    """
    found, unreadable = read_together((upload.name, upload.content) for upload in uploads)
    named = ranked([(source.name, source.text) for source in found if isinstance(source, Source)])
    texts = headed(named) if with_names else [text for _, text in named]
    found_pictures = [(source.name, source.content) for source in found if isinstance(source, Picture)]
    of_pictures = _of_pictures(found_pictures, reader, are_all=not texts) if found_pictures else ()
    return [*texts, *of_pictures, *map(unread.unread_file, unreadable)]


def _of_pictures(
    pictures: Sequence[tuple[str, bytes]], reader: PictureReader | None, *, are_all: bool
) -> Sequence[str]:
    """What pictures say, or that nobody could read them. Raises UserError for that where they `are_all` there is."""
    try:
        if reader is None:
            raise UNREADABLE
        return [*map(titled, read_pictures(pictures, reader, PICTURE_SECONDS))]
    except UserError:
        if are_all:
            raise
        return [titled(UNREAD)] if reader else []


def masked_texts(
    uploads: Sequence[Upload], reader: PictureReader | None, telling: Telling | None = None
) -> tuple[str, ...]:
    """The texts of files without their secrets; none for pictures that cannot be read."""
    try:
        texts = _texts(uploads, reader)
    except UserError:
        if not _are_pictures(uploads):
            raise
        texts = [titled(UNREAD)] if reader else []
    return tuple(masked(text, telling) for text in texts)


def _are_pictures(uploads: Sequence[Upload]) -> bool:
    return all(is_picture(upload.name, upload.content) for upload in uploads)
