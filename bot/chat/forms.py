"""Forms (modals) without memory: what they belong to stands in their custom id, so they survive a restart."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import discord
from discord import ui

from bot.chat import limits
from bot.chat.limits import clip, head


@dataclass(frozen=True, slots=True)
class FormField:
    """One text field; `is_file` makes it an upload instead."""

    id: str
    label: str
    hint: str = ""
    value: str = ""
    is_long: bool = False
    is_required: bool = False
    is_file: bool = False
    most: int = limits.INPUT


@dataclass(frozen=True, slots=True)
class Submitted:
    """What came back: texts by field id, and uploaded files."""

    texts: dict[str, str] = field(default_factory=dict)
    files: tuple[discord.Attachment, ...] = ()

    def __getitem__(self, id_: str) -> str:
        return self.texts.get(id_, "").strip()


def form(custom_id: str, title: str, fields: Sequence[FormField]) -> ui.Modal:
    """A form of at most five fields; further ones are left out."""
    modal = ui.Modal(title=clip(title, limits.MODAL_TITLE), custom_id=custom_id, timeout=None)
    for item in fields[: limits.MODAL_ITEMS]:
        modal.add_item(
            ui.Label(
                text=clip(item.label, limits.LABEL),
                description=clip(item.hint, limits.LABEL_DESCRIPTION) or None,
                component=_input(item),
            )
        )
    modal.stop()  # submissions are found by custom id, so discord.py need not remember the form
    return modal


def _input(item: FormField) -> ui.Item[Any]:
    if item.is_file:
        return ui.FileUpload(custom_id=item.id, required=item.is_required, max_values=5)
    most = min(item.most, limits.INPUT)
    return ui.TextInput(
        custom_id=item.id,
        style=discord.TextStyle.paragraph if item.is_long else discord.TextStyle.short,
        required=item.is_required,
        default=head(item.value, most) or None,
        max_length=most,
    )


def submitted(interaction: discord.Interaction[Any]) -> Submitted:
    """Reads a submission off the raw payload."""
    data: Any = interaction.data or {}
    resolved = data.get("resolved", {}).get("attachments", {})
    texts: dict[str, str] = {}
    files: list[discord.Attachment] = []
    for part in _inputs(data.get("components", [])):
        if "value" in part:
            texts[part["custom_id"]] = str(part["value"] or "")
        known = (resolved[id_] for id_ in part.get("values") or [] if id_ in resolved)
        files.extend(discord.Attachment(data=data, state=interaction._state) for data in known)
    return Submitted(texts, tuple(files))


def _inputs(components: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The inputs inside labels (and inside the older action rows)."""
    found: list[dict[str, Any]] = []
    for part in components:
        if inner := part.get("component"):
            found.append(inner)
        found += part.get("components", [])
    return found
