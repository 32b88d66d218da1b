"""What the versions of a program have to do with a failure: known and mended, gone wrong and better gone back."""

import re
from collections.abc import Sequence

from bot.base.languages import BETWEEN_SENTENCES, Text, joined
from bot.intake.facts import Facts
from bot.intake.versions import BENEATH, is_older, version_of
from bot.knowledge.failures import Failure, FixStep, Spell

KNOWN_MENDED = Text(
    "You have {program} {version}: this is known, and mended in {fixed}. Update to {fixed} or newer.",
    "你的 {program} 是 {version}：这是已知问题，{fixed} 已经修好，更新到 {fixed} 或更新的版本。",
)
KNOWN_BROKEN = Text(
    "You have {program} {version}: it went wrong in {broken}. Go back to the version before until it is mended.",
    "你的 {program} 是 {version}：从 {broken} 开始出的问题，先退回它之前的版本，等修好再升级。",
)
MENDED = Text(
    "Known, and mended in {program} {fixed}: if yours is older, update.",
    "已知问题，{program} {fixed} 已修好：你的更旧就更新。",
)
WENT_WRONG = Text(
    "It went wrong in {program} {broken} and is mended in {fixed}: if yours lies between, update.",
    "{program} {broken} 开始出问题，{fixed} 修好了：你的版本在这之间就更新。",
)
BROKEN = Text(
    "It went wrong in {program} {broken}: if yours is that or newer, go back to the version before.",
    "{program} {broken} 开始出的问题：你的是它或更新的版本，就先退回它之前的版本。",
)
TOO_OLD = Text(
    "You have {program} {version}; this works from {since} on. Update.",
    "你的 {program} 是 {version}，{since} 起才支持，更新即可。",
)
SINCE = Text(
    "{program} can do this from {since} on: if yours is older, update.",
    "{program} 从 {since} 起才支持：你的更旧就更新。",
)
# Since when a program can load what was named: the reader's own, one of several, the engine inside another.
CAME_LATER = Text(
    "You have {program} {version}; this model came with {since}. Update {program}: the file is fine.",
    "你的 {program} 是 {version}，这个模型从 {since} 起才支持：更新 {program} 就行，文件没坏。",
)
CAME_WITH = Text(
    "{program} can load this model from {since} on: if yours is older, update. The file is fine.",
    "{program} 从 {since} 起才支持这个模型：你的更旧就更新，文件没坏。",
)
CAME_WITH_ONE_OF = Text(
    "This model can be loaded from these versions on: {versions}. If yours is older, update. The file is fine.",
    "这个模型从这些版本起才支持：{versions}。你的更旧就更新，文件没坏。",
)
CAME_INSIDE = Text(
    "{program}, the engine inside your program, learned this model in {month} ({since}): yours must be newer.",
    "你的程序里带的引擎 {program} 从 {month}（{since}）起才支持这个模型：要用在那之后的版本。",
)
OLD_COPY = Text(
    "{program} can load this model from {since} on and yours is {version}: perhaps another, older copy is running.",
    "{program} 从 {since} 起就支持这个模型，而你的是 {version}：实际跑的可能是另一份旧的，找找看。",
)
# The same of something in the command: an option, or a value of one.
OPTION_CAME_LATER = Text(
    "You have {program} {version}; this came with {since}. Update {program}, or leave it out.",
    "你的 {program} 是 {version}，这个从 {since} 起才有：更新 {program}，或者去掉它。",
)
OPTION_CAME_WITH = Text(
    "{program} knows this from {since} on: if yours is older, update, or leave it out.",
    "{program} 从 {since} 起才认识它：你的更旧就更新，或者去掉它。",
)
OPTION_OLD_COPY = Text(
    "{program} knows this from {since} on and yours is {version}: perhaps another, older copy is running.",
    "{program} 从 {since} 起就认识它，而你的是 {version}：实际跑的可能是另一份旧的，找找看。",
)
NO_LONGER = Text(
    "You have {program} {version}; {until} was the last version that can do this.",
    "你的 {program} 是 {version}，而最后一个支持它的版本是 {until}。",
)
UNTIL = Text(
    "{until} was the last version of {program} that can do this.",
    "{program} 最后一个支持它的版本是 {until}。",
)
BACK_TO = Text(
    "It worked with {version}: go back to it until this is mended. Models and settings stay.",
    "{version} 是好的：先退回 {version} 用着，等修好再升级。模型和设置都还在。",
)
BACK = Text(
    "It came with the update: go back to the version before it until this is mended. Models and settings stay.",
    "是更新之后才坏的：先退回更新前的版本用着，等修好再升级。模型和设置都还在。",
)
BACK_PERHAPS = Text(
    "It did work before: if something was updated since then (the program, the driver), go back to the version before.",
    "之前还是好的：如果这期间更新过什么（程序、驱动），先退回之前的版本。",
)
BACK_DRIVER = Text(
    "It came with a new graphics driver: install the version before it (the maker's driver page lists older ones; "
    "choose a clean installation), until the next one is out.",
    "是更新显卡驱动之后才坏的：装回上一版驱动（官网驱动页有旧版，选“清洁安装”），等下一版再升。",
)
BACK_KERNEL = Text(
    "It came with a new Linux kernel, or the firmware that was updated with it: choose the kernel before it when the "
    "computer starts (boot menu, “Advanced options”), and stay there until the next one is out. No better? Then put "
    "linux-firmware back to the version of that day too.",
    "是换了新 Linux 内核（或一起更新的固件）之后才坏的：开机时在启动菜单的“Advanced options”里选回上一个内核，"
    "等下一版再升。还不行，就把 linux-firmware 也退回当时的版本。",
)
AFTER_SYSTEM = Text(
    "It came with an update of the system, and programs often need a newer version for it: update the loader and its "
    "runtimes first. Nothing newer yet? See on its issues page what others with this system do.",
    "是更新系统之后才坏的，程序往往要用适配新系统的版本：先更新加载器和它的运行时。"
    "还没有更新的版本，就去它的 issues 页看看同样系统的人怎么办。",
)
_SHOWN = {"nodejs": "Node.js", "LM Studio runtime": "LM Studio runtime llama.cpp"}
_ENGINE = "llama.cpp"  # runs inside LM Studio, text-generation-webui and many others
_ONE_ENGINE = frozenset({_ENGINE, "koboldcpp", "llama-cpp-python"})  # ollama has two, of which one may know more


def version_step(entry: Failure, facts: Facts, more: Sequence[Spell] = (), log: str = "") -> Text | None:
    """What the entry's versions, and `more` of just this case, say to this reader, None where they say nothing.

    `log`: what was read, in small letters.
    """
    spells = [spell for spell in entry.versions if _is_of(spell, log) and _may_be_meant(spell, facts)]
    said = (_said(spell, version_of(spell.program, facts, log)) for spell in spells)
    return next((each for each in said if each is not None), None) or _learned(more, facts, log)


def _is_of(spell: Spell, log: str) -> bool:
    """Whether a spell that is only for some logs is for this one."""
    return not spell.says or any(text.lower() in log for text in spell.says)


def _learned(spells: Sequence[Spell], facts: Facts, log: str) -> Text | None:
    """Since when what was named can be loaded: by the reader's program, by what may run inside it, or by any."""
    meant = [spell for spell in spells if _may_be_meant(spell, facts)]
    if spells and spells[0].of_command:
        return _option_of(meant, facts, log)
    if not meant:
        return _inside(spells)
    versions = ((spell, version_of(spell.program, facts, log)) for spell in meant)
    known = next(((spell, version) for spell, version in versions if version), None)
    return _compared(*known) if known is not None else _came_with(meant)


def _compared(spell: Spell, version: str) -> Text | None:
    """What the reader's version has to do with it; a newer one tells something only where there is but one engine."""
    if is_older(version, spell.since):
        return _filled(CAME_LATER, spell, version)
    return _filled(OLD_COPY, spell, version) if spell.program in _ONE_ENGINE else None


def _came_with(spells: Sequence[Spell]) -> Text:
    if len(spells) == 1:
        return _filled(CAME_WITH, spells[0])
    return CAME_WITH_ONE_OF.format(versions=", ".join(f"{_shown(spell.program)} {spell.since}" for spell in spells))


def _option_of(spells: Sequence[Spell], facts: Facts, log: str) -> Text | None:
    """Since when the reader's program knows something in the command, where it can be only one program."""
    if len(spells) != 1:
        return None
    spell, version = spells[0], version_of(spells[0].program, facts, log)
    if not version:
        return _filled(OPTION_CAME_WITH, spell)
    return _filled(OPTION_CAME_LATER if is_older(version, spell.since) else OPTION_OLD_COPY, spell, version)


def _inside(spells: Sequence[Spell]) -> Text | None:
    """Of a program without versions of its own in the table: since when the engine that most of them bring knows it."""
    engine = next((spell for spell in spells if spell.program == _ENGINE and spell.month), None)
    return _filled(CAME_INSIDE, engine) if engine else None


def fault_said(spell: Spell, facts: Facts, log: str = "") -> Text | None:
    """What the versions of a fault, as it is, say to this reader. `log`: what was read, in small letters."""
    return _said(spell, version_of(spell.program, facts, log))


def back_step(facts: Facts, back: Sequence[FixStep]) -> FixStep | None:
    """Going back to what worked, where it did. The known way of this loader gives the commands."""
    told = facts.worked_before
    if told is None:
        return None
    # updated was not the loader: its way back is no help
    others = {"driver": BACK_DRIVER, "kernel": BACK_KERNEL, "system": AFTER_SYSTEM}
    if told.value in others:
        return FixStep(others[told.value])
    text = {"update": BACK, "before": BACK_PERHAPS}.get(told.value) or BACK_TO.format(version=told.value)
    commands = tuple(command for step in back for command in step.commands)
    return FixStep(joined((text, *(step.text for step in back)), BETWEEN_SENTENCES), commands)


def version_before(version: str) -> str:
    """The release before one, as these programs number theirs (0.8.1 -> 0.8.0, 0.32.0 -> 0.31.0); "" = not known."""
    if re.fullmatch(r"\d+(?:\.\d+){1,2}", version) is None:
        return ""
    parts = [int(part) for part in version.split(".")]
    last = next((place for place in reversed(range(1, len(parts))) if parts[place]), None)
    if last is None:
        return ""
    return ".".join(map(str, (*parts[:last], parts[last] - 1, *parts[last + 1 :])))


def _said(spell: Spell, version: str) -> Text | None:
    template = _of_fault(spell, version) if spell.fixed_in or spell.broken_in else _of_ability(spell, version)
    return _filled(template, spell, version) if template else None


def _filled(template: Text, spell: Spell, version: str = "") -> Text:
    return template.format(
        program=_shown(spell.program),
        version=version,
        fixed=spell.fixed_in,
        broken=spell.broken_in,
        since=spell.since,
        until=spell.until,
        month=spell.month,
    )


def _of_fault(spell: Spell, version: str) -> Text | None:
    if not version:
        return BROKEN if not spell.fixed_in else WENT_WRONG if spell.broken_in else MENDED
    if spell.broken_in and is_older(version, spell.broken_in):
        return None
    if not spell.fixed_in:
        return KNOWN_BROKEN
    return KNOWN_MENDED if is_older(version, spell.fixed_in) else None


def _of_ability(spell: Spell, version: str) -> Text | None:
    if spell.since:
        return SINCE if not version else TOO_OLD if is_older(version, spell.since) else None
    return UNTIL if not version else NO_LONGER if is_older(spell.until, version) else None


def _may_be_meant(spell: Spell, facts: Facts) -> bool:
    """Whether the program of a spell is, or may be, the reader's."""
    named = [fact.value for fact in (facts.loader, facts.frontend) if fact]
    return not named or spell.program in (*named, *BENEATH)


def _shown(program: str) -> str:
    return _SHOWN.get(program, program)
