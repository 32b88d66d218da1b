"""A message that is only spoken of is not a failure that somebody has."""

import pytest
from shipped import CLINIC

SPOKEN_OF = [
    "The docs say that “CUDA error: out of memory” appears when the batch is too large, is there a setting for it?",
    "Release notes: fixed “[Errno 28] No space left on device” being hidden by the progress bar.",
    "What is the difference between “CUDA error: out of memory” and “std::bad_alloc”?",
    "Will ollama print “model requires more system memory” when I buy only 16 GB?",
    "写教程用：遇到 CUDA error: out of memory 这句要怎么翻译成中文比较自然？",
    "raise RuntimeError('CUDA error: out of memory')",
    "It would be useful if different errors were raised when ollama loads a model:\n- 404 model file not found\n"
    "- the server isn't responding\n- CUDA error: out of memory",
]
SUFFERED = [
    "I loaded a 70B and now I get CUDA error: out of memory, can I fix that with a setting?",
    "求助，加载就报错 CUDA error: out of memory 怎么解决",
    '  File "load.py", line 3, in <module>\n    raise RuntimeError("CUDA error: out of memory")\n'
    "RuntimeError: CUDA error: out of memory",
]


@pytest.mark.parametrize("text", SPOKEN_OF)
def test_a_message_spoken_of_is_left_alone(text: str) -> None:
    assert CLINIC.diagnose(text).candidates == ()


@pytest.mark.parametrize("text", SUFFERED)
def test_a_message_that_somebody_has_is_diagnosed(text: str) -> None:
    assert CLINIC.diagnose(text).candidates[0].failure_class == "gpu-out-of-memory"
