"""A server's own answers: written in a form, found by /faq, by posts and by mentions, told by helpers."""

from typing import Any

from chat_world import World, ids, text_of

from bot.store.own_answers import MOST, OwnAnswer

pytest_plugins = ("chat_fixtures",)

ROLE = {
    "question": "How do I get the GPU role?",
    "aliases": "gpu role\n显卡身份组",
    "en": "Ask **mod** for it.",
    "zh": "",
}


async def written(world: World, **texts: str) -> Any:
    """The list of answers once one was added."""
    shown = (await world.mod.slash(world.chat, "answers")).response
    form = await world.mod.click(shown, custom_id=ids(shown, "own_add"))
    await world.mod.submit_modal(form, ROLE | texts)
    return shown


async def kept(world: World) -> list[OwnAnswer]:
    return await world.store.own_answers.of_guild(world.guild.id)


async def test_a_form_adds_changes_and_removes(world: World) -> None:
    shown = await written(world)
    assert "1 of 200" in text_of(shown)
    (own,) = await kept(world)
    assert own.aliases == ("gpu role", "显卡身份组")
    await world.mod.select(shown, [str(own.id)], custom_id=ids(shown, "own_pick"))
    form = await world.mod.click(shown, custom_id=ids(shown, "own_change"))
    await world.mod.submit_modal(form, ROLE | {"zh": "找版主要。"})
    (own,) = await kept(world)
    assert (own.en, own.zh) == ("Ask **mod** for it.", "找版主要。")
    await world.mod.select(shown, [str(own.id)], custom_id=ids(shown, "own_pick"))
    await world.mod.click(shown, custom_id=ids(shown, "own_remove"))
    assert await kept(world) == []


async def test_it_is_found_by_faq_and_shown_inert(world: World) -> None:
    await written(world)
    result = await world.ann.slash(world.chat, "faq", question="where is the GPU role")
    assert r"Ask \*\*mod\*\* for it." in text_of(result.response)
    other = await world.ann.slash(world.chat, "faq", question="How large?")
    assert "Because." in text_of(other.response)


async def test_it_is_suggested_first(world: World) -> None:
    await written(world)
    first, *_ = await world.ann.autocomplete(world.chat, "faq", "question", "")
    assert first["name"] == ROLE["question"]


async def test_a_post_that_asks_for_it_gets_it(world: World) -> None:
    await world.set()
    await written(world)
    post = await world.post(world.ann, "can somebody help, I want the gpu role?", name="question")
    (answer,) = world.of_bot(post)
    assert "Ask" in text_of(answer)
    assert "Tell me more" not in text_of(answer)


async def test_a_failure_goes_before_it(world: World) -> None:
    await world.set()
    await written(world)
    post = await world.post(world.ann, "gpu role? also: no space left on device")
    assert "The disk is full" in text_of(world.of_bot(post)[0])


async def test_a_helper_tells_it_to_somebody(world: World) -> None:
    await world.set()
    await written(world)
    asked = world.env.backend.create_message(world.chat.id, world.ann.id, "what is up with that role")
    await world.hal.slash(world.chat, "faq", question="gpu role", to=world.ann)
    (told,) = world.of_bot(world.chat)
    assert "Ask" in text_of(told)
    assert told.reference is not None
    assert told.reference.message_id == asked.id
    await world.hal.slash(world.chat, "faq", question="gpu role", to=world.ben)
    told = world.of_bot(world.chat)[-1]
    assert f"<@{world.ben.id}>" in text_of(told)
    sent = [entry.json for entry in world.env.backend.http_requests if entry.path.endswith("/messages") and entry.json]
    assert sent[-1]["allowed_mentions"]["users"] == [world.ben.id]


async def test_nobody_is_told_what_is_not_known_for_sure(world: World) -> None:
    await world.set()
    world.env.backend.create_message(world.chat.id, world.ann.id, "what is up with that role")
    shown = await world.hal.slash(world.chat, "faq", question="how do i bake a sourdough bread", to=world.ann)
    assert world.of_bot(world.chat) == []
    notes = "\n".join(text_of(message) for message in (shown.response, *shown.followups))
    assert f"{world.ann.mention} was told nothing" in notes


async def test_nobody_else_tells_somebody_something(world: World) -> None:
    await world.set()
    refused = await world.ben.slash(world.chat, "faq", question="gpu role", to=world.ann)
    assert "Only helpers" in text_of(refused.response)
    assert world.env.errors


async def test_secrets_are_masked_and_a_text_is_needed(world: World) -> None:
    await written(world, en="Use hf_abcdefgh and https://example.org/rules", zh="")
    (own,) = await kept(world)
    assert own.en == "Use hf_*** and https://example.org/rules"
    shown = (await world.ann.slash(world.chat, "faq", question="gpu role")).response
    assert "](<https://example.org/rules>)" in text_of(shown)
    listed = (await world.mod.slash(world.chat, "answers")).response
    form = await world.mod.click(listed, custom_id=ids(listed, "own_add"))
    refused = await world.mod.submit_modal(form, ROLE | {"en": "", "zh": " "})
    assert "at least one language" in text_of(refused.response)
    assert len(await kept(world)) == 1


async def test_there_are_only_so_many_and_pages_turn(world: World) -> None:
    for number in range(MOST):
        await world.store.own_answers.add(world.guild.id, OwnAnswer(question=f"q{number}", en="x" * 1500), world.mod.id)
    shown = await written(world)
    assert len(await kept(world)) == MOST
    for _ in range(8):
        await world.mod.click(shown, custom_id=ids(shown, "own_page"))
    assert f"{MOST} of {MOST}" in text_of(shown)


async def test_only_moderators_write_them(world: World) -> None:
    assert "answers" not in world.ann.available_commands(world.chat)
