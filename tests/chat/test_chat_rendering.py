"""Answers within every limit of Discord, and no text that could act."""

from typing import Any

import msgspec
import pytest
from discord_checker import components, message_faults, shown_text, unwritten_faults
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.answers import blocks
from bot.answers.blocks import Answer, Block
from bot.base.languages import Language, Text
from bot.chat import limits, rendering
from bot.chat.limits import clip, units
from bot.chat.markdown import NO_WIDTH, escape, fence, labelled, link, split
from bot.chat.presenting import Look
from bot.chat.rendering import Menu, Press
from bot.chat.request_view import WORDING_LIMIT, _brief, answer_sheet, folded, hand_over, question_sheet
from bot.clinic.reading import Candidate, Reading
from bot.intake.told import Request
from bot.service.consulting import Consultation
from bot.service.request_state import State, Summary, summary
from bot.service.wording import POINTS

GIB = 1024**3
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def body(view: rendering.Sheet) -> dict[str, Any]:
    return {"components": view.payload(), "flags": 1 << 15}


EVERY_BLOCK: tuple[Block, ...] = (
    blocks.Paragraph("The card is full: `--gpu-layers 99` asks for more than 12 GiB.", "Cause"),
    blocks.Paragraph(Text("Replace your key now.", "请现在就换一个新的密钥。"), tone="bad"),
    blocks.Evidence(("loading", "ggml_cuda: out of memory", "bye"), first=41, proof=42),
    blocks.Steps("What to do", (blocks.Step("Use fewer layers.", (blocks.Code("./x --ngl 27", "bash"),)),)),
    blocks.Fields((blocks.Field("VRAM", "12 GiB"), blocks.Field("Model", "Qwen2.5_32B")), "What I understood"),
    blocks.Table(("quant", "size"), (("Q4_K_M", "18.5 GiB"), ("Q5_K_M", "21.7 GiB")), "Others"),
    blocks.Table(("", ""), (("20%", "x" * 80),), "Wide"),
    blocks.MemoryBar("GPU", (blocks.BarPart("weights", 8 * GIB), blocks.BarPart("KV cache", 2 * GIB)), 12 * GIB),
    blocks.Code("nvidia-smi", "bash"),
    blocks.Links((("docs", "https://example.org/a_b"),), "Sources"),
)


def test_every_kind_of_block_is_shown_and_accepted() -> None:
    answer = Answer("Out of memory", "bad", EVERY_BLOCK)
    for language in ("en", "zh"):
        (page,) = rendering.pages(answer, language)
        sent = body(rendering.sheet(page, tone="bad"))
        assert message_faults(sent) == []
        text = shown_text(sent["components"])
        for expected in (
            "Out of memory",
            "➜ 42 │ ggml_cuda: out of memory",
            "./x --ngl 27",
            "Q5_K_M  21.7 GiB",
            "10.0 GiB / 12.0 GiB",
            "[docs](<https://example.org/a_b>)",
            r"Qwen2.5\_32B",
        ):
            assert expected in text


def test_all_blocks_of_the_vocabulary_are_rendered() -> None:
    assert {type(block) for block in EVERY_BLOCK} == set(blocks.Block.__args__)


@pytest.mark.parametrize("size", [limits.DISPLAYED - 1, limits.DISPLAYED, limits.DISPLAYED + 1, 9000])
@pytest.mark.parametrize("letter", ["x", "字", "😀"])
def test_text_of_a_message(size: int, letter: str) -> None:
    sent = body(rendering.sheet([letter * (size // units(letter))]))
    assert message_faults(sent) == []
    text = shown_text(sent["components"])
    assert text.endswith(limits.ELLIPSIS) == (size // units(letter) * units(letter) > limits.DISPLAYED)


@pytest.mark.parametrize("parts", [1, 12, 13, 14, 60])
def test_number_of_components(parts: int) -> None:
    presses = [Press(f"b{n}", f"wz:x:{n}") for n in range(15)]
    menus = [Menu(f"wz:m:{n}", "choose", (("a", "A", ""),)) for n in range(2)]
    sent = body(rendering.sheet([f"part {n}" for n in range(parts)], presses=presses, menus=menus, footer="foot"))
    assert message_faults(sent) == []
    assert len(list(components(sent["components"]))) <= limits.COMPONENTS


@pytest.mark.parametrize("size", [limits.BUTTON_LABEL - 1, limits.BUTTON_LABEL, limits.BUTTON_LABEL + 1])
def test_label_of_a_button(size: int) -> None:
    assert message_faults(body(rendering.sheet(["x"], presses=[Press("y" * size, "wz:x:1")]))) == []


@pytest.mark.parametrize("number", [1, 24, 25, 26])
@pytest.mark.parametrize("size", [99, 100, 101])
def test_options_of_a_menu(number: int, size: int) -> None:
    options = tuple((f"{n}", f"{n:02}" + "l" * (size - 2), "d" * size) for n in range(number))
    menu = Menu("wz:m:1", "p" * (size + 60), options, most=number)
    assert message_faults(body(rendering.sheet(["x"], menus=[menu]))) == []


@pytest.mark.parametrize("size", [limits.EMBED_DESCRIPTION - 1, limits.EMBED_DESCRIPTION, limits.EMBED_DESCRIPTION + 1])
def test_the_plain_form(size: int) -> None:
    embeds = [embed.to_dict() for embed in rendering.embeds(["x" * size])]
    assert message_faults({"embeds": embeds}) == []
    assert units(str(embeds[0].get("description"))) == min(size, limits.EMBED_DESCRIPTION)


@pytest.mark.parametrize("limit", [0, 1, 5, 10])
@given(text=st.text(max_size=30))
def test_clipping_never_exceeds_the_limit(limit: int, text: str) -> None:
    clipped = clip(text, limit)
    assert units(clipped) <= limit
    assert clipped == text or units(text) > limit


@given(st.text(alphabet=st.sampled_from("ab`\n字😀 "), max_size=400), st.integers(60, 200))
def test_pieces_keep_every_letter_and_stay_within_the_limit(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(units(piece) <= limit for piece in pieces)
    if "```" not in text:
        assert "".join(pieces).replace("\n", "") == text.replace("\n", "")


def test_a_split_code_block_is_closed_and_reopened() -> None:
    text = fence("\n".join(f"line {n}" for n in range(200)), "bash")
    pieces = split(text, 300)
    assert len(pieces) > 3
    assert all(piece.startswith("```bash\n") and piece.endswith("\n```") for piece in pieces)


@given(st.text(max_size=200))
def test_a_fence_cannot_be_closed_from_inside(code: str) -> None:
    shown = fence(code, "bash")
    assert shown.startswith("```bash\n")
    assert shown.endswith("\n```")
    assert "```" not in shown[7:-4]


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("**bold** _it_ ~~no~~ ||spoiler||", r"\*\*bold\*\* \_it\_ \~\~no\~\~ \|\|spoiler\|\|"),
        ("<@123> <#4> <t:1> <:a:1>", r"\<@123> \<#4> \<t:1> \<:a:1>"),
        ("@everyone @here @ann", f"@{NO_WIDTH}everyone @{NO_WIDTH}here @ann"),
        ("[click](https://evil.example)", r"\[click\](`https://evil.example`)"),
        ("# big\n> quote\n- list\n-# small\n1. one", "\\# big\n\\> quote\n\\- list\n\\-# small\n1\\. one"),
        ("`code`", r"\`code\`"),
        (r"C:\new_dir", r"C:\\new\_dir"),
        ("a # b > c - d", "a # b > c - d"),
    ],
)
def test_text_of_users_does_nothing(given_text: str, shown: str) -> None:
    assert escape(given_text) == shown


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("open http://127.0.0.1:5001.", "open `http://127.0.0.1:5001`."),
        ("地址填 http://127.0.0.1:1234/v1，再点连接", "地址填 `http://127.0.0.1:1234/v1`，再点连接"),
        ("localhost:11434 answers", "`localhost:11434` answers"),
        ("（http://a.example/x_y）", "（`http://a.example/x_y`）"),
        ("at 12:30 it died", "at 12:30 it died"),
        ("http://`whoami`", "`http://`\\`whoami\\`"),
        ("discord://invite", "`discord://invite`"),
    ],
)
def test_addresses_are_code_that_copies_as_it_is(given_text: str, shown: str) -> None:
    assert escape(given_text) == shown


def test_a_strange_address_is_not_linked() -> None:
    assert link("a", "https://example.org/x") == "[a](<https://example.org/x>)"
    assert "](" not in link("a", "javascript:alert(1)")
    assert link("a", "https://x.org/) [b](https://evil.example") == (
        r"a: `https://x.org/`) \[b\](`https://evil.example`"
    )


def long_steps(number: int) -> Answer:
    steps = tuple(blocks.Step(f"step {n}", (blocks.Code(f"command {n}", "bash"),)) for n in range(1, number + 1))
    return Answer("Many", "bad", (blocks.Steps("What to do", steps),))


def test_long_steps_are_folded() -> None:
    answer = long_steps(9)
    short = "\n".join(rendering.pages(answer, "en", short=True)[0])
    assert "step 6" in short
    assert "step 7" not in short
    assert "3 more steps" in short
    more = "\n".join(rendering.detail_pages(answer, "en")[0])  # goes on where the short form ended
    assert "step 6" not in more
    assert "**7.** step 7" in more
    assert "step 9" in more
    assert "more steps" not in "\n".join(rendering.pages(long_steps(6), "en", short=True)[0])
    assert rendering.commands(answer) == [f"command {n}" for n in range(1, 10)]


_texts = st.text(max_size=3000)
_blocks = st.one_of(
    st.builds(blocks.Paragraph, _texts, st.none() | st.text(max_size=60)),
    st.builds(blocks.Code, _texts, st.sampled_from(["bash", "text", "x y"])),
    st.builds(blocks.Evidence, st.lists(_texts, max_size=6).map(tuple), st.integers(1, 9**6), st.none()),
    st.builds(
        blocks.Steps,
        st.text(max_size=30),
        st.lists(st.builds(blocks.Step, _texts), max_size=12).map(tuple),
    ),
    st.builds(blocks.Table, st.just(("a", "b")), st.lists(st.tuples(_texts, _texts), max_size=30).map(tuple)),
    st.builds(blocks.Links, st.lists(st.tuples(_texts, _texts), max_size=3).map(tuple)),
)


@given(st.lists(_blocks, max_size=8), st.text(max_size=500), st.booleans())
def test_any_answer_fits_on_its_pages(parts: list[Block], title: str, short: bool) -> None:
    answer = Answer(title, "neutral", tuple(parts), tuple(parts))
    for page in rendering.pages(answer, "en", short=short) + rendering.detail_pages(answer, "zh"):
        sent = body(rendering.sheet(page, footer="foot", presses=[Press("a", "wz:a:1")]))
        assert unwritten_faults(sent) == []


def test_answers_survive_json() -> None:
    part = blocks.ChartPart("weights", (1, 2))
    chart = blocks.ContextChart("Memory", "context", (8192, 16384), (part,), 12 * GIB, "VRAM")
    answer = Answer(Text("t", "题", ja="件名"), "bad", EVERY_BLOCK, EVERY_BLOCK, chart)
    assert msgspec.json.decode(msgspec.json.encode(answer), type=Answer) == answer


@pytest.mark.parametrize("size", [10, 1500, 3000, 6000, 20_000])
def test_the_question_for_missing_points_is_never_cut_by_a_long_diagnosis(size: int) -> None:
    long = Answer("The disk is full", "bad", (blocks.Paragraph("字" * size), blocks.Code("x " * size)))
    consultation = Consultation("k", "log", 1, Reading((long,), (Candidate("a", Text("a", "a"), 0.9),)))
    asks = WORDING_LIMIT * "w"
    for language in LANGUAGES:
        look, nobody = Look(language, request=2**63), summary(State())
        views = (
            answer_sheet(look, consultation, ("model",)),
            question_sheet(look, "<@1>", nobody, tuple(POINTS), asks),
            folded(look, consultation, State(solution="字" * size)),
            hand_over(language, "<@1>", nobody, consultation, (2**63,) * 20),
        )
        for view in views:
            sent = body(view)
            assert message_faults(sent) == []
            assert shown_text(sent["components"]).count("```") % 2 == 0
        question = shown_text(body(views[1])["components"])
        assert all(f"**{name.in_language(language)}**" in question for name in POINTS.values())


@pytest.mark.parametrize("steps", range(1, 30))
@pytest.mark.parametrize("size", [10, 90, 300, 900])
def test_exactly_one_step_is_never_hidden_and_never_all(steps: int, size: int) -> None:
    told = tuple(blocks.Step(f"Step {n} " + "x" * size) for n in range(steps))
    text = "\n".join(rendering.pages(Answer("x", "bad", (blocks.Steps("Do", told),)), "en", short=True)[0])
    shown = text.count("Step ")
    assert 1 <= shown <= steps
    assert steps - shown != 1
    assert (f"{steps - shown} more steps" in text) == (shown < steps)


def shown(answer: Answer, language: Language = "en") -> str:
    return "\n".join(rendering.pages(answer, language, short=True)[0])


def test_fields_are_cut_to_what_has_room_but_never_left_out() -> None:
    fields = tuple(blocks.Field(f"Name {number}", "word " * 30) for number in range(1, 12))
    text = shown(Answer("What it says", "good", (blocks.Fields(fields),)))
    assert "Name 3" in text
    assert "Name 11" not in text


def test_the_last_sentence_of_a_further_answer_goes_with_the_rest_of_it() -> None:
    further = (blocks.Paragraph("", "By my estimate: split"), blocks.Paragraph("on an RTX 3060"))
    saver = blocks.Paragraph("With a q8_0 KV cache 35 layers fit.")
    answer = replace(long_steps(9), blocks=(blocks.Paragraph("Why"), *long_steps(9).blocks, *further, saver))
    assert "35 layers" not in shown(answer)
    assert "By my estimate" not in shown(answer)
    assert any("35 layers" in part for page in rendering.detail_pages(answer, "en") for part in page)


def test_what_asks_or_warns_at_the_end_is_kept_and_advice_gives_way_to_a_table() -> None:
    row = ("Qwen3-14B", "Q4_K_M, 8.4 GiB, whole on the card, as people like it", "17k", "22–38 t/s", "chat")
    table = blocks.Table(("Model", "File", "Context", "Speed", "For"), (row,) * 12)
    advice = blocks.Paragraph("Loader: koboldcpp is one file and all mouse; " * 4)
    question = blocks.Paragraph("How much RAM is in it?")
    told = [shown(Answer("t", "good", (blocks.Paragraph("Up to 15B."), table, last))) for last in (advice, question)]
    assert "Loader" not in told[0]
    assert "How much RAM" in told[1]
    assert all(text.count("Qwen3-14B") >= 3 for text in told)


def test_where_the_commands_of_all_systems_have_no_room_those_of_windows_are_shown() -> None:
    told = (
        blocks.Code("which -a llama-server\n" * 12, "bash", "Linux, Mac:"),
        blocks.Code("where.exe llama-server\n" * 12, "powershell", "Windows:"),
    )
    first = blocks.Step("Look which one is started.", told)
    answer = Answer("Unknown option", "bad", (blocks.Steps("What to do", (first, blocks.Step("Update it."))),))
    assert "which -a" not in shown(answer)
    assert "where.exe" in shown(answer)
    assert "Update it" in shown(answer)
    assert "which -a" in "\n".join(rendering.detail_pages(answer, "en")[0])


def test_what_may_have_been_meant_stands_on_the_buttons_alone() -> None:
    choices = ("Which quant?", "Which loader?")
    listed = blocks.Steps("", tuple(blocks.Step(choice) for choice in choices))
    named = blocks.Paragraph("Or did you mean “Which quant?” “Which loader?”")
    answer = Answer("Which one?", "neutral", (listed, blocks.Paragraph("An answer."), named), choices=choices)
    assert "Which quant?" not in shown(answer)
    assert "An answer." in shown(answer)


def test_a_cut_line_of_a_log_ends_with_a_whole_word() -> None:
    line = "Error: model requires more system memory (22.3 GiB) than is available (15.9 GiB) right now on this computer"
    text = shown(Answer("t", "bad", (blocks.Evidence((line,), 1, 1, "model requires more system memory"),)))
    assert "than is…`" in text
    whole = "Error: model requires more system memory than is available (15.9 GiB)"
    assert whole in shown(Answer("t", "bad", (blocks.Evidence((whole,), 1, 1, "model requires"),)))


def test_a_bare_number_in_a_list_has_the_name_of_its_column() -> None:
    row = ("Qwen3-14B", "Q4_K_M, 8.4 GiB, whole on the card, as people like it", "17k")
    text = shown(Answer("t", "good", (blocks.Table(("Model", "File", "Context"), (row,)),)))
    assert "Context 17k" in text
    empty = shown(Answer("t", "good", (blocks.Table(("Model", "File", "Context"), (row, ("", "", ""))),)))
    assert "Qwen3-14B" in empty
    assert "\n· " not in text


@pytest.mark.parametrize(
    ("step", "told_as"),
    [
        ("Update the driver.", "Update the driver."),
        ("Set GPU Layers to -1, so that it fits them itself, and Context Size to 8192. If it fails, type in 27. " * 2,
         "Set GPU Layers to -1, so that it fits them itself, and Context Size to 8192. If it fails, type in 27."),
        ("word " * 60, ("word " * 60)[:109] + "…"),
        ("lower the number of layers by four " * 4, ("lower the number of layers by four " * 3).strip() + "…"),
        ("先把上下文调小" * 10 + "，再把层数减少" * 20,
         "先把上下文调小" * 10 + "，再把层数减少" * 5 + "…"),
    ],
)  # fmt: skip
def test_what_solved_a_post_ends_with_a_sentence(step: str, told_as: str) -> None:
    assert _brief(step) == told_as


@pytest.mark.parametrize(
    ("block", "language", "shown_as"),
    [
        (blocks.Paragraph(Text("It loads.", "能加载就好了。"), Text("Did it work?", "怎样算好了")), "zh",
         "**怎样算好了**：能加载就好了。"),
        (blocks.Paragraph("It loads.", "Did it work?"), "en", "**Did it work?** It loads."),
        (blocks.Paragraph("95%", "Confidence"), "en", "**Confidence**: 95%"),
        (blocks.Paragraph("模型" * 41, "原因"), "zh", "**原因**\n" + "模型" * 41),
        (blocks.Fields((blocks.Field("模型", "Qwen3-14B"),)), "zh", "- **模型**：Qwen3-14B"),
    ],
)  # fmt: skip
def test_a_label_and_what_it_says_are_set_as_each_language_does(block: Block, language: str, shown_as: str) -> None:
    assert list(rendering.block_texts(block, language)) == [shown_as]


def test_a_label_that_asks_needs_no_colon() -> None:
    assert labelled("怎样算好了？", "能加载", "zh") == "**怎样算好了？** 能加载"


@pytest.mark.parametrize(("is_verdict", "begins"), [(True, "### ✅ "), (False, "### W")])
def test_only_a_verdict_has_a_sign_before_it(is_verdict: bool, begins: str) -> None:
    answer = Answer("What it says", "good", (), is_verdict=is_verdict)
    assert rendering.heading(answer, "en").startswith(begins)


def test_a_handing_over_tells_the_machine_and_each_kind_of_cause_once() -> None:
    alike = [Candidate(name, Text(name, name), 0.9, "gpu-out-of-memory") for name in ("first", "second")]
    other = Candidate("other", Text("other", "other"), 0.5, "disk-full")
    consultation = Consultation("k", "log", 1, Reading((Answer("t", "bad", ()),), (*alike, other)))
    told = Request(hardware={"gpu": "RTX 3060", "ram": "32 GB"})
    shown = shown_text(body(hand_over("en", "<@1>", Summary(told, "en"), consultation, ()))["components"])
    assert "**Machine**: RTX 3060, RAM 32 GB" in shown
    assert "**Ruled out or tried**: first, other" in shown
