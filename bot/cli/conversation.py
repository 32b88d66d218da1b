"""A help channel in miniature: one person types or pastes, Wenzhen answers. No terminal and no chat in it.

The state is a plain value, so that a turn is a function of it and of what was said.
"""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace

from msgspec import structs

from bot.answers.blocks import Answer, Code, Field, Fields, Paragraph
from bot.answers.unknown import ready_post
from bot.base.errors import UserError
from bot.base.languages import Language, Text
from bot.clinic.door import Clinic
from bot.clinic.message import Said
from bot.hardware.systems import System
from bot.intake.redaction import redact
from bot.service.request_state import conversation, in_order, summary
from bot.service.talk import Talk

HELP_TITLE = Text("What I can do", "我能做什么")
HELP = (
    (
        Text("(paste)", "（直接粘贴）"),
        Text("a log, an error, or a question in your own words", "日志、报错，或者用自己的话提问"),
    ),
    (
        Text("/canirun MODEL VRAM RAM", "/canirun 模型 显存 内存"),
        Text("does it fit, and how: /canirun qwen3-14b 3060 32", "能不能跑、怎么跑：/canirun qwen3-14b 3060 32"),
    ),
    (Text("/layers MODEL VRAM", "/layers 模型 显存"), Text("how many GPU layers", "GPU 层数填多少")),
    (Text("/explain NAME", "/explain 名字"), Text("what a file name means", "文件名是什么意思")),
    (Text("/faq QUESTION", "/faq 问题"), Text("a frequent question", "常见问题")),
    (Text("/term WORD", "/term 词"), Text("a term or setting", "名词和设置")),
    (Text("/loader NAME", "/loader 名字"), Text("how to install and set up a loader", "某个加载器怎么装、怎么设")),
    ("/lang zh|en", Text("switch language", "切换语言")),
    ("/new", Text("start afresh", "重新开始")),
    ("/quit", Text("leave", "退出")),
)
GREETING = Text("Wenzhen, the terminal clinic", "问诊 · 终端诊室")
GREETING_TEXT = Text(
    "Paste a log or say what is wrong; /help shows the commands. Nothing leaves this computer.",
    "粘贴日志，或者说说出了什么问题；输入 /help 看命令。内容不会离开这台电脑。",
)
STARTED_AFRESH = Text("A fresh start. What is wrong?", "重新开始。出了什么问题？")
SMALL_TALK = Text(
    "That does not look like a problem. Paste a log, describe what is wrong, or type /help.",
    "这看起来不像是求助。可以粘贴日志、说说问题，或者输入 /help。",
)

REMEMBERED = 20  # messages
NOBODY_HERE = Text("Here I am at my wits' end", "我这边没有更多办法了")
ASK_PEOPLE = Text(
    "Ask people: copy this into a help channel or forum and add the newest output.",
    "去问问人吧：把下面这段复制到求助频道或论坛，再贴上最新的输出。",
)
WELCOME = Text(
    "You are welcome. Anything else? Just paste it; /new starts a fresh request.",
    "不客气。还有问题就接着贴；想重新开始就输入 /new。",
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of one message: answers to show, and the conversation as it is now. `ended`: the user left."""

    answers: tuple[Answer, ...]
    conversation: "Conversation"
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """The state of one person's visit."""

    clinic: Clinic
    language: Language = "en"
    language_chosen: bool = False  # else it follows what the person writes
    system: System = "windows"
    local_files: bool = False  # a model may be named by a file of this computer
    talk: Talk | None = None  # what was asked so far, and how it stands

    def greeting(self) -> Answer:
        """What is said first."""
        return Answer(GREETING, "neutral", (Paragraph(GREETING_TEXT),))

    def say(self, text: str) -> Turn:
        """Answers one message. Never raises for what a user typed: a UserError becomes an answer."""
        text = text.strip()
        if not text:
            return Turn((), self)
        try:
            turn = self._command(text) if text.startswith("/") and "\n" not in text else self._message(text)
        except UserError as error:
            turn = Turn((_refusal(error),), self)
        return replace(turn, answers=self.clinic.translated(turn.answers))

    @property
    def said(self) -> tuple[Said, ...]:
        """The messages that asked for help so far."""
        message = conversation(self.talk.state) if self.talk is not None else None
        return (*message.thread, Said("asker", message.text)) if message is not None else ()

    def _message(self, text: str) -> Turn:
        """A message as in a help channel, answered in the light of what was said before."""
        talk = (self.talk or Talk.opened(self.clinic)).says(self.clinic.redact(text))
        assert talk.replied is not None  # something was just said
        language = self.language if self.language_chosen else talk.replied.language
        here = replace(self, language=language)
        if talk.state.life == "handed":
            again = structs.replace(talk.state, life="answered", not_solved=0)
            return Turn((self._to_people(talk),), replace(here, talk=replace(talk, state=again)))
        if talk.said is None:
            note = SMALL_TALK if self.talk is None else WELCOME
            return Turn((_note(note),), replace(here, talk=talk if self.talk is not None else None))
        return Turn((talk.said,), replace(here, talk=_shortened(talk)))

    def _to_people(self, talk: Talk) -> Answer:
        """Nobody in a terminal can take over: everything that is known, to be asked elsewhere."""
        files = [line for part in talk.state.parts.values() for line in "\n".join((part.text, *part.files)).split("\n")]
        printed = [line for line in files if self.clinic.looks_like_log(line)]
        post = ready_post(summary(talk.state).told, self.clinic.template, printed)
        return Answer(NOBODY_HERE, "careful", (Paragraph(ASK_PEOPLE), Code(post)))

    def _command(self, text: str) -> Turn:
        name, _, rest = text[1:].partition(" ")
        match name.lower():
            case "quit" | "exit" | "q":
                return Turn((), self, ended=True)
            case "new":
                return Turn((_note(STARTED_AFRESH),), replace(self, talk=None))
            case "lang" if rest.strip() in self.clinic.languages:
                here = replace(self, language=rest.strip(), language_chosen=True)
                return Turn((here.greeting(),), here)
            case command if command in _COMMANDS and (rest.strip() or command == "loader"):
                return Turn((_COMMANDS[command](self, rest.strip()),), self)
        return Turn((self._help(),), self)

    def _help(self) -> Answer:
        return Answer(HELP_TITLE, "neutral", (Fields(tuple(Field(*line) for line in HELP)),))


def _shortened(talk: Talk) -> Talk:
    """Without what was said long ago."""
    kept = in_order(talk.state)[-REMEMBERED:]
    parts = {key: talk.state.parts[key] for key in kept}
    return replace(talk, state=structs.replace(talk.state, parts=parts))


def _can_run(here: Conversation, rest: str) -> Answer:
    words = _words(rest)
    if len(words) < 3:
        raise UserError(
            "Give model, VRAM and RAM, for example: /canirun qwen3-14b 3060 32",
            "请写模型、显存、内存，比如：/canirun qwen3-14b 3060 32",
        )
    *model, vram, ram = words
    found = here.clinic.can_run(" ".join(model), vram, ram, system=here.system, local_files=here.local_files)
    return found.answer


def _layers(here: Conversation, rest: str) -> Answer:
    words = _words(rest)
    if len(words) < 2:
        raise UserError(
            "Give model and VRAM, for example: /layers qwen2.5-32b-q4_k_m 3060",
            "请写模型和显存，比如：/layers qwen2.5-32b-q4_k_m 3060",
        )
    *model, vram = words
    found = here.clinic.layers(" ".join(model), vram, system=here.system, local_files=here.local_files)
    return found.answer


def _explain(here: Conversation, rest: str) -> Answer:
    return here.clinic.explain(rest).answer


def _faq(here: Conversation, rest: str) -> Answer:
    return here.clinic.faq(rest).answer


def _term(here: Conversation, rest: str) -> Answer:
    return here.clinic.term(rest).answer


def _loader(here: Conversation, rest: str) -> Answer:
    return here.clinic.loader(rest).answer


_COMMANDS: dict[str, Callable[[Conversation, str], Answer]] = {
    "canirun": _can_run,
    "layers": _layers,
    "explain": _explain,
    "faq": _faq,
    "term": _term,
    "loader": _loader,
}


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # an unclosed quote
        return text.split()


def _note(text: Text) -> Answer:
    return Answer(text, "neutral", ())


def _refusal(error: UserError) -> Answer:
    said = error.text.changed(lambda text: redact(text).text)
    return Answer(Text("That did not work", "没弄明白"), "careful", (Paragraph(said),))
