"""A user's machine: its graphics devices, its RAM, and how much of each a loader can really have."""

from dataclasses import dataclass
from typing import Literal

from bot.hardware.amounts import Device

MIB, GIB = 1 << 20, 1 << 30

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


# What the desktop holds of the card that draws it, and Windows of every other one. Bytes.
# Windows' own figure is in Task Manager, "Dedicated GPU memory", idle: 0.5 to 1.2 GiB with a browser open.
# Linux desktops: nvidia-smi shows 300 to 700 MiB for X or Wayland with a browser; other cards idle near zero.
_DESKTOP = {"windows": 900 * MIB, "linux": 500 * MIB, "macos": 0}
_OTHER_CARD = {"windows": 200 * MIB, "linux": 50 * MIB, "macos": 0}

# What system, desktop and a browser keep of RAM. Bytes.
# Windows 11 idles at 3 to 4 GiB, a Linux desktop at 1.5 to 2.5, macOS at 3 to 4.
_RAM = {"windows": 4 * GIB, "linux": 2 * GIB, "macos": 3 * GIB}


@dataclass(frozen=True, slots=True)
class Machine:
    """`devices` may be empty; `ram` in bytes as the maker states it."""

    devices: tuple[Device, ...]
    ram: int
    system: System = "windows"

    @property
    def unified(self) -> bool:
        """Whether graphics and processor share one memory."""
        return bool(self.devices) and all(device.card is not None and device.card.unified for device in self.devices)

    @property
    def memory(self) -> int:
        """Bytes of main memory: for a unified machine that of the chip, should it have been named with it."""
        return max(self.ram, self.devices[0].memory) if self.unified else self.ram

    @property
    def usable_ram(self) -> int:
        """Bytes of RAM that a loader can have."""
        return max(0, self.memory - _RAM[self.system])

    @property
    def usable_vram(self) -> tuple[int, ...]:
        """Bytes that a loader can have on each device, driver overhead not yet taken off."""
        if self.unified:
            return (shared_vram(self.memory, self.system),)
        cards = [device for device in self.devices if device.memory]
        return tuple(
            max(0, device.memory - _held(device, self.system, first=index == 0)) for index, device in enumerate(cards)
        )


def _held(device: Device, system: System, *, first: bool) -> int:
    if device.card is not None and device.card.kind == "datacenter":
        return _OTHER_CARD["linux"]  # draws no desktop
    return (_DESKTOP if first else _OTHER_CARD)[system]


def shared_vram(memory: int, system: System) -> int:
    """Bytes of a unified memory that graphics may use.

    macOS: Metal's recommendedMaxWorkingSetSize is two thirds up to 36 GB, three quarters above
    (https://github.com/ggml-org/llama.cpp/discussions/2182). Windows: half of RAM counts as shared GPU memory.
    Linux (amdgpu's GTT): half by default, three quarters is usually set on machines bought for this.
    """
    if system == "macos":
        return memory * 2 // 3 if memory <= 36 * GIB else memory * 3 // 4
    return memory // 2 if system == "windows" else memory * 3 // 4
