"""Cleaning: what people paste becomes lines that say something, with the numbers they had."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.intake.cleaning import MAX_CHARACTERS, clean, fold_width, is_truncated
from bot.intake.lines import Line


def texts(pasted: str) -> list[str]:
    return [line.text for line in clean(pasted)]


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        ("\x1b[1;31mCUDA error\x1b[0m: out of memory", "CUDA error: out of memory"),
        ("[1;36m(APIServer pid=1)[0;0m ready", "ready"),
        ("\x1b]0;window title\x07$ ls", "ls"),
        ("2025-03-12T14:03:22.518+08:00 ready", "ready"),
        ("2024-08-29 17:52:06,733 - scikit_build_core - WARNING - no library", "no library"),
        ("[2025-01-02 03:04:05] ready", "ready"),
        ("17:08:22-901155 ready", "ready"),
        ("Jun 09 14:27:50 mini-pc ollama[1716]: ready", "ready"),
        ("(EngineCore_0 pid=7331) ERROR 02-11 21:04:18 [core.py:843] ValueError: no", "ValueError: no"),
        ("(VllmWorker rank=1 pid=99) ready", "ready"),
        ("(RayWorkerWrapper pid=24562, ip=10.0.0.2) ready", "ready"),
        ("[rank0]: ready", "ready"),
        ("[rank0]:[W1122 13:36:31.863 ProcessGroup.cpp:12] ready", "ready"),
        ("W1122 13:40:40.399000 6522 torch/utils/cpp_extension.py:178] ready", "ready"),
        ("vllm-1  | ready", "ready"),
        ("4.45.745.058 E ready", "ready"),
        ("2025-02-11T21:04:18.1234Z stderr F ready", "ready"),
        ("[pod/vllm-0/server] ready", "ready"),
        ('time=2025-07-22T08:31:40.275+01:00 level=ERROR source=sched.go:489 msg="no"', 'msg="no"'),
        ("> > a quoted line", "a quoted line"),
        (">>> what is this", "what is this"),
        ("```CUDA error```", "CUDA error"),
        ("user@pc:~/llm$ ollama run qwen3", "ollama run qwen3"),
        ("(venv) PS D:\\llm> python run.py", "python run.py"),
        ("C:\\Users\\li>ollama -v", "ollama -v"),
        ("[root@box models]# wget x", "wget x"),
        ("this _**is**_ bold", "this is bold"),
        ("a **very** bold one", "a very bold one"),
        ("显存不足：请重试（１２ＧＢ）", "显存不足:请重试(12GB)"),
        ("“quoted” ‘too’", "\"quoted\" 'too'"),
        ("RuntimeError: a &lt;b&gt; &amp;&amp; &quot;c&quot;", 'RuntimeError: a <b> && "c"'),
        ("<code>CUDA error</code>", "CUDA error"),
        ("╰─> OSError: CUDA_HOME", "    OSError: CUDA_HOME"),
        ("│ exit code: 1", "  exit code: 1"),
        ("│ ValueError: no          │", "  ValueError: no"),
        ("zero\u200bwidth", "zerowidth"),
        ("tab\there", "tab    here"),
        ("a\x9b31mred\x9b0m b\x84\x90\x9c", "ared b"),
        ("isolated\u2066 \u2069soft\u00adhyphen\U000e0041", "isolated softhyphen"),
        ("7\x1cB 8\x1fB\x85next", "7B 8B next"),
    ],
)
def test_what_does_not_belong_to_the_message_goes(pasted: str, expected: str) -> None:
    assert texts(pasted) == [expected]


@pytest.mark.parametrize(
    "kept",
    [
        "    return self._from_pretrained(*args, **kwargs)",
        '  File "/home/u/.venv/bin/x.py", line 17, in __init__',
        "ERROR: Could not find a version that satisfies the requirement",
        "AVX = 1 | AVX2 = 1 | FMA = 0",
        '    3 |  printf("%d", a)',
        "fatal: not a git repository (or any of the parent directories): .git",
        "llama_model_load: error loading model: unknown model architecture: 'x'",
    ],
)
def test_what_belongs_to_the_message_stays(kept: str) -> None:
    assert texts(kept) == [kept]


def test_numbers_are_those_of_the_text_as_given() -> None:
    lines = clean("first\n\n```text\n\nfifth\r\n\x1b[0m\nseventh")
    assert [(line.number, line.text) for line in lines] == [(1, "first"), (5, "fifth"), (7, "seventh")]


def test_a_logger_tells_the_level_of_its_line() -> None:
    pasted = "INFO 02-11 21:04:18 [a.py:1] one\nWARNING: two\ntime=2025-01-01T00:00:00Z level=ERROR msg=three\nfour"
    assert [line.level for line in clean(pasted)] == ["info", "warning", "error", ""]


def test_a_letter_tells_the_level_of_llama_cpps_lines() -> None:
    lines = clean("0.00.105.137 W one\n4.45.747.022 E srv two\n4.45.747.027 I three")
    assert [(line.level, line.logged) for line in lines] == [("warning", True), ("error", True), ("info", True)]


@pytest.mark.parametrize(
    ("pasted", "source"),
    [
        ("open-webui  | ready", "open-webui"),
        ("Nov 13 10:10:58 desk ollama[1067]: ready", "ollama"),
        ("user@pc:~/tabbyAPI$ python main.py", "user@pc:~/tabbyAPI$ "),
        ("2025-03-12T14:03:22.518+08:00 ready", ""),
    ],
)
def test_who_speaks_in_a_prefix_or_a_prompt_is_kept(pasted: str, source: str) -> None:
    assert [line.source for line in clean(pasted)] == [source]


def test_a_path_before_an_arrow_is_no_prompt() -> None:
    printed = "D:\\a\\llama.cpp\\ggml-cuda.cu:924: GGML_ASSERT(tensor->view_src == nullptr) failed"
    assert [(line.text, line.typed) for line in clean(printed)] == [(printed, False)]


def test_commands_typed_at_a_prompt_are_known_as_such() -> None:
    assert [line.typed for line in clean("user@pc:~$ ollama run x\nError: no")] == [True, False]


def test_of_a_progress_bar_only_the_last_state_stays() -> None:
    assert texts("pulling  1%\rpulling 50%\rpulling 99%") == ["pulling 99%"]


def test_an_error_written_over_a_progress_bar_stays() -> None:
    assert texts("12%|█▏  | 1/8\rError: disk full\r13%|█▏  | 1/8") == ["Error: disk full", "13%|█▏  | 1/8"]


def test_repeated_lines_become_one() -> None:
    assert clean("again\nagain\nagain\nother") == [Line(1, "again", 3, repeats=3), Line(4, "other", 4)]


def test_lines_broken_at_the_edge_of_a_terminal_are_joined() -> None:
    message = (
        "Check the access.log file in the data directory to inspect incoming connections: data/access.log and more"
    )
    pasted = f"{'=' * 80}\n{message[:80]}\n{message[80:]}\nNext line"
    assert clean(pasted)[1] == Line(2, message, 3)


def test_words_that_a_console_moved_to_the_next_line_are_joined() -> None:
    pasted = (
        "INFO:     Your API key stands to the file api_tokens.yml in this folder: see\n"
        "documentation\n"
        "INFO:     If these keys get compromised, make sure to delete api_tokens.yml now.\n"
    )
    assert texts(pasted)[0].endswith("folder: see documentation")


def test_escaped_line_ends_of_a_json_log_are_line_ends() -> None:
    assert [(line.number, line.text) for line in clean(r'{"log": "Traceback\n  File x\nValueError: no"}')] == [
        (1, '{"log": "Traceback'),
        (1, "  File x"),
        (1, 'ValueError: no"}'),
    ]


def test_chinese_that_json_escaped_is_read() -> None:
    assert texts(r'{"log": "\u8bbe\u5907\u4e0a\u6ca1\u6709\u7a7a\u95f4"}') == ['{"log": "设备上没有空间"}']
    assert texts(r"C:\users\u1234\x") == [r"C:\users\u1234\x"]


def test_html_breaks_are_line_ends_with_the_same_number() -> None:
    assert [(line.number, line.text) for line in clean("x\none<br>two<br/>three")] == [
        (1, "x"),
        (2, "one"),
        (2, "two"),
        (2, "three"),
    ]


def test_one_endless_line_is_cut_into_pieces() -> None:
    lines = clean(" ".join(map(str, range(100_000))))
    assert len(lines) > 100
    assert max(len(line.text) for line in lines) <= 2000
    assert {line.number for line in lines} == {1}


def test_of_a_huge_text_head_and_tail_are_read_with_their_numbers() -> None:
    middle = 400_000
    pasted = "first\n" + "filler line of text\n" * middle + "last"
    lines = clean(pasted)
    assert is_truncated(pasted)
    assert (lines[0].number, lines[0].text) == (1, "first")
    assert (lines[-1].number, lines[-1].text) == (middle + 2, "last")
    assert sum(len(line.text) for line in lines) <= MAX_CHARACTERS


@pytest.mark.parametrize("nothing", ["", " \n\t\n", "\x00\x01\x02", "```\n```", "\ufeff", "\n" * 1000, "────────"])
def test_nothing_stays_nothing(nothing: str) -> None:
    assert clean(nothing) == []


def test_lone_surrogates_become_replacement_characters() -> None:
    assert texts("broken \ud83d here") == ["broken \ufffd here"]


def test_folding_keeps_chinese() -> None:
    assert fold_width("模型，加载。ＡＢＣ") == "模型,加载。ABC"


PASTES = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("\r\n\x1b[0;31m>`$|│─<br>&lt;\\n%█ 12:3-Tabc")), max_size=400
)


@settings(max_examples=300, deadline=None)
@given(PASTES)
def test_clean_never_raises_and_numbers_stay_in_range(pasted: str) -> None:
    lines = clean(pasted)
    count = max(pasted.count("\n"), pasted.count("\r")) + 1
    assert all(1 <= line.number <= line.last <= count for line in lines)
    assert all(first.number <= second.number for first, second in pairwise(lines))
    assert all(line.text.strip() and "\n" not in line.text and "\r" not in line.text for line in lines)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(alphabet="abc XYZ:._/()", min_size=1, max_size=30).filter(str.strip), max_size=20))
def test_plain_lines_keep_their_words(rows: list[str]) -> None:
    words = " ".join(rows).split()
    cleaned = " ".join(" ".join([line.text] * line.repeats) for line in clean("\n".join(rows))).split()
    assert cleaned == words


def test_folders_that_begin_with_n_are_no_escaped_line_ends() -> None:
    line = r"Error: Cannot find module D:\nodejs\node_modules\npm\bin\npm-cli.js"
    assert [each.text for each in clean(line)] == [line]


def test_an_exception_is_not_the_rest_of_a_frame_that_ends_at_the_edge() -> None:
    frame = 'File "/opt/venv/lib/python3.12/site-packages/shelf/boxes.py", line 95, in put'
    frame = "  " + frame.replace("shelf", "s" * (120 - 2 - len(frame) + len("shelf")))
    assert len(frame) == 120
    assert [line.text for line in clean(f"{frame}\nValueError: no box is that small")] == [
        frame,
        "ValueError: no box is that small",
    ]
