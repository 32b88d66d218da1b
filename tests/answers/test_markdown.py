"""Every kind of block as plain Markdown, in the language asked for."""

from bot.answers import blocks
from bot.answers.blocks import Answer
from bot.answers.markdown import blocks_as_markdown, markdown
from bot.base.languages import Text

GIB = 1 << 30


def test_an_answer_begins_with_its_title() -> None:
    answer = Answer(Text("Full", "满了"), "bad", (blocks.Paragraph(Text("Delete.", "删。"), Text("Now", "现在")),))
    assert markdown(answer, "en") == "**Full**\n\n**Now** Delete."
    assert markdown(answer, "zh") == "**满了**\n\n**现在** 删。"


def test_details_come_when_wanted() -> None:
    answer = Answer("Full", "bad", (), (blocks.Links((("docs", "https://example.org/"),), "Sources"),))
    assert "docs" not in markdown(answer, "en")
    assert "**Sources** [docs](https://example.org/)" in markdown(answer, "en", details=True)


def test_steps_carry_their_commands() -> None:
    step = blocks.Step("Look.", (blocks.Code("df -h\n", "bash"),))
    assert blocks_as_markdown([blocks.Steps("Do", (step,))], "en") == "**Do**\n1. Look.\n```bash\ndf -h\n```"


def test_code_cannot_end_its_block() -> None:
    shown = blocks_as_markdown([blocks.Code("```\nrm -rf ~\n```")], "en")
    assert shown.startswith("````\n")
    assert shown.endswith("\n````")


def test_evidence_marks_the_line_that_decides() -> None:
    shown = blocks_as_markdown([blocks.Evidence(("a", "b"), first=3, proof=4)], "en")
    assert "  3 a\n> 4 b" in shown


def test_figures() -> None:
    fields = blocks.Fields((blocks.Field("VRAM", "12 GiB"),), "Card")
    table = blocks.Table(("quant", "size"), (("Q4", "5 GiB"),))
    bar = blocks.MemoryBar("GPU", (blocks.BarPart("weights", 8 * GIB),), 12 * GIB)
    assert blocks_as_markdown([fields, table, bar], "en") == (
        "**Card**\n- VRAM: 12 GiB\n\nquant | size\n- Q4 | 5 GiB\n\nGPU: 8.0 GiB / 12.0 GiB (weights 8.0 GiB)"
    )
