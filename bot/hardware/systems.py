"""Operating systems, as far as steps and estimates differ by them."""

from typing import Literal

System = Literal["windows", "linux", "macos"]
SystemFamily = Literal["windows", "linux", "macos", "wsl", "docker", "android", "ios"]

# Words of a system's name, narrow ones first: WSL is asked for before Windows.
_FAMILIES: tuple[tuple[SystemFamily, tuple[str, ...]], ...] = (
    ("wsl", ("wsl",)),
    ("docker", ("docker",)),
    ("android", ("android", "termux")),
    ("ios", ("ios", "iphone", "ipad")),
    ("macos", ("macos", "mac os", "os x", "darwin")),
    ("windows", ("win",)),
)


def system_family(name: str) -> SystemFamily:
    """The kind of system that steps are written for: "Windows 11" -> windows; what else has a name is a Linux."""
    lowered = name.lower()
    return next((family for family, words in _FAMILIES if any(word in lowered for word in words)), "linux")
