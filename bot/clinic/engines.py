"""Which engine a name asks for: one that the estimator knows, or a loader whose own file says which it is built on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from bot.base.errors import UserError
from bot.knowledge.reference import Loader, Runs
from bot.memory.plan import Plan
from bot.memory.serving import ENGINES, Engine, Starting
from bot.memory.settings import Settings


@dataclass(frozen=True, slots=True)
class ChosenEngine:
    """`family`: whose memory is counted, None where the format decides; `runs`: what the loader's own file says."""

    family: Engine | None = None
    loader: str = ""
    runs: Runs | None = None

    @property
    def program(self) -> str | None:
        """The loader by name."""
        return self.loader or ("LM Studio" if self.family == "lmstudio" else self.family)

    def context(self, told: int | None) -> int | None:
        """The context that was told, else the loader's own default."""
        own = self.runs.context if self.runs else 0
        return own if told is None and own else told

    def settings(self, told: Settings) -> Settings:
        """The settings that were told, with the loader's own batch where nobody chose one."""
        if self.runs is None or not self.runs.batch or told.batch != Settings().batch:
            return told
        return replace(told, batch=max(self.runs.batch, told.ubatch))

    def started(self, plan: Plan) -> Plan:
        """The plan with the loader's own way to start it."""
        if self.runs is None:
            return plan
        starting = Starting(self.loader, self.runs.start, self.runs.shell)
        return replace(plan, placement=replace(plan.placement, starting=starting))


def chosen_engine(name: str | None, loaders: Mapping[str, Loader]) -> ChosenEngine:
    """What --engine means. Raises UserError for a name that no engine and no loader has."""
    if not name:
        return ChosenEngine()
    if name in ENGINES:
        return ChosenEngine(name)
    own = {each.runs.option: (each.name, each.runs) for each in loaders.values() if each.runs}
    if name not in own:
        known = (*ENGINES, *own)
        raise UserError(f"engine must be one of {', '.join(known)}.", f"engine 只能是 {'、'.join(known)}。")
    loader, runs = own[name]
    return ChosenEngine(cast("Engine", runs.family), loader, runs)
