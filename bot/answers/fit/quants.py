"""Which quantization, in words."""

from bot.answers.blocks import Answer, Paragraph
from bot.base.languages import Text
from bot.knowledge.advice import Advice


def quants_answer(advice: Advice) -> Answer:
    """The rule, and how much room to leave."""
    texts = (advice.quants.rule, advice.quants.room)
    return Answer(Text("Which quantization", "选哪个量化"), "neutral", tuple(Paragraph(text) for text in texts))
