"""Which loader: the advice once the questions of the dialogue are answered."""

from collections.abc import Mapping

from msgspec.structs import replace

from bot.answers.blocks import Answer, Field, Fields
from bot.answers.loader_dialogue import CARD, SYSTEM, fitting
from bot.answers.reference import loader_answer
from bot.base.languages import Text
from bot.intake.facts import Fact, Facts
from bot.knowledge.reference import Condition, Loader

SECOND_CHOICE = Text("Also possible", "也可以考虑")
_USUAL = "koboldcpp"  # where nothing fits
_SYSTEMS = {"windows": "Windows", "linux": "Linux", "macos": "macOS"}


def loader_advice(
    chosen: Mapping[str, str], loaders: Mapping[str, Loader], conditions: Mapping[str, Condition]
) -> Answer:
    """All about the loader that suits best, and the names of the next two."""
    fits = fitting(loaders.values(), chosen)
    best = fits[0].loader if fits else loaders[_USUAL]
    system = _SYSTEMS.get(chosen.get(SYSTEM, ""), "")
    facts = Facts(
        system=Fact(system, 0) if system else None,
        gpus=(Fact("NVIDIA", 0),) if chosen.get(CARD) == "yes" else (),
    )
    answer = loader_answer(best, conditions, facts, {})
    others = ", ".join(fit.loader.name for fit in fits[1:3])
    if not others:
        return answer
    return replace(answer, blocks=(*answer.blocks, Fields((Field(SECOND_CHOICE, others),))))
