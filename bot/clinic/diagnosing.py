"""From a pasted text and its files to a reading: masked, cleaned, diagnosed, with what the estimator adds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from bot.answers.blocks import Answer
from bot.answers.diagnosis import diagnosis_answer
from bot.answers.filling import filled_text
from bot.base.errors import UserError
from bot.clinic.parts import Parts
from bot.clinic.ports import Upload
from bot.clinic.reading import Advice, Candidate, Reading, Unknown
from bot.clinic.searching import search_addresses
from bot.clinic.signatures import signature
from bot.clinic.told_facts import with_told
from bot.diagnosis.complaint import is_prose
from bot.diagnosis.finding import Diagnosis, Finding, Opinion, Suspect
from bot.intake.facts import Facts
from bot.intake.reading import Masked, read_masked
from bot.intake.redaction import Kind, has_secrets
from bot.intake.sources import Source, read_sources, read_text
from bot.intake.surroundings import completed
from bot.knowledge.failures import FixStep
from bot.knowledge.variables import Variables

# Failures whose cure depends on what fits.
OUT_OF_MEMORY = frozenset(
    {"gpu-out-of-memory", "kv-cache-does-not-fit", "ram-out-of-memory", "ollama-needs-more-system-memory"}
)
NO_FACTS = Facts()
NO_PICTURES = UserError(
    "I cannot read pictures yet. Please copy the text of the error and paste it.",
    "我还看不懂图片。请把报错文字复制出来再粘贴。",
)


def whole(text: str, uploads: Sequence[Upload]) -> str:
    """A message's text and the texts of its files as one. Raises UserError for pictures alone."""
    if not uploads:
        return text
    return "\n".join([*([text] if text.strip() else []), *_texts(uploads)])


def masked(text: str) -> str:
    """A text without its secrets."""
    return read_masked(read_text("", text).text).text


def reading_of(
    text: str, parts: Parts, loader: str | None, told: Facts = NO_FACTS, overrides: Collection[str] = ()
) -> Reading:
    """What a text tells. `loader`: as the user named it; `told`: facts told in words, where the text has no others;
    `overrides`: kinds of values that the user has corrected since (see `bot.clinic.corrections`).
    """
    source = read_text("", text)
    read = read_masked(source.text)
    facts = facts_of(read, parts, told, overrides)
    opinion = parts.diagnoser.opinion(read.lines, facts, _canonical(loader, parts))
    findings = opinion.findings
    diagnosis = Diagnosis(findings, read.lines, source.omitted > 0, opinion.suspects)
    advice = _advice(findings, facts, parts)
    unknown = None if findings else _unknown(opinion, facts, parts)
    search = unknown.search if unknown else ()
    back = _way_back(facts, parts)
    diagnosed = _Diagnosed(diagnosis, facts, read.kinds, source.omitted, advice, parts.variables, search, back)
    return Reading(
        answers=diagnosed.answers(),
        candidates=_candidates(findings),
        nearest=tuple(map(_suspected, opinion.suspects)),
        text=read.text,
        facts=facts,
        masked=read.kinds,
        omitted=source.omitted,
        signature=None if findings else signature(read.text),
        unknown=unknown,
    )


def facts_of(read: Masked, parts: Parts, told: Facts = NO_FACTS, overrides: Collection[str] = ()) -> Facts:
    """What a text tells: printed first, then what was told before (`told`), then what its own words say."""
    words = [line for line in read.lines if not (line.level or line.typed) and is_prose(line.text)]
    printed = with_told(parts.facts.read(read.lines), told, parts, overrides)
    return completed(printed, parts.surroundings.read(read.text, words), parts.facts.cards)


def _way_back(facts: Facts, parts: Parts) -> tuple[FixStep, ...]:
    if facts.worked_before is None:
        return ()
    named = [fact.value for fact in (facts.loader, facts.frontend) if fact]
    return next((parts.loaders[name].back for name in named if name in parts.loaders), ())


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

    def answers(self) -> tuple[Answer, ...]:
        """One answer for each finding, with that finding in front; one without findings."""
        findings = self.diagnosis.findings
        return tuple(self._answer(_led_by(findings, at)) for at in range(max(1, len(findings))))

    def _answer(self, findings: tuple[Finding, ...]) -> Answer:
        return diagnosis_answer(
            replace(self.diagnosis, findings=findings),
            self.facts,
            has_secrets=has_secrets(self.masked),
            omitted=self.omitted,
            advice=self.advice.blocks,
            fitting=self.advice.values,
            variables=self.variables,
            search=self.search,
            back=self.back,
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
        )
        for found in findings
    )


def _suspected(suspect: Suspect) -> Candidate:
    entry = suspect.entry
    return Candidate(entry.id, filled_text(entry.title, {}), 0.0, entry.failure_class)


def _led_by(findings: tuple[Finding, ...], at: int) -> tuple[Finding, ...]:
    return (findings[at], *findings[:at], *findings[at + 1 :]) if findings else ()


def _advice(findings: Sequence[Finding], facts: Facts, parts: Parts) -> Advice:
    """What fits, where memory ran out and the log tells model and card."""
    if not findings or findings[0].entry.failure_class not in OUT_OF_MEMORY:
        return Advice()
    from bot.clinic.fitting import advice_for  # the estimator is not needed for most logs

    return advice_for(facts, parts.catalog, parts.cards)


def _canonical(loader: str | None, parts: Parts) -> str | None:
    """The name of a loader as the knowledge has it; None for one that nobody knows."""
    if not loader:
        return None
    program = parts.vocabulary.program(loader)
    named = [program] if program else [mention.program for mention in parts.vocabulary.programs_in(loader)]
    return named[0].name if named else None


def _texts(uploads: Sequence[Upload]) -> list[str]:
    """The texts of all files; pictures among them are left out, pictures alone cannot be read."""
    found = [source for upload in uploads for source in read_sources(upload.name, upload.content)]
    texts = _readable(found)
    if found and not texts:
        raise NO_PICTURES
    return texts


def masked_texts(uploads: Sequence[Upload]) -> tuple[str, ...]:
    """The texts of files without their secrets; none for pictures."""
    found = [source for upload in uploads for source in read_sources(upload.name, upload.content)]
    return tuple(map(masked, _readable(found)))


def _readable(found: Sequence[object]) -> list[str]:
    return [source.text for source in found if isinstance(source, Source)]
