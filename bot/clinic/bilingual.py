"""The clinic as the chat uses it: files read, suggestions for what is being typed."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import platformdirs
from rapidfuzz import fuzz, process

from bot.answers.blocks import Answer, Field, Fields, Paragraph
from bot.answers.layers import layers_answer
from bot.answers.loader_dialogue import (
    CARD,
    QUESTIONS,
    SYSTEM,
    Question,
    fitting,
)
from bot.answers.names import explain_answer
from bot.answers.reference import loader_answer, question_answer, term_answer
from bot.answers.triage import points_to_ask, triage_answer
from bot.base.errors import UserError
from bot.base.languages import Language, Text
from bot.clinic.door import Clinic, Consultation
from bot.clinic.ports import (
    Candidate,
    Choice,
    LogReading,
    Subject,
    Upload,
)
from bot.clinic.suggest import Suggestions
from bot.clinic.words import MOST_TERMS, mentioned
from bot.intake.facts import Fact, Facts
from bot.intake.line_kinds import looks_like_log
from bot.intake.redaction import redact
from bot.intake.request import Request
from bot.intake.sources import Source, read_sources
from bot.knowledge.reference import Format, load_formats
from bot.models.name_facts import name_facts
from bot.models.names import parse_name
from bot.models.requested import HubLike

NO_PICTURES = UserError(
    "I cannot read pictures yet. Please copy the text of the error and paste it.",
    "我还看不懂图片。请把报错文字复制出来再粘贴。",
)
FILES_ARE_NOT_NAMES = UserError(
    "Please give the model's name, for example Qwen2.5-32B-Instruct-Q5_K_M.",
    "请写模型的名字，例如 Qwen2.5-32B-Instruct-Q5_K_M。",
)
SECOND_CHOICE = Text("Also possible", "也可以考虑")
NO_WORDS_TEXT = Text("I know no special word in this message.", "这条消息里没有我能解释的术语。")
NO_WORDS = Text("No special words", "没有术语")
WORDS_TITLE = Text("The words in this message", "这条消息里的词")


def open_practice(root: Path, hub: str = "") -> "Practice":
    """A practice with everything loaded, so that faulty knowledge is refused now. Raises DataError.

    `hub`: address of the hub that is asked about repositories; empty asks none.
    """
    practice = Practice(Clinic(root), hub)
    practice.load()
    return practice


class Practice:
    """Satisfies the port `bot.clinic.ports.Clinic` with a real clinic."""

    def __init__(self, clinic: Clinic, hub: str = "") -> None:
        self._clinic = clinic
        self._hub_address = hub

    def load(self) -> None:
        """Loads every part now instead of on first use."""
        clinic = self._clinic
        for part in (clinic.diagnoser, clinic.catalog, clinic.cards, clinic.questions, clinic.terms, clinic.loaders):
            assert part is not None
        assert self.version
        assert self._formats is not None
        self._suggestions.load()

    @cached_property
    def version(self) -> str:
        """A digest of all files of the knowledge."""
        digest = hashlib.sha256()
        for path in sorted(self._clinic.root.rglob("*")):
            if path.suffix in (".yaml", ".json"):
                digest.update(path.relative_to(self._clinic.root).as_posix().encode())
                digest.update(path.read_bytes())
        return digest.hexdigest()[:10]

    # Logs

    def read_log(self, text: str, uploads: Sequence[Upload] = (), loader: str | None = None) -> LogReading:
        whole = "\n".join([*([text] if text.strip() else []), *_texts(uploads)])
        read = self._clinic.diagnose(whole, loader=self._loader(loader))
        findings = read.diagnosis.findings
        answers = tuple(self._answer_with(read, at) for at in range(max(1, len(findings))))
        candidates = tuple(Candidate(found.entry.id, found.entry.title, found.score) for found in findings)
        return LogReading(candidates, answers, read.text, len(read.masked), loader)

    def _answer_with(self, read: Consultation, at: int) -> Answer:
        """The answer with finding number `at` in front."""
        findings = read.diagnosis.findings
        if at:
            ordered = (findings[at], *(finding for finding in findings if finding is not findings[at]))
            read = replace(read, diagnosis=replace(read.diagnosis, findings=ordered))
        return read.answer

    def _loader(self, name: str | None) -> str | None:
        """The canonical name of a loader that somebody typed; None when it is not known."""
        if not name:
            return None
        found = process.extractOne(name, list(self._clinic.loaders), scorer=fuzz.WRatio, score_cutoff=80)
        return str(found[0]) if found else None

    def looks_like_log(self, text: str) -> bool:
        return looks_like_log(text)

    def suggest(self, subject: Subject, typed: str, language: Language) -> Sequence[Choice]:
        return self._suggestions.suggest(subject, typed, language)

    @cached_property
    def _suggestions(self) -> Suggestions:
        return Suggestions(self._clinic)

    def redact(self, text: str) -> str:
        return redact(text).text

    # Requests for help

    def read_request(self, text: str, files: Sequence[str] = (), *, in_forum: bool = False) -> Request:
        return self._clinic.triage(text, files, in_help_forum=in_forum)

    def missing(self, request: Request, required: Sequence[str], *, has_diagnosis: bool = False) -> Sequence[str]:
        template = self._clinic.reader.template
        return [point.id for point in points_to_ask(request, template, required, has_diagnosis=has_diagnosis)]

    def questions(self, request: Request, required: Sequence[str]) -> Answer:
        template = self._clinic.reader.template
        return triage_answer(request, template, required=required)

    # Models

    def can_run(self, model: str, vram: str, ram: str, context: int | None = None) -> Answer:
        return self._clinic.can_run(_name(model), vram, ram, context=context, hub=self._hub).answer

    def layers(self, model: str, vram: str, context: int | None = None) -> Answer:
        return layers_answer(self._clinic.layers(_name(model), vram, context=context, hub=self._hub))

    def explain(self, name: str) -> Answer:
        parsed = parse_name(self.redact(name))
        loaders = tuple(self._clinic.loaders.values())
        facts = name_facts(parsed, self._clinic.catalog, loaders)
        return explain_answer(parsed, facts, self._formats)

    # Questions and words

    def faq(self, question: str) -> Answer:
        return question_answer(self._clinic.questions.find(question))

    def term(self, word: str) -> Answer:
        return term_answer(self._clinic.terms.find(word))

    def words_in(self, text: str) -> Answer:
        found = mentioned(self._clinic.terms.items, text)[:MOST_TERMS]
        if not found:
            return Answer(NO_WORDS, "neutral", (Paragraph(NO_WORDS_TEXT),))
        return Answer(WORDS_TITLE, "neutral", tuple(Paragraph(term.meaning, term.name) for term in found))

    # The loader dialogue

    def loader_questions(self) -> Sequence[Question]:
        return QUESTIONS

    def loader_advice(self, chosen: Mapping[str, str]) -> Answer:
        loaders = self._clinic.loaders
        fits = fitting(loaders.values(), chosen)
        best = fits[0].loader if fits else loaders["koboldcpp"]
        system = {"windows": "Windows", "linux": "Linux", "macos": "macOS"}.get(chosen.get(SYSTEM, ""), "")
        facts = Facts(
            system=Fact(system, 0) if system else None,
            gpus=(Fact("NVIDIA", 0),) if chosen.get(CARD) == "yes" else (),
        )
        others = ", ".join(fit.loader.name for fit in fits[1:3])
        answer = loader_answer(best, self._clinic.conditions, facts, {})
        if not others:
            return answer
        return replace(answer, blocks=(*answer.blocks, Fields((Field(SECOND_CHOICE, others),))))

    @cached_property
    def _hub(self) -> HubLike | None:
        """The hub, less patient than on the command line: somebody waits in a chat."""
        if not self._hub_address:
            return None
        from bot.models.hub import Hub, HubSettings

        folder: Path | None = Path(platformdirs.user_cache_dir("wenzhen")) / "hub"
        try:
            return Hub(HubSettings(self._hub_address.rstrip("/"), None, folder, timeout=6, deadline=12, attempts=1))
        except OSError:  # nowhere to keep a cache
            return Hub(HubSettings(self._hub_address.rstrip("/"), timeout=6, deadline=12, attempts=1))

    @cached_property
    def _formats(self) -> tuple[Format, ...]:
        return load_formats(self._clinic.root)


def _texts(uploads: Sequence[Upload]) -> list[str]:
    """The texts of all files; pictures among them are left out, pictures alone cannot be read."""
    found = [source for upload in uploads for source in read_sources(upload.name, upload.content)]
    texts = [source.text for source in found if isinstance(source, Source)]
    if found and not texts:
        raise NO_PICTURES
    return texts


def _name(model: str) -> str:
    """A model's name as a stranger typed it, secrets masked. A path is none, whether or not there is such a file."""
    text = redact(model.strip()).text
    if text.startswith(("/", "\\", "~", ".")) or re.match(r"[A-Za-z]:[\\/]", text):
        raise FILES_ARE_NOT_NAMES
    return text
