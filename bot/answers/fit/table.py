"""What runs on a machine: about ten models that people run, each with how it fits."""

from collections.abc import Iterator, Sequence
from dataclasses import replace as replace_dataclass

from msgspec.structs import replace

from bot.answers.blocks import Answer, Block, Paragraph, Table
from bot.answers.fit.wanted import Wanted, begun_with, wishes_met
from bot.answers.fit.words import USE_NAMES, machine_advice, placed_name, size_name, speed_text
from bot.answers.plan import LOADERS
from bot.base.languages import BETWEEN_SENTENCES, COMMA, SEMICOLON, Text, Words, joined
from bot.base.sizes import gib, thousands
from bot.hardware.planned import PlannedMachine
from bot.knowledge.advice import Advice
from bot.memory.offers import Offer, largest
from bot.models.uses import Use

ANYTHING = Wanted()
_MOST_FOR_A_USE = 7  # rows where it was told what for
_SHORT_RAM = Text(
    "How much RAM is in it? Then I can be more exact about what runs split.",
    "内存多大？知道了，分开放的部分能算得更准。",
)
_NO_CARD_TOLD = Text("Which graphics card is in it? With one the answer changes.", "是什么显卡？有显卡的话答案不一样。")
_COLUMNS = (
    Text("Model", "模型"), Text("File", "文件"), Text("Where", "放哪"), Text("Context", "上下文"),
    Text("Speed", "速度"), Text("For", "适合"),
)  # fmt: skip


def table_answer(
    offers: Sequence[Offer], planned: PlannedMachine, advice: Advice, checked: str, wanted: Wanted = ANYTHING
) -> Answer:
    """The models that fit, those for the wanted use in front. `checked`: the month of the list."""
    use = wanted.use
    title = Text("What runs on {name}", "{name}能跑什么").format(name=_spaced(planned.name))
    if not offers:
        return Answer(title, "bad", (Paragraph(_NOTHING, tone="bad"), *_notes(planned, advice, wanted)))
    ordered = _ordered(offers, wanted)
    first = begun_with(ordered, planned, wanted)
    blocks: list[Block] = [Paragraph(_range(offers, planned), tone="good")]
    if _is_advised_first(planned, wanted):
        blocks += [Paragraph(text) for text in machine_advice(planned, advice)]
    begun = [
        _first(first, use),
        *wishes_met(first, wanted),
        *_second([each for each in ordered if each is not first], planned, wanted),
    ]
    blocks.append(Paragraph(joined(begun, BETWEEN_SENTENCES)))
    blocks += [Paragraph(tip) for tip in wanted.tips]
    blocks.append(_table(ordered, planned, checked, wanted))
    blocks += _notes(planned, advice, wanted)
    return Answer(title, "neutral", tuple(blocks))


_PROCESSOR = Text("Slow because the processor computes alone", "慢是因为只靠 CPU 算")
_ONE_MEMORY = Text(
    "Slow once the memory is full: {memory} are shared with the system",
    "内存一满就慢：{memory} 要和系统共用",
)


def begun_answer(table: Answer) -> Answer:
    """The beginning of a table's answer alone: how large a model may be, and with which to begin."""
    at = next((at for at, block in enumerate(table.blocks) if isinstance(block, Table)), len(table.blocks))
    return replace(table, blocks=table.blocks[:at])


_BEGUN_ON = Text(
    "{machine}: begin with {name} ({size}), {where}, {speed}.", "{machine}：先试 {name}（{size}），{where}，{speed}。"
)


def begun_text(offer: Offer, planned: PlannedMachine) -> Text:
    """With what to begin on a machine, in one sentence."""
    return _BEGUN_ON.format(
        machine=planned.name,
        name=f"{offer.recommended.name} {offer.model.quant}",
        size=gib(offer.model.file_bytes),
        where=placed_name(offer.verdict, planned),
        speed=speed_text(offer.speed),
    )


def slow_table(table: Answer, planned: PlannedMachine) -> Answer:
    """The table for whom everything is slow, with the reason in front."""
    machine = planned.machine
    title = _ONE_MEMORY.format(memory=gib(machine.memory)) if machine.unified else _PROCESSOR
    return replace(table, title=title)


def _ordered(offers: Sequence[Offer], wanted: Wanted) -> list[Offer]:
    """The models for the wanted use in front; where a purpose was told, those that only play roles are left out."""
    use = wanted.use
    if use is None:
        return list(offers)
    uses = {use, wanted.also}
    kept = [offer for offer in offers if "roleplay" in uses or offer.recommended.uses != ("roleplay",)]
    return sorted(kept or offers, key=lambda offer: uses.isdisjoint(offer.recommended.uses))[:_MOST_FOR_A_USE]


def _is_advised_first(planned: PlannedMachine, wanted: Wanted) -> bool:
    """Whether what is worth knowing of the machine decides what to take, or was asked for."""
    return planned.kind != "desktop" or not planned.machine.devices or wanted.asks_loader


def _spaced(name: Text) -> Text:
    """A name in front of Chinese words: a blank stands behind Latin letters and figures alone."""
    return Text(name.en, f"{name.zh} " if name.zh[-1:].isascii() else name.zh)


_NOTHING = Text(
    "Hardly anything: even a 1B model at Q4 wants about 1.5 GB that a program can have. A free online service is the "
    "better way here.",
    "基本跑不了：就算 1B 的 Q4 也要 1.5 GB 左右的可用内存。建议用在线服务。",
)


_WHOLE = Text(
    "Yes: up to about {whole} ({quant}) fits whole on the card",
    "能跑：整个放进显卡的话，最大到 {whole} 左右（{quant}）",
)
_IN_MEMORY = Text(
    "Yes: up to about {whole} ({quant}) fits the memory", "能跑：内存放得下的，最大到 {whole} 左右（{quant}）"
)


def _range(offers: Sequence[Offer], planned: PlannedMachine) -> Text:
    """How large a model may be, in a sentence."""
    whole = largest(offers, "gpu")
    split = largest(offers, "split", "cpu")
    parts: list[Words] = []
    if whole is not None:
        quant = whole.model.quant
        said = _IN_MEMORY if planned.machine.unified else _WHOLE
        parts.append(said.format(whole=size_name(whole), quant=quant))
    if split is not None:
        parts.append(_split_part(split, alone=whole is None))
    return joined([joined(parts, SEMICOLON), Text(".", "。")], "")


def _split_part(split: Offer, *, alone: bool) -> Text:
    mixture = Text(", a mixture (MoE)", " 的 MoE") if split.is_mixture else Text("", "")
    if split.verdict == "cpu":
        start = Text("Yes, on", "能跑，用") if alone else Text("on", "用")
        return Text(
            "{start} the processor: up to about {split}{mixture}, {speed}",
            "{start} CPU：最大到 {split} 左右{mixture}，{speed}",
        ).format(start=start, split=size_name(split), mixture=mixture, speed=speed_text(split.speed))
    start = Text("Yes, ", "能跑，") if alone else Text("", "")
    return Text(
        "{start}split with RAM up to {split}{mixture}, {speed}",
        "{start}一部分放内存的话，{split}{mixture} 也能跑，{speed}",
    ).format(start=start, split=size_name(split), mixture=mixture, speed=speed_text(split.speed))


def _first(offer: Offer, use: Use | None) -> Text:
    """What to begin with."""
    name = f"{offer.recommended.name} {offer.model.quant}"
    purpose = USE_NAMES[use] if use and use != "chat" and use in offer.recommended.uses else None
    size = gib(offer.model.file_bytes)
    if purpose is None:
        return Text("Begin with {name} ({size}).", "建议先试 {name}（{size}）。").format(name=name, size=size)
    return Text("For {purpose} begin with {name} ({size}).", "{purpose}建议先试 {name}（{size}）。").format(
        purpose=purpose, name=name, size=size
    )


_ALSO = Text("For {purpose}: {name} ({size}), {speed}.", "{purpose}用 {name}（{size}），{speed}。")


def _second(offers: Sequence[Offer], planned: PlannedMachine, wanted: Wanted) -> Iterator[Text]:
    """What to take for the second use that was told."""
    if wanted.also is None or not offers:
        return
    offer = begun_with(offers, planned, replace_dataclass(wanted, use=wanted.also, size=0.0))
    yield _ALSO.format(
        purpose=wanted.also_for or USE_NAMES[wanted.also],
        name=f"{offer.recommended.name} {offer.model.quant}",
        size=gib(offer.model.file_bytes),
        speed=speed_text(offer.speed),
    )


_LISTED = Text("Models people run, as of {checked}", "大家常用的模型（{checked}）")
_LISTED_WITH = Text(
    "Models people run, as of {checked}, with a context of {context}",
    "大家常用的模型（{checked}，上下文按 {context} 算）",
)


def _table(offers: Sequence[Offer], planned: PlannedMachine, checked: str, wanted: Wanted) -> Table:
    rows = tuple(_row(offer, planned) for offer in offers)
    label = _LISTED_WITH if wanted.context else _LISTED
    return Table(_COLUMNS, rows, label.format(checked=checked, context=thousands(wanted.context)))


def _row(offer: Offer, planned: PlannedMachine) -> tuple[Words, ...]:
    # a split or processor run has room for any context; what grows with it is the time
    context = offer.max_context(planned.machine) if offer.verdict == "gpu" else offer.placement.settings.context
    uses = [USE_NAMES[use] for use in offer.recommended.uses if use != "small"]
    return (
        offer.recommended.name,
        Text("{quant}, {size}", "{quant}（{size}）").format(quant=offer.model.quant, size=gib(offer.model.file_bytes)),
        placed_name(offer.verdict, planned),
        thousands(context) if offer.verdict == "gpu" else f"{thousands(context)}+",
        speed_text(offer.speed),
        joined(uses, COMMA),
    )


def _notes(planned: PlannedMachine, advice: Advice, wanted: Wanted) -> Iterator[Block]:
    if planned.kind not in {"phone", "board"} and not (wanted.loader or wanted.asks_loader):
        yield Paragraph(LOADERS[planned.machine.system])
    if not _is_advised_first(planned, wanted):
        yield from (Paragraph(text) for text in machine_advice(planned, advice))
    yield from (Paragraph(text, tone="careful") for text in planned.notes)
    if planned.lacks_card:
        yield Paragraph(_NO_CARD_TOLD)
    elif planned.lacks_ram:
        yield Paragraph(_SHORT_RAM)
