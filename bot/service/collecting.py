"""The collector's scripts, and how somebody who has nothing of this bot starts one."""

from dataclasses import dataclass
from pathlib import Path

from bot.hardware.systems import System

FOLDER = Path(__file__).with_name("collector")


@dataclass(frozen=True, slots=True)
class Script:
    """One script: the file, the shell it is started in, and the one line that starts it where browsers save files."""

    path: Path
    shell: str
    command: str

    @property
    def name(self) -> str:
        """What the file is called when it is handed out."""
        return self.path.name


WINDOWS = Script(
    FOLDER / "collect.ps1",
    "powershell",
    'powershell -NoExit -ExecutionPolicy Bypass -File "%USERPROFILE%\\Downloads\\collect.ps1"',
)
OTHERS = Script(FOLDER / "collect.sh", "bash", "sh ~/Downloads/collect.sh")


def script_for(system: System) -> Script:
    """The script that runs on a system."""
    return WINDOWS if system == "windows" else OTHERS
