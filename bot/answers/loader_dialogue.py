"""Which loader should I use? Four questions with buttons; each answer means conditions that the loaders name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.base.languages import Text
from bot.knowledge.reference import Loader


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer to a question of the loader dialogue."""

    id: str
    label: Text


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the loader dialogue."""

    id: str
    text: Text
    options: tuple[Option, ...]


SYSTEM, HANDS, AIM, CARD = "system", "hands", "aim", "card"

QUESTIONS = (
    Question(
        SYSTEM,
        Text("What do you use?", "你用什么系统？"),
        (
            Option("windows", Text("Windows", "Windows")),
            Option("linux", Text("Linux, or WSL", "Linux 或 WSL")),
            Option("macos", Text("Mac", "Mac")),
        ),
    ),
    Question(
        HANDS,
        Text("How do you like to work?", "你习惯怎么操作？"),
        (
            Option("mouse", Text("Only clicking", "只想点鼠标")),
            Option("simple", Text("Simple commands are fine", "会敲简单的命令")),
            Option("expert", Text("Commands, config files, English docs", "命令、配置文件、英文文档都行")),
        ),
    ),
    Question(
        AIM,
        Text("What matters most?", "你最看重什么？"),
        (
            Option("quick", Text("Running quickly, I am new", "新手，想尽快跑起来")),
            Option("pretty", Text("Few settings, a pretty window", "设置少、界面好看")),
            Option("control", Text("Every option, best performance", "选项最全、性能最好")),
            Option("many", Text("Many requests at the same time", "很多请求同时来")),
        ),
    ),
    Question(
        CARD,
        Text(
            "Does the whole model fit into the VRAM of an RTX 3000 or newer?",
            "显卡是 N 卡 3000 系以上，而且放得下整个模型？",
        ),
        (Option("yes", Text("Yes", "是")), Option("no", Text("No, or not sure", "不是，或不确定"))),
    ),
)

# option -> ids of the conditions (knowledge/conditions.yaml) that it means
MEANING: Mapping[tuple[str, str], tuple[str, ...]] = {
    (SYSTEM, "windows"): ("windows",),
    (SYSTEM, "linux"): ("linux-or-wsl",),
    (SYSTEM, "macos"): ("macos",),
    (HANDS, "mouse"): ("mouse-only",),
    (HANDS, "simple"): ("terminal",),
    (HANDS, "expert"): ("terminal", "reads-english", "edits-config"),
    (AIM, "quick"): ("beginner", "quick-start"),
    (AIM, "pretty"): ("few-settings",),
    (AIM, "control"): ("full-control",),
    (AIM, "many"): ("many-requests",),
    (CARD, "yes"): ("nvidia-ampere", "fits-in-vram"),
    (CARD, "no"): (),
}
AIMS = frozenset({"quick-start", "few-settings", "full-control", "many-requests"})
AIM_WEIGHT = 3.0  # what somebody is after decides between loaders that he could use equally well
RUNS_ON = {"windows": "windows", "linux": "linux", "macos": "macos"}


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a loader fits: all its conditions hold, or some of those of which any suffices."""

    loader: Loader
    score: float


def held(chosen: Mapping[str, str]) -> frozenset[str]:
    """Ids of the conditions that the answers mean."""
    return frozenset(id_ for question, option in chosen.items() for id_ in MEANING.get((question, option), ()))


def fitting(loaders: Iterable[Loader], chosen: Mapping[str, str]) -> list[Fit]:
    """The loaders that may be chosen, best first: one whose every condition holds before one that merely suits."""
    conditions = held(chosen)
    system = chosen.get(SYSTEM, "")
    fits = [
        Fit(loader, score)
        for loader in loaders
        if loader.role == "loader" and loader.superseded_by is None and RUNS_ON.get(system, system) in loader.systems
        if (score := _score(loader, conditions)) > 0
    ]
    return sorted(fits, key=lambda fit: -fit.score)


def suiting(loaders: Iterable[Loader], held: frozenset[str]) -> list[Loader]:
    """The loaders that suit somebody for whom these conditions hold, best first."""
    scored = [(loader, _partly(loader, held)) for loader in loaders if _may_be_chosen(loader)]
    return [loader for loader, score in sorted(scored, key=lambda pair: -pair[1]) if score > 0]


def _partly(loader: Loader, held: frozenset[str]) -> float:
    """Like `_score`, for somebody of whom little is known: what he is after decides, what he did not tell may hold."""
    asked = set(loader.choose.all)
    if asked & AIMS & held and not ("windows" in held and "linux-or-wsl" in asked and "linux-or-wsl" not in held):
        return 10.0 + len(asked & held)
    return _score(loader, held)


def _may_be_chosen(loader: Loader) -> bool:
    return loader.role == "loader" and loader.superseded_by is None


def _score(loader: Loader, conditions: frozenset[str]) -> float:
    if loader.choose.all:
        if not set(loader.choose.all) <= conditions:
            return 0.0
        return 10.0 + len(loader.choose.all) + (AIM_WEIGHT if AIMS & set(loader.choose.all) else 0.0)
    share = [id_ for id_ in loader.choose.any if id_ in conditions]
    return len(share) + (0.5 if {"windows", "macos"} & set(share) else 0.0)
