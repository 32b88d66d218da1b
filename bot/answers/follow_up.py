"""Answers to what is asked back in a conversation: one question, one answer, with what is known by now."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

from msgspec import structs

from bot.answers.blocks import Answer, Block, Code, Paragraph, Step, Steps
from bot.answers.fit.words import speed_text
from bot.answers.plan import MARKS, TONES, bits_per_weight, headline, layers_on_card, rounded
from bot.base.languages import COMMA, Text, Words, joined, told
from bot.base.sizes import GIB, gib, thousands
from bot.hardware.planned import PlannedMachine
from bot.intake.template import Point
from bot.intake.turning import Asked
from bot.knowledge.reference import Loader
from bot.memory.kept import kept_bytes
from bot.memory.plan import FOUR_BITS, Plan, not_for_cpu
from bot.models.shape import Model

Computed: TypeAlias = Asked | Literal["command"]  # what is asked back about a plan
_COMMAND = Text("The command", "完整命令")
_NO_FAULT = Text("Nothing against {name}, if it suits you", "{name} 也可以，看你习惯")
_BUT = Text("Mind this:", "要注意：")
_GET = Text("Get it here: {url}", "下载：{url}")
_FILE = Text("{model}: about {size}", "{model} 大约 {size}")
_SHOWN_AS = Text(
    "That is {gib}; Windows calls it so too, download pages and Macs write {gb} GB. A byte less and it is broken.",
    "换算：{gib}（Windows 显示的也是这个数），下载页和 Mac 上写 {gb} GB。少一点都不行。",
)
_NOT_WHOLE = Text("Not whole: {told} of about {size}", "没下全：{told}，应该约 {size}")
_AGAIN = Text(
    "Delete it, see that the disk has room, and download it again with a program that goes on where it stopped "
    "(hf download, LM Studio, a download manager).",
    "删掉重新下：先看磁盘空间够不够，用能断点续传的工具（hf download、LM Studio、下载器）。",
)
_IS_WHOLE = Text("The size fits: about {size}", "大小对得上：应该约 {size}")
_NOT_THE_FILE = Text(
    "So the file is probably whole. If it still does not load: update the program, and compare the checksum (sha256) "
    "on the file's page.",
    "文件应该是完整的。还是加载不了：更新软件，再核对文件页面上的 sha256。",
)
_THAT_IS_WHY = Text("That is why: a context of {context} takes {size}", "问题就在这：{context} 的上下文要占 {size}")
_LESS = Text("Set it to {context} at most. {how}.", "最多设到 {context}。{how}。")
_WHOLE_CACHE, _SMALL_CACHE = "f16", "q8_0"  # types of the KV cache
_KEPT = Text("{context} tokens of context take {size} ({model})", "{model}：{context} 的上下文占 {size}")
_KEPT_INSTEAD = Text("With {type} for the KV cache it is {size}.", "KV 缓存用 {type} 的话是 {size}。")
_BESIDE_FILE = Text(
    "The file comes on top: {model} has {size}, and 1 GiB more for computing and the desktop.",
    "另外还要加上模型文件：{model} 有 {size}，再留 1 GiB 给计算和桌面。",
)
_TWICE = Text("About {context} tokens of context", "上下文大约能到 {context}")
_BY_THE_LOG = Text(
    "Twice the {most} that your log names: 8 bits take half the room of 16. The exact number stands in the next log.",
    "是你日志里那个 {most} 的两倍：8 位缓存只占 16 位的一半。准确数字看下一次的日志。",
)
_SHORT_CONTEXT, _FOR_COMPUTING = 4096, GIB // 2
_FITS_FREE = Text("Fits: {model} takes about {size}, {room} are free", "能行：{model} 大约占 {size}，现在空着 {room}")
_NO_ROOM = Text(
    "Too large: {model} takes about {size}, {room} are free", "还是放不下：{model} 大约占 {size}，只空着 {room}"
)
_WITH_SHORT_CONTEXT = Text("Counted with a context of 4096.", "按上下文 4096 算的。")
_LEAST_WHOLE = 0.93  # of the size, told in either unit: files of several makers differ a little
_GB = 1e9
_SET = Text("Set it like this", "这样设")
_NEXT = Text("Next", "接着试")
_PASTE_AGAIN = Text(
    "Then paste what it prints now, all of it: the message may have changed, and a new one says what is left.",
    "试完把现在的完整输出再贴一次：报错可能已经变了，新的那条会说明还差什么。",
)
_NEXT_STEP = Text("Then go on with step {number}", "那接着做第 {number} 步")
_NEXT_CAUSE = Text("Then it may be this: {title}", "那可能是这个：{title}")
_NO_MORE = Text("Then let us see what it says now", "那先看看现在报什么")
_NOTED = Text("Noted: {facts}", "记下了：{facts}")
_CONFIRMED = Text("Your log confirms it: {title}", "日志也说明是这个：{title}")
_HEARD = Text("Understood", "明白")
_IF_SOLVED = Text("Works by now? Then just say so.", "要是已经好了，说一声就行。")
_STILL = Text("It still looks like this: {title}.", "看起来还是这个问题：{title}。")
_STANDS = Text(
    "The steps above stay as they are. Go through them in order; where one does not help, tell me its number and paste "
    "what it prints.",
    "上面的步骤不变，按顺序试就行。哪一步不管用，说一下是第几步，再把它打印的内容贴上来。",
)
_UNCHANGED = Text(
    "That changes nothing of what I wrote above. Anything else you want to know, just ask.",
    "前面说的不用改。还想知道什么，直接问就行。",
)
_NOT_ENOUGH = Text(
    "That does not decide it yet. What does: the exact message, or what you see and after which step.",
    "光凭这个还定不下来。最有用的是报错原文，或者说说做到哪一步、屏幕上是什么样。",
)
NOT_KNOWN = Text("That one I do not know for sure", "这个我拿不准")
_ASK_HELPERS = Text(
    "Better to say so than to guess; somebody here may know. Asked in other words, with the program's "
    "name, I may find it.",
    "与其瞎猜不如直说，等等看有没有懂的人。也可以带上软件名、换个说法再问我一次。",
)
_LACKS = Text("For that I need one more thing", "还差一样才能算")
MOST_STEPS = 2
_OTHER = Text("Then the other one: {title}", "那来看另一个：{title}")
_NO_LAYERS = Text("{loader} has no GPU layers to set", "{loader} 没有 GPU 层数可填")
_WHOLE = Text(
    "It puts the whole model on the cards: what does not fit needs a shorter context, a smaller quantization or a "
    "further card. Layers are split between card and RAM by llama.cpp, koboldcpp, ollama and LM Studio (GGUF).",
    "它把整个模型放进显卡：放不下就缩短上下文、换更小的量化，或者加卡。能按层分到显卡和内存的是 llama.cpp、koboldcpp、"
    "ollama、LM Studio（GGUF）。",
)
_SAYS = Text("What step {number} says of that", "第 {number} 步里是这么说的")
_NO_MORE_KNOWN = Text("More than that I do not know for sure.", "再多我就拿不准了。")
_QUOTED = Text("From “{title}”", "前面说的：{title}")
_WHERE = Text("Where that goes", "在哪里输入")
_THAT_STEP = Text("That is step {number}", "就是第 {number} 步")
_SPOKEN_OF = Text("Then step {number} is the one to take", "那就先做第 {number} 步")
_WHICH_STEP = Text("Which step do you mean?", "你说的是哪一步？")
_STUCK = Text(
    "Tell me the number of the step and what you see where you are stuck.", "卡在哪一步、屏幕上是什么样，直接说就行。"
)
_IN_POWERSHELL = Text(
    "Open the program's folder in Explorer, right-click an empty spot, “Open in Terminal”; paste the line with a right "
    "click and press Enter.",
    "在资源管理器里打开程序所在的文件夹，空白处右键 →“在终端中打开”；右键粘贴这一行，按回车。",
)
_IN_A_TERMINAL = Text(
    "In a terminal on the machine that runs it: paste the line and press Enter. In Docker, options go behind the name "
    "of the image, or into “command:” of the compose file.",
    "在运行它的那台机器上打开终端，粘贴这一行后回车。用 Docker 的话，参数写在镜像名后面，"
    "或写进 compose 文件的 command 一项。",
)
_IN_THE_FOLDER = Text(
    "It has to be in that folder: on Windows open the folder, click into the address bar, type cmd and press Enter; "
    "elsewhere: cd and the folder's path.",
    "要在那个文件夹里执行：Windows 打开该文件夹，点一下地址栏，输入 cmd 回车；其他系统用 cd 进入该文件夹。",
)
_NAMES_FOLDER = re.compile(
    r"\b(?:in|into|from|of) (?:the |its |that |your |a )?(?:program's |sillytavern's |sillytavern |own )?folder\b",
    re.IGNORECASE,
)
_TO_A_FILE = Text(
    "It goes into the file that the step names: open it with an editor, save it, and start the program again.",
    "写进步骤里提到的那个文件：用记事本之类打开，保存后重启程序。",
)
_SETX = re.compile(r"setx (OLLAMA_[A-Z_]+) (\S+)")
_WRITE = Text("In the file that opens, write:", "在打开的文件里写：")
_EXPORT = re.compile(r"^export (\w+)=(\S+)$", re.MULTILINE)
_SETS = re.compile(r"(?:^|\n)(?:export |setx? |\$env:)\w+")
_IN_FIELDS = frozenset({"json", ""})  # goes into a field of a page, which the step names
_PLACES = {
    "powershell": _IN_POWERSHELL,
    "cmd": _IN_POWERSHELL,
    "bash": _IN_A_TERMINAL,
    "sh": _IN_A_TERMINAL,
    "text": _IN_A_TERMINAL,
}


def against_answer(loader: Loader) -> Answer:
    """What there is to be said for a program that was not advised, and against it."""
    blocks: list[Block] = [Paragraph(loader.summary)]
    if loader.avoid:
        blocks += [Paragraph(joined([_BUT, *loader.avoid], " "))]
    blocks += [Paragraph(_GET.format(url=link.url)) for link in loader.links[:1]]
    return Answer(_NO_FAULT.format(name=loader.name), "neutral", tuple(blocks))


def link_answer(loader: Loader) -> Answer:
    """Where a program is downloaded, and what it is."""
    link = Paragraph(_GET.format(url=loader.links[0].url))
    return Answer(loader.name, "neutral", (link, Paragraph(loader.summary)))


def kept_answer(model: Model, context: int, cache_type: str | None) -> Answer:
    """What a context of so many tokens takes of a model, in a cache of this type (None: not quantized)."""
    size = gib(kept_bytes(model, context, cache_type or _WHOLE_CACHE))
    title = _KEPT.format(context=thousands(context), model=model.shape.name, size=size)
    other = _SMALL_CACHE if cache_type in {None, _WHOLE_CACHE} else _WHOLE_CACHE
    instead = _KEPT_INSTEAD.format(type=other, size=gib(kept_bytes(model, context, other)))
    beside = _BESIDE_FILE.format(model=f"{model.shape.name} {model.quant}".strip(), size=gib(model.file_bytes))
    return Answer(title, "neutral", (Paragraph(instead), Paragraph(beside)))


def counted_answer(most: int) -> Answer:
    """How long a context fits with a cache of 8 bits where an engine has counted `most` tokens with one of 16."""
    title = _TWICE.format(context=f"{2 * most:,}")
    return Answer(title, "neutral", (Paragraph(_BY_THE_LOG.format(most=f"{most:,}")),))


def free_answer(model: Model, room: int) -> Answer:
    """Whether a model fits the memory that is free, in bytes, with a short context."""
    needed = model.file_bytes + kept_bytes(model, _SHORT_CONTEXT, _WHOLE_CACHE) + _FOR_COMPUTING
    words = _FITS_FREE if needed <= room else _NO_ROOM
    named = f"{model.shape.name} {model.quant}".strip()
    title = words.format(model=named, size=gib(needed), room=gib(room))
    return Answer(title, "good" if needed <= room else "careful", (Paragraph(_WITH_SHORT_CONTEXT),))


def file_answer(model: Model, told: float | None) -> Answer:
    """How large a model's file is. `told`: the size, in GB or GiB, of the one that lies there, if known."""
    size = gib(model.file_bytes)
    if told is None:
        named = _FILE.format(model=f"{model.shape.name} {model.quant}".strip(), size=size)
        shown = _SHOWN_AS.format(gib=size, gb=f"{model.file_bytes / _GB:.1f}")
        return Answer(named, "neutral", (Paragraph(shown),))
    if told * GIB < _LEAST_WHOLE * model.file_bytes:
        title = _NOT_WHOLE.format(told=f"{told:g} GB", size=size)
        return Answer(title, "careful", (Paragraph(_AGAIN),))
    return Answer(_IS_WHOLE.format(size=size), "neutral", (Paragraph(_NOT_THE_FILE),))


def asked_answer(
    asked: Computed, plan: Plan, commands: Mapping[str, Code], machine: PlannedMachine, loader: str | None
) -> Answer:
    """The answer to one question about a planned model: layers, context, speed, which file, or whether it fits."""
    title = _TITLES[asked](plan)
    blocks: list[Block] = [Paragraph(_subject(plan, machine))]
    if asked in {"layers", "context", "command"} and plan.verdict != "no":
        blocks += _command(commands, loader)
    if asked == "quant":
        blocks += _files(plan)
    if machine.lacks_ram and plan.verdict != "gpu":
        blocks += [Paragraph(note, tone="careful") for note in machine.notes[-1:]]
    return Answer(title, TONES[plan.verdict], tuple(blocks))


def _subject(plan: Plan, machine: PlannedMachine) -> Text:
    """What was counted with."""
    cache = plan.placement.settings.cache_type_k
    whole = (
        Text("{model} ({size}) on {machine}, context {context}.", "{model}（{size}），{machine}，上下文 {context}。")
        if cache == "f16"
        else Text(
            "{model} ({size}) on {machine}, context {context}, KV cache {cache}.",
            "{model}（{size}），{machine}，上下文 {context}，KV 缓存 {cache}。",
        )
    )
    return whole.format(
        cache=cache,
        model=f"{plan.model.shape.name} {plan.model.quant}".strip(),
        size=gib(plan.model.file_bytes),
        machine=machine.name,
        context=f"{plan.placement.settings.context:,}",
    )


def _layers(plan: Plan) -> Text:
    whole = plan.model.shape.offloadable
    if plan.verdict == "no" or not_for_cpu(plan.model):
        return headline(plan)
    if experts := plan.placement.settings.experts_on_host:
        return Text(
            "All {whole} layers on the card, the experts of {experts} in RAM",
            "{whole} 层全放显卡，其中 {experts} 层的专家放内存",
        ).format(whole=whole, experts=experts)
    return Text("GPU layers: {layers} of {whole}", "GPU 层数填 {layers}（共 {whole} 层）").format(
        layers=plan.placement.gpu_layers, whole=whole
    )


def _context(plan: Plan) -> Text:
    if plan.verdict == "gpu" and plan.max_context:
        return Text("Context up to {context}, whole on the card", "上下文最大 {context}，还能全放显卡").format(
            context=f"{plan.max_context:,}"
        )
    if plan.verdict == "no" or not plan.max_context:
        return headline(plan)
    return Text(
        "Context up to {context}; the longer, the fewer layers fit", "上下文最大 {context}；开得越长，能放显卡的层越少"
    ).format(context=f"{plan.max_context:,}")


def _speed(plan: Plan) -> Text:
    if plan.speed is None or plan.verdict == "no":
        return headline(plan)
    return Text("About {speed}", "大约 {speed}").format(speed=speed_text(plan.speed))


def _quant(plan: Plan) -> Text:
    whole = next((option for option in plan.options if option.verdict == "gpu"), None)
    if whole is not None:
        return Text("Whole on the card: {name} ({size})", "能全放显卡的是 {name}（{size}）").format(
            name=whole.name, size=gib(whole.size)
        )
    best = plan.best
    if best is not None and best.verdict != "no":
        return Text(
            "None fits whole; best is {name} ({size}), {mark}", "没有能全放显卡的；最合适的是 {name}（{size}），{mark}"
        ).format(name=best.name, size=gib(best.size), mark=MARKS[best.verdict])
    return headline(plan)


def _fits(plan: Plan) -> Text:
    if plan.verdict == "no":
        return headline(plan)
    speed = (
        Text(", about {low}–{high} t/s", "，约 {low}～{high} token/s").format(
            low=rounded(plan.speed.low), high=rounded(plan.speed.high)
        )
        if plan.speed
        else ""
    )
    return Text("Yes: {mark}{layers}{speed}", "能跑：{mark}{layers}{speed}").format(
        mark=MARKS[plan.verdict], layers=_on_card(plan), speed=speed
    )


def _on_card(plan: Plan) -> Words:
    """How many layers a split puts on the card; nothing where experts are what is split off."""
    if plan.verdict != "split" or plan.placement.settings.experts_on_host or not_for_cpu(plan.model):
        return ""
    return Text(", {layers}", "，{layers}").format(layers=layers_on_card(plan))


def _size(plan: Plan) -> Text:
    return Text("The file has about {size}", "文件大约 {size}").format(size=gib(plan.model.file_bytes))


def of_plan(answer: Answer, plan: Plan, machine: PlannedMachine) -> Answer:
    """An answer with what it was counted with in front."""
    return structs.replace(answer, blocks=(Paragraph(_subject(plan, machine)), *answer.blocks))


def too_long_answer(plan: Plan, whole: Plan, machine: PlannedMachine) -> Answer:
    """That the context that was told is why a model does not lie on the card whole. `whole`: the plan with less."""
    context, most = plan.placement.settings.context, whole.max_context or whole.placement.settings.context
    size = gib(kept_bytes(plan.model, context, plan.placement.settings.cache_type_k))
    title = _THAT_IS_WHY.format(context=thousands(context), size=size)
    less = _LESS.format(context=thousands(most), how=_fits(whole))
    return Answer(title, "careful", (Paragraph(less), Paragraph(_subject(whole, machine))))


def _start(plan: Plan) -> Text:
    return headline(plan) if plan.verdict == "no" else _COMMAND


_TITLES = {
    "command": _start,
    "size": _size,
    "layers": _layers,
    "context": _context,
    "speed": _speed,
    "quant": _quant,
    "fits": _fits,
}


def _command(commands: Mapping[str, Code], loader: str | None) -> Iterator[Block]:
    name = loader if loader in commands else next(iter(commands), None)
    if name is not None:
        yield Steps(_SET, (Step(name, (commands[name],)),))


def _files(plan: Plan) -> Iterator[Block]:
    """A word of warning where what fits whole is a poor copy."""
    if bits_per_weight(plan) > 0 and all(option.verdict != "gpu" for option in plan.options[:6]):
        yield Paragraph(
            Text(
                "Below {bits} bits quality falls quickly: a smaller model at Q4_K_M is usually the better choice.",
                "低于 {bits} 位质量掉得很快，一般不如换小一号模型的 Q4_K_M。",
            ).format(bits=FOUR_BITS)
        )


def lacking_answer(point: Point) -> Answer:
    """What is still needed for a figure."""
    return Answer(_LACKS, "neutral", (Paragraph(joined([point.name, point.question], Text(": ", "："))),))


def next_answer(answers: Sequence[Answer], step: int) -> Answer:
    """What to try when the advice did not help. `answers`: by cause; `step`: which one failed, or 0."""
    steps = first_steps(answers[0]) if answers else ()
    if step and step < len(steps):
        shown = steps[step : step + MOST_STEPS]
        title = _NEXT_STEP.format(number=step + 1)
        return Answer(title, "neutral", (Steps("", tuple(shown)), Paragraph(_PASTE_AGAIN)))
    if len(answers) > 1:
        return _next_cause(answers[1])
    if len(steps) > 1 and not step:  # the first was most likely what was tried
        title = _NEXT_STEP.format(number=2)
        return Answer(title, "neutral", (Steps("", tuple(steps[1 : 1 + MOST_STEPS])), Paragraph(_PASTE_AGAIN)))
    return Answer(_NO_MORE, "neutral", (Paragraph(_PASTE_AGAIN),))


def _next_cause(other: Answer) -> Answer:
    told = [block for block in other.blocks if isinstance(block, Paragraph) and block.label is not None][:1]
    return Answer(
        _NEXT_CAUSE.format(title=other.title),
        "careful",
        (*told, Steps(_NEXT, tuple(first_steps(other)[:MOST_STEPS])), Paragraph(_PASTE_AGAIN)),
    )


def other_answer(other: Answer) -> Answer:
    """What is to be done about the other one of two things, once the first is solved."""
    return structs.replace(_next_cause(other), title=_OTHER.format(title=other.title))


def without_layers(answer: Answer, loader: str) -> Answer:
    """The answer of a program that puts a model on the cards as a whole, to a question for layers."""
    blocks = (Paragraph(_WHOLE), Paragraph(answer.title), *answer.blocks)
    return structs.replace(answer, title=_NO_LAYERS.format(loader=loader), blocks=blocks)


def then_answer() -> Answer:
    """What is needed when first checks did not help."""
    return Answer(_NO_MORE, "neutral", (Paragraph(_PASTE_AGAIN),))


def noted_answer(facts: Sequence[Words]) -> Answer:
    """That facts were heard which change nothing of what was said, where nothing fails."""
    return Answer(_NOTED.format(facts=joined(facts, COMMA)), "neutral", (Paragraph(_UNCHANGED),))


def heard_answer(facts: Sequence[Words], standing: Answer | None, *, perhaps_solved: bool) -> Answer:
    """That something was heard which leaves the answer as it is. `standing`: that answer, where it has steps;
    `perhaps_solved`: no trouble was told with it.
    """
    title = _NOTED.format(facts=joined(facts, COMMA)) if facts else _HEARD
    solved = (Paragraph(_IF_SOLVED),) if perhaps_solved and not facts else ()
    if standing is None:
        return Answer(title, "neutral", (Paragraph(_NOT_ENOUGH), *solved))
    return Answer(title, "neutral", (Paragraph(_STILL.format(title=standing.title)), Paragraph(_STANDS), *solved))


def confirmed_answer(standing: Answer) -> Answer:
    """That a log shows what was answered before it came."""
    steps = Steps("", first_steps(standing)[:MOST_STEPS])
    return Answer(_CONFIRMED.format(title=standing.title), "neutral", (steps, Paragraph(_STANDS)))


def unsure_answer(*, has_steps: bool) -> Answer:
    """That a question is not answered by the knowledge."""
    return Answer(NOT_KNOWN, "neutral", (Paragraph(_ASK_HELPERS), *([Paragraph(_STANDS)] if has_steps else [])))


def where_answer(answer: Answer, number: int = 0, *, sets: bool = False) -> Answer:
    """Where the commands of an answer go; which step is meant, where it has none. `number`: that of the step, or 0;
    `sets`: something is to be set.
    """
    steps = first_steps(answer)
    named = steps[number - 1] if 0 < number <= len(steps) else None
    step = named or (_setting(steps) if sets else None) or next((step for step in steps if step.commands), None)
    step = step or next(iter(steps), None)
    if step is None:
        return Answer(_WHICH_STEP, "neutral", (Paragraph(_STUCK),))
    places = _places(step)
    title = _WHERE if places else _THAT_STEP.format(number=steps.index(step) + 1)
    return Answer(title, "neutral", (*map(Paragraph, places), Steps("", (step,)), Paragraph(_STUCK)))


def _setting(steps: Sequence[Step]) -> Step | None:
    """The step that sets a variable; else the first, where it tells what to set in a window."""
    variable = (step for step in steps if any(_SETS.search(code.text) for code in step.commands))
    return next(variable, None) or next((step for step in steps[:1] if not step.commands), None)


def _places(step: Step) -> Sequence[Text]:
    """Where the commands of a step are typed or written, each place once; none for what goes into a field of a page."""
    typed = [code.shell for code in step.commands if code.shell not in _IN_FIELDS]
    if any(shell in _PLACES for shell in typed) and _NAMES_FOLDER.search(told(step.text, "en")):
        return (_IN_THE_FOLDER,)
    return tuple(dict.fromkeys(_PLACES.get(shell, _TO_A_FILE) for shell in typed))


def step_answer(answer: Answer, number: int, *, is_known: bool = True) -> Answer:
    """The step of an answer that something was told of. `number`: from 1; `is_known`: the answer names a cause."""
    step = first_steps(answer)[number - 1]
    title = _SPOKEN_OF.format(number=number)
    still = (Paragraph(_STILL.format(title=answer.title)),) if is_known else ()
    return Answer(title, "neutral", (*still, Steps("", (step,)), Paragraph(_STUCK)))


def says_answer(answer: Answer, number: int) -> Answer:
    """What a step says to a question that asks more than that. `number`: from 1."""
    step = first_steps(answer)[number - 1]
    return Answer(_SAYS.format(number=number), "neutral", (Steps("", (step,)), Paragraph(_NO_MORE_KNOWN)))


def quoted_answer(answer: Answer, is_of_it: Callable[[str], bool]) -> Answer | None:
    """The sentences of an answer that speak of what is asked; None where none does. `is_of_it`: whether a text does."""
    texts = [block.text for block in answer.blocks if isinstance(block, Paragraph) and block.label is None]
    spoken = [text for text in texts if is_of_it(f"{told(text, 'en')}\n{told(text, 'zh')}")]
    codes = [block for block in answer.blocks if isinstance(block, Code)]
    if not spoken:
        return None
    return Answer(_QUOTED.format(title=answer.title), "neutral", (*map(Paragraph, spoken[:MOST_STEPS]), *codes[:1]))


def said_on(answer: Answer) -> Answer:
    """What an answer that was given says behind its first sentence, once more: there is nothing else to tell."""
    rest = answer.blocks[1:] or answer.blocks
    return Answer(_QUOTED.format(title=answer.title), "neutral", (*rest[:MOST_STEPS], Paragraph(_NO_MORE_KNOWN)))


def code_answer(answer: Answer, system: str | None) -> Answer | None:
    """Where the commands of an answer to a question go, as they are written on this system; None where it has none."""
    codes = [code for block in answer.blocks if isinstance(block, Code) for code in _written(block, system)]
    if not codes:
        return None
    places = dict.fromkeys(_PLACES[code.shell] for code in codes if code.shell in _PLACES)
    return Answer(_WHERE, "neutral", (*map(Paragraph, places), *codes))


def _written(code: Code, system: str | None) -> tuple[Code, ...]:
    """A command as the system takes it, where only a variable stands in it that another one sets otherwise."""
    if system == "windows" and code.shell == "bash":
        return (Code(_EXPORT.sub(r'$env:\1 = "\2"', code.text), "powershell", code.label),)
    setting = _SETX.fullmatch(code.text.strip()) if system in _SETTING else None
    if setting is None or system is None:
        return (code,)
    return _SETTING[system](setting[1], setting[2].rpartition("\\")[2])  # of a path the last folder


def _for_service(name: str, value: str) -> tuple[Code, ...]:
    """A variable for ollama's service. Source: https://docs.ollama.com/faq."""
    return (
        Code("sudo systemctl edit ollama", "bash"),
        Code(f'[Service]\nEnvironment="{name}={_as_path(name, value)}"', "text", _WRITE),
        Code("sudo systemctl daemon-reload\nsudo systemctl restart ollama", "bash"),
    )


def _for_mac(name: str, value: str) -> tuple[Code, ...]:
    """A variable for ollama's app. Source: https://docs.ollama.com/faq."""
    return (Code(f'launchctl setenv {name} "{_as_path(name, value)}"', "bash"),)


def _as_path(name: str, value: str) -> str:
    return f"/path/to/{value}" if name.endswith("_MODELS") else value


_SETTING: Mapping[str | None, Callable[[str, str], tuple[Code, ...]]] = {"linux": _for_service, "macos": _for_mac}


def first_steps(answer: Answer) -> tuple[Step, ...]:
    """The first steps of an answer."""
    return next((block.steps for block in answer.blocks if isinstance(block, Steps)), ())
