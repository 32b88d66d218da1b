"""A user's machine: its graphics devices, its RAM, and how much of each a loader can really have."""

from dataclasses import dataclass
from functools import cached_property

from bot.hardware.amounts import Device
from bot.hardware.cards import Card
from bot.hardware.systems import System

MIB, GIB = 1 << 20, 1 << 30

# What the desktop holds of the card that draws it, and Windows of every other one. Bytes.
# Windows' own figure is in Task Manager, "Dedicated GPU memory", idle: 0.5 to 1.2 GiB with a browser open.
# Linux desktops: nvidia-smi shows 300 to 700 MiB for X or Wayland with a browser; other cards idle near zero.
# A laptop's screen hangs on the processor's own graphics, and only what asks for the card runs on it.
_DESKTOP = {"windows": 900 * MIB, "linux": 500 * MIB, "macos": 0}
_LAPTOP = {"windows": 400 * MIB, "linux": 150 * MIB, "macos": 0}
_OTHER_CARD = {"windows": 200 * MIB, "linux": 50 * MIB, "macos": 0}
# What NVIDIA's driver keeps for itself ("Reserved" in nvidia-smi -q): CUDA finds 24126 of an RTX 3090's 24576 MiB.
_KEPT = 0.017
# Windows' figure holds it already, of a card with 12 GiB.
_COUNTED_ALREADY = {"windows": int(12 * GIB * _KEPT), "linux": 0, "macos": 0}

# What system, desktop and a browser keep of RAM. Bytes.
# Windows 11 idles at 3 to 4 GiB, a Linux desktop at 1.5 to 2.5, macOS at 3 to 4.
_RAM = {"windows": 4 * GIB, "linux": 2 * GIB, "macos": 3 * GIB}


@dataclass(frozen=True)
class Machine:
    """`devices` may be empty; `ram` in bytes as the maker states it. `held`: bytes of the first card, or of a shared
    memory, that a second program holds (a picture generator, a game). `ram_speed`: bytes per second that its RAM
    delivers at the least and at the most, where its kind is known. `granted`: bytes of a shared memory that its owner
    lets graphics use, 0 for what the system does by itself.
    """

    devices: tuple[Device, ...]
    ram: int
    system: System = "windows"
    held: int = 0
    ram_speed: tuple[float, float] | None = None
    granted: int = 0

    @cached_property
    def unified(self) -> bool:
        """Whether graphics and processor share one memory."""
        return bool(self.devices) and all(device.card is not None and device.card.unified for device in self.devices)

    @property
    def phone(self) -> bool:
        """Whether it is a phone."""
        return bool(self.devices) and all(
            device.card is not None and device.card.kind == "phone" for device in self.devices
        )

    @property
    def memory(self) -> int:
        """Bytes of main memory: for a unified machine that of the chip, should it have been named with it."""
        return max(self.ram, self.devices[0].memory) if self.unified else self.ram

    @cached_property
    def usable_ram(self) -> int:
        """Bytes of RAM that a loader can have."""
        if self.phone:
            return int(self.memory * _PHONE_SHARE)
        return max(0, self.memory - _RAM[self.system] - (self.held if self.unified else 0))

    @cached_property
    def usable_vram(self) -> tuple[int, ...]:
        """Bytes that a loader can have on each device, driver overhead not yet taken off."""
        if self.unified:
            shared = self.granted or shared_vram(self.memory, self.system, self.devices[0].card)
            return (max(0, min(shared, self.memory) - self.held),)
        cards = [device for device in self.devices if device.memory]
        return tuple(
            max(0, device.shown - _held(device, self.system, first=index == 0) - (0 if index else self.held))
            for index, device in enumerate(cards)
        )


def _held(device: Device, system: System, *, first: bool) -> int:
    kind = device.card.kind if device.card is not None else "desktop"
    kept = int(device.shown * _KEPT) if device.card is not None and device.card.vendor == "nvidia" else 0
    if kind == "datacenter":
        return _OTHER_CARD["linux"] + kept  # draws no desktop
    if first and kind == "laptop":
        return _LAPTOP[system]
    if not first:
        return _OTHER_CARD[system] + kept
    return _DESKTOP[system] + (kept - _COUNTED_ALREADY[system] if kept else 0)


# What Android and iOS let one app have before they end it: 8 GB phones give 4 to 5.
_PHONE_SHARE = 0.55
# What the system keeps of the memory of NVIDIA's chips with one memory for all (GB10, Jetson): CUDA takes the rest.
_ONE_MEMORY = 8 * GIB

# What macOS 26 lets graphics have of a memory of so many GiB and more. Logs of llama.cpp on machines with Metal 4 show
# recommendedMaxWorkingSetSize = 12713.12 MB of 16 GB, 19069.67 of 24, 26800.60 of 32, 30150.67 of 36, 40200.90 of 48,
# 55662.79 of 64 and 115448.73 of 128.
_METAL_SHARES = ((128, 0.84), (64, 0.81), (32, 0.78), (16, 0.74), (0, 2 / 3))


def shared_vram(memory: int, system: System, card: Card | None = None) -> int:
    """Bytes of a unified memory that graphics may use.

    macOS: Metal's recommendedMaxWorkingSetSize as macOS 26 has it; before it was two thirds below 36 GB and three
    quarters from there on (https://github.com/ggml-org/llama.cpp/discussions/2182).
    Windows: half of RAM counts as shared GPU memory. Linux (amdgpu's GTT): half by default, three quarters is usually
    set on machines bought for this. NVIDIA's GB10 and Jetson: CUDA allocates all that the system leaves.
    """
    if card is not None and card.kind == "phone":
        return int(memory * _PHONE_SHARE)
    if card is not None and card.vendor == "nvidia":
        return max(0, memory - max(_ONE_MEMORY, memory // 16)) if memory > 2 * _ONE_MEMORY else memory * 3 // 4
    if system == "macos":
        return int(memory * next(share for least, share in _METAL_SHARES if memory >= least * GIB))
    return memory // 2 if system == "windows" else memory * 3 // 4
