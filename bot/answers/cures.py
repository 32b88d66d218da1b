"""The steps of a cure as one reader needs them: for this program, system and card, in the order that fits the story."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from msgspec import structs

from bot.answers.blocks import Code, Step
from bot.answers.facts import command_values
from bot.answers.filling import filled_command, filled_text
from bot.answers.times import back_step, fault_said, version_before, version_step
from bot.base.languages import BETWEEN_SENTENCES, Text, joined
from bot.base.late import late
from bot.diagnosis.circumstances import Circumstances, circumstances_of
from bot.intake.facts import Facts
from bot.intake.versions import BENEATH
from bot.knowledge.failures import Command, Condition, Failure, FixStep, Spell
from bot.knowledge.known_faults import KnownFault
from bot.knowledge.variables import Variables

NO_VARIABLES = Variables()
NO_VALUES: Mapping[str, str] = {}
# what is told in place of the version that worked
_NO_VERSIONS = frozenset({"update", "before", "driver", "kernel", "system"})

# The shells of a system whose reader has no use for the other's twin of a command. Docker has both at hand.
_OWN_SHELLS: dict[str, frozenset[str]] = {
    "windows": frozenset({"powershell", "cmd"}),
    "linux": frozenset({"bash"}),
    "wsl": frozenset({"bash"}),
    "macos": frozenset({"bash"}),
    "android": frozenset({"bash"}),
}
# A variable without a value in a list of all there are, as ollama prints its settings: nobody has set it.
_UNSET = late(r"(?<=[\[ ])[a-z][a-z0-9]*+_[a-z0-9_]++:(?=[ \]])(?! \S*+[/\\])")
_MAY_BE_UNSET = late(r"_[a-z0-9_]{1,80}+:[ \]]")  # what it ends with is found much sooner than where it begins
_STOPS = {":": ".", "：": "。"}
_SHELLS = frozenset({"bash", "powershell", "cmd"})
_SHELL_NAMES = {
    "bash": Text("Linux, Mac (terminal):", "Linux、Mac（终端）："),
    "powershell": Text("Windows (PowerShell):", "Windows（PowerShell）："),
    "cmd": Text("Windows (Command Prompt, cmd):", "Windows（命令提示符 cmd）："),
}
_TERMINALS = {  # where a terminal's commands are for just one of these systems
    frozenset({"linux", "wsl", "docker"}): Text("Linux (terminal):", "Linux（终端）："),
    frozenset({"macos"}): Text("Mac (terminal):", "Mac（终端）："),
    frozenset({"android"}): Text("Android (Termux):", "安卓（Termux）："),
}


def cure_steps(
    entry: Failure,
    facts: Facts,
    values: Mapping[str, str],
    variables: Variables = NO_VARIABLES,
    back: Sequence[FixStep] = (),
    log: str = "",
    spells: Sequence[Spell] = (),
    fault: KnownFault | None = None,
    update: Sequence[FixStep] = (),
) -> tuple[Step, ...]:
    """The steps that apply here, their variables filled in. `back`: how to go back to an older version of the loader;
    `log`: all that was read, "" where nothing was; `spells`: versions that matter in just this case; `fault`: what the
    reader's version is known to do wrong; `update`: how to bring a newer version, by packaging.

    What the versions say stands first, a known fault before all; then going back, where an update or a version is told
    after which it failed (where it only worked once, it stands before updating); then steps for what just this log
    says; mirrors stand first where the others are out of reach.
    """
    around = circumstances_of(facts)
    log = _without_unset(log.lower())
    steps = _nearest_first(_fitting([step for step in entry.steps if _fits(step, log)], around), around)
    steps = _updated_as_packaged(steps, update, around)
    shown = [_shown(step, values, facts, around, variables, entry.components[:1]) for step in steps]
    at = _place_of_going_back(steps, facts) if _may_go_back(entry, fault) else None
    if at is not None and (went_back := way_back(facts, back, values, variables)):
        shown.insert(at, went_back)
    if fault is not None:
        told = _of_fault(fault, facts, log)
        shown[:0] = [
            _shown(step, values, facts, around, variables) for step in _updated_as_packaged(told, update, around)
        ]
    elif said := version_step(entry, facts, spells, log):
        shown.insert(0, Step(said))
    return tuple(_united(shown))


def _without_unset(log: str) -> str:
    """What was read without variables that nobody set."""
    if not _MAY_BE_UNSET.search(log):
        return log
    return "\n".join([_UNSET.sub(" ", row) if _MAY_BE_UNSET.search(row) else row for row in log.split("\n")])


def _of_fault(fault: KnownFault, facts: Facts, log: str) -> Iterator[FixStep]:
    """What is known of the reader's version, and what helps meanwhile."""
    if fault.instead is not None and not fault.fixed_in:
        yield structs.replace(fault.instead, text=joined((fault.what, fault.instead.text), BETWEEN_SENTENCES))
        return
    of_versions = fault_said(fault.spell, facts, log)
    what = joined([fault.what, *([of_versions] if of_versions else [])], BETWEEN_SENTENCES)
    # what the reader's program is packaged as says nothing of how to update what it stands on
    yield FixStep(what, updates=bool(fault.fixed_in) and fault.program not in BENEATH)
    if fault.instead is not None:
        yield fault.instead


def way_back(
    facts: Facts,
    back: Sequence[FixStep],
    values: Mapping[str, str] = NO_VALUES,
    variables: Variables = NO_VARIABLES,
) -> Step | None:
    """Going back to an older version, by the loader's known way (`back`), where it worked before."""
    around = circumstances_of(facts)
    step = back_step(facts, as_packaged([step for step in back if around.meet(step.when)], around))
    if step is None or facts.worked_before is None:
        return None
    good = _good_version(facts.worked_before.value, facts, step)
    return _shown(step, {**values, "good_version": good} if good else values, facts, around, variables)


def _good_version(told: str, facts: Facts, step: FixStep) -> str:
    """The version to go back to: the one told, else the one before the reader's, where a command takes it; "" = any."""
    if told not in _NO_VERSIONS:
        return told
    taken = any("{good_version" in command.code for command in step.commands)
    own = facts.loader_version if facts.loader else facts.loader_version or facts.frontend_version
    return version_before(own.value) if own and taken else ""


def as_packaged(steps: Sequence[FixStep], around: Circumstances) -> list[FixStep]:
    """The steps for just this packaging, where it is known and has its own; else those for any."""
    own = [step for step in steps if step.when.packaging and around.packaging and around.meet(step.when)]
    return own or [step for step in steps if not step.when.packaging]


def _updated_as_packaged(steps: Iterable[FixStep], update: Sequence[FixStep], around: Circumstances) -> list[FixStep]:
    """The steps, the first that brings a newer version in the way of the reader's packaging, where it has its own."""
    steps = list(steps)
    own = next((way for way in as_packaged(update, around) if way.when.packaging), None)
    at = next((number for number, step in enumerate(steps) if step.updates), None)
    if own is not None and at is not None and not steps[at].when.packaging:
        text = joined((steps[at].text, own.text), BETWEEN_SENTENCES)
        steps[at] = structs.replace(steps[at], text=text, commands=own.commands)
    return steps


def _may_go_back(entry: Failure, fault: KnownFault | None) -> bool:
    """Whether going back helps, and a known fault does not say better: which version is mended, or what else helps."""
    return entry.may_go_back and (fault is None or not (fault.fixed_in or fault.instead))


def _place_of_going_back(steps: Sequence[FixStep], facts: Facts) -> int | None:
    """Where going back stands among the steps; None where it is no help: it only worked once, and nothing updates.
    A driver is changed after all else: what a new one needs (a restart, a newer container) is easier. Where no version
    is told that worked, what this very log says is the surer cure.
    """
    told = facts.worked_before.value if facts.worked_before else ""
    if told in {"update", "system", "kernel"}:
        return next((number for number, step in enumerate(steps) if not step.when.says), len(steps))
    if told not in {"before", "driver"}:
        return 0
    return next((number for number, step in enumerate(steps) if step.updates), len(steps) if told == "driver" else None)


def applies(condition: Condition, facts: Facts) -> bool:
    """Whether a step is for this machine; what is not known rules nothing out."""
    return circumstances_of(facts).meet(condition)


def commands_for(system: str | None, commands: Sequence[Command]) -> list[Command]:
    """The commands of a step without those for another system or its shell, where the step has one for this system."""
    possible = [command for command in commands if _may_run_on(system, command)]
    if system is None:  # a phone is told as one
        possible = [command for command in possible if command.systems != ("android",)] or possible
    own = _OWN_SHELLS.get(system or "", _SHELLS)
    if not any(command.shell in own for command in possible):
        return possible
    return [command for command in possible if command.shell in own or command.shell not in _SHELLS]


def _may_run_on(system: str | None, command: Command) -> bool:
    return not (system and command.systems) or system in command.systems


def code_blocks(
    commands: Iterable[Command], values: Mapping[str, str], variables: Variables = NO_VARIABLES
) -> Iterator[Code]:
    """Commands as blocks to copy, their variables filled in where the value is proven harmless. Where several shells
    have their own, each is named; a row for each program makes one table.
    """
    commands = list(commands)
    several = _are_of_several_shells(commands)
    for is_row, group in groupby(commands, key=_is_row):
        codes = [(command, filled_command(command, values, variables)) for command in group]
        filled = [(command, code) for command, code in codes if code is not None]
        if is_row and len(filled) > 1:
            yield Code(_table(filled), "text", None)
            continue
        for command, code in filled:
            yield Code(code, command.shell, _shell_name(command) if several and command.shell in _SHELLS else None)


def _are_of_several_shells(commands: Sequence[Command]) -> bool:
    shells = {command.shell for command in commands} & _SHELLS
    names = {_shell_name(command).en for command in commands if command.shell == "bash" and command.systems}
    return len(shells) > 1 or len(names) > 1


def _shell_name(command: Command) -> Text:
    """The shell to type it into, by the system where the command is only for one."""
    only = (name for systems, name in _TERMINALS.items() if command.systems and systems.issuperset(command.systems))
    return next(only, _SHELL_NAMES[command.shell]) if command.shell == "bash" else _SHELL_NAMES[command.shell]


def _table(rows: Sequence[tuple[Command, str]]) -> str:
    """Whose row it is, and the row."""
    names = [", ".join(command.loaders) for command, _ in rows]
    width = max(map(len, names))
    return "\n".join(f"{name:<{width}}  {code}" for name, (_, code) in zip(names, rows, strict=True))


def _is_row(command: Command) -> bool:
    """Whether it is what one program's users fill in, beside others': their address, say."""
    return command.shell == "text" and bool(command.loaders)


def _fitting(steps: Sequence[FixStep], around: Circumstances) -> list[FixStep]:
    """The steps for this reader; where none is, those of another program, then those of another system: better than
    a cause without a word on what to do.
    """
    narrowing = (
        around,
        replace(around, loader=None),
        replace(around, loader=None, system=None),
        replace(around, loader=None, system=None, packaging=frozenset()),
    )
    return next((found for each in narrowing if (found := [step for step in steps if each.meet(step.when)])), [])


def _nearest_first(steps: Sequence[FixStep], around: Circumstances) -> list[FixStep]:
    """Steps for just this place first, then for what just this log says, then those for the reader's own region, where
    it is known: the others lead to what is out of reach there.
    """

    def distance(step: FixStep) -> tuple[bool, bool, bool]:
        return not step.when.places, not step.when.says, around.region not in step.when.regions

    return sorted(steps, key=distance)


def _fits(step: FixStep, log: str) -> bool:
    """Whether a step for logs that say something is for this one; where nothing was read it is for none. One for logs
    that do not say something is for all others.
    """
    if any(text.lower() in log for text in step.when.unless):
        return False
    return not step.when.says or any(text.lower() in log for text in step.when.says)


def _shown(
    step: FixStep,
    values: Mapping[str, str],
    facts: Facts,
    around: Circumstances,
    variables: Variables,
    usual: Sequence[str] = (),
) -> Step:
    """A step as it is told. `usual`: whose commands are shown to who names no program, where there are some."""
    loader = around.loader or _usual_of(step.commands, usual)
    commands = commands_for(around.system, _of_this_program(step.commands, loader))
    risk = step.risk or next((command.risk for command in commands if command.risk), None)
    text = step.text if risk is None else joined((step.text, risk), BETWEEN_SENTENCES)
    codes = tuple(code_blocks(commands, command_values(values, facts), variables))
    said = filled_text(text, values)
    return Step(said.changed(_ended) if step.commands and not codes else said, codes)


def _usual_of(commands: Sequence[Command], usual: Sequence[str]) -> str | None:
    """The first of the usual programs that has a command of its own among these."""
    named = {program for command in commands for program in command.loaders}
    return next((program for program in usual if program in named), None)


def _ended(text: str) -> str:
    """A sentence that leads to a command, where none follows."""
    return f"{text[:-1]}{_STOPS[text[-1]]}" if text.endswith(tuple(_STOPS)) else text


def _of_this_program(commands: Sequence[Command], loader: str | None) -> list[Command]:
    """The commands of a step without those of another program than the reader's. Of a table without a row for it, which
    its text announces, all rows show how it is meant.
    """
    own = [command for command in commands if not (loader and command.loaders) or loader in command.loaders]
    return own if any(map(_is_row, own)) else [command for command in commands if command in own or _is_row(command)]


def _united(steps: Iterable[Step]) -> Iterator[Step]:
    """Neighbours that say the same, each for another system, as one."""
    last: Step | None = None
    for step in steps:
        if last is not None and last.text == step.text:
            last = Step(
                last.text, tuple(dict.fromkeys((*map(_labelled, last.commands), *map(_labelled, step.commands))))
            )
            continue
        if last is not None:
            yield last
        last = step
    if last is not None:
        yield last


def _labelled(code: Code) -> Code:
    return Code(code.text, code.shell, code.label or _SHELL_NAMES.get(code.shell))
