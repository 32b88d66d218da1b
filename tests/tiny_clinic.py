"""A clinic of a dozen lines that knows two errors: what the chat does with answers is tested, not the answers."""

import os
import re
import time
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.answers.blocks import (
    Answer,
    BarPart,
    Block,
    ChartPart,
    Code,
    ContextChart,
    Evidence,
    Field,
    Fields,
    MemoryBar,
    Paragraph,
    Step,
    Steps,
)
from bot.answers.loader_dialogue import Option, Question
from bot.base.errors import UserError
from bot.base.languages import Language, Text, Words
from bot.clinic.likeness import Traits
from bot.clinic.message import Message, Reply
from bot.clinic.message import Part as ReplyPart
from bot.clinic.own_answers import Meant
from bot.clinic.ports import Choice, Subject, Upload
from bot.clinic.reading import Candidate, Reading
from bot.clinic.signatures import signature
from bot.hardware.systems import System
from bot.intake.links import PasteSites
from bot.intake.redaction import Kind
from bot.intake.told import Request
from bot.knowledge.files import DataError, Fault
from bot.models.uses import Use
from bot.service.wording import POINTS

T = TypeVar("T")
GIB = 1024**3
QUALITY_POINTS = ("prompt_settings", "sampler_settings")
TITLES = {
    "disk-full": Text("The disk is full", "磁盘满了"),
    "gpu-out-of-memory": Text("The card is out of memory", "显存不够"),
    "port-in-use": Text("The port is taken", "端口被占用"),
}
SIGNS = {"disk-full": "no space left", "gpu-out-of-memory": "out of memory", "port-in-use": "address already in use"}
LOG = "Traceback (most recent call last):\nOSError: [Errno 28] No space left on device\n"
UNKNOWN_LOG = "Traceback (most recent call last):\nFluxError: capacitor 17 is out of juice\n"
LOADERS = ("koboldcpp", "ollama", "vllm", "llama.cpp")
POINT_SIGNS = {
    "system": r"windows \d+|ubuntu|macos|linux",
    "loader": "|".join(map(re.escape, LOADERS)),
    "model": r"qwen[\w.]*-\d+b|llama-?\d",
    "quant": r"q\d_k_m|awq",
    "steps": r"i (clicked|ran|started)|我(点|运行)了",
    "description": r"crash|崩溃|报错|fails",
}


def both(title: Text, *blocks: Block, details: tuple[Block, ...] = (), chart: ContextChart | None = None) -> Answer:
    return Answer(title, "bad", blocks, details, chart)


def _proof(lines: Sequence[str], sign: str) -> int:
    """The number of the line with the sign of a failure."""
    return next((number for number, line in enumerate(lines, start=1) if sign in line.lower()), 1)


@dataclass(frozen=True)
class Briefly:
    """An answer that is brief already."""

    brief: Answer

    @property
    def answer(self) -> Answer:
        return self.brief


@dataclass(frozen=True)
class Told:
    """An answer, and what is surely meant."""

    answer: Answer
    found: str | None


class TinyClinic:
    """Satisfies the port `Clinic`."""

    reads_pictures = False
    paste_sites = PasteSites()

    def __init__(self, version: str = "tiny-1") -> None:
        self._version = version
        self.read = 0
        self.uploads: list[Sequence[Upload]] = []

    @property
    def version(self) -> str:
        return self._version

    @property
    def languages(self) -> tuple[Language, ...]:
        return ("en", "zh")

    def translated(self, value: T) -> T:
        return value

    def language_of(self, text: str) -> Language:
        return "zh" if re.search("[\u4e00-\u9fff]", text) else "en"

    def diagnose(self, text: str, uploads: Sequence[Upload] = (), *, loader: str | None = None) -> Reading:
        self.read += 1
        if uploads:
            self.uploads.append(uploads)
        whole = "\n".join([text, *(upload.content.decode(errors="replace") for upload in uploads)])
        if "hang here" in whole:
            time.sleep(30)
        if "die here" in whole:
            os._exit(1)
        if "sulk here" in whole:
            raise RuntimeError("a bug")
        masked = self.redact(whole)
        found = [id_ for id_, sign in SIGNS.items() if sign in whole.lower()]
        lines = tuple(masked.splitlines()[:3])
        answers = tuple(
            both(
                TITLES[id_],
                Paragraph(f"Why {id_} happens."),
                Evidence(lines, 1, _proof(lines, SIGNS[id_])),
                Steps("What to do", tuple(Step(f"Step {n}", (Code(f"fix --{id_} {n}", "bash"),)) for n in range(1, 9))),
                details=(Fields((Field("Loader", loader or "?"),)),),
            )
            for id_ in found
        )
        unknown = (both(Text("I do not recognise this one", "这个问题我还认不出来"), Paragraph("Send more.")),)
        candidates = tuple(Candidate(id_, TITLES[id_], 0.9) for id_ in found)
        kinds: tuple[Kind, ...] = ("hugging-face-token",) if masked != whole else ()
        mark = None if found else signature(masked)
        return Reading(answers or unknown, candidates, text=masked, masked=kinds, signature=mark)

    def may_ask(self, text: str) -> bool:
        return True

    def texts_of(self, uploads: Sequence[Upload]) -> Sequence[str]:
        return [self.redact(upload.content.decode(errors="replace")) for upload in uploads]

    def reply(self, message: Message) -> Reply:
        """A known failure is diagnosed; another request is asked about; thanks and chatter are left alone."""
        earlier = [said.text for said in message.thread]
        files = [file for said in message.thread for file in said.files]
        whole = "\n".join([*earlier, message.title, message.text, *files, *message.attachments])
        language = self.language_of(message.title + message.text)
        if re.search(r"fixed|解决了", message.text):
            return Reply(language, "silent", (), state="solved")
        reading = self.diagnose(whole)
        if reading.candidates:
            first = reading.candidates[0]
            part = ReplyPart("diagnosis", first.id, first.title, 0.9, reading.answer)
            return Reply(language, "diagnosis", ("failure",), (part,), answer=reading.answer, reading=reading)
        request = self.triage(whole)
        if not request.is_help_request or "weather" in message.text:
            return Reply(language, "silent", ())
        asked = [point for point in ("system", "loader", "model") if point not in request.points]
        points = ", ".join(POINTS[point].in_language(language) for point in asked)
        answer = both(Text("Tell me more", "再说说"), Paragraph(points or "nothing"))
        return Reply(language, "ask", (), (), tuple(asked), answer=answer, reading=reading)  # type: ignore[arg-type]

    def traits(self, text: str, files: Sequence[str], reading: Reading) -> Traits:
        """Words of five letters and more."""
        told = "\n".join((text, *files)).lower()
        entry = reading.candidates[0].id if reading.candidates else None
        words = tuple((zlib.crc32(word.encode()) % 2**24, 100) for word in sorted(set(re.findall(r"[a-z]{5,}", told))))
        mark = None if reading.signature is None else f"{zlib.crc32(reading.signature.encode()):016x}"
        named = [name for name in LOADERS if name in told]
        facts = {"loader": named[0]} if named else {}
        return Traits(entry=entry, failure_class=entry, mark=mark, words=words, facts=facts)

    def looks_like_log(self, text: str) -> bool:
        return "Traceback" in text or "error:" in text.lower()

    def triage(self, text: str, files: Sequence[str] = (), *, in_help_forum: bool = False) -> Request:
        whole = "\n".join([text, *files])
        lowered = whole.lower()
        points = {point: found.group() for point, sign in POINT_SIGNS.items() if (found := re.search(sign, lowered))}
        if self.looks_like_log(whole):
            points["log"] = "Traceback"
        language: Language = "zh" if re.search("[\u4e00-\u9fff]", text) else "en"
        asks = "?" in text or "help" in lowered or "求助" in text or bool(points)
        return Request(language, asks, points=points, text_quality="rambles" in lowered)

    def questions_for(
        self, request: Request, required: Sequence[str] | None = None, *, has_diagnosis: bool = False
    ) -> Answer:
        return both(Text("How to find out", "怎么查"), Paragraph(", ".join(self.missing(request, required))))

    def missing(
        self, request: Request, required: Sequence[str] | None = None, *, has_diagnosis: bool = False
    ) -> Sequence[str]:
        wanted = {*(required or ()), *(QUALITY_POINTS if request.text_quality else ())}
        return [point for point in POINTS if point in wanted and point not in request.points]

    def can_run(
        self,
        model: str,
        vram: str,
        ram: str,
        *,
        context: int | None = None,
        system: System = "windows",
        engine: str | None = None,
        options: str = "",
    ) -> Briefly:
        if "?" in model:
            raise UserError("No such model.", "没有这个模型。")
        bar = MemoryBar("GPU", (BarPart("weights", 8 * GIB), BarPart("KV cache", GIB)), 12 * GIB)
        parts = (ChartPart("weights", (8 * GIB, 8 * GIB)), ChartPart("KV cache", (GIB, 2 * GIB)))
        asked = " ".join(str(part) for part in (vram, ram, context, engine, options, system) if part)
        chart = ContextChart("Memory", "context", (8192, 16384), parts, 12 * GIB, "VRAM", 8192)
        said = Text(f"{model} fits", f"{model} 放得下")
        return Briefly(both(said, Paragraph(asked), bar, chart=chart))

    def recommend(self, vram: str, ram: str = "", *, system: System = "windows", use: Use | None = None) -> Answer:
        if "?" in vram:
            raise UserError("No such card.", "没有这张卡。")
        return both(Text("What runs", "能跑什么"), Paragraph(" ".join(filter(None, (vram, ram, system, use)))))

    def layers(self, model: str, vram: str, *, context: int | None = None, system: System = "windows") -> Reading:
        return Reading((both(Text(f"27 layers of {model}", f"{model} 27 层"), Paragraph(vram)),))

    def explain(self, name: str) -> Reading:
        return Reading((both(Text(f"The name {name}", f"名字 {name}"), Paragraph("32 billion weights")),))

    def faq(self, question: str) -> "Told":
        """Everything has an answer; baking is not its field."""
        return Told(both(Text(question, question), Paragraph("Because.")), None if "bake" in question else question)

    def own_answer(self, asked: str, wordings: Sequence[Sequence[str]]) -> Meant:
        """The one of which a wording stands in the text."""
        near = [at for at, each in enumerate(wordings) if any(word.lower() in asked.lower() for word in each)]
        return Meant(near[0] if near else None, tuple(near))

    def term(self, word: str) -> Reading:
        return Reading((both(Text(word, word), Paragraph("A word.")),))

    def words_in(self, text: str) -> Answer:
        return both(Text("Words", "词"), Paragraph("GGUF is a format."))

    def suggest(self, subject: Subject, typed: str, language: Language) -> Sequence[Choice]:
        known = {
            "model": [f"Qwen2.5-{n}B" for n in range(60)],
            "card": ["RTX 3060", "RTX 4090"],
            "faq": ["How large a model can I run?"],
            "term": ["GGUF"],
            "entry": [f"{id_}" for id_ in TITLES],
            "engine": ["llama.cpp", "vllm"],
            "loader": list(LOADERS),
        }.get(subject, [])
        return [Choice(name, name) for name in known if typed.lower() in name.lower()]

    def titles(self, ids: Collection[str]) -> Mapping[str, Words]:
        return {id_: TITLES[id_] for id_ in ids if id_ in TITLES}

    def loader_questions(self) -> Sequence[Question]:
        yes_no = (Option("yes", Text("Yes", "是")), Option("no", Text("No", "否")))
        return (
            Question("windows", Text("Windows?", "用 Windows？"), yes_no),
            Question("cli", Text("Terminal?", "会命令行？"), yes_no),
        )

    def loader_advice(self, chosen: Mapping[str, str]) -> Answer:
        name = "koboldcpp" if chosen == {"windows": "yes", "cli": "no"} else "ollama"
        return both(Text(name, name), Paragraph("Because."))

    def leak_advice(self, texts: Sequence[str]) -> Answer | None:
        if not any("hf_***" in text or "<hugging-face-token>" in text for text in texts):
            return None
        return Answer("A secret", "careful", (Paragraph("Replace your token."),))

    def redact(self, text: str) -> str:
        return re.sub(r"hf_\w+", "hf_***", text)


def load_tiny() -> TinyClinic:
    """Loads in a worker process."""
    return TinyClinic()


def load_version(file: Path) -> TinyClinic:
    """A clinic of the version that a file names; "broken" is faulty knowledge."""
    version = file.read_text()
    if version == "broken":
        raise DataError([Fault("failures/x.yaml", "title", "missing")])
    return TinyClinic(version)
