"""The clinic as the chat uses it: every answer in both languages, files read, suggestions for what is being typed."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar

import platformdirs
from rapidfuzz import fuzz, process

from bot.answers.blocks import Answer, Field, Fields, Paragraph
from bot.answers.layers import layers_answer
from bot.answers.names import NameFacts, explain_answer
from bot.answers.reference import loader_answer, question_answer, term_answer
from bot.answers.triage import points_to_ask, triage_answer
from bot.chat.limits import OPTION_TEXT, OPTIONS, clip
from bot.chat.loader_dialogue import CARD, QUESTIONS, SYSTEM, fitting
from bot.chat.ports import (
    Bilingual,
    Candidate,
    Choice,
    LogReading,
    Question,
    Subject,
    Upload,
)
from bot.chat.wording import WORDS
from bot.clinic import Clinic, Consultation
from bot.errors import UserError
from bot.intake.facts import Fact, Facts
from bot.intake.redaction import redact
from bot.intake.request import Request
from bot.intake.sources import Source, read_sources
from bot.knowledge import load_failures
from bot.languages import Language, Text
from bot.lookup import Worded
from bot.models.name_facts import loaders_for, tensor_bytes
from bot.models.names import parse_name
from bot.models.requested import HubLike
from bot.reference import Format, Term, load_formats

W = TypeVar("W", bound=Worded)

USUAL_QUANTS = ("Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0", "IQ4_XS", "Q3_K_M", "IQ3_M", "Q2_K", "4.0bpw-exl2", "AWQ")
MOST_TERMS = 8
NO_PICTURES = UserError(
    "I cannot read pictures yet. Please copy the text of the error and paste it.",
    "我还看不懂图片。请把报错文字复制出来再粘贴。",
)
FILES_ARE_NOT_NAMES = UserError(
    "Please give the model's name, for example Qwen2.5-32B-Instruct-Q5_K_M.",
    "请写模型的名字，例如 Qwen2.5-32B-Instruct-Q5_K_M。",
)
SECOND_CHOICE = Text("Also possible", "也可以考虑")
NO_WORDS = Text("No special words", "没有术语")
WORDS_TITLE = Text("The words in this message", "这条消息里的词")

_STRONG = re.compile(
    r"Traceback \(most recent call last\)|^\s*File \".*\", line \d+|\b(?:CUDA|HIP|Vulkan|RuntimeError|OSError"
    r"|ValueError|ImportError|ModuleNotFoundError)\b.*(?:error|:)|^(?:llama_|ggml_|llm_load|load_tensors|print_info|clip_)"
    r"|\bpanic:|\bnpm ERR!|\bsegmentation fault\b|\berror code\b|\b(?:ERROR|FATAL)\b[\s:\[]|^\S*[Ee]rror: ",
    re.MULTILINE | re.IGNORECASE,
)
_LINE = re.compile(
    r"^\s*(?:\[?\d{4}-\d\d-\d\d|\[?\d\d:\d\d:\d\d|\S+\.(?:py|cpp|cu|go|rs|js):\d+|(?:INFO|WARN|ERROR|DEBUG)\b)"
)


def open_practice(root: Path, hub: str = "") -> "Practice":
    """A practice with everything loaded, so that faulty knowledge is refused now. Raises DataError.

    `hub`: address of the hub that is asked about repositories; empty asks none.
    """
    practice = Practice(Clinic(root), hub)
    practice.load()
    return practice


class Practice:
    """Satisfies the port `bot.chat.ports.Clinic` with a real clinic."""

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
        assert self._entries is not None

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
        answers = tuple(self._answers(read, at) for at in range(max(1, len(findings))))
        candidates = tuple(Candidate(found.entry.id, found.entry.title, found.score) for found in findings)
        return LogReading(candidates, answers, read.text, len(read.masked), loader)

    def _answers(self, read: Consultation, at: int) -> Bilingual:
        """The answer with finding number `at` in front."""
        findings = read.diagnosis.findings
        if at:
            ordered = (findings[at], *(finding for finding in findings if finding is not findings[at]))
            read = replace(read, diagnosis=replace(read.diagnosis, findings=ordered))
        return _both(read.answer)

    def _loader(self, name: str | None) -> str | None:
        """The canonical name of a loader that somebody typed; None when it is not known."""
        if not name:
            return None
        found = process.extractOne(name, list(self._clinic.loaders), scorer=fuzz.WRatio, score_cutoff=80)
        return str(found[0]) if found else None

    def looks_like_log(self, text: str) -> bool:
        if _STRONG.search(text):
            return True
        lines = text.splitlines()
        return len(lines) > 2 and sum(bool(_LINE.match(line)) for line in lines) * 3 > len(lines)

    def redact(self, text: str) -> str:
        return redact(text).text

    # Requests for help

    def read_request(self, text: str, files: Sequence[str] = (), *, in_forum: bool = False) -> Request:
        return self._clinic.triage(text, files, in_help_forum=in_forum)

    def missing(self, request: Request, required: Sequence[str], *, has_diagnosis: bool = False) -> Sequence[str]:
        template = self._clinic.reader.template
        return [point.id for point in points_to_ask(request, template, required, has_diagnosis=has_diagnosis)]

    def questions(self, request: Request, required: Sequence[str]) -> Bilingual:
        template = self._clinic.reader.template
        return _both(lambda language: triage_answer(request, template, language, required=required))

    # Models

    def can_run(self, model: str, vram: str, ram: str, context: int | None = None) -> Bilingual:
        return _both(self._clinic.can_run(_name(model), vram, ram, context=context, hub=self._hub).answer)

    def layers(self, model: str, vram: str, context: int | None = None) -> Bilingual:
        found = self._clinic.layers(_name(model), vram, context=context, hub=self._hub)
        return _both(partial(layers_answer, found))

    def explain(self, name: str) -> Bilingual:
        parsed = parse_name(name)
        loaders = tuple(self._clinic.loaders.values())
        facts = NameFacts(tensor_bytes(parsed, self._clinic.catalog), loaders_for(parsed, loaders))
        return _both(partial(explain_answer, parsed, facts, self._formats))

    # Questions and words

    def faq(self, question: str) -> Bilingual:
        return _both(partial(question_answer, self._clinic.questions.find(question)))

    def term(self, word: str) -> Bilingual:
        return _both(partial(term_answer, self._clinic.terms.find(word)))

    def words_in(self, text: str) -> Bilingual:
        found = _mentioned(self._clinic.terms.items, text)[:MOST_TERMS]

        def answer(language: Language) -> Answer:
            if not found:
                text = Paragraph(WORDS["words_none"].in_language(language))
                return Answer(NO_WORDS.in_language(language), "neutral", (text,))
            told = tuple(Paragraph(t.meaning.in_language(language), t.name.in_language(language)) for t in found)
            return Answer(WORDS_TITLE.in_language(language), "neutral", told)

        return _both(answer)

    # The loader dialogue

    def loader_questions(self) -> Sequence[Question]:
        return QUESTIONS

    def loader_advice(self, chosen: Mapping[str, str]) -> Bilingual:
        loaders = self._clinic.loaders
        fits = fitting(loaders.values(), chosen)
        best = fits[0].loader if fits else loaders["koboldcpp"]
        system = {"windows": "Windows", "linux": "Linux", "macos": "macOS"}.get(chosen.get(SYSTEM, ""), "")
        facts = Facts(
            system=Fact(system, 0) if system else None,
            gpus=(Fact("NVIDIA", 0),) if chosen.get(CARD) == "yes" else (),
        )
        others = ", ".join(fit.loader.name for fit in fits[1:3])

        def answer(language: Language) -> Answer:
            base = loader_answer(best, self._clinic.conditions, facts, {}, language)
            if not others:
                return base
            also = Fields((Field(SECOND_CHOICE.in_language(language), others),))
            return replace(base, blocks=(*base.blocks, also))

        return _both(answer)

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

    # Suggestions

    def suggest(self, subject: Subject, typed: str, language: Language) -> Sequence[Choice]:
        match subject:
            case "model":
                return self._models(typed)
            case "card":
                return [Choice(card.name, card.name) for card in self._clinic.cards.starting_with(typed, OPTIONS)]
            case "entry":
                return self._failures(typed, language)
            case "faq":
                return _found(self._clinic.questions.items, typed, lambda item: item.question.in_language(language))
            case "term":
                return _found(self._clinic.terms.items, typed, lambda item: item.name.in_language(language))
            case _:
                names = [name for name in self._clinic.loaders if typed.lower() in name.lower()]
                return [Choice(name, name) for name in names[:OPTIONS]]

    def _models(self, typed: str) -> list[Choice]:
        """Names that contain what is typed; once one is complete, its quantizations."""
        wanted = _squeezed(typed)
        names = self._model_names
        exact = max((name for name in names if wanted.startswith(_squeezed(name))), key=len, default=None)
        found: list[str] = []
        if exact is not None:
            rest = wanted.removeprefix(_squeezed(exact))
            found += [f"{exact}-{quant}" for quant in USUAL_QUANTS if _squeezed(quant).startswith(rest)]
        found += [name for name in names if wanted in _squeezed(name)]
        if not found:
            hits = process.extract(typed, names, scorer=fuzz.WRatio, limit=OPTIONS, score_cutoff=70)
            found = [str(hit[0]) for hit in hits]
        return [Choice(name, name) for name in dict.fromkeys(found)][:OPTIONS]

    def _failures(self, typed: str, language: Language) -> list[Choice]:
        entries = self._entries
        wanted = typed.lower().replace("-", " ")
        hits = process.extract(wanted, entries, scorer=fuzz.partial_ratio, limit=OPTIONS, score_cutoff=70)
        titles = self._titles
        return [Choice(clip(titles[str(id_)].in_language(language), OPTION_TEXT), str(id_)) for _, _, id_ in hits]

    @cached_property
    def _model_names(self) -> list[str]:
        return sorted({known.name for known in self._clinic.catalog.names.values()}, key=str.lower)

    @cached_property
    def _titles(self) -> dict[str, Text]:
        return {entry.id: entry.title for entry in load_failures(self._clinic.root)}

    @cached_property
    def _entries(self) -> dict[str, str]:
        return {id_: f"{id_} {title.en} {title.zh}".lower().replace("-", " ") for id_, title in self._titles.items()}

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
    """A model's name as a stranger typed it. The core would read a file of that name; a chat must not let it."""
    text = model.strip()
    try:
        is_file = Path(text).expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        is_file = False
    if is_file or text.startswith(("/", "\\", "~", ".")) or re.match(r"[A-Za-z]:[\\/]", text):
        raise FILES_ARE_NOT_NAMES
    return text


def _both(answer: Callable[[Language], Answer]) -> Bilingual:
    return Bilingual(answer("en"), answer("zh"))


def _found(items: Sequence[W], typed: str, title: Callable[[W], str]) -> list[Choice]:
    """Items with a wording that resembles what is typed; all of them while nothing is."""
    if not typed.strip():
        chosen: Iterable[W] = items
    else:
        wordings = {index: " / ".join(item.wordings) for index, item in enumerate(items)}
        hits = process.extract(
            typed, wordings, scorer=fuzz.partial_ratio, processor=str.lower, limit=OPTIONS, score_cutoff=60
        )
        chosen = [items[index] for _, _, index in hits]
    titles = dict.fromkeys(clip(title(item), OPTION_TEXT) for item in chosen)
    return [Choice(text, text) for text in titles][:OPTIONS]


def _squeezed(text: str) -> str:
    return re.sub(r"[\s_\-./:]+", "", text.lower())


def _mentioned(terms: Iterable[Term], text: str) -> list[Term]:
    """Terms of which a name stands in the text, in order of their first mention."""
    lowered = text.lower()
    places: list[tuple[int, Term]] = []
    for term in terms:
        found = [
            place for name in (*term.names, term.name.en, term.name.zh) if (place := _place(name.lower(), lowered)) >= 0
        ]
        if found:
            places.append((min(found), term))
    return [term for _, term in sorted(places, key=lambda pair: pair[0])]


def _place(name: str, text: str) -> int:
    """Where a name stands as a whole word; Chinese has no blanks between words."""
    if len(name) < 2:
        return -1
    edge = r"(?<![a-z0-9])" if name[0].isascii() else ""
    end = r"(?![a-z0-9])" if name[-1].isascii() else ""
    match = re.search(f"{edge}{re.escape(name)}{end}", text)
    return match.start() if match else -1
