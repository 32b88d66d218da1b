"""Which program to take, by what is told of the system, the card and the file."""

from bot.answers.fit.loaders import loader_choice_answer
from bot.base.sizes import GIB
from bot.clinic.fit_matter import FitMatter
from bot.clinic.fit_part import FitPart
from bot.knowledge.reference import Loader


class ProgramReplies:
    """The answers to who looks for a program."""

    def __init__(self, matter: FitMatter) -> None:
        self._matter = matter
        self._parts = matter.parts
        self._post = matter.post

    def loader(self) -> FitPart:
        answer = loader_choice_answer(
            self._to_choose_from,
            self._parts.conditions,
            self._told_conditions | self._usual_system,
            self.named_format,
            assumed=self._usual_system,
        )
        return FitPart("loader", answer)

    @property
    def _to_choose_from(self) -> tuple[Loader, ...]:
        """The programs that are named, where several are to be chosen from; else all."""
        loaders = self._parts.loaders
        named = tuple(loaders[name] for name in self._post.loaders if name in loaders and loaders[name].runs)
        is_of_them = len(named) > 1 and self._post.has_any(("which-one", "two-loaders"))
        return named if is_of_them else tuple(loaders.values())

    @property
    def _told_conditions(self) -> frozenset[str]:
        """Ids of the conditions that the post tells of its author."""
        told = {condition for condition in self._parts.conditions if self._post.has(f"is-{condition}")}
        if self._post.machine.kind == "phone":
            return frozenset({"on-a-phone"})
        if "system" in self._post.request.points:
            told.add(self._system_condition)
        if self._matter.machine is not None and sum(self._matter.machine.machine.usable_vram) >= 15 * GIB:
            told.add("fits-in-vram")
        return frozenset(told)

    @property
    def _usual_system(self) -> frozenset[str]:
        """The condition of the system that is assumed where none was told."""
        told = self._told_conditions
        if told & {"windows", "macos", "linux-or-wsl", "on-a-phone"}:
            return frozenset()
        return frozenset({"linux-or-wsl" if "many-requests" in told else self._system_condition})

    @property
    def _system_condition(self) -> str:
        return {"windows": "windows", "macos": "macos", "linux": "linux-or-wsl"}[self._matter.system]

    @property
    def named_format(self) -> str | None:
        told = {name.format for name in self._post.models} | {None}
        prose = self._post.prose.upper()
        return next((each.name for each in self._parts.formats if each.name in told or each.name in prose), None)
