"""A refusal is known by the place that raised it, where no wording tells more."""

import pytest
from small_knowledge import entry, ids

from bot.diagnosis.raising import fault_in, raised_in, raises_in, refusals_of
from bot.intake.cleaning import clean

PLACES = refusals_of(["vllm/config/", "vllm/config/lora", "exllamav3/architecture/", "vllm/|not * installed"])
TRACE = """Traceback (most recent call last):
  File "/opt/venv/bin/vllm", line 8, in <module>
    sys.exit(main())
  File "{file}", line 12, in check
    raise {error}
{error}
"""


def _trace(file: str, error: str) -> str:
    return TRACE.format(file=file, error=error)


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("/opt/venv/lib/python3.12/site-packages/vllm/config/model.py", "vllm/config/"),
        ("/opt/venv/lib/python3.12/site-packages/vllm/config/lora.py", "vllm/config/lora"),
        (r"C:\venv\Lib\site-packages\exllamav3\architecture\gemma4.py", "exllamav3/architecture/"),
    ],
)
def test_the_longest_place_of_the_raising_frame_counts(file: str, place: str) -> None:
    found = raised_in(clean(_trace(file, "ValueError: foo must go with bar")), PLACES)
    assert found is not None
    assert (found.about, found.captured["said"]) == (place, "foo must go with bar")
    assert found.line.text == "ValueError: foo must go with bar"


@pytest.mark.parametrize(
    ("file", "error"),
    [
        ("/x/site-packages/other/config/model.py", "ValueError: foo must go with bar"),
        ("/x/site-packages/vllm/config/model.py", "KeyError: 'foo'"),
        ("/x/site-packages/vllm/config/model.py", "AssertionError"),
        ("/x/site-packages/vllm/config/model.py", "AssertionError: Incompatible dtypes"),
        ("/x/site-packages/vllm/config/model.py", "AssertionError: expected torch.Size([4]), got torch.Size([6])"),
        ("/x/site-packages/vllm/config/model.py", "ValueError: Unsupported cache shape: (2, 16)"),
        ("/x/site-packages/vllm/config/model.py", "RuntimeError: the size of the buffer is insufficient"),
        ("/x/site-packages/vllm/config/model.py", "RuntimeError: CUDA error: illegal access, no more"),
        ("/x/site-packages/vllm/config/model.py", "ValueError: not enough GPU memory for the cache"),
        ("/x/site-packages/vllm/config/model.py", "Exception: the worker was lost"),
    ],
)
def test_other_places_and_faults_of_the_program_itself_tell_nothing(file: str, error: str) -> None:
    assert raised_in(clean(_trace(file, error)), PLACES) is None


@pytest.mark.parametrize(
    "error",
    [
        "NotImplementedError: The foo backend only supports CUDA",
        "ValueError: foo_memory must be a number",
        "Exception: foo must be set beside bar",
        "AssertionError: Please switch foo on when setting bar",
        "ArgumentTypeError: foo is no number",
    ],
)
def test_a_refusal_may_name_cards_and_memory(error: str) -> None:
    found = raised_in(clean(_trace("/x/site-packages/vllm/config/model.py", error)), PLACES)
    assert found is not None
    assert found.about == "vllm/config/"


def test_only_the_frame_that_raised_counts() -> None:
    trace = _trace("/x/site-packages/vllm/config/model.py", "ValueError: foo must go with bar").replace(
        "    raise ", '  File "/x/site-packages/torch/cuda/__init__.py", line 3, in init\n    raise '
    )
    assert raised_in(clean(trace), PLACES) is None


@pytest.mark.parametrize("error", ["ValueError: foo is not properly installed", "FooError: foo is not installed"])
def test_words_tell_more_than_the_place(error: str) -> None:
    found = raised_in(clean(_trace("/x/site-packages/vllm/config/lora.py", error)), PLACES)
    assert found is not None
    assert found.about == "vllm/|not * installed"


def test_words_count_only_in_their_place() -> None:
    trace = _trace("/x/site-packages/other/config/lora.py", "ValueError: foo is not installed")
    assert raised_in(clean(trace), PLACES) is None


FAULTY = ("in load_weights", "exllamav3/")


@pytest.mark.parametrize(
    ("error", "place"),
    [
        ("AssertionError", "exllamav3/"),
        ("KeyError: 'layers.3.mlp'", "exllamav3/"),
        ("RuntimeError: shape '[2, -1]' is invalid for input of size 7", "exllamav3/"),
        ("RuntimeError: CUDA error: out of memory", None),
        ("RuntimeError: the server is gone", None),
        ("OSError: [Errno 2] No such file", None),
    ],
)
def test_what_no_check_raises_in_the_program_itself_is_its_own_fault(error: str, place: str | None) -> None:
    found = fault_in(clean(_trace("/x/site-packages/exllamav3/modules/attn.py", error)), FAULTY)
    assert (found.about if found else None) == place


def test_a_function_tells_more_than_a_file() -> None:
    trace = _trace("/x/site-packages/exllamav3/modules/attn.py", "KeyError: 'w.SCB'").replace(
        "in check", "in load_weights"
    )
    found = fault_in(clean(trace), FAULTY)
    assert found is not None
    assert found.about == "in load_weights"


def test_a_fault_elsewhere_is_not_the_programs() -> None:
    assert fault_in(clean(_trace("/home/u/shop/orders.py", "KeyError: 'apple'")), FAULTY) is None


def test_sizes_that_do_not_match_are_no_refusal() -> None:
    error = "RuntimeError: The expanded size of the tensor (8) must match the existing size (12)"
    assert raised_in(clean(_trace("/x/site-packages/vllm/config/lora.py", error)), PLACES) is None


def test_a_call_that_does_not_fit_is_the_programs_own_fault() -> None:
    error = "TypeError: get_kv() takes from 3 to 4 positional arguments but 5 were given"
    found = fault_in(clean(_trace("/x/site-packages/exllamav3/modules/attn.py", error)), FAULTY)
    assert found is not None
    assert found.strength > 0.85


def test_a_frame_that_a_logger_broke_after_its_first_word_is_one() -> None:
    file = "/opt/venv/lib/python3.12/site-packages/exllamav3/model/model_tp_fn.py"
    trace = f"ERROR: File\n\"{file}\", line 112, in recv\nKeyError: 'x'"
    found = fault_in(clean(trace), FAULTY)
    assert found is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("KeyError: 'layers.3.scale'", True),
        ("(Worker) ERROR 04-12 [core.py:1] AssertionError", True),
        ("openai.BadRequestError: the prompt has an image", True),
        ("    raise RuntimeError(", False),
        ("RuntimeError: Engine core initialization failed. See root cause above.", False),
        ("RuntimeError: Failed to load model", False),
        ("vllm.v1.engine.exceptions.EngineDeadError: EngineCore encountered an issue", False),
        ("asyncio.exceptions.CancelledError", False),
        ("all is well, no error", False),
    ],
)
def test_an_exception_that_may_be_a_cause_is_told_from_what_follows(text: str, expected: bool) -> None:
    assert raises_in(clean(text)) is expected
    assert not raises_in(clean(text), [1])


ABOVE = entry("above", "See root cause above", **{"class": "root-cause-cut-off"})
FAULT = entry("fault", found_by=[{"computation": "fault-in", "about": ["vllm/"]}])
FOLLOWS = "RuntimeError: Engine core initialization failed. See root cause above.\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FOLLOWS, ["above"]),
        (_trace("/opt/vllm/engine/core.py", "KeyError: 'scale'") + FOLLOWS, ["fault"]),  # it stands there
        (_trace("/opt/other/core.py", "KeyError: 'scale'") + FOLLOWS, []),  # it stands there, and nobody knows it
    ],
)
def test_a_cause_that_stands_in_the_log_is_not_said_to_stand_elsewhere(text: str, expected: list[str]) -> None:
    assert ids(text, ABOVE, FAULT) == expected
