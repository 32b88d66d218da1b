"""Long texts come page by page, none higher than a phone's screen, nothing of them lost."""

import pytest
from chat_world import World, labels, raw, text_of
from discord_checker import components

from bot.answers.blocks import Answer, Code, Paragraph, Step, Steps
from bot.chat import rendering
from bot.chat.paging import ROOM, SCRAP, height_of, paged

pytest_plugins = ("chat_fixtures",)

COLON_LEAD = "Set the context:"


def test_no_page_is_higher_than_its_room_and_nothing_is_lost() -> None:
    parts = [f"**{number}.** " + "word " * number for number in range(1, 60)]
    found = paged(parts)
    assert [part for page in found for part in page] == parts
    assert all(sum(map(height_of, page)) <= ROOM for page in found[:-1])
    assert sum(map(height_of, found[-1])) <= ROOM + SCRAP


def test_a_last_line_gets_no_page_of_its_own() -> None:
    parts = ["word " * 30] * 4
    room = sum(map(height_of, parts))
    assert paged([*parts, "the end"], room) == [[*parts, "the end"]]
    assert len(paged([*parts, *parts], room)) == 2


def test_a_part_higher_than_a_page_is_cut() -> None:
    table = "```\n" + "\n".join(f"row {number}" for number in range(70)) + "\n```"
    found = paged([table])
    assert len(found) > 1
    assert all(part.count("```") == 2 for page in found for part in page)
    assert sum(part.count("row ") for page in found for part in page) == 70


@pytest.mark.parametrize("lead", ["**What to do**", COLON_LEAD, "这样启动："])
def test_what_leads_to_the_next_part_stays_with_it(lead: str) -> None:
    filler = ["word " * 30] * 3
    room = sum(map(height_of, filler)) + height_of(lead) + 5
    code = "```\n" + "code\n" * 8 + "```"
    assert paged([*filler, lead, code], room) == [filler, [lead, code]]


def test_nothing_has_no_page() -> None:
    assert paged([]) == paged(["", " "]) == []


def test_the_details_begin_with_the_steps_that_were_folded() -> None:
    steps = tuple(Step(f"step {number}", (Code(f"command {number}", "bash"),)) for number in range(1, 10))
    answer = Answer("t", "bad", (Paragraph("cause"), Steps("What to do", steps)), (Paragraph("background"),))
    first = "\n".join(rendering.detail_pages(answer, "en")[0])
    assert first.index("step 9") < first.index("background")
    assert "step 1" not in first


async def test_privacy_in_a_few_lines_then_everything(world: World) -> None:
    shown = (await world.ann.slash(world.chat, "privacy")).response
    assert "nothing" in text_of(shown)
    assert labels(shown) == ["All details", "Delete mine"]
    told = ""
    for page in (1, 2, 3):
        ids = [part.get("custom_id", "") for part in components(raw(shown))]
        if f"wz:privacy_page:{page}" not in ids:
            break
        shown = (await world.ann.click(shown, custom_id=f"wz:privacy_page:{page}")).response
        told += text_of(shown)
    assert "Delete mine" in labels(shown)
    assert "digests of the words" in told
    assert "trains a model" in told
