"""What runs on somebody's computer, and the computer that the bot remembers for them."""

import pytest
from chat_world import World, press, text_of

pytest_plugins = ("chat_fixtures",)


async def test_recommend_takes_what_is_typed(world: World) -> None:
    result = await world.ann.slash(world.chat, "recommend", vram="RTX 3060", ram="32", system="linux", use="roleplay")
    assert "RTX 3060 32 linux roleplay" in text_of(result.response)


async def test_a_remembered_computer_is_taken_where_nothing_is_typed(world: World) -> None:
    kept = await world.ann.slash(world.chat, "machine", vram="RTX 3060", ram="32", system="linux")
    assert kept.ephemeral
    assert "RTX 3060 · 32 GB RAM · linux" in text_of(kept.response)
    for command, options in (("canirun", {"model": "Qwen2.5-32B"}), ("recommend", {})):
        shown = text_of((await world.ann.slash(world.chat, command, **options)).response)
        assert "RTX 3060 32 linux" in shown
    other = await world.ann.slash(world.chat, "canirun", model="Qwen2.5-32B", vram="12", ram="64")
    assert "12 64 windows" in text_of(other.response)  # nothing of the remembered one is mixed in
    layers = await world.ann.slash(world.chat, "layers", model="Qwen2.5-32B")
    assert "RTX 3060" in text_of(layers.response)


async def test_without_one_the_command_says_what_it_needs(world: World) -> None:
    refused = await world.ben.slash(world.chat, "canirun", model="Qwen2.5-32B", vram="12")
    assert "</machine:" in text_of(refused.response)
    none = await world.ben.slash(world.chat, "machine")
    assert "no computer of yours" in text_of(none.response)
    assert len(world.env.errors) == 2


async def test_what_is_no_card_is_not_remembered(world: World) -> None:
    refused = await world.ann.slash(world.chat, "machine", vram="what?", ram="32")
    assert "No such card." in text_of(refused.response)
    assert await world.store.machines.get(world.ann.id) is None
    assert world.env.errors


@pytest.mark.parametrize("command", ["machine", "privacy"])
async def test_it_is_forgotten_with_one_press(world: World, command: str) -> None:
    await world.ann.slash(world.chat, "machine", vram="RTX 3060", ram="32")
    shown = await world.ann.slash(world.chat, command)
    await press(world.ann, shown.response, "machine_forget" if command == "machine" else "forget")
    assert await world.store.machines.get(world.ann.id) is None


async def test_engines_are_suggested_from_the_knowledge(world: World) -> None:
    found = await world.ann.autocomplete(world.chat, "canirun", "engine", "vl")
    assert [choice["value"] for choice in found] == ["vllm"]
