"""A reader sees the commands of the own system, and no other system's twin of them."""

import pytest

from bot.answers.cures import commands_for
from bot.knowledge.failures import Command

BASH = Command("bash", "ls -l")
POWERSHELL = Command("powershell", "Get-ChildItem")
CMD = Command("cmd", "dir")
YAML = Command("yaml", "port: 8010")


@pytest.mark.parametrize(
    ("system", "shown"),
    [
        ("windows", [POWERSHELL, CMD, YAML]),
        ("linux", [BASH, YAML]),
        ("macos", [BASH, YAML]),
        ("android", [BASH, YAML]),
        ("wsl", [BASH, YAML]),
        ("docker", [BASH, POWERSHELL, CMD, YAML]),
        (None, [BASH, POWERSHELL, CMD, YAML]),
    ],
)
def test_twin_of_another_system_is_left_out(system: str | None, shown: list[Command]) -> None:
    assert commands_for(system, [BASH, POWERSHELL, CMD, YAML]) == shown


def test_only_command_stays_whatever_its_shell() -> None:
    assert commands_for("windows", [BASH, YAML]) == [BASH, YAML]
    assert commands_for("linux", [POWERSHELL]) == [POWERSHELL]
