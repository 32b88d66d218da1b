"""Which sampler settings a model wants: what its makers recommend, else what suits most."""

from bot.answers.blocks import Answer, Block, Field, Fields, Links, Paragraph
from bot.answers.judged import NAMES
from bot.base.languages import Text
from bot.knowledge.samplers import Family, Samplers

_TITLE = Text("Settings for {model}", "{model} 的参数怎么设")
_BY_MAKERS = Text("Its makers recommend", "官方建议")
_USUAL = Text("I know no values of its makers; these suit most models", "没查到官方的建议，下面这组对大多数模型都合适")
_REST = Text(
    "“Neutralize Samplers” first, so that nothing else changes the text. Roleplay: min-p 0.05, and against repetition "
    "DRY 0.8 (base 1.75, allowed length 2) rather than repetition penalty.",
    "先点“中和采样器”，别的都不用动。角色扮演再加 min-p 0.05；防复读用 DRY 0.8（base 1.75、allowed length 2），"
    "比重复惩罚好。",
)
_TEMPLATE = Text(
    "Template: the model's own. Over Chat Completion the loader applies it; over Text Completion tick “Derive from "
    "model metadata” (icon “A”).",
    "模板用模型自带的：聊天补全（Chat Completion）由加载器自动套；文本补全在“A”图标那页勾“从模型元数据派生”。",
)
_CARD = Text("The model card", "模型卡")
_FEW = ("temperature", "top-p", "min-p", "repetition penalty")  # of what suits any model


def settings_answer(model: str, told: str, samplers: Samplers) -> Answer:
    """What to set for a model, called as it was told, with the source where its makers say it."""
    family = samplers.family_of(model)
    values = family.values if family else [each for each in samplers.usual if each.setting in _FEW]
    rows = Fields(
        tuple(Field(NAMES.get(each.setting, each.setting), each.good) for each in values),
        _BY_MAKERS if family else _USUAL,
    )
    blocks: tuple[Block, ...] = (rows, Paragraph(_REST), Paragraph(_TEMPLATE), *_source(family))
    return Answer(_TITLE.format(model=told), "neutral", blocks)


def _source(family: Family | None) -> tuple[Block, ...]:
    return (Links(((_CARD, family.source),)),) if family else ()
