"""/diagnose in all its ways: text, file, form, menu, mention, reply, direct message."""

import gzip
import zipfile
from io import BytesIO

import pytest
from chat_world import World, ids, labels, press, text_of
from discord_checker import components
from tiny_clinic import LOG, UNKNOWN_LOG, TinyClinic

FILE = ("run.log", LOG.encode())

pytest_plugins = ("chat_fixtures",)


async def test_a_pasted_log_is_answered_for_everybody(world: World) -> None:
    result = await world.ann.slash(world.chat, "diagnose", log=LOG)
    assert not result.ephemeral
    assert "The disk is full" in text_of(result.response)
    assert "No space left" in text_of(result.response)


async def test_it_is_acknowledged_before_anything_else(world: World) -> None:
    await world.ann.slash(world.chat, "diagnose", log=LOG)
    calls = [entry for entry in world.env.backend.http_requests if "callback" in entry.path]
    assert [entry.json["type"] for entry in calls] == [5]


async def test_a_private_answer_is_seen_by_the_asker_alone_and_can_be_shared(world: World) -> None:
    result = await world.ann.slash(world.chat, "diagnose", log=LOG, private=True)
    assert result.ephemeral
    assert world.of_bot(world.chat) == []

    shared = await press(world.ann, result.response, "share")

    assert not shared.ephemeral
    assert world.ann.mention in text_of(shared.response)
    assert "Show to everyone" not in labels(shared.response)
    assert "The disk is full" in text_of(world.of_bot(world.chat)[-1])


async def test_a_file_is_read(world: World) -> None:
    result = await world.ann.slash(world.chat, "diagnose", file=FILE)
    assert "The disk is full" in text_of(result.response)


async def test_without_anything_a_form_opens_and_is_answered(world: World) -> None:
    shown = await world.ann.slash(world.chat, "diagnose")
    assert shown.modal is not None
    assert shown.modal["title"] == "Diagnose a log"

    result = await world.ann.submit_modal(shown, {"log": LOG, "file": [FILE], "loader": "vllm"})

    assert "The disk is full" in text_of(result.response)
    details = await press(world.ann, result.response, "more")
    assert "vllm" in text_of(details.response)


async def test_an_empty_form_says_what_to_do(world: World) -> None:
    shown = await world.ann.slash(world.chat, "diagnose", private=True)
    result = await world.ann.submit_modal(shown, {})
    assert result.ephemeral
    assert "nothing to read" in text_of(result.response)


async def test_a_form_that_was_open_during_a_restart_still_works(world: World) -> None:
    shown = await world.ann.slash(world.chat, "diagnose")
    await world.restart()
    result = await world.ann.submit_modal(shown, {"log": LOG})
    assert "The disk is full" in text_of(result.response)


async def test_the_menu_reads_a_message_with_its_files_and_the_one_it_replies_to(world: World) -> None:
    first = await world.ann.send(world.chat, "look:", attachments=[FILE])
    second = await world.ben.send(world.chat, "out of memory, right?", reply_to=first)
    result = await world.ben.context_menu(world.chat, "Diagnose this message", second)
    assert result.ephemeral
    assert "Other causes" in labels((await press(world.ben, result.response, "more")).response)  # both logs were read


async def test_the_words_of_a_message_are_explained(world: World) -> None:
    message = await world.ann.send(world.chat, "GGUF what?")
    result = await world.ben.context_menu(world.chat, "Explain words in this message", message)
    assert "GGUF is a format" in text_of(result.response)


async def test_a_message_without_anything_to_read(world: World) -> None:
    message = await world.ann.send(world.chat, "", attachments=[("cat.png", b"\x89PNG")])
    result = await world.ben.context_menu(world.chat, "Diagnose this message", message)
    assert "no question" in text_of(result.response)


async def test_a_mention_with_a_log_is_answered(world: World) -> None:
    await world.ann.send(world.chat, f"<@{world.bot.user.id}> {LOG}")  # type: ignore[union-attr]
    (answer,) = world.of_bot(world.chat)
    assert "The disk is full" in text_of(answer)
    assert answer.mentions == []


async def test_a_mention_under_somebody_elses_log_reads_that(world: World) -> None:
    first = await world.ann.send(world.chat, LOG)
    await world.ben.send(world.chat, f"<@{world.bot.user.id}>", reply_to=first)  # type: ignore[union-attr]
    assert "The disk is full" in text_of(world.of_bot(world.chat)[-1])


async def test_a_reply_to_the_bot_is_read(world: World) -> None:
    await world.ann.slash(world.chat, "diagnose", log=UNKNOWN_LOG)
    (answer,) = world.of_bot(world.chat)
    await world.ann.send(world.chat, "CUDA error: out of memory", reply_to=answer)
    assert "The card is out of memory" in text_of(world.of_bot(world.chat)[-1])


async def test_a_log_in_a_direct_message_is_answered_in_chinese(world: World) -> None:
    await world.ann.send_dm(f"帮我看看这个报错\n{LOG}")
    (answer,) = (m for m in world.ann.user.dm_channel.history() if m.author.bot)
    assert "磁盘满了" in text_of(answer)


async def test_chatter_is_left_alone(world: World) -> None:
    await world.set()
    await world.ann.send(world.chat, LOG)
    await world.ann.send(world.chat, "hello?")
    assert world.of_bot(world.chat) == []


@pytest.mark.parametrize("kind", ["gz", "zip"])
async def test_archives_go_to_the_clinic_as_they_are(world: World, kind: str, clinic: TinyClinic) -> None:
    content = gzip.compress(LOG.encode())
    if kind == "zip":
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("run.log", LOG)
        content = buffer.getvalue()
    await world.ann.slash(world.chat, "diagnose", file=(f"logs.{kind}", content))
    ((upload,),) = clinic.uploads
    assert (upload.name, upload.content) == (f"logs.{kind}", content)


async def test_a_file_that_is_too_large_is_not_downloaded(world: World) -> None:
    result = await world.ann.slash(world.chat, "diagnose", file=("big.log", b"x" * (world.config.file_bytes + 1)))
    assert "10.0 MiB" in text_of(result.response) or "10 MiB" in text_of(result.response)
    assert world.env.errors


async def test_a_file_that_vanished(world: World) -> None:
    message = await world.ann.send(world.chat, "", attachments=[FILE])
    world.env.backend.cdn._blobs.clear()
    result = await world.ben.context_menu(world.chat, "Diagnose this message", message)
    assert "no longer there" in text_of(result.response)
    assert world.env.errors


async def test_the_same_log_is_read_once(world: World, clinic: TinyClinic) -> None:
    for actor in (world.ann, world.ben, world.ann):
        result = await actor.slash(world.chat, "diagnose", log=LOG)
        assert "The disk is full" in text_of(result.response)
    assert clinic.read == 1


async def test_a_bug_gets_a_reference_and_no_traceback(world: World, caplog: pytest.LogCaptureFixture) -> None:
    result = await world.ann.slash(world.chat, "diagnose", log="sulk here")
    text = text_of(result.response)
    assert "RuntimeError" not in text
    reference = text.split("`")[1]
    assert reference in caplog.text
    assert "a bug" in caplog.text
    assert [type(getattr(error, "original", error)) for error in world.env.errors] == [RuntimeError]


async def test_limits_per_user_are_polite(world: World) -> None:
    world.bot.consultations.limiter._user.most = 2
    for _ in range(2):
        await world.ann.slash(world.chat, "diagnose", log=LOG)
    result = await world.ann.slash(world.chat, "diagnose", log=LOG)
    assert "Please wait" in text_of(result.response)
    other = await world.ben.slash(world.chat, "diagnose", log=LOG)
    assert "The disk is full" in text_of(other.response)
    assert len(world.env.errors) == 1


async def test_nothing_raw_is_kept(world: World) -> None:
    result = await world.ann.slash(world.chat, "diagnose", log=f"{LOG} token hf_secretsecret")
    assert "hf_secret" not in text_of(result.response)
    key = ids(result.response, "helped").split(":")[2]
    stored = await world.store.answers.get(key)
    assert stored is not None
    assert "hf_secret" not in stored.content


async def test_the_components_have_unique_ids(world: World) -> None:
    result = await world.ann.slash(world.chat, "diagnose", log=f"{LOG}out of memory", private=True)
    found = [part["custom_id"] for part in components(result.response.components) if part.get("custom_id")]
    assert len(found) == len(set(found)) == 4


@pytest.mark.parametrize("by", ["command", "mention"])
async def test_where_components_are_refused_embeds_are_sent(world: World, by: str) -> None:
    if by == "command":
        world.env.inject_error("PATCH", "/webhooks/*/messages/@original", status=400, code=50035)
        await world.ann.slash(world.chat, "diagnose", log=LOG)
    else:
        world.env.inject_error("POST", "/channels/*/messages", status=400, code=50035)
        await world.ann.send(world.chat, f"<@{world.bot.user.id}> {LOG}")  # type: ignore[union-attr]
    (answer,) = world.of_bot(world.chat)
    assert "The disk is full" in str(answer.embeds[0].description)
    assert "Solved" in labels(answer)
    assert "Thank you" in text_of((await press(world.ben, answer, "helped")).response)
    assert "磁盘满了" in text_of((await press(world.ann, answer, "switch")).response)
