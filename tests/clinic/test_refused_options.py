"""An option that a program refused is told by its new name, where a table of options knows what became of it."""

import pytest
from shipped import CLINIC

from bot.answers.blocks import Steps


def first_step(log: str) -> str:
    steps = [block for block in CLINIC.diagnose(log).answer.blocks if isinstance(block, Steps)]
    return str(steps[0].steps[0].text)


@pytest.mark.parametrize(
    ("log", "told"),
    [
        ("error: invalid argument: --draft-max", "write --spec-draft-n-max"),
        ("error: invalid argument: --tfs", "no longer has --tfs"),
        ("vllm: error: unrecognized arguments: --swap-space 4", "vLLM no longer has --swap-space"),
        ("vllm: error: unrecognized arguments: --worker_use_ray --swap-space 4", "--distributed-executor-backend ray"),
        ("vllm: error: unrecognized arguments: --max-model-length 4096", "Did you mean --max-model-len?"),
        ("launch_server.py: error: unrecognized arguments: --disable-flashinfer", "--attention-backend triton"),
        ("launch_server.py: error: unrecognized arguments: --max-model-len 4096", "write --context-length"),
        ("text-generation-webui: server.py: error: unrecognized arguments: --wbits 4", "no longer has --wbits"),
    ],
)
def test_the_new_name_stands_first(log: str, told: str) -> None:
    assert told in first_step(log)


@pytest.mark.parametrize(
    "log",
    [
        "server.py: error: unrecognized arguments: --wbits 4",  # of which program is not known
        "vllm: error: unrecognized arguments: --something-nobody-knows",
        "Error: unknown flag: --num-ctx",  # ollama has no table of a command line
    ],
)
def test_of_what_is_not_known_nothing_is_told(log: str) -> None:
    told = first_step(log)
    assert "no longer has" not in told
    assert "Did you mean" not in told
