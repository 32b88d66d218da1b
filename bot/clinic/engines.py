"""Which engine a name asks for: a loader whose own file says what it is built on, or an engine itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from bot.base.errors import UserError
from bot.base.languages import COMMA, joined
from bot.knowledge.reference import Loader, Runs
from bot.memory.serving import ENGINES, Engine
from bot.memory.settings import Settings


@dataclass(frozen=True, slots=True)
class ChosenEngine:
    """`family`: whose memory is counted, None where the format decides; `runs`: what the loader's own file says."""

    family: Engine | None = None
    loader: str = ""
    runs: Runs | None = None

    def context(self, told: int | None, vram: int) -> int | None:
        """The context that was told, else the loader's own default for so many bytes of VRAM."""
        own = self.runs.usual_context(vram) if self.runs else 0
        return own if told is None and own else told

    def settings(self, told: Settings) -> Settings:
        """The settings that were told, with the loader's own batch and slots where nobody chose them.

        A batch computed at once (ubatch) that was asked for stays, and the batch is at least as large.
        """
        if self.runs is None:
            return told
        usual, batch, slots = Settings(), self.runs.batch, self.runs.slots
        if batch and told.batch == usual.batch:
            told = replace(told, batch=max(batch, told.ubatch))
        return replace(told, parallel=slots) if slots and told.parallel == usual.parallel else told


def loader_options(loaders: Mapping[str, Loader]) -> dict[str, tuple[str, Runs]]:
    """Name under --engine -> the loader's name, and how it runs."""
    return {each.runs.option: (each.name, each.runs) for each in loaders.values() if each.runs and each.runs.option}


def engine_names(loaders: Mapping[str, Loader]) -> tuple[str, ...]:
    """Everything that --engine takes: engines that memory is counted for, then loaders built on one."""
    return tuple(dict.fromkeys((*ENGINES, *loader_options(loaders))))


def chosen_engine(name: str | None, loaders: Mapping[str, Loader]) -> ChosenEngine:
    """What --engine means. Raises UserError for a name that no engine and no loader has."""
    if not name:
        return ChosenEngine()
    if (own := loader_options(loaders).get(name)) is not None:
        loader, runs = own
        return ChosenEngine(cast("Engine", runs.family), loader, runs)
    if name in ENGINES:
        return ChosenEngine(name)
    known = engine_names(loaders)
    raise UserError("engine must be one of {known}.", "engine 只能是 {known}。").format(known=joined(known, COMMA))


def splitting_engine(name: str | None, loaders: Mapping[str, Loader]) -> ChosenEngine:
    """The same for what splits a model by layers; UserError for engines that keep all of them on the card."""
    chosen = chosen_engine(name or "llama.cpp", loaders)
    if chosen.family != "llama.cpp":
        own = loader_options(loaders).items()
        names = list(dict.fromkeys(["llama.cpp", *(each for each, (_, runs) in own if runs.family == "llama.cpp")]))
        raise UserError(
            "{name} keeps all layers on the card; layers are for {names}.",
            "{name} 会把所有层都放显卡；按层数分配只适用于 {names}。",
        ).format(name=name, names=joined(names, COMMA))
    return chosen
