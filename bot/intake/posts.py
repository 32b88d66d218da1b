"""A post read once: its language, its topics, what it names, what it tells of the machine and of the template."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from bot.base.languages import Language
from bot.base.phrases import folded
from bot.base.sizes import GIB
from bot.hardware.told import MachineReader, ToldMachine
from bot.intake.budgets import told_budget
from bot.intake.facts import Facts
from bot.intake.questions import asked_in, ends_asking, is_asked, is_choice, only_asks
from bot.intake.request import Post, RequestReader
from bot.intake.signs import PostTopic, Signs
from bot.intake.speeds import fallen_speed, wished_speed
from bot.intake.told import Request
from bot.models.names import ModelName

_SIZE = re.compile(r"(?<![a-z0-9_.-])(\d{1,4}(?:\.\d{1,2})?)\s?b(?![a-z0-9])")
_DIGITS = re.compile(r"\d+")
_LINK = re.compile(r"https?://\S+")
_REPLY = re.compile(r"\A\s*(?:<?@\S+|回复\s?@?\S{1,12}\s?:)")
_WORDS = re.compile(r"[㐀-鿿]{1,2}|[a-z0-9][\w.'-]*")
_SHORT = 14  # words (pairs of Chinese characters) of a short message
ERRAND = "errand"  # the sign that what is asked was heard in no phrase
APPLIES = 2.0  # score from which on a topic applies
_NAMED = ("loader", "model", "machine", "options", "quant", "size", "vram", "ram", "picture", "link", "text-fault")
_SETUP = ("loader", "model", "machine", "quant", "size")
_CERTAIN, _LIKELY, _UNLIKELY = 0.85, 0.5, 0.3  # certainties of the cues
_QUOTED = re.compile(r"(?<!\w)(?:'[^'\n]{3,80}'|\"[^\"\n]{3,80}\"|“[^”\n]{2,60}”|「[^」\n]{2,60}」)(?!\w)")
_TROUBLED, _WELL = (0.5, 1.0, 1.35), (0.5, 0.2)  # levels of how troubled somebody sounds
_SURE = (0.8, 0.95)  # and of how likely a trouble is that is told
# Signs of phrases that tell what is asked, and of what is told in its place.
_ASKED_IN_PHRASES = (
    *("can-it", "which-model", "how-much", "buying", "which-one", "loader-choice", "options", "wished-speed"),
    *("printed", "command", "form", "making", "formats", "layers", "settings-of", "trouble", "my-trouble", "t-card"),
    "slowed",
    *("two-quants", "two-loaders"),
)
# Signs of what is shown: who shows it need not say that they want something, but a few words beside it may say more.
_SHOWN = ("printed", "picture", "form", "command", "bare")
_SAID_BESIDE = 12  # words from which on what is said beside it is heard
_LARGEST_SIZE = 5000.0  # billions of parameters that are believed


@dataclass(frozen=True, slots=True)
class PostReading:
    """All that one post tells. `prose` is folded; `scores` say how strongly each topic is proven, `certainty` (0 to 1)
    how sure it is that somebody asks for help at all. `choices` are the models named, each with the quantization
    beside it; `printed` are the lines of program output, `sizes` billions of parameters told without a name ("a 70b").
    """

    language: Language
    prose: str
    request: Request
    machine: ToldMachine
    models: tuple[ModelName, ...]
    choices: tuple[str, ...]
    sizes: tuple[float, ...]
    loaders: tuple[str, ...]
    frontends: tuple[str, ...]
    facts: Facts
    signs: Mapping[str, int]
    scores: Mapping[PostTopic, float]
    certainty: float
    log: str | None
    commands: tuple[str, ...]
    printed: tuple[str, ...]

    def has(self, sign: str) -> bool:
        """Whether a sign stands in the post."""
        return sign in self.signs

    def has_any(self, signs: Iterable[str]) -> bool:
        """Whether one of these signs stands in the post."""
        return any(map(self.has, signs))


@dataclass(frozen=True, slots=True)
class Sound:
    """How a post sounds: how `troubled` (see bot.diagnosis.voices), whether as if of a fault of a text, and how
    `likely` that trouble is meant which it is most like.
    """

    troubled: float
    of_text: bool = False
    likely: float = 0.0


class PostReader:
    """Reads posts by the knowledge of one folder. Build once, share freely."""

    def __init__(
        self,
        requests: RequestReader,
        machines: MachineReader,
        signs: Signs,
        errand_of: Callable[[str], str],
        wants: Callable[[str], float | None],
    ) -> None:
        """`errand_of`: the sign of what a folded text asks for by how it is said; empty where that is not sure.
        `wants`: how likely who says it wants something, as the logarithm of its odds; None where that is not known.
        """
        self._requests = requests
        self._machines = machines
        self._signs = signs
        self._errand_of = errand_of
        self._wants = wants

    @property
    def quality_classes(self) -> frozenset[str]:
        """Classes of failures whose trouble is the written text."""
        return self._signs.quality_classes

    @property
    def computed_classes(self) -> frozenset[str]:
        """Classes of failures to which belongs what the told model needs on the told machine."""
        return self._signs.computed_classes

    @property
    def model_classes(self) -> frozenset[str]:
        """Classes of failures that nothing but a language model or its program has."""
        return self._signs.model_classes

    def wants_answer(
        self, post: PostReading, found: str | None, *, in_channel: bool = False, sound: Sound | None = None
    ) -> bool:
        """Whether a post asks for something. `found`: "failure" or "symptom" where the knowledge recognised one;
        `sound`: how it sounds, where that is known.
        """
        signs = dict(post.signs) | ({} if found is None else {f"found-{found}": 1}) | _voice(sound)
        is_shown = post.has_any(_SHOWN) and len(_WORDS.findall(post.prose)) < _SAID_BESIDE
        heard = None if is_shown else self._wants(post.prose)
        return self._signs.wants_answer(signs, heard, in_channel=in_channel)

    def _said_outside_quotes(self, prose: str) -> dict[str, int]:
        """The signs of a post; what it quotes ('she asks "are you sure?"') tells nothing of the author."""
        found = self._signs.found_in(prose)
        if not _QUOTED.search(prose):
            return found
        own = self._signs.found_in(_QUOTED.sub(" ", prose))
        return {name: number for name, number in found.items() if name in own or not self._signs.is_telling(name)}

    def _asked_in_other_words(self, prose: str, found: Mapping[str, int]) -> dict[str, int]:
        """The sign of what is asked in words that no phrase holds."""
        if any(name in found for name in _ASKED_IN_PHRASES):
            return {}
        errand = self._errand_of(prose)
        if not errand and (asked := asked_in(prose)) != prose:
            errand = self._errand_of(asked)
        return {errand: 1, ERRAND: 1} if errand else {}

    def read(self, text: str, attachments: Sequence[str] = ()) -> PostReading:
        """What a post (its title in front) and the texts of its files tell. Never raises."""
        post = self._requests.post(text, attachments)
        prose = folded(post.prose)
        machine = self._machines.read(post.prose)
        sizes = tuple(size for found in _SIZE.finditer(prose) if (size := float(found[1])) <= _LARGEST_SIZE)
        found = self._said_outside_quotes(prose) | _structure(post, machine, sizes, prose)
        found |= self._asked_in_other_words(prose, found)
        scores = self._signs.scores(found)
        signs = _completed(found, post.certainty, scores)
        request = _with_cards(_with_memory(post.request(in_help_forum=True), machine), machine)
        return PostReading(
            language=post.language,
            prose=prose,
            request=request,
            machine=machine,
            models=tuple(dict.fromkeys(mention.name for mention in post.mentions)),
            choices=post.choices,
            sizes=sizes,
            loaders=_programs(post, "loader"),
            frontends=_programs(post, "frontend"),
            facts=post.facts,
            signs=signs,
            scores=scores,
            certainty=post.certainty,
            log=post.log,
            commands=tuple(post.parts.commands),
            printed=tuple(post.parts.log) or ((post.log,) if post.log else ()),
        )


def _with_memory(request: Request, machine: ToldMachine) -> Request:
    """The request with the amounts of memory as they were read with the machine, which knows whose each of them is."""
    read = {"vram": machine.vram if "vram" in request.hardware else None, "ram": machine.ram}
    told = {key: size for key, size in read.items() if size and size % GIB == 0}
    other = {key: f"{size // GIB}g" for key, size in told.items() if _number(request.hardware.get(key)) != size // GIB}
    return replace(request, hardware={**request.hardware, **other}) if other else request


def _with_cards(request: Request, machine: ToldMachine) -> Request:
    """The request with how many cards of a kind the machine has, where there is more than one."""
    names = Counter(device.name for device in machine.devices if device.name)
    if max(names.values(), default=0) < 2:
        return request
    counted = " + ".join(f"{number}x {name}" if number > 1 else name for name, number in names.items())
    return replace(request, hardware={**request.hardware, "gpu": counted})


def _number(told: str | None) -> int:
    found = _DIGITS.match(told or "")
    return int(found.group()) if found else 0


def _voice(sound: Sound | None) -> dict[str, int]:
    """The signs of how somebody sounds, the stronger the more."""
    if sound is None:
        return {}
    levels = {
        "sounds-troubled": sum(sound.troubled >= least for least in _TROUBLED),
        "sounds-well": sum(sound.troubled <= most for most in _WELL),
        "sounds-of-text": int(sound.of_text),
        "sounds-sure": sum(sound.likely >= least for least in _SURE),
    }
    return {name: level for name, level in levels.items() if level}


def _completed(signs: Mapping[str, int], certainty: float, scores: Mapping[PostTopic, float]) -> dict[str, int]:
    """The signs with those that follow from others."""
    further = {f"about-{topic}": int(score / APPLIES) for topic, score in scores.items()} | {
        "setup": sum(name in signs for name in _SETUP),
        "quiet": int("asks" not in signs and "seeks" not in signs),
        "sure": int(certainty >= _CERTAIN),
        "likely": int(certainty >= _LIKELY),
        "unlikely": int(certainty < _UNLIKELY),
    }
    return {**signs, **{name: number for name, number in further.items() if number}}


def _programs(post: Post, kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(program.name for program in post.programs if program.kind == kind))


def _several(machine: ToldMachine, loaders: int, sizes: Sequence[float]) -> bool:
    """Whether several things of a kind are named, to choose from perhaps."""
    return len(machine.options) > 1 or loaders > 1 or len(sizes) > 1


def _structure(post: Post, machine: ToldMachine, sizes: Sequence[float], prose: str) -> dict[str, int]:
    """The signs of structure, see `bot.intake.signs.STRUCTURE`."""
    loaders = len(_programs(post, "loader"))
    words = len(_WORDS.findall(prose))
    counted = {
        "machine": len(machine.devices),
        "options": len(machine.options),
        "vram": int(machine.vram is not None),
        "ram": int(machine.ram is not None),
        "phone": int(machine.kind in {"phone", "handheld", "board"}),
        "without-card": int(machine.without_card or machine.integrated),
        "computer": int(machine.ram is not None and machine.kind == "laptop" and not machine.devices),
        "model": len(post.mentions),
        "size": len(sizes),
        "loader": loaders + len(_programs(post, "frontend")) + len(_programs(post, "library")),
        "two-loaders": int(loaders > 1),
        "quant": int(post.quants is not None),
        "two-quants": int(" / " in (post.quants or "")),
        "printed": int(post.log is not None),
        "command": len(post.parts.commands),
        "picture": post.parts.pictures,
        "form": int(post.parts.is_form),
        "sampler": int(post.reader.cues.sampler_settings(post.prose) is not None),
        "wished-speed": int(wished_speed(prose) > 0),
        "slowed": int(fallen_speed(prose) is not None),
        "budget": int(told_budget(prose) is not None),
        "link": len(_LINK.findall(prose)),
        "asks": int(is_asked(prose)),
        "ends-asking": int(ends_asking(prose)),
        "only-asks": int(only_asks(prose)),
        "complains": int(post.reader.cues.request_weight(post.prose) >= 1.5),
        "text-fault": int(post.complains_of_text),
        "short": int(words <= _SHORT),
        "reply": int(_REPLY.match(prose) is not None),
    }
    found = {name: number for name, number in counted.items() if number}
    if ("two-quants" in found or _several(machine, loaders, sizes)) and is_choice(prose):
        found |= {"asks": 1, "only-asks": 1} if "short" in found else {"asks": 1}
    if prose.strip() and post.has_only_a_plea and not any(name in found for name in _NAMED):
        found["bare"] = 1
    return found
