"""Buttons and forms under answers: before and after a restart, by the right and by the wrong people."""

from typing import Any

import pytest
from chat_world import World, ids, labels, press, text_of
from tiny_clinic import LOG, UNKNOWN_LOG

from bot.store.evidence import Label
from bot.store.feedback import Tally

BOTH_LOGS = f"{LOG}CUDA error: out of memory"

pytest_plugins = ("chat_fixtures",)


async def judged(world: World, actor: Any) -> Any:
    """What a helper sees who wants to judge the bot's last answer."""
    return await actor.context_menu(world.chat, "Judge this diagnosis", world.of_bot(world.chat)[-1])


async def diagnosed(world: World, log: str = LOG, **options: Any) -> Any:
    return (await world.ann.slash(world.chat, "diagnose", log=log, **options)).response


@pytest.mark.parametrize("with_restart", [False, True])
async def test_every_button_answers(world: World, with_restart: bool) -> None:
    answer = await diagnosed(world, BOTH_LOGS)
    if with_restart:
        await world.restart()
    assert "Thank you" in text_of((await press(world.ann, answer, "helped")).response)
    assert "Loader" in text_of((await press(world.ben, answer, "more")).response)
    steps = text_of((await press(world.ben, answer, "more")).response)
    assert "Step 8" in steps
    assert "Step 8" not in text_of(answer)
    copied = await press(world.ben, answer, "copy")
    assert [m.content for m in copied.followups] == [f"fix --disk-full {n}" for n in range(1, 6)]


async def test_other_causes_take_turns(world: World) -> None:
    answer = await diagnosed(world, BOTH_LOGS)
    other = await press(world.ann, answer, "more")
    await press(world.ann, other.response, "others")
    assert "The card is out of memory" in text_of(other.response)
    more = await press(world.ann, other.response, "more")
    assert "Back to the likeliest" in labels(more.response)


async def test_the_language_is_switched_for_the_one_who_presses(world: World) -> None:
    answer = await diagnosed(world)
    copy = await press(world.ben, answer, "switch")
    assert copy.ephemeral
    assert "磁盘满了" in text_of(copy.response)
    assert "The disk is full" in text_of(world.of_bot(world.chat)[0])


async def test_a_reason_may_be_given(world: World) -> None:
    answer = await diagnosed(world)
    shown = await press(world.ben, answer, "not_helped")
    await world.ben.submit_modal(shown, {"reason": "my key is hf_secretsecret and it still fails"})
    await press(world.ann, answer, "helped")
    assert await world.store.feedback.tally(world.guild.id, 0) == Tally(helped=1, not_helped=1)
    assert (await world.store.feedback.by_entry(0))["disk-full"] == Tally(helped=1, not_helped=1)


async def test_only_the_asker_makes_an_answer_public(world: World) -> None:
    answer = await diagnosed(world, private=True)
    copy_id = ids(answer, "share")
    assert copy_id.endswith(".p.0")


async def test_who_presses_too_often_is_asked_to_wait(world: World) -> None:
    answer = await diagnosed(world)
    world.bot._pressing.most = 2
    for _ in range(2):
        await press(world.ann, answer, "more")
    for action in ("more", "helped"):
        pressed = await world.ann.click(answer, custom_id=ids(answer, action))
        assert "Please wait" in text_of(pressed.response)
    assert await world.store.feedback.tally(world.guild.id, 0) == Tally()
    other = await world.ben.click(answer, custom_id=ids(answer, "helped"))
    assert "Thank you" in text_of(other.response)


async def test_sharing_counts_like_asking(world: World) -> None:
    answer = await diagnosed(world, private=True)
    world.bot.consultations.limiter._user.most = 2
    await press(world.ann, answer, "share")
    shown = len(world.of_bot(world.chat))
    refused = await press(world.ann, answer, "share")
    assert "Please wait" in text_of(refused.response)
    assert len(world.of_bot(world.chat)) == shown == 1


async def test_a_helper_confirms(world: World) -> None:
    await world.set()
    await diagnosed(world)
    shown = await judged(world, world.hal)
    assert shown.ephemeral
    await press(world.hal, shown.response, "verdict_right")
    (label,) = await world.store.evidence.all()
    assert (label.predicted, label.label, label.helper_id) == ("disk-full", "disk-full", world.hal.id)
    assert "No space left" in label.text


async def test_a_helper_corrects_from_the_candidates(world: World) -> None:
    await world.set()
    await diagnosed(world, BOTH_LOGS)
    shown = await judged(world, world.hal)
    thanked = await world.hal.select(shown.response, ["gpu-out-of-memory"])
    assert "**The card is out of memory**" in text_of(thanked.response)
    (label,) = await world.store.evidence.all()
    assert (label.predicted, label.label) == ("disk-full", "gpu-out-of-memory")


async def test_a_helper_searches_the_right_entry_for_an_unknown_log(world: World) -> None:
    answer = await diagnosed(world, UNKNOWN_LOG)
    shown = await judged(world, world.mod)
    await world.restart()
    form = await press(world.mod, shown.response, "verdict_search")
    found = await world.mod.submit_modal(form, {"words": "port"})
    await world.mod.select(found.response, ["port-in-use"])
    assert await world.store.evidence.all() == [
        Label(
            answer_key=ids(answer, "more").split(":")[2],
            author_id=world.ann.id,
            helper_id=world.mod.id,
            label="port-in-use",
            text=UNKNOWN_LOG,
            predicted=None,
            guild_id=world.guild.id,
        )
    ]


async def test_an_ordinary_member_cannot_judge(world: World) -> None:
    await diagnosed(world)
    refused = await judged(world, world.ben)
    assert "Only helpers" in text_of(refused.response)
    assert await world.store.evidence.all() == []
    assert world.env.errors


async def test_an_unknown_log_is_counted_and_kept_only_when_shared(world: World) -> None:
    answer = await diagnosed(world, UNKNOWN_LOG)
    await world.ben.slash(world.chat, "diagnose", log=UNKNOWN_LOG.replace("17", "99"))
    (cluster,) = await world.store.unknown.top()
    assert cluster.count == 2
    assert cluster.signature == "FluxError: capacitor <n> is out of juice"
    assert cluster.sample is None

    assert "Only the one who asked" in text_of((await press(world.ben, answer, "teach")).response)
    await press(world.ann, answer, "teach")

    (cluster,) = await world.store.unknown.top()
    assert cluster.sample == UNKNOWN_LOG


async def test_an_answer_that_is_no_longer_kept(world: World) -> None:
    answer = await diagnosed(world)
    await world.store.privacy.forget(world.ann.id)
    gone = await press(world.ann, answer, "more")
    assert "too old" in text_of(gone.response)


async def test_an_interaction_that_expired_is_no_error(world: World, caplog: pytest.LogCaptureFixture) -> None:
    answer = await diagnosed(world)
    world.env.inject_error("POST", "/interactions/*/callback", status=404, code=10062)
    await press(world.ann, answer, "helped")
    assert "too late" in caplog.text or "unexpected" not in caplog.text
    assert await world.store.feedback.tally(world.guild.id, 0) == Tally(helped=1)


async def test_an_answer_is_deleted_by_the_one_who_asked_or_a_helper(world: World) -> None:
    await world.set()
    for actor in (world.ann, world.hal):
        shown = (await world.ann.slash(world.chat, "diagnose", log=LOG)).response
        (posted,) = world.of_bot(world.chat)
        refused = await press(world.ben, posted, "delete")
        assert "Only the one who asked" in text_of(refused.response)
        await press(actor, posted, "delete")
        assert world.of_bot(world.chat) == []
        assert shown is not None
