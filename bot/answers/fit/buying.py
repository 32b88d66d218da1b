"""Which card or machine to take: memory first, bandwidth, and what each opens."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from bot.answers.blocks import Answer, Block, Paragraph, Table
from bot.answers.fit.words import WHERE, size_name, speed_text
from bot.answers.plan import rounded
from bot.base.languages import SEMICOLON, Text, Words, joined
from bot.base.sizes import gib
from bot.hardware.amounts import Device, counted
from bot.hardware.planned import PlannedMachine
from bot.knowledge.advice import Advice
from bot.memory.compare import Compared, Comparison, bandwidth
from bot.memory.needs import needs_of

_TITLE = Text("Which one to take", "选哪个")
_RAM_FOR_SPEED = Text("More RAM for more speed?", "加内存能变快吗？")
_COLUMNS = (
    Text("Option", "选项"), Text("Video memory", "显存"), Text("Bandwidth", "带宽"), Text("Whole up to", "最大整放"),
    Text("Speed", "速度"),
)  # fmt: skip


def comparison_answer(
    comparison: Comparison, advice: Advice, beside: Sequence[Text] = (), *, with_prompts: bool = False
) -> Answer:
    """The machines side by side, with a verdict in the first line. `beside`: what has to be known of what is there;
    `with_prompts`: long prompts are to be read.
    """
    model = f"{comparison.model.shape.name} {comparison.model.quant}"
    rows = tuple(_row(each) for each in comparison.machines)
    label = Text("Speed by {model}", "速度按 {model} 算").format(model=model)
    blocks: list[Block] = [Paragraph(_verdict(comparison, advice), tone="good"), *map(Paragraph, beside)]
    blocks += [Paragraph(_prompts(comparison))] if with_prompts else []
    blocks += [Table(_COLUMNS, rows, label), Paragraph(advice.buying.first)]
    blocks += [Paragraph(text) for text in _further(comparison, advice)]
    return Answer(_TITLE, "neutral", tuple(blocks))


def buying_answer(
    planned: PlannedMachine | None, advice: Advice, *, about_ram: bool, for_speed: bool = False
) -> Answer:
    """What to buy in general, where no cards were named to choose between. `for_speed`: more RAM is to be faster."""
    buying = advice.buying
    if for_speed:
        return Answer(_RAM_FOR_SPEED, "neutral", (Paragraph(buying.ram_speed), Paragraph(buying.ram)))
    texts = [buying.ram, buying.second, buying.first] if about_ram else [buying.first, buying.usual, buying.nvidia]
    if planned is not None and planned.machine.devices:
        texts.append(_beside(planned))
    return Answer(Text("What to buy", "买什么"), "neutral", tuple(Paragraph(text) for text in dict.fromkeys(texts)))


def _beside(planned: PlannedMachine) -> Text:
    vram = gib(sum(device.memory for device in planned.machine.devices))
    return Text(
        "You have {vram}: for whole models of the next class you want about twice that.",
        "你现在 {vram}：想整个放下大一级的模型，大约要翻一倍。",
    ).format(vram=vram)


def _name(each: Compared) -> Text:
    devices = each.planned.machine.devices
    if not devices:
        return Text("no card", "不用显卡")
    shown = counted(device.name or gib(device.memory) for device in devices)
    return Text(shown, shown)


def _row(each: Compared) -> tuple[Words, ...]:
    machine = each.planned.machine
    speed = bandwidth(machine)
    memory = machine.memory if machine.unified else sum(device.memory for device in machine.devices)
    return (
        _name(each),
        gib(memory) if memory else "–",
        f"{speed / 1e9:.0f} GB/s" if speed else "–",
        size_name(each.largest) if each.largest else "–",
        speed_text(each.speed) if each.speed else WHERE["no"],
    )


_READS = Text("{name} {low}–{high} t/s", "{name} {low}～{high} token/s")
_PROMPTS = Text(
    "Long prompts are read by computing power, not bandwidth: {speeds}. That is where cards are far ahead of Macs.",
    "读长提示词看算力，不看带宽：{speeds}。这方面独显比 Mac 快得多。",
)


def _prompts(comparison: Comparison) -> Text:
    """How fast each machine reads a prompt to the common model."""
    read = [
        _READS.format(name=_name(each), low=rounded(each.speed.prompt_low), high=rounded(each.speed.prompt_high))
        for each in comparison.machines
        if each.speed is not None
    ]
    return _PROMPTS.format(speeds=joined(read, SEMICOLON))


_VALUE = Text(
    "At your prices the {dear} costs {price} times as much for {speed} times the speed: for the money take the "
    "{cheap}; the dearer one is for more memory, or less power, noise and work in one slot.",
    "按你说的价格，{dear} 贵 {price} 倍，速度是 {speed} 倍：论性价比选 {cheap}；贵的换来的是更大显存，"
    "或者省电、安静、单卡省事。",
)
_WORTH_IT = 1.3  # times what the speed gains that a price may be


def value_text(comparison: Comparison, prices: Sequence[int]) -> Text | None:
    """What two machines are worth at the prices that were told, in their order; None where neither is dear for what
    it does.
    """
    first, second = comparison.machines
    (cheap, low), (dear, high) = sorted(((first, prices[0]), (second, prices[1])), key=lambda each: each[1])
    if not cheap.middle_speed or not dear.middle_speed or dear.memory > _MORE * cheap.memory:
        return None
    price, speed = high / low, dear.middle_speed / cheap.middle_speed
    if price < _WORTH_IT * max(1.0, speed):
        return None
    return _VALUE.format(dear=_name(dear), cheap=_name(cheap), price=_times(price), speed=_times(speed))


_MORE = 1.2  # times the memory that opens larger models
_NONE_HOLDS = Text(
    "None of them holds {model} ({size}) whole{cards}; the {name} comes nearest.",
    "{model}（{size}）它们都放不下{cards}；最接近的是 {name}。",
)
_WANTS = Text(": that wants {memory} GB ({cards})", "：要 {memory}G（{cards}）")


def _none_holds(comparison: Comparison, advice: Advice) -> Text:
    """That what is wanted fits none of them, and what it would fit."""
    needs = needs_of(comparison.model)
    memory = sum(needs.cards)
    known = advice.cards_with(memory)
    cards = _WANTS.format(memory=memory, cards=known) if known else Text("", "")
    nearest = max(comparison.machines, key=lambda each: (each.middle_speed, each.memory))
    model = f"{comparison.model.shape.name} {comparison.model.quant}"
    size = gib(comparison.model.file_bytes)
    return _NONE_HOLDS.format(model=model, size=size, cards=cards, name=_name(nearest))


def _verdict(comparison: Comparison, advice: Advice) -> Text:
    if comparison.is_wanted and not comparison.whole:
        split = [each for each in comparison.machines if each.placement.verdict == "split" and each.middle_speed]
        return _weighed_split(comparison, split, advice) if len(split) > 1 else _none_holds(comparison, advice)
    if comparison.is_close:
        return _alike(comparison)
    best = comparison.best
    return _torn(comparison) if best is None else _taken(comparison, best)


_SPLIT_ALIKE = Text(
    "{model} ({size}) runs split either way, and {best} brings hardly more speed ({speeds}): most of it stays in RAM, "
    "whose bandwidth (channels, clock) sets the pace.",
    "{model}（{size}）怎么都要分开放，换成 {best} 也快不了多少（{speeds}）："
    "大部分还在内存里，速度由内存带宽（通道数、频率）决定。",
)
_SPLIT_BETTER = Text(
    "{model} ({size}) runs split either way; with {best} about {ratio} times as fast ({speeds}), as less of it stays "
    "in RAM.",
    "{model}（{size}）怎么都要分开放；用 {best} 快约 {ratio} 倍（{speeds}），因为留在内存里的少了。",
)
_WHOLE_ON = Text(" Whole, and fast, it wants {memory} GB ({cards}).", "想整个放进显卡跑得快，要 {memory}G（{cards}）。")
_NOTICED = 1.25  # times the speed of what is split that one feels


def _weighed_split(comparison: Comparison, split: Sequence[Compared], advice: Advice) -> Text:
    """What the better of two machines brings a model that is larger than the cards of either."""
    ordered = sorted(split, key=lambda each: -each.middle_speed)
    best, ratio = ordered[0], ordered[0].middle_speed / ordered[1].middle_speed
    speeds: list[Words] = [
        _READS.format(name=_name(each), low=rounded(each.speed.low), high=rounded(each.speed.high))
        for each in split
        if each.speed is not None
    ]
    said = (_SPLIT_BETTER if ratio >= _NOTICED else _SPLIT_ALIKE).format(
        model=f"{comparison.model.shape.name} {comparison.model.quant}",
        size=gib(comparison.model.file_bytes),
        best=_name(best),
        ratio=_times(ratio),
        speeds=joined(speeds, SEMICOLON),
    )
    memory = sum(needs_of(comparison.model).cards)
    known = advice.cards_with(memory)
    whole = _WHOLE_ON.format(memory=memory, cards=known) if known else Text("", "")
    return Text("{said}{whole}", "{said}{whole}").format(said=said, whole=whole)


def _alike(comparison: Comparison) -> Text:
    names = [_name(each) for each in comparison.machines]
    both = Text(" and ".join(name.en for name in names), "和".join(name.zh for name in names))
    return Text(
        "{both} are about as good: take the cheaper or the newer one.", "{both}差不多，挑便宜或更新的。"
    ).format(both=both)


def _taken(comparison: Comparison, best: Compared) -> Text:
    name = _name(best)
    others = [each for each in comparison.machines if each is not best]
    why = _why_for_wanted(comparison, best) if comparison.best_for_wanted else _why(best, others)
    return Text("Take the {name}: {why}.", "选 {name}：{why}。").format(name=name, why=why)


def _why_for_wanted(comparison: Comparison, best: Compared) -> Text:
    """What is better in it for the model that it is to run."""
    model = f"{comparison.model.shape.name} {comparison.model.quant}"
    rivals = [each.middle_speed for each in comparison.whole if each is not best]
    if not rivals:
        return Text("only it holds {model} whole", "只有它能整个放下 {model}").format(model=model)
    quicker = Text(
        "{model} fits whole either way, and this is about {ratio} times as fast",
        "{model} 都能整个放下，它快约 {ratio} 倍",
    ).format(model=model, ratio=_times(best.middle_speed / max(rivals)))
    larger = max(comparison.whole, key=lambda each: each.memory)
    if larger.memory <= best.memory:
        return quicker
    return Text("{quicker}; {larger} has more room for a long context", "{quicker}；{larger} 能开更长的上下文").format(
        quicker=quicker, larger=_name(larger)
    )


def _why(best: Compared, others: list[Compared]) -> Text:
    """What is better in it: memory, speed or both."""
    more = all(best.memory > 1.2 * each.memory for each in others)
    fastest = max((each.middle_speed for each in others), default=0.0)
    ratio = best.middle_speed / fastest if fastest else 0.0
    if more and ratio >= 1.15:
        return Text("more VRAM and faster, about {ratio} times", "显存更大，速度也更快，约 {ratio} 倍").format(
            ratio=_times(ratio)
        )
    if more:
        whole = size_name(best.largest) if best.largest else "–"
        slower = Text(", though not faster", "，不过不会更快") if ratio < 1.0 else Text("", "")
        return Text(
            "more VRAM opens larger models (whole up to {whole}){slower}",
            "显存更大，能整个放下更大的模型（到 {whole}）{slower}",
        ).format(whole=whole, slower=slower)
    if ratio < _FELT:
        return _why_alike(best, others)
    if bandwidth(best.planned.machine) <= max(bandwidth(each.planned.machine) for each in others):
        return Text(
            "faster, about {ratio} times, with as much VRAM or nearly", "更快，约 {ratio} 倍，显存差不多"
        ).format(ratio=_times(ratio))
    return Text(
        "faster, about {ratio} times by its bandwidth, with as much VRAM or nearly",
        "更快，带宽约 {ratio} 倍，显存差不多",
    ).format(ratio=_times(ratio))


_FELT = 1.1  # times as fast, below which nobody feels it


def _why_alike(best: Compared, others: Sequence[Compared]) -> Text:
    """Why one of several that are alike is to be taken."""
    rival = max(others, key=lambda each: (each.memory, each.middle_speed))
    vendors = [_vendors(each.planned.machine.devices) for each in (best, rival)]
    alike = Text("as much VRAM as the {rival} and about as fast", "显存和 {rival} 一样，速度也差不多")
    if vendors[0] == {"nvidia"} != vendors[1]:
        alike = Text(
            "as much VRAM as the {rival}, about as fast, and less trouble (CUDA)",
            "显存、速度和 {rival} 差不多，但更省心（CUDA）",
        )
    return alike.format(rival=_name(rival))


def _times(ratio: float) -> str:
    """A ratio that nobody knows better than by half."""
    return f"{ratio:.0f}" if ratio >= 2.5 else f"{ratio:.1f}"


def _torn(comparison: Comparison) -> Text:
    large = max(comparison.machines, key=lambda each: each.memory)
    fast = max(comparison.machines, key=lambda each: each.middle_speed)
    ratio = fast.middle_speed / large.middle_speed if large.middle_speed else 0.0
    big, quick = _name(large), _name(fast)
    return Text(
        "{big} has more memory and holds larger models (large mixtures, MoE); "
        "{quick} is {ratio} times as fast at what fits into it. For big models the first, for speed the second.",
        "{big} 内存大，能放更大的模型（大 MoE）；{quick} 放得下的模型快约 {ratio} 倍。想跑大的选前者，要速度选后者。",
    ).format(big=big, quick=quick, ratio=_times(ratio))


def _further(comparison: Comparison, advice: Advice) -> Iterator[Text]:
    machines = [each.planned.machine for each in comparison.machines]
    devices = list(chain.from_iterable(machine.devices for machine in machines))
    unified = any(machine.unified for machine in machines)
    if unified:
        yield advice.buying.unified
    elif len(_vendors(devices)) > 1:
        yield advice.buying.nvidia
    yield from _of_old_cards(devices, advice)
    if any(map(_is_modded, devices)):
        yield advice.buying.modded
    if not unified and any(len(machine.devices) > 1 for machine in machines):
        yield advice.buying.second


def _of_old_cards(devices: Sequence[Device], advice: Advice) -> Iterator[Text]:
    """What cards of an old generation no longer run."""
    generations = {device.card.architecture for device in devices if device.card is not None}
    yield from (each.text for each in advice.machines if generations.intersection(each.when.architectures))


def _vendors(devices: Iterable[Device]) -> set[str]:
    return {device.card.vendor for device in devices if device.card is not None}


def _is_modded(device: Device) -> bool:
    """Whether it has more memory than its maker ever sold it with."""
    return device.card is not None and device.memory in device.card.mods
