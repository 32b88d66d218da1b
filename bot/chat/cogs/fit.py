"""/canirun, /layers, /recommend, and /machine, which remembers somebody's computer for them."""

from typing import Any, cast, get_args

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.base.languages import Language
from bot.chat.cogs.answering import ANYONE, ANYWHERE, answer, suggested
from bot.chat.desk import Desk
from bot.chat.errors import RefusalError, language_of, refusal_text
from bot.chat.interactive import custom_id, parsed
from bot.chat.markdown import escape
from bot.chat.rendering import Press, notice
from bot.hardware.systems import System
from bot.models.unknown import UnknownModelError
from bot.models.uses import Use
from bot.service import jobs
from bot.service.keeping import in_time
from bot.service.wording import words
from bot.store.machines import KeptMachine

Interaction = discord.Interaction[Any]
MOST_CONTEXT = 10_000_000
MOST_OFFERED = 6  # models to choose from
SYSTEMS = [app_commands.Choice(name=name, value=name) for name in get_args(System)]


class Fit(commands.Cog):
    """/canirun, /layers, /recommend and /machine."""

    def __init__(self, bot: Desk) -> None:
        self.bot = bot
        bot.answer_handlers({"machine_forget": self.machine_forgotten, "model": self.model_chosen}, {})

    @app_commands.command(name="canirun", description="Will this model run on my computer?")
    @app_commands.describe(
        model="Name of the model, with its quantization if you like",
        vram="VRAM or card: 12, 24GB, 2x24, RTX 3060; empty takes what /machine remembers",
        ram="RAM: 32, 64GB; empty takes what /machine remembers",
        context="Context length in tokens",
        system="The operating system",
        engine="The program to run it in, if you have chosen one",
        options="vLLM, SGLang, ExLlama: its options, e.g. --max-num-seqs 8 --kv-cache-dtype fp8",
    )
    @app_commands.choices(system=SYSTEMS)
    @ANYONE
    @ANYWHERE
    async def canirun(
        self,
        interaction: Interaction,
        model: app_commands.Range[str, 1, 200],
        vram: app_commands.Range[str, 0, 60] = "",
        ram: app_commands.Range[str, 0, 60] = "",
        context: app_commands.Range[int, 1, MOST_CONTEXT] | None = None,
        system: app_commands.Choice[str] | None = None,
        engine: app_commands.Range[str, 0, 40] = "",
        options: app_commands.Range[str, 0, 300] = "",
    ) -> None:
        """/canirun: whether and how a model runs on a machine."""
        own = await self._machine(interaction, vram, ram, system)
        told = (model, own.vram, own.ram, context, _system(own), engine or None, options)
        try:
            await answer(self.bot, interaction, "canirun", jobs.can_run, *told)
        except UnknownModelError as error:
            await self._offer(interaction, error, ("canirun", own, context))

    @app_commands.command(name="layers", description="How many GPU layers fit my card?")
    @app_commands.describe(
        model="Name of the model, with its quantization if you like",
        vram="VRAM or card: 12, 24GB, 2x24, RTX 3060; empty takes what /machine remembers",
        context="Context length in tokens",
        system="The operating system",
    )
    @app_commands.choices(system=SYSTEMS)
    @ANYONE
    @ANYWHERE
    async def layers(
        self,
        interaction: Interaction,
        model: app_commands.Range[str, 1, 200],
        vram: app_commands.Range[str, 0, 60] = "",
        context: app_commands.Range[int, 1, MOST_CONTEXT] | None = None,
        system: app_commands.Choice[str] | None = None,
    ) -> None:
        """/layers: how many layers of a model fit a card."""
        own = await self._machine(interaction, vram, "", system, needs_ram=False)
        try:
            await answer(self.bot, interaction, "layers", jobs.layers, model, own.vram, context, _system(own))
        except UnknownModelError as error:
            await self._offer(interaction, error, ("layers", own, context))

    async def _offer(
        self, interaction: Interaction, error: UnknownModelError, asked: tuple[str, KeptMachine, int | None]
    ) -> None:
        """The models that may be meant, to be pressed instead of typed."""
        presses = [press for name in error.nearest[:MOST_OFFERED] if (press := _offered(name, *asked)) is not None]
        language = language_of(interaction)
        is_all_offered = error.code == "which-model" and len(presses) == len(error.nearest)
        text = words("model_which", language) if is_all_offered else refusal_text(error, language)
        await interaction.edit_original_response(view=notice(text, tone="careful", presses=presses))

    async def model_chosen(self, interaction: Interaction, arguments: tuple[str, ...]) -> None:
        """The same question with the model that was pressed."""
        command, context, system, vram, ram, model = arguments
        own = KeptMachine(vram, ram, system)
        tokens = int(context) if context else None
        if command == "canirun":
            told = (model, own.vram, own.ram, tokens, _system(own))
            await answer(self.bot, interaction, "canirun", jobs.can_run, *told)
        else:
            await answer(self.bot, interaction, "layers", jobs.layers, model, own.vram, tokens, _system(own))

    @app_commands.command(name="recommend", description="What runs on my computer?")
    @app_commands.describe(
        vram="VRAM or card: 12, 24GB, 2x24, RTX 3060; empty takes what /machine remembers",
        ram="RAM: 32, 64GB; empty takes what /machine remembers",
        system="The operating system",
        use="What for",
    )
    @app_commands.choices(
        system=SYSTEMS, use=[app_commands.Choice(name=locale_str(f"for {use}"), value=use) for use in get_args(Use)]
    )
    @ANYONE
    @ANYWHERE
    async def recommend(
        self,
        interaction: Interaction,
        vram: app_commands.Range[str, 0, 60] = "",
        ram: app_commands.Range[str, 0, 60] = "",
        system: app_commands.Choice[str] | None = None,
        use: app_commands.Choice[str] | None = None,
    ) -> None:
        """/recommend: which models suit a machine and a use."""
        own = await self._machine(interaction, vram, ram, system, needs_ram=False)
        wanted = cast("Use", use.value) if use else None
        await answer(self.bot, interaction, "recommend", jobs.recommend, own.vram, own.ram, _system(own), wanted)

    @app_commands.command(name="machine", description="Remember my computer, so that I need not type it again")
    @app_commands.describe(
        vram="VRAM or card: 12, 24GB, 2x24, RTX 3060", ram="RAM: 32, 64GB", system="The operating system"
    )
    @app_commands.choices(system=SYSTEMS)
    @ANYONE
    @ANYWHERE
    async def machine(
        self,
        interaction: Interaction,
        vram: app_commands.Range[str, 0, 60] = "",
        ram: app_commands.Range[str, 0, 60] = "",
        system: app_commands.Choice[str] | None = None,
    ) -> None:
        """Keeps what is told, once it is understood; without anything shows what is kept."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        known = await self.bot.store.machines.get(interaction.user.id)
        language = language_of(interaction)
        if vram or ram or system:
            known = _with(known or KeptMachine("", ""), vram, ram, system)
            if not known.vram:
                raise RefusalError("machine_needs_card")
            job, told = jobs.recommend, (known.vram, known.ram, _system(known), None)
            await self.bot.workers.run(interaction.user.id, job, *told)  # refuses what is no card and no amount
            await self.bot.store.machines.keep(interaction.user.id, known)
        if known is None:
            raise RefusalError("machine_none")
        forget = Press(words("machine_forget", language), custom_id("machine_forget"), discord.ButtonStyle.danger, "🗑️")
        text = words("machine_kept", language, machine=await self._shown(known, language))
        await interaction.edit_original_response(view=notice(text, tone="good", presses=[forget]))

    async def machine_forgotten(self, interaction: Interaction, _: tuple[str, ...]) -> None:
        """Forgets the machine that was kept."""
        await self.bot.store.machines.remove(interaction.user.id)
        note = words("machine_forgotten", language_of(interaction))
        await interaction.response.edit_message(view=notice(note, tone="good"))

    async def _shown(self, machine: KeptMachine, language: Language) -> str:
        vram, ram = await self.bot.masked(machine.vram), await self.bot.masked(machine.ram)
        parts = (_in_gb(vram), words("machine_ram", language, amount=_in_gb(ram)) if ram else "", machine.system)
        return escape(" · ".join(part for part in parts if part))

    async def _machine(
        self,
        interaction: Interaction,
        vram: str,
        ram: str,
        system: app_commands.Choice[str] | None,
        *,
        needs_ram: bool = True,
    ) -> KeptMachine:
        """What is told, and what is remembered where nothing is. A card that is told goes without remembered RAM only
        where none is needed.
        """
        told = _with(KeptMachine("", ""), vram, ram, system)
        if told.vram and (told.ram or not needs_ram):
            return told
        known = await in_time(self.bot.store.machines.get(interaction.user.id), otherwise=None)
        both = _with(known or KeptMachine("", ""), vram, ram, system)
        # Without RAM only a chip that shares its memory can be planned for; of other cards the plan says so.
        may_share = any(letter.isalpha() for letter in both.vram)
        if not both.vram or (needs_ram and not both.ram and not may_share):
            raise RefusalError("machine_needed" if needs_ram else "card_needed")
        return both

    @canirun.autocomplete("model")
    @layers.autocomplete("model")
    async def models(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Names of models that begin like what is typed."""
        return await suggested(self.bot, interaction, "model", current)

    @canirun.autocomplete("engine")
    async def engines(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Names of engines and loaders that hold what is typed."""
        return await suggested(self.bot, interaction, "engine", current)

    @canirun.autocomplete("vram")
    @layers.autocomplete("vram")
    @recommend.autocomplete("vram")
    @machine.autocomplete("vram")
    async def cards(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Graphics cards that resemble what is typed."""
        return await suggested(self.bot, interaction, "card", current)


def _in_gb(amount: str) -> str:
    """An amount with its unit, where only a number was typed."""
    return f"{amount} GB" if amount.isdecimal() else amount


def _with(known: KeptMachine, vram: str, ram: str, system: app_commands.Choice[str] | None) -> KeptMachine:
    """What is known of a machine with what is told now; another card brings its own system."""
    kept = "" if vram else known.system
    return KeptMachine(vram.strip() or known.vram, ram.strip() or known.ram, system.value if system else kept)


def _system(machine: KeptMachine) -> System:
    """Windows where nobody said; an Apple chip is known by itself."""
    return cast("System", machine.system or "windows")


def _offered(model: str, command: str, own: KeptMachine, context: int | None) -> Press | None:
    """The button of one model; None where what was asked does not fit in its id."""
    told = (command, context or "", own.system, own.vram, own.ram, model)
    try:
        id_ = custom_id("model", *told)
    except ValueError:
        return None
    return Press(model, id_) if parsed(id_) == ("model", tuple(map(str, told))) else None
