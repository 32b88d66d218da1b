"""Reading a help request against the question template: which points it tells, and which are still missing."""

import re
from collections.abc import Sequence
from functools import cached_property

from bot.base.languages import Language
from bot.base.late import late
from bot.intake.cleaning import clean
from bot.intake.cues import Cues
from bot.intake.facts import Facts
from bot.intake.line_kinds import LineKinds
from bot.intake.read_facts import FactReader
from bot.intake.segments import Segments, Splitter, is_chinese
from bot.intake.template import Template, Topic
from bot.intake.told import POINT_IDS, Contradiction, Request
from bot.intake.vocabulary import Program, leading_program
from bot.models.name_mentions import NameMention, find_names
from bot.models.name_tokens import tokens_of
from bot.models.names import parse_name
from bot.models.quant_names import read_quant

_EXCERPT = 300  # characters of a told point that are kept
_SETUP_WEIGHTS = (0.0, 0.4, 0.6, 1.2, 1.6)  # by the number of things told of a set-up, for `_certainty`
_COMPLAINT = 1.2  # what a complaint of the model's text weighs, for `_certainty`; enough where nothing speaks against
_DEED = 0.6  # what it weighs to tell what was done
_PROSE = 6_000  # characters of own words that are searched for cues
_WORDS_BEFORE = 40  # characters before an amount that say what it is

# An error in the author's own line, to its end: "vllm 启动报错 ValueError: ...".
_QUOTED_ERROR = late(r"(?<![\w.])[\w.]{0,80}(?:error|exception)\s?[:：].*", re.IGNORECASE)
_QUOTED = late(r"\"[^\"\n]{4,300}\"|“[^”\n]{4,300}”")  # what somebody else said, or a program
_INLINE_CODE = late(r"`([^`\n]{4,400})`+|`\n?([^`]{4,400})\n?`")
_DTYPE = late(
    r"--dtype[ =]['\"]?(half|float16|bfloat16|float32|fp16|bf16)|--outtype[ =](\w+)|--quantization[ =](\w+)"
    r"|(--load-in-[48]-?bit)",
    re.I,
)
_MODEL_IN_CODE = late(r"\bmodel(?:_name|_path|_id)?\s*=\s*['\"]([^'\"\n]{2,120})['\"]")
_LETTERS = late(r"[\u3400-\u9fff]|[A-Za-z]{2,}|\d+")
_DEED_WORDS = 5  # words (Chinese characters) that a told step has at least
_REAL_LOG = late(r"[A-Za-z\u3400-\u9fff]")


class RequestReader:
    """Reads requests by the knowledge of one folder. Build once, share freely."""

    def __init__(self, template: Template, cues: Cues, kinds: LineKinds, facts: FactReader) -> None:
        self.template = template
        self.kinds = kinds
        self.cues = cues
        self.facts = facts
        self.vocabulary = facts.vocabulary
        self._splitter = Splitter(template, kinds)

    def language_of(self, text: str) -> Language:
        """The language of the author's own words; of what a program printed only where there are none."""
        language = _language(self._splitter.split(text))
        return language if language != "en" or text.isascii() else self.post(text).language

    def read(self, text: str, attachments: Sequence[str] = (), *, in_help_forum: bool = False) -> Request:
        """What a post and the texts of its attachments tell; never raises. In a help forum every post is a request."""
        return self.post(text, attachments).request(in_help_forum=in_help_forum)

    def post(self, text: str, attachments: Sequence[str] = ()) -> "Post":
        """The same taken apart, for those who ask more of a post than the template does."""
        whole = "\n".join((text, *attachments))
        parts = self._splitter.split(text)
        _take_inline_commands(parts, self.kinds)
        for attachment in attachments:
            _add_attachment(parts, self._splitter.split(attachment))
        facts = self.facts.read(clean(whole[:200_000]))
        return Post(self, parts, facts)


class Post:
    """One post taken apart: the author's own words, what was printed, and what both name."""

    def __init__(self, reader: RequestReader, parts: Segments, facts: Facts) -> None:
        self.reader = reader
        self.parts = parts
        self.facts = facts
        self.prose = parts.own_words[:_PROSE]
        self.programs = self._programs()
        self.systems = reader.vocabulary.systems_in(self.prose)
        self.cards = reader.facts.cards.found_in(self.prose)
        self.quants = _joined_quants(self.prose)
        self.in_words: list[NameMention] = []
        self.mentions = self._mentions()

    @property
    def language(self) -> Language:
        """The language of the author's own words, without the error in them; of what a program printed only where there
        are none.
        """
        language = _language(self.parts)
        said = self.prose or "\n".join(self.parts.commands)
        if language != "en" or not self.log or said.isascii():
            return language
        return "zh" if is_chinese(said.replace(self.log, "")) else "en"

    def request(self, *, in_help_forum: bool) -> Request:
        """What the post tells; in a help forum every post is a request."""
        certainty = 1.0 if in_help_forum else self.certainty
        is_help = certainty >= 0.5
        quality = is_help and self.complains_of_text
        points = self._points(is_help)
        told = {id_: value[:_EXCERPT] for id_, value in points.items() if value}
        return Request(
            language=self.language,
            is_help_request=is_help,
            certainty=round(certainty, 3),
            text_quality=quality,
            topic=self._topic(quality),
            points=told,
            hardware=self._hardware(),
            unsure=tuple(id_ for id_ in self._unsure() if id_ not in told),
            contradictions=self._contradictions(),
            pictures=self.parts.pictures,
            bare=not {"description", "log", "steps"} & told.keys(),
            inside=self.reader.vocabulary.parts.get(told.get("loader", ""), ()),
        )

    def _points(self, is_help: bool) -> dict[str, str | None]:
        points: dict[str, str | None] = {
            "system": self._system(),
            "loader": self._loader(),
            "model": self._model(),
            "quant": self._quant(),
            "sampler_settings": self.reader.cues.sampler_settings(self._told_settings()),
        }
        if is_help:  # chat, thanks and advice tell no problem
            points |= {
                "steps": self._steps(),
                "description": self._description(),
                "log": self.log,
                "prompt_settings": self.reader.cues.prompt_settings(self._told_settings()),
            }
        return points

    # ---- is it a request

    @cached_property
    def certainty(self) -> float:
        """How sure it is that somebody asks for help, 0 to 1; 0.5 and more counts as a request."""
        cues, prose = self.reader.cues, self.prose
        asks = cues.request_weight(prose)
        if self.parts.is_form:
            asks += 2.5
        if self.log:
            asks += 2.0
        if self.parts.commands:
            asks += 1.0
        against = cues.other_weight(prose)
        if not against and self.complains_of_text:
            asks += _COMPLAINT
        if not against and self._steps():
            asks += _DEED
        asks += _SETUP_WEIGHTS[min(self._told_setup(), len(_SETUP_WEIGHTS) - 1)]
        if self.parts.pictures and len(_LETTERS.findall(prose)) < 12:
            asks += 0.8
        if not prose.strip() and not asks:
            return 0.0
        return max(0.0, min(1.0, 0.5 + (asks - 1.15 - 1.1 * against) / 4))

    @cached_property
    def complains_of_text(self) -> bool:
        """Whether the text that the model writes is what is wrong."""
        return self.reader.cues.is_about_text(self.prose)

    def _told_setup(self) -> int:
        """How many kinds of things of their own set-up the author names: who tells it all wants help with it."""
        prose = self.prose
        kinds = (
            bool(self.programs),
            bool(self.mentions),
            bool(self.quants),
            bool(self.systems),
            bool(self.cards),
            self.reader.cues.sampler_settings(prose) is not None,
        )
        return sum(kinds)

    # ---- points

    def _system(self) -> str | None:
        vocabulary = self.reader.vocabulary
        told = self.parts.fields.get("system")
        in_field = vocabulary.systems_in(told) if told else ()
        mentioned = [mention.title for mention in (*in_field, *self.systems)]
        printed = self.facts.system.value if self.facts.system else None
        if not mentioned:
            return printed
        best = next((title for title in mentioned if _has_version(title)), mentioned[0])
        if printed and not _has_version(best) and printed.startswith(best) and _has_version(printed):
            return printed
        return best

    def _programs(self) -> list[Program]:
        """Programs named in words, in order, without those that are only compared with."""
        text = self.prose
        found = []
        for mention in self.reader.vocabulary.programs_in(text):
            if self.reader.cues.told.like_another.found(text[mention.end :]) or (
                mention.weak and not _is_meant(text, mention.start, mention.end)
            ):
                continue
            found.append(mention)
        strong = [mention.program for mention in found if not mention.weak]
        return strong + [mention.program for mention in found if mention.weak and mention.program not in strong]

    def _loader(self) -> str | None:
        programs = list(self.programs)
        by_name = self.reader.vocabulary.by_name
        if self.facts.loader:
            programs.append(by_name[self.facts.loader.value])
        running = leading_program(program for program in programs if program.kind != "frontend")
        if running:
            compared = self._contradictions()
            return " / ".join(compared[0].values) if compared and self._is_choice() else running.name
        shown = leading_program(program for program in programs if program.kind == "frontend")
        if shown:
            return shown.name
        return self.facts.frontend.value if self.facts.frontend else None

    def _contradictions(self) -> tuple[Contradiction, ...]:
        running = [program for program in self.programs if program.kind == "loader" and program.rank == 1]
        inside = {part for program in running for part in program.contains}
        different = tuple(dict.fromkeys(program.name for program in running if program.name not in inside))
        return (Contradiction("loader", different),) if len(different) > 1 else ()

    def _is_choice(self) -> bool:
        """Whether the author asks which of several to take."""
        return self.reader.cues.told.choice.found(self.prose)

    def _mentions(self) -> list[NameMention]:
        """Models named by the author: in the form's field, in words, in commands and code."""
        mentions: list[NameMention] = []
        if told := self.parts.fields.get("model"):
            mentions += self._named(told)
        self.in_words = [mention for mention in self._named(self.prose) if not self._is_template(mention)]
        mentions += self.in_words
        commands = "\n".join(self.parts.commands)[:4000]
        mentions += self._named(commands)
        return mentions

    def _is_template(self, mention: NameMention) -> bool:
        """Whether a model's name stands for the prompt template named after it."""
        told, text = self.reader.cues.told, self.prose
        before = text[max(0, mention.start - 30) : mention.start]
        return told.template_after.found(text[mention.end :]) or told.template_before.found(before)

    def _named(self, text: str) -> list[NameMention]:
        return find_names(text, self.reader.facts.models())

    def _model(self) -> str | None:
        in_code = _MODEL_IN_CODE.finditer("\n".join(self.parts.code)[:6000])
        told = [
            *(mention.name.told or mention.name.base for mention in self.mentions),
            *(parse_name(found[1], self.reader.facts.models()).told for found in in_code),
            self.facts.model.value if self.facts.model else None,
        ]
        return max((name for name in told if name), key=_precision, default=None)

    def _quant(self) -> str | None:
        field = read_quant(self.parts.fields.get("quant", "")).told
        in_words = field or self._quant_of_the_model() or self.quants
        if in_words:
            return in_words
        commands = "\n".join(self.parts.commands)
        if named := _dtype(commands):
            return named
        quants = [q for q in (_joined_quants(commands) or "").split(" / ") if q]
        smaller = [quant for quant in quants if quant not in {"FP16", "BF16", "F32"}]
        if quants:
            return (smaller or quants)[0]
        return self.facts.quant.value if self.facts.quant else None

    def _quant_of_the_model(self) -> str | None:
        """The quantization that stands right behind the model's name: "qwen2.5 14b q5_k_m, q4 fails too"."""
        best = max(self.in_words, key=lambda mention: _precision(mention.name.told or ""), default=None)
        if best is None:
            return None
        behind = re.split(r"[\n，,。;；]", self.prose[best.end : best.end + 24])[0]
        return best.name.quant_told or _joined_quants(behind)

    @property
    def choices(self) -> tuple[str, ...]:
        """The models named in words, each with the quantization that stands beside its name."""
        marks = [*(mention.start for mention in self.in_words[1:]), len(self.prose)]
        told = (
            f"{each.name.text} {'' if each.name.quant_told else self._quant_behind(each, mark)}".strip()
            for each, mark in zip(self.in_words, marks, strict=False)
        )
        return tuple(dict.fromkeys(told))

    def _quant_behind(self, mention: NameMention, mark: int) -> str:
        """The quantization told between a model's name and the next one."""
        behind = self.prose[mention.end : max(mention.end, min(mark, mention.end + 24))]
        return (_joined_quants(re.split(r"[\n，,。;；]", behind)[0]) or "").split(" / ")[0]

    def _steps(self) -> str | None:
        if self.parts.commands:
            return self.parts.commands[0]
        if self.parts.code:
            return self.parts.code[0]
        if command := self.reader.kinds.inline_command(self.prose) or _command_in_log(self.parts.log):
            return command
        if self._is_deed(told := self.parts.fields.get("steps", "")):
            return told
        prose = self.prose.replace("launch", "Launch")
        return _sentence_with(prose, self.reader.cues) if self.reader.cues.steps_weight(prose) >= 1.0 else None

    def _is_deed(self, told: str) -> bool:
        """Whether the form's field for steps says one: people also put the error, "see above" or nothing there."""
        kinds = self.reader.kinds
        return (
            len(_LETTERS.findall(told)) >= _DEED_WORDS
            and not self.reader.cues.is_unsure(told)
            and not told.endswith(("?", "？"))
            and not kinds.is_printed(told)
            and kinds.quoted_error(told) is None
        )

    @property
    def has_only_a_plea(self) -> bool:
        """Whether nothing is told but that help is wanted."""
        return not (self.log or self.parts.commands or self._description())

    def _description(self) -> str | None:
        words = "\n".join(line for line in self.parts.prose if not _only_values(line))[:_PROSE]
        if self.reader.cues.is_only_plea(words):
            return None
        return self.parts.fields.get("description") or words.strip()

    @cached_property
    def log(self) -> str | None:
        """The line of printed text that tells most, or an error quoted in a sentence."""
        printed = [line for line in self.parts.log if len(_REAL_LOG.findall(line)) >= 4]
        if printed:
            return next((line for line in printed if self.reader.cues.told.error.found(line)), printed[0])
        return self.reader.kinds.quoted_error(self.prose)

    def _told_settings(self) -> str:
        commands = "\n".join((*self.parts.commands, *self.parts.code))[:4000]
        printed = "\n".join(line for line in self.parts.log[:400] if "temp" in line or "Cmd:" in line)
        return f"{self.prose}\n{commands}\n{printed}"

    # ---- the rest

    def _topic(self, quality: bool) -> Topic:
        if quality:
            return "quality"
        topic = self.reader.cues.topic(self.prose + "\n" + self.parts.printed[:500])
        if self.parts.log and topic in {"howto", "choice", "hardware"}:
            return "other"
        return topic

    def _unsure(self) -> list[str]:
        fields = self.parts.fields.items()
        unsure = [key for key, value in fields if key in POINT_IDS and self.reader.cues.is_unsure(value)]
        unsure += self.reader.cues.unsure_told.points_in(self.prose)
        return list(dict.fromkeys(unsure))

    def _hardware(self) -> dict[str, str]:
        prose, cards, told = self.prose, self.cards, self.reader.cues.told
        names = dict.fromkeys([card.name for card in cards] or [fact.value for fact in self.facts.gpus])
        sizes = [found for card in cards if (found := told.card_size.pattern.search(prose[card.end :]))]
        hardware = {
            "gpu": " + ".join(names),
            "vram": _size_in(told.vram.pattern, prose) or " + ".join(found[1] + found[2] for found in sizes),
            "ram": _size_in(told.ram.pattern, prose),
            "context": self._context(),
        }
        return {point: said for point, said in hardware.items() if said}

    def _context(self) -> str:
        """The context that is set or wanted: of several the largest, unless it was lowered."""
        typed = "\n".join((self.prose, *self.parts.commands))
        cues = self.reader.cues.told
        told = list(cues.context.pattern.finditer(typed))
        if not told:
            return str(self.facts.context.value) if self.facts.context else ""
        own = [each for each in told if not cues.context_offered.pattern.search(_before(typed, each))] or told[:1]
        own += [each for each in cues.context_again.pattern.finditer(typed) if each not in own]
        last = max(own, key=lambda each: each.end())
        is_lowered = cues.context_lowered.pattern.search(_before(typed, last, last.lastindex or 0)) is not None
        amounts = [_amount(last)] if is_lowered else list(map(_amount, own))
        return max(amounts, key=_tokens)


# ---- small readers


def _before(text: str, found: re.Match[str], group: int = 0) -> str:
    """A few words before something found."""
    start = found.start(group)
    return text[max(0, start - _WORDS_BEFORE) : start]


def _amount(found: re.Match[str]) -> str:
    return next(filter(None, found.groups()), "")


_THOUSANDS = {"k": 1024, "m": 1 << 20}


def _tokens(amount: str) -> float:
    """The tokens of "8192", "8k" and "1M"."""
    factor = _THOUSANDS.get(amount[-1:].lower(), 1)
    return float(amount[:-1]) * factor if factor > 1 else float(amount or 0)


def _language(parts: Segments) -> Language:
    """Of the author's own words; of what a program printed only where there are none."""
    own = parts.own_words[:_PROSE].strip()
    is_own = is_chinese(own or parts.printed) or any(is_chinese(said.sub("", own)) for said in (_QUOTED_ERROR, _QUOTED))
    return "zh" if is_own else "en"


def _take_inline_commands(parts: Segments, kinds: LineKinds) -> None:
    """Commands quoted in a sentence are commands, not words."""
    text = "\n".join(parts.prose)
    for found in _INLINE_CODE.finditer(text):
        quoted = (found[1] or found[2]).strip()
        if kinds.inline_command(quoted) or re.match(r"(?:\./|\.\\)\S+\s|\S+\.(?:exe|py|sh)\s+\S", quoted):
            parts.commands.append(quoted)
            text = text.replace(found.group(), " ")
    parts.prose = text.splitlines()


def _add_attachment(parts: Segments, attached: Segments) -> None:
    """A file is printed text in the first place; whatever words it holds are the program's."""
    parts.log += attached.log + attached.prose
    parts.commands += attached.commands


def _has_version(title: str) -> bool:
    return any(character.isdigit() for character in title)


def _is_meant(text: str, start: int, end: int) -> bool:
    """Whether a weak word really names its program: "ST" in capitals or beside Chinese, "webui" anywhere."""
    word = text[start:end]
    if word.lower() != "st":
        return True
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    return word == "ST" or bool(re.search(r"[\u3400-\u9fff]", around))


def _precision(name: str) -> int:
    """How much a name tells: number of its parts."""
    return len(tokens_of(name.lower()))


def _joined_quants(text: str) -> str | None:
    told = (read_quant(text).told or "").split(" / ")
    distinct = [quant for quant in told if quant and not any(quant != other and quant in other for other in told)]
    return " / ".join(distinct[:3]) or None


def _dtype(commands: str) -> str | None:
    found = _DTYPE.search(commands)
    if not found:
        return None
    if found[4]:
        return "4bit" if "4" in found[4] else "8bit"
    value = (found[1] or found[2] or found[3]).lower()
    if value == "half":
        return "FP16"
    return read_quant(value).told


def _command_in_log(log: Sequence[str]) -> str | None:
    """A log that begins with the command line it was started by."""
    return next(
        (line for line in log[:60] if re.search(r"\bCmd: \S+ -|^\$ \S|^(?:Command|command line): ", line)), None
    )


def _size_in(pattern: re.Pattern[str], prose: str) -> str:
    """The number and unit that a pattern finds, blank where it finds none."""
    found = pattern.search(prose)
    return "".join(group for group in found.groups() if group) if found else ""


def _only_values(line: str) -> bool:
    """A field such as "OS: win11" tells no problem."""
    return bool(re.match(r"^\s*[^:：\n]{1,20}[:：]\s*[\w\s.+/-]{0,40}$", line)) and len(line) < 60


def _sentence_with(prose: str, cues: Cues) -> str:
    sentences = [piece.strip() for piece in re.split(r"[\n。！？!?]|(?<=\w)\. ", prose) if piece.strip()]
    return next((piece for piece in sentences if cues.steps_weight(piece) > 0), prose.strip())
