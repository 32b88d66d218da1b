"""How long "can I run it" takes without a network: a dense model, a mixture, recurrent layers, two cards."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bot.clinic.door import Clinic
from bot.hardware.amounts import GIB, parse_vram
from bot.hardware.machine import Machine
from bot.knowledge.files import knowledge_root
from bot.memory.estimate import forget_graphs
from bot.memory.plan import make_plan
from bot.models.requested import requested_model

CLINIC = Clinic(knowledge_root())
ASKED = [
    ("Qwen3-14B", "3060"),
    ("Qwen2.5-72B-Instruct", "3060"),
    ("Qwen3-30B-A3B", "8"),
    ("Qwen3-Next-80B-A3B-Instruct", "12"),
    ("gemma-3-27b-it", "2x12"),
]


@pytest.mark.parametrize(("model", "vram"), ASKED)
def test_can_run_asked_again(benchmark: BenchmarkFixture, model: str, vram: str) -> None:
    prospect = benchmark(CLINIC.can_run, model, vram, "64")
    assert prospect.plan.verdict in {"gpu", "split"}


@pytest.mark.parametrize(("model", "vram"), ASKED)
def test_plan_with_a_ladder_for_the_first_time(benchmark: BenchmarkFixture, model: str, vram: str) -> None:
    """Nothing remembered of the graph; the tensors of the quantizations are there."""
    wanted = requested_model(model, CLINIC.catalog)
    machine = Machine(parse_vram(vram, CLINIC.cards), 64 * GIB)

    def plan() -> str:
        return make_plan(wanted.model, machine, others=wanted.quants).verdict

    verdict = benchmark.pedantic(plan, setup=forget_graphs, rounds=5)  # type: ignore[no-untyped-call]
    assert verdict in {"gpu", "split"}
