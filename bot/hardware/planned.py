"""From what somebody told of a machine to one that can be planned with, and what had to be assumed for that."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.base.languages import Text
from bot.base.sizes import GIB, gib
from bot.hardware.amounts import USUAL_UNIFIED, Device, any_mac, card_device, counted
from bot.hardware.cards import CardIndex
from bot.hardware.machine import Machine
from bot.hardware.systems import System
from bot.hardware.told import Kind, ToldMachine

# RAM that usually stands beside so much video memory (bytes: up to, RAM). Steam's hardware survey of 2026 has 16 and
# 32 GB in front; workstations with several cards have more.
_USUAL_RAM = ((8 * GIB, 16 * GIB), (24 * GIB, 32 * GIB), (1 << 60, 64 * GIB))
_USUAL_PHONE = 8 * GIB
_USUAL_SHARED = 16 * GIB  # of a computer whose processor draws
_ANY_PHONE = "Android phone"
_MUCH_LARGER = 2  # times what the cards hold: beside those there is RAM
_BOARD_SPEED = (5e9, 17e9)  # bytes per second: a Raspberry Pi 4 to 5 (32 bits of LPDDR4X-4267)


@dataclass(frozen=True, slots=True)
class PlannedMachine:
    """A machine to plan with. `lacks_ram`, `lacks_card`: it was not told, and the answer might change with it. `apart`:
    what is said of another computer that was told beside it.
    """

    machine: Machine
    kind: Kind
    notes: tuple[Text, ...] = ()
    lacks_ram: bool = False
    lacks_card: bool = False
    apart: Text | None = None

    @property
    def notes_without_ram(self) -> tuple[Text, ...]:
        """The notes but for the one on the RAM that was assumed."""
        return self.notes[:-1] if self.lacks_ram else self.notes

    @property
    def name(self) -> Text:
        """The machine in words: "2 × RTX 3090 (48 GiB) + 64 GiB RAM"."""
        return _name(self)


def planned(told: ToldMachine, system: System, cards: CardIndex) -> PlannedMachine:
    """The machine that was told, with usual values for what was not. Never raises."""
    if told.kind == "phone":
        return _phone(told, cards)
    if told.kind == "board":
        return _board(told)
    devices, other = _of_one_computer(_devices(told, cards))
    system = "macos" if are_apples(devices) else system
    machine = Machine(devices, told.ram or 0, system, ram_speed=told.ram_speed, granted=told.granted)
    ram = told.ram or _assumed_ram(machine)
    lacks_ram = told.ram is None and ram > 0
    notes = [*_not_believed(told), *_joined_note(told), *_assumptions(devices)]
    notes += [_ram_note(ram)] if lacks_ram else []
    lacks_card = not (devices or told.without_card or told.integrated)
    machine, kind = replace(machine, ram=ram), _kind(told, machine)
    return PlannedMachine(machine, kind, tuple(notes), lacks_ram, lacks_card, _apart(devices, other))


_APART = Text(
    "Two computers work on one model only over the network (llama.cpp's RPC, exo): it adds memory, not speed, and a "
    "slow network makes it crawl. I counted {here} alone, without {other}.",
    "两台电脑只能通过网络一起跑一个模型（llama.cpp 的 RPC、exo）：加的是内存不是速度，网络慢就更慢。"
    "下面只按 {here} 算，没算 {other}。",
)


_JOINED = Text(
    "I added up the memory of {count} computers: they work on one model only over the network (vLLM or SGLang with "
    "tensor parallel over a fast link, else llama.cpp's RPC). It adds memory; over RPC the speed stays that of one.",
    "我把 {count} 台电脑的内存加在一起算：它们只能通过网络一起跑一个模型（高速直连用 vLLM 或 SGLang 张量并行，"
    "否则用 llama.cpp 的 RPC）。加的是内存；走 RPC 时速度还是一台的。",
)


def _apart(devices: Sequence[Device], other: Sequence[Device]) -> Text | None:
    """What is said of the devices of another computer, where there are any."""
    return _APART.format(here=_named(devices), other=_named(other)) if other else None


def _of_one_computer(devices: tuple[Device, ...]) -> tuple[tuple[Device, ...], tuple[Device, ...]]:
    """The devices of the computer that holds more, and those of another: a chip that shares its computer's memory is in
    no computer with cards.
    """
    shared = tuple(filter(_shares_memory, devices))
    cards = tuple(device for device in devices if device not in shared)
    held = sum(device.memory for device in cards)
    if not shared or not held:
        return devices, ()
    return (shared, cards) if shared[0].memory > _MUCH_LARGER * held else (cards, shared)


def _shares_memory(device: Device) -> bool:
    """Whether it is a chip whose memory is that of its computer, and told."""
    return device.card is not None and device.card.unified and device.memory > 0


def _named(devices: Sequence[Device]) -> str:
    return counted(device.name for device in devices)


def _kind(told: ToldMachine, machine: Machine) -> Kind:
    return "unified" if machine.unified and told.kind == "desktop" else told.kind


def are_apples(devices: Iterable[Device]) -> bool:
    """Whether one of them is a chip of Apple's, which runs macOS."""
    return any(device.card is not None and device.card.vendor == "apple" for device in devices)


def _assumptions(devices: Iterable[Device]) -> list[Text]:
    """What was assumed of the cards, of each once."""
    return [device.assumed for device in dict.fromkeys(devices) if device.assumed]


def with_devices(planned_machine: PlannedMachine, devices: Sequence[Device]) -> PlannedMachine:
    """The same machine with other cards."""
    machine = replace(planned_machine.machine, devices=tuple(devices))
    unified = machine.unified
    if unified:
        machine = replace(machine, ram=0)
    elif not machine.ram:
        machine = replace(machine, ram=_assumed_ram(machine))  # beside a computer whose memory is one
    elif planned_machine.lacks_ram:
        machine = replace(machine, ram=max(machine.ram, _assumed_ram(machine)))
    return replace(planned_machine, machine=replace(machine, system=_system_with(devices, machine.system)))


def with_ram(planned_machine: PlannedMachine, ram: int) -> PlannedMachine:
    """The same machine with so many bytes of RAM; where none was told, that these were taken."""
    notes = (*planned_machine.notes_without_ram, *([_ram_note(ram)] if planned_machine.lacks_ram else []))
    machine = replace(planned_machine.machine, ram=ram)
    return replace(planned_machine, machine=machine, notes=notes, lacks_ram=False)


def _system_with(devices: Sequence[Device], system: System) -> System:
    """The system of a computer with these cards: Apple's run macOS, others never do."""
    if are_apples(devices):
        return "macos"
    return "windows" if system == "macos" else system


def _phone(told: ToldMachine, cards: CardIndex) -> PlannedMachine:
    """A phone by its chip, or any one with so much memory."""
    said = told.ram or told.vram
    chip = told.devices[0].card if told.devices else cards.find(_ANY_PHONE)
    memory = said or (told.devices[0].memory if told.devices else _USUAL_PHONE)
    device = card_device(chip, memory) if chip is not None else Device(memory, "")
    notes = () if said or told.devices else (_ram_note(memory),)
    machine = Machine((replace(device, assumed=None),), memory, "linux")
    return PlannedMachine(machine, "phone", notes, lacks_ram=not (said or told.devices))


def _board(told: ToldMachine) -> PlannedMachine:
    """A small computer: the processor and its RAM."""
    ram = told.ram or told.vram or _USUAL_PHONE
    notes = () if told.ram or told.vram else (_ram_note(ram),)
    machine = Machine((), ram, "linux", ram_speed=told.ram_speed or _BOARD_SPEED)
    return PlannedMachine(machine, "board", notes, lacks_ram=not (told.ram or told.vram))


def _devices(told: ToldMachine, cards: CardIndex) -> tuple[Device, ...]:
    if told.devices:
        return told.devices
    if told.kind == "unified":
        return (any_mac(told.vram or told.ram or USUAL_UNIFIED, cards),)
    return (Device(told.vram, ""),) if told.vram else ()


def _assumed_ram(machine: Machine) -> int:
    """What usually stands beside such cards; none beside a chip whose memory is told: it is all there is."""
    if machine.unified:
        return 0 if machine.memory else _USUAL_SHARED
    vram = sum(device.memory for device in machine.devices)
    return next(ram for most, ram in _USUAL_RAM if vram <= most)


def _ram_note(ram: int) -> Text:
    return Text("You did not tell the RAM: I took {ram} GB.", "你没说内存多大，我按 {ram}G 算。").format(ram=ram // GIB)


def _joined_note(told: ToldMachine) -> Sequence[Text]:
    """That several computers were counted as one, where they were told so."""
    return [_JOINED.format(count=told.joined)] if told.joined else []


def _not_believed(told: ToldMachine) -> Iterator[Text]:
    if told.unknown_cards:
        name = told.unknown_cards[0].upper()
        yield Text(
            "I do not know a card named {name}; I went by the memory.", "我不认识 {name} 这张卡，按显存大小算。"
        ).format(name=name)
    if told.unbelievable:
        amount = told.unbelievable[0]
        yield Text("“{amount}” cannot be right; I left it out.", "“{amount}”应该写错了，我没算进去。").format(
            amount=amount
        )


def _name(planned_machine: PlannedMachine) -> Text:
    machine = planned_machine.machine
    if planned_machine.kind == "phone":
        memory = gib(machine.memory)
        return Text("a phone with {memory}", "{memory} 内存的手机").format(memory=memory)
    ram = gib(machine.ram)
    if not machine.devices:
        return Text("the processor with {ram} of RAM", "纯 CPU + {ram} 内存").format(ram=ram)
    cards = counted(device.name for device in machine.devices)
    if machine.unified:
        return Text("{cards}, {memory} shared memory", "{cards}（{memory} 共用内存）").format(
            cards=cards, memory=gib(machine.memory)
        )
    vram = gib(sum(device.memory for device in machine.devices))
    if not cards:
        return Text("{vram} of VRAM with {ram} of RAM", "{vram} 显存 + {ram} 内存").format(vram=vram, ram=ram)
    return Text("{cards} ({vram}) with {ram} of RAM", "{cards}（{vram}）+ {ram} 内存").format(
        cards=cards, vram=vram, ram=ram
    )
