"""A refusal is known by the place that raised it, where no wording tells more."""

import pytest

from bot.diagnosis.raising import raised_in, refusals_of
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
        ("/x/site-packages/vllm/config/model.py", "RuntimeError: the size of the buffer is insufficient"),
    ],
)
def test_other_places_and_faults_of_the_program_itself_tell_nothing(file: str, error: str) -> None:
    assert raised_in(clean(_trace(file, error)), PLACES) is None


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
