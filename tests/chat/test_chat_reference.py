"""The short commands, their suggestions, and the commands about the bot itself."""

import re
from pathlib import Path
from typing import Any

import discord
import pytest
from chat_world import World, press, raw, text_of
from discord_checker import components
from tiny_clinic import LOG, UNKNOWN_LOG, TinyClinic

from bot.chat.limits import OPTION_TEXT
from bot.chat.mentions import MENTIONS, with_mentions
from bot.chat.translations import NAMES, SENTENCES
from bot.knowledge.files import DataError, Fault

pytest_plugins = ("chat_fixtures",)


@pytest.mark.parametrize(
    ("command", "options", "expected"),
    [
        ("canirun", {"model": "Qwen2.5-32B", "vram": "12", "ram": "32"}, "Qwen2.5-32B fits"),
        ("canirun", {"model": "Qwen2.5-32B", "vram": "12", "ram": "32", "context": 8192}, "8192"),
        (
            "canirun",
            {"model": "Qwen2.5-32B", "vram": "12", "ram": "32", "engine": "vllm", "options": "--max-num-seqs 8"},
            "12 32 vllm --max-num-seqs 8 windows",
        ),
        ("layers", {"model": "Qwen2.5-32B", "vram": "RTX 3060"}, "27 layers"),
        ("explain", {"name": "Qwen2.5-32B-Q5_K_M.gguf"}, "32 billion"),
        ("faq", {"question": "How large?"}, "Because."),
        ("term", {"word": "GGUF"}, "A word."),
    ],
)
async def test_short_commands(world: World, command: str, options: dict[str, Any], expected: str) -> None:
    result = await world.ann.slash(world.chat, command, **options)
    assert not result.ephemeral
    assert expected in text_of(result.response)


@pytest.mark.parametrize(
    ("command", "option", "typed", "expected"),
    [
        ("canirun", "model", "qwen", 25),
        ("layers", "model", "-7b", 1),
        ("explain", "name", "nothing like it", 0),
        ("canirun", "vram", "40", 1),
        ("layers", "vram", "rtx", 2),
        ("faq", "question", "large", 1),
        ("term", "word", "", 1),
    ],
)
async def test_suggestions(world: World, command: str, option: str, typed: str, expected: int) -> None:
    assert len(await world.ann.autocomplete(world.chat, command, option, typed)) == expected


async def test_an_unknown_model_is_said_politely(world: World) -> None:
    result = await world.ann.slash(world.chat, "canirun", model="what?", vram="12", ram="32")
    assert "No such model." in text_of(result.response)
    assert len(world.env.errors) == 1


async def test_the_memory_chart_is_drawn_on_request(world: World) -> None:
    result = await world.ann.slash(world.chat, "canirun", model="Qwen2.5-32B", vram="12", ram="32")
    assert not result.response.attachments
    assert "9.0 GiB / 12.0 GiB" in text_of((await press(world.ann, result.response, "more")).response)
    drawn = await press(world.ben, result.response, "chart")
    assert drawn.ephemeral
    (attachment,) = drawn.response.attachments
    assert attachment.filename == "memory.png"
    assert any(part["type"] == 12 for part in components(drawn.response.components))


async def test_the_loader_dialogue_survives_a_restart(world: World) -> None:
    shown = await world.ann.slash(world.chat, "loader")
    assert shown.ephemeral
    assert "1/2" in text_of(shown.response)
    await world.ann.click(shown.response, label="Yes")
    await world.restart()
    await world.ann.click(shown.response, label="No")
    assert "koboldcpp" in text_of(shown.response)


async def test_the_loader_dialogue_can_start_again(world: World) -> None:
    shown = await world.ann.slash(world.chat, "loader")
    await world.ann.click(shown.response, label="Yes")
    await world.ann.click(shown.response, label="Start again")
    assert "1/2" in text_of(shown.response)


async def test_about_names_its_versions(world: World) -> None:
    result = await world.ann.slash(world.chat, "about")
    assert "tiny-1" in text_of(result.response)


async def test_privacy_shows_and_deletes(world: World) -> None:
    await world.ann.slash(world.chat, "diagnose", log=LOG)
    shown = await world.ann.slash(world.chat, "privacy")
    assert shown.ephemeral
    assert "answers: 1" in text_of(shown.response)
    await press(world.ann, shown.response, "forget")
    assert "Deleted: 1 records" in text_of(shown.response)
    assert (await world.store.privacy.kept(world.ann.id)).answers == 0


async def test_stats_are_for_moderators(world: World) -> None:
    await world.ann.slash(world.chat, "diagnose", log=UNKNOWN_LOG)
    assert "stats" not in world.ann.available_commands(world.chat)
    result = await world.mod.slash(world.chat, "stats")
    assert result.ephemeral
    assert "**Answers**: logs 1" in text_of(result.response)
    assert "**Posts solved**: 0" in text_of(result.response)
    assert "FluxError" in text_of(result.response)


async def test_unknown_errors_are_listed_with_their_cluster(world: World) -> None:
    assert "None so far" in text_of((await world.mod.slash(world.chat, "unknown")).response)
    await world.ann.slash(world.chat, "diagnose", log=UNKNOWN_LOG)
    (cluster,) = await world.store.unknown.top()
    assert f"1 × [{cluster.id}]" in text_of((await world.mod.slash(world.chat, "unknown")).response)


async def test_every_name_and_sentence_of_the_commands_is_in_both_chineses(world: World) -> None:
    registered = next(entry.json for entry in world.env.backend.http_requests if entry.path.endswith("/commands"))

    def check(item: dict[str, Any], *, is_choice: bool = False) -> None:
        for key, table in (("name", NAMES), ("description", SENTENCES)):
            if item.get(key):
                assert item[key] in table, item[key]
                assert item[f"{key}_localizations"].keys() == {"zh-CN", "zh-TW"}
        for option in item.get("options") or []:
            check(option)

    for command in registered:
        check(command)
    assert {command["name"] for command in registered} >= {
        "diagnose", "canirun", "layers", "explain", "faq", "term", "loader", "template", "setup", "stats", "unknown",
        "privacy", "about", "Diagnose this message", "Ask for missing info", "Explain words in this message",
    }  # fmt: skip


def test_translated_names_are_valid_and_no_two_commands_share_one() -> None:
    for index in (0, 1):
        names = [translated[index] for translated in NAMES.values()]
        assert len(names) == len(set(names)) or index
        assert all(1 <= len(name) <= 32 for name in names)
    assert all(len(text) <= OPTION_TEXT for pair in SENTENCES.values() for text in pair)
    assert all(len(text) <= OPTION_TEXT for text in SENTENCES)


async def test_commands_work_on_servers_and_for_users(world: World) -> None:
    registered = next(entry.json for entry in world.env.backend.http_requests if entry.path.endswith("/commands"))
    by_name = {command["name"]: command for command in registered}
    for name in ("diagnose", "canirun", "Diagnose this message"):
        assert by_name[name]["integration_types"] == [0, 1]
        assert by_name[name]["contexts"] == [0, 1, 2]
    assert by_name["setup"]["contexts"] == [0]
    assert by_name["setup"]["default_member_permissions"] == 32


class Reloaded:
    """Loads what a test says comes next."""

    def __init__(self, *following: TinyClinic | DataError) -> None:
        self.following = list(following)

    def __call__(self) -> TinyClinic:
        found = self.following.pop(0)
        if isinstance(found, DataError):
            raise found
        return found


async def reload_by(world: World, *following: TinyClinic | DataError) -> str:
    """What the moderator reads after /reload, the loader giving what follows."""
    world.bot.workers._load = Reloaded(*following)
    admin = world.guild.create_role("Admins", permissions=discord.Permissions(administrator=True))
    boss = world.guild.add_member(world.env.create_user("boss"), roles=[admin])
    world.bot.config = world.config.model_copy(update={"owners": frozenset({boss.id})})
    result = await boss.slash(world.chat, "reload")
    assert result.ephemeral
    return text_of(result.response)


async def test_reload_swaps_the_knowledge(world: World) -> None:
    assert "tiny-1 → tiny-2" in await reload_by(world, TinyClinic("tiny-2"))
    assert "tiny-2" in text_of((await world.ann.slash(world.chat, "about")).response)


async def test_reload_says_when_nothing_has_changed(world: World) -> None:
    assert "Nothing has changed" in await reload_by(world, TinyClinic("tiny-1"))


async def test_faulty_knowledge_is_refused_and_every_fault_named(world: World) -> None:
    faults = DataError([Fault("failures/gpu/x.yaml", "examples[0].text", "missing"), Fault("faq.yaml", "", "not YAML")])
    text = await reload_by(world, faults)
    assert "failures/gpu/x.yaml: examples[0].text: missing" in text
    assert "faq.yaml: not YAML" in text
    assert world.bot.workers.clinic.version == "tiny-1"


async def test_nobody_else_may_reload(world: World) -> None:
    admin = world.guild.create_role("Admins", permissions=discord.Permissions(administrator=True))
    other = world.guild.add_member(world.env.create_user("other"), roles=[admin])
    world.bot.config = world.config.model_copy(update={"owners": frozenset({1})})
    result = await other.slash(world.chat, "reload")
    assert "Only the owner" in text_of(result.response)
    assert world.env.errors


async def test_changed_files_are_noticed_when_wanted(world: World, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1", encoding="utf-8")
    world.bot.config = world.config.model_copy(update={"knowledge_path": tmp_path})
    world.bot.workers._load = Reloaded(TinyClinic("tiny-2"), DataError([Fault("b.yaml", "", "broken")]))
    await world.bot._reload_changed()
    await world.bot._reload_changed()
    assert world.bot.workers.clinic.version == "tiny-1"
    (tmp_path / "b.yaml").write_text("b: 1", encoding="utf-8")
    await world.bot._reload_changed()
    assert world.bot.workers.clinic.version == "tiny-2"
    (tmp_path / "c.yaml").write_text("c: [", encoding="utf-8")
    await world.bot._reload_changed()
    assert world.bot.workers.clinic.version == "tiny-2"


async def test_commands_in_texts_can_be_pressed(world: World) -> None:
    text = with_mentions("Use /canirun or `/能跑吗`, not /usr/bin, ./layers, `ls /canirun` or and/or.")
    mention = MENTIONS["canirun"]
    assert re.fullmatch(r"</canirun:\d+>", mention)
    assert text == f"Use {mention} or {mention}, not /usr/bin, ./layers, `ls /canirun` or and/or."


async def test_the_collector_is_handed_out_as_a_file_with_its_one_line(world: World) -> None:
    for system, name, line in (("windows", "collect.ps1", "powershell"), ("linux", "collect.sh", "sh ~/Downloads")):
        result = await world.ann.slash(world.chat, "collect", system=system)
        assert result.ephemeral
        assert [attachment.filename for attachment in result.response.attachments] == [name]
        assert line in text_of(result.response)
        payload = str(raw(result.response))
        assert f"attachment://{name}" in payload or f"'name': '{name}'" in payload  # else Discord does not show it


async def test_questions_name_the_collector(world: World) -> None:
    await world.set()
    thread = await world.post(world.ann, "help, it does not work?")
    assert "collect" in text_of(world.of_bot(thread)[0])
