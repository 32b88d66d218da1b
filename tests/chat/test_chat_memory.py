"""What a server has solved is remembered without a word of it, and offered to the next one."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from chat_world import World, ids, press, text_of
from tiny_clinic import LOG, UNKNOWN_LOG

from bot.chat.cogs import moderation
from bot.cli.unknown import draft
from bot.store.outcomes import Outcome
from bot.store.privacy import Retention
from bot.store.solved import SolvedPost
from bot.store.tables import metadata

pytest_plugins = ("chat_fixtures",)

PRIVATE = "Grandma Ottilie's laptop at 17 Rosenweg dislikes koboldcpp"


async def solved_post(world: World, text: str, *, name: str = "Ottilie again", by: Any = None) -> Any:
    """A post that its author calls solved."""
    post = await world.post(by or world.ann, text, name=name)
    await say(world, post, by or world.ann, "that fixed it, thank you")
    return post


async def say(world: World, post: Any, author: Any, text: str) -> Any:
    made = world.env.backend.create_message(post.id, author.id, text)
    await world.env.settle()
    return message(post, made.id)


async def links(world: World) -> list[SolvedPost]:
    return await world.store.solved.of_guild(world.guild.id)


async def everything(world: World, *besides: str) -> str:
    """All values of all tables."""
    async with world.store.engine.connect() as connection:
        rows = []
        for table in metadata.sorted_tables:
            if table.name not in besides:
                rows += [str(tuple(row)) for row in await connection.execute(table.select())]
    return "\n".join(rows)


async def test_a_solved_post_is_offered_to_the_next_one(world: World) -> None:
    await world.set(remember=True)
    first = await solved_post(world, f"{PRIVATE}\n{LOG}")
    (kept,) = await links(world)
    assert kept.link.endswith(f"/{first.id}/{first.id}")
    second = await world.post(world.ben, f"my koboldcpp fails too\n{LOG}")
    (answer,) = world.of_bot(second)
    assert f"Solved here before: {kept.link}" in text_of(answer)


async def test_it_is_offered_under_a_diagnosis_too(world: World) -> None:
    await world.set(remember=True)
    await solved_post(world, LOG)
    (kept,) = await links(world)
    assert kept.link in text_of((await world.ben.slash(world.chat, "diagnose", log=LOG)).response)


async def test_nothing_is_remembered_unless_a_moderator_wants_it(world: World) -> None:
    await world.set()
    await solved_post(world, LOG)
    assert await links(world) == []
    second = await world.post(world.ben, LOG)
    assert "Solved here before" not in text_of(world.of_bot(second)[0])


async def test_no_word_of_a_post_is_in_what_is_remembered(world: World) -> None:
    """Scanned over the whole database, once the answer itself has run out."""
    await world.set(remember=True)
    await solved_post(world, f"{PRIVATE}\n{LOG}")
    assert await links(world)
    assert await told_of(world, "requests", "answers") == []
    world.store.privacy._clock = lambda: world.store.clock() + 31 * 86_400
    await world.store.privacy.purge(Retention(answers=30))
    assert await links(world)
    assert await told_of(world) == []


async def told_of(world: World, *besides: str) -> list[str]:
    """Words of the post that stand somewhere in the database."""
    kept = (await everything(world, *besides)).lower()
    telling = ("ottilie", "grandma", "laptop", "rosenweg", "dislikes", "space left", "oserror", "traceback")
    return [word for word in telling if word in kept]


async def test_an_unknown_error_is_known_again_by_its_decisive_line(world: World) -> None:
    await world.set(remember=True, mode="full")
    await solved_post(world, f"help please\n{UNKNOWN_LOG}")
    (kept,) = await links(world)
    assert msgspec.json.decode(kept.traits)["mark"]
    other = await world.post(world.ben, f"something else entirely, help\n{UNKNOWN_LOG.replace('17', '23')}")
    assert kept.link in text_of(world.of_bot(other)[0])


async def test_what_is_solved_no_longer_is_forgotten(world: World) -> None:
    await world.set(remember=True)
    post = await solved_post(world, LOG)
    assert await links(world)
    await say(world, post, world.ann, "it is back, help: address already in use?")
    assert await links(world) == []


async def test_a_deleted_post_is_forgotten(world: World) -> None:
    await world.set(remember=True)
    post = await solved_post(world, LOG)
    await world.bot.watching.on_thread_delete(post.id)
    assert await links(world) == []


async def test_switching_it_off_forgets_everything(world: World) -> None:
    await world.set(remember=True)
    await solved_post(world, LOG)
    shown = (await world.mod.slash(world.chat, "setup")).response
    await world.mod.click(shown, label="People and points")
    await world.mod.select(shown, ["no"], custom_id=ids(shown, "setup_remember"))
    assert await links(world) == []
    assert not (await world.store.settings.read(world.guild.id)).settings.remember


async def test_privacy_deletes_it(world: World) -> None:
    await world.set(remember=True)
    await solved_post(world, LOG)
    shown = await world.ann.slash(world.chat, "privacy")
    assert "solved posts: 1" in text_of(shown.response)
    await press(world.ann, shown.response, "forget")
    assert await links(world) == []


async def test_a_helper_pins_the_reply_that_solved_it(world: World) -> None:
    await world.set(remember=True)
    post = await world.post(world.ann, f"help\n{LOG}")
    reply = await say(world, post, world.hal, "empty the recycle bin, then start again")
    done = await world.hal.context_menu(post, "This solved it", reply)
    assert "Kept as the solution" in text_of(done.response)
    (kept,) = await links(world)
    assert (kept.how, kept.solution_id) == ("helper", reply.id)
    assert "Solved" in text_of(world.of_bot(post)[0])
    assert kept.link.endswith(f"/{post.id}/{reply.id}")


async def test_a_bystander_pins_nothing(world: World) -> None:
    await world.set(remember=True)
    post = await world.post(world.ann, f"help\n{LOG}")
    reply = await say(world, post, world.ben, "me too, I also have that trouble")
    done = await world.ben.context_menu(post, "This solved it", reply)
    assert "Only the one who asked" in text_of(done.response)
    assert world.env.errors
    assert await links(world) == []


async def test_a_helpers_words_on_an_unknown_error_become_a_draft(world: World) -> None:
    await world.set(remember=True)
    post = await world.post(world.ann, f"help\n{UNKNOWN_LOG}")
    reply = await say(world, post, world.hal, "recharge the capacitor")
    modal = await world.hal.context_menu(post, "This solved it", reply)
    await world.hal.submit_modal(modal, {"text": "Recharge the capacitor with hf_secret0000 first."})
    (cluster,) = await world.store.unknown.top()
    solutions = await world.store.unknown.solutions([cluster.id])
    text = draft(cluster, solutions)
    assert "Recharge the capacitor with hf_*** first." in text
    assert f"# Solved: {solutions[0].link}" in text
    listed = text_of((await world.mod.slash(world.chat, "unknown")).response)
    assert solutions[0].link in listed
    await world.store.privacy.forget(world.hal.id)
    assert await world.store.unknown.solutions([cluster.id]) == []


async def test_similar_is_asked_for_in_words(world: World) -> None:
    await world.set(remember=True)
    await solved_post(world, f"koboldcpp\n{LOG}")
    (kept,) = await links(world)
    found = text_of((await world.ben.slash(world.chat, "similar", words="no space left on device")).response)
    assert kept.link in found
    assert "koboldcpp" in found
    none = await world.ben.slash(world.chat, "similar", words="zebra stripes")
    assert "no solved post like that" in text_of(none.response)


@pytest.mark.parametrize("options", [{}, {"words": "no space left on device"}])
async def test_similar_says_when_nothing_is_remembered_here(world: World, options: dict[str, str]) -> None:
    await world.set()
    refused = await world.ben.slash(world.chat, "similar", **options)
    assert "A moderator can switch that on" in text_of(refused.response)
    assert len(world.env.errors) == 1


async def test_open_lists_what_waits_for_helpers_alone(world: World) -> None:
    await world.set()
    waiting = await world.post(world.ann, f"help\n{LOG}", name="disk *full*")
    await solved_post(world, LOG, by=world.ben, name="done already")
    shown = text_of((await world.hal.slash(world.chat, "open")).response)
    assert f"{waiting.id}" in shown
    assert "done already" not in shown
    assert r"disk \*full\*" in shown
    assert "Only helpers" in text_of((await world.ben.slash(world.chat, "open")).response)
    assert world.env.errors


async def test_figures_tell_what_became_of_posts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moderation, "PERIOD", 10 * 365 * 86_400.0)  # ids of the simulation are old
    await world.set()
    await solved_post(world, f"koboldcpp\n{LOG}")
    await world.post(world.ben, f"koboldcpp\n{LOG}")
    figures = await world.store.outcomes.figures(world.guild.id, 0)
    assert (figures.requests, figures.solved) == (2, 1)
    assert figures.causes[0].name == "disk-full"
    assert (figures.loaders[0].name, figures.loaders[0].requests) == ("koboldcpp", 2)
    assert figures.answer_seconds is not None
    shown = text_of((await world.mod.slash(world.chat, "stats")).response)
    assert "1 / 2 (50 %)" in shown
    assert "The disk is full 1/2" in shown
    assert "koboldcpp 1/2" in shown


async def test_an_old_post_counts_where_it_was_solved_of_late(world: World) -> None:
    now = world.store.outcomes._clock()
    old = Outcome(1, world.guild.id, world.ann.id, now - 90 * 86_400.0, "disk-full", "koboldcpp")
    world.store.outcomes._clock = lambda: now - 89 * 86_400.0
    await world.store.outcomes.note(replace(old, is_answered=True))
    assert "**Posts solved**: 0\n" in text_of((await world.mod.slash(world.chat, "stats")).response)
    world.store.outcomes._clock = lambda: now
    await world.store.outcomes.note(replace(old, is_answered=True, is_solved=True))
    shown = text_of((await world.mod.slash(world.chat, "stats")).response)
    assert "1 / 1 (100 %)" in shown
    assert "**Time to the first answer (median)**: –" in shown  # it was answered long ago


def message(thread: Any, id_: int) -> Any:
    return next(each for each in thread.history() if each.id == id_)
