"""Forged logs: whatever stands where an entry's wording varies, nothing hostile gets into a command.

What is written by the knowledge is told from what was filled in by comparing with the command's own text.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.answers.blocks import Answer, Code, Steps
from bot.answers.cures import code_blocks
from bot.answers.filling import VARIABLE
from bot.clinic.door import Clinic
from bot.knowledge.failures import Command, Failure
from bot.knowledge.load import read_failures
from bot.knowledge.placeholders import VARIABLES as FACTS
from bot.knowledge.placeholders import variables_in
from bot.knowledge.variables import load_variables

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

ROOT = Path(__file__).parents[2] / "knowledge"
VARIABLES = load_variables(ROOT)
ENTRIES = [entry for _, entry in read_failures(ROOT).items]
BY_ID = {entry.id: entry for entry in ENTRIES}
EVIL = "evil"

HOSTILE = (
    *("/", "//", "~", "~/", ".", "..", "./", "../../..", "/..", "/etc", "/etc/passwd", "C:\\", "C:", "C:/Windows"),
    *("--help", "-rf", "--index-url=https://evil.example", "-r/evil", "--trust-remote-code"),
    *("; rm -rf evil", "x; rm -rf ~evil", "$(evil)", "`evil`", "${evil}", "%evil%", "x && evil", "x | evil"),
    *("x > evil", "git+https://evil.example/x", "https://evil.example/x.whl", "evil.example/owner/name:tag"),
    *("evil@https://x.example", "x\nevil", "x\revil", "x\u2028evil", '"; evil; "', "'; evil; '", "evil\\"),
    *("\\\\evil\\share", "file:///evil", "\u202eevil", "evil\u200b", "\u0435vil/m\u043edels", "ｅｖｉｌ", "evil\x00"),
    *("/data/models\u2044..\u2044evil", "\x1b[31mevil", "evil" * 500, "/data/models/" + "../" * 40 + "evil"),
    *("0", "-1", "99999", "1e9", "0x1F90", "*evil*", "?evil", "[evil]", "/data/models/../evil", "~root/models/evil"),
    *("/home/me/.ssh/evil", "/home/me/.bashrc", "/proc/self/evil"),
)
# What a filled-in value may look like here at most; a judge of its own, not the one that is tested. Cleaning may leave
# the bare word of a value, which is a name like any other, but none to install or to own.
DECENT = re.compile(r'"?(?![-./~]|[A-Za-z]:)[A-Za-z0-9._:/-]{1,120}"?')

GRAVE = re.compile(r"\b(?:pip|npm|apt|chown|curl|clone|rm)\b")


def commands_of(entry: Failure) -> Iterator[Command]:
    for step in entry.steps:
        yield from (command for command in step.commands if VARIABLE.search(command.code))


def captured_by(entry: Failure) -> set[str]:
    return {name for signature in entry.signatures for name in variables_in(signature.text)}


@cache
def shape_of(code: str) -> re.Pattern[str]:
    """A command's own text, with a group for each variable that is not its fallback."""
    parts, end = [], 0
    for match in VARIABLE.finditer(code):
        fallback = match["fallback"] if match["fallback"] is not None else match.group()
        parts += [re.escape(code[end : match.start()]), f"(?:{re.escape(fallback)}|(.*?))"]
        end = match.end()
    return re.compile("".join([*parts, re.escape(code[end:].rstrip("\n"))]), re.DOTALL)


def filled_in(command: Command, code: str) -> list[str]:
    """The values that do not come from the knowledge."""
    found = shape_of(command.code).fullmatch(code)
    assert found is not None, code
    return [value for value in found.groups() if value is not None]


def is_decent_value(value: str, code: str) -> bool:
    is_a_bare_name = re.fullmatch(f"x?{EVIL}", value) and not GRAVE.search(code)
    bad = ("..", "//") if is_a_bare_name else (EVIL, "..", "//")
    return DECENT.fullmatch(value) is not None and not any(each in value for each in bad)


EVERY_COMMAND = [
    each for entry in ENTRIES for step in entry.steps for each in step.commands
]  # those of what is only near are shown too
WITH_COMMANDS = [entry for entry in ENTRIES if any(commands_of(entry))]


@pytest.mark.parametrize("entry", WITH_COMMANDS, ids=[entry.id for entry in WITH_COMMANDS])
def test_no_hostile_value_gets_into_a_command_of(entry: Failure) -> None:
    for command in commands_of(entry):
        names = {match["name"] for match in VARIABLE.finditer(command.code)}
        for hostile in HOSTILE:
            for code in code_blocks([command], dict.fromkeys(names, hostile), VARIABLES):
                assert all(is_decent_value(value, code.text) for value in filled_in(command, code.text)), code.text


FORGEABLE = [
    entry
    for entry in WITH_COMMANDS
    if any(match["name"] in captured_by(entry) for each in commands_of(entry) for match in VARIABLE.finditer(each.code))
]


EVERY_TABLE = {
    code.text
    for entry in ENTRIES
    for step in entry.steps
    for code in code_blocks([each for each in step.commands if each.shell == "text" and each.loaders], {})
}


def forged(entry: Failure, hostile: str) -> Iterator[str]:
    """Logs that hold the entry's wordings, the hostile value wherever they vary."""
    for signature in entry.signatures:
        if variables_in(signature.text):
            line = re.sub(r"\{[a-z_][a-z0-9_]*(?::[a-z]+)?\}", lambda _: hostile, signature.text)
            yield "\n".join([*entry.components[:1], *signature.requires, *signature.requires_any[:1], line])


@pytest.fixture(scope="module")
def clinic() -> Clinic:
    return Clinic(ROOT)


@pytest.mark.parametrize("entry", FORGEABLE, ids=[entry.id for entry in FORGEABLE])
def test_no_forged_log_makes_a_command_of(entry: Failure, clinic: Clinic) -> None:
    reached = 0
    for hostile in HOSTILE:
        for log in forged(entry, hostile):
            consultation = clinic.diagnose(log)
            findings = consultation.candidates
            reached += bool(findings and findings[0].id == entry.id)
            steps = BY_ID[findings[0].id].steps if findings else ()
            written = [each for step in steps for each in step.commands]
            for code in codes_of(consultation.answer):
                known = any(is_decent(each, code) for each in (*written, *EVERY_COMMAND))
                assert known or code.text in EVERY_TABLE, code.text
    assert reached >= len(HOSTILE) / 5  # the attack does reach the entry; exact kinds of captures turn the rest away


def codes_of(answer: Answer) -> Iterator[Code]:
    for block in answer.blocks:
        if isinstance(block, Steps):
            yield from (code for step in block.steps for code in step.commands)


def is_decent(command: Command, code: Code) -> bool:
    """Whether a block is this command with nothing but decent values."""
    found = shape_of(command.code).fullmatch(code.text)
    return found is not None and all(is_decent_value(value, code.text) for value in filter(None, found.groups()))


def test_an_unknown_package_is_never_installed(clinic: Clinic) -> None:
    log = "Traceback (most recent call last):\nModuleNotFoundError: No module named 'torch_evil'"
    assert "python -m pip install PACKAGE" in [code.text for code in codes_of(clinic.diagnose(log).answer)]


def test_a_known_package_is(clinic: Clinic) -> None:
    log = "Traceback (most recent call last):\nModuleNotFoundError: No module named 'cv2'"
    assert "python -m pip install opencv-python" in [code.text for code in codes_of(clinic.diagnose(log).answer)]


def test_every_variable_that_a_command_uses_has_a_type() -> None:
    for entry in WITH_COMMANDS:
        declared = captured_by(entry) | FACTS
        names = {match["name"] for each in commands_of(entry) for match in VARIABLE.finditer(each.code)}
        assert names & declared <= set(VARIABLES.types), entry.id
