"""What the versions of a program have to do with a failure: known and mended, gone wrong and better gone back."""

import re
from collections.abc import Iterable, Sequence

from bot.base.languages import BETWEEN_SENTENCES, Text, joined
from bot.intake.facts import Fact, Facts
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
# What loaders stand on: its name in vocabulary.yaml, and the fact that holds its version.
_BENEATH = {"nodejs": "node", "bitsandbytes": ""}
_SHOWN = {"nodejs": "Node.js"}
_NUMBER = re.compile(r"\d+(?:\.\d+)*")


def version_step(entry: Failure, facts: Facts, more: Sequence[Spell] = (), log: str = "") -> Text | None:
    """What the entry's versions, and `more` of just this case, say to this reader, None where they say nothing.

    `log`: what was read, in small letters.
    """
    told = [spell for spell in entry.versions if not spell.says or any(text.lower() in log for text in spell.says)]
    spells = [spell for spell in (*told, *more) if _may_be_meant(spell, facts)]
    said = (_said(spell, _version_of(spell.program, facts)) for spell in spells)
    return next((each for each in said if each is not None), None)


def back_step(entry: Failure, facts: Facts, back: Sequence[FixStep]) -> FixStep | None:
    """Going back to what worked, where it did. The known way of this loader gives the commands."""
    told = facts.worked_before
    if told is None or not entry.may_go_back:
        return None
    text = {"update": BACK, "before": BACK_PERHAPS}.get(told.value) or BACK_TO.format(version=told.value)
    if told.value == "before":
        return FixStep(text)
    commands = tuple(command for step in back for command in step.commands)
    return FixStep(joined((text, *(step.text for step in back)), BETWEEN_SENTENCES), commands)


def is_older(version: str, other: str) -> bool:
    """Whether a version as programs print it ("0.10.2rc2", "b6423", "6423-abc") comes before another."""
    return _key(version) < _key(other)


def _said(spell: Spell, version: str) -> Text | None:
    words = {
        "program": _SHOWN.get(spell.program, spell.program),
        "version": version,
        "fixed": spell.fixed_in,
        "broken": spell.broken_in,
        "since": spell.since,
        "until": spell.until,
    }
    template = _of_fault(spell, version) if spell.fixed_in or spell.broken_in else _of_ability(spell, version)
    return template.format(**words) if template else None


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
    return not named or spell.program in (*named, *_BENEATH)


def _version_of(program: str, facts: Facts) -> str:
    beneath = getattr(facts, _BENEATH.get(program, ""), None)
    if beneath is not None:
        return str(beneath.value)
    pairs: Iterable[tuple[Fact[str] | None, Fact[str] | None]] = (
        (facts.loader, facts.loader_version),
        (facts.frontend, facts.frontend_version),
    )
    found = (version.value for name, version in pairs if name and version and name.value == program)
    return next(found, "")


def _key(version: str) -> tuple[int, ...]:
    found = _NUMBER.search(version)
    return tuple(map(int, found.group().split("."))) if found else ()
