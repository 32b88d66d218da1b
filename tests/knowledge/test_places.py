"""Where a program runs on no computer of one's own, the steps are those that can be done there."""

import pytest
from shipped import CLINIC

from bot.answers.cures import cure_steps
from bot.base.languages import Text
from bot.intake.facts import Fact, Facts
from bot.knowledge.failures import Command, Condition, Failure, FixStep, Packaging
from bot.knowledge.files import knowledge_root
from bot.knowledge.places import Place, PlaceCure, place_faults, read_places, with_places

DRIVER = FixStep(Text("Install a driver.", "装驱动。"), (Command("bash", "sudo ubuntu-drivers install"),))
LOOK = FixStep(Text("Look at the log.", "看日志。"))
OTHER_HOST = FixStep(Text("Rent another one.", "换一台。"))
RENTED = Place("rented", ("ubuntu-drivers",), (PlaceCure(("x",), (OTHER_HOST,), ()),))


def entry(*steps: FixStep) -> Failure:
    return Failure(
        id="x", failure_class="y", severity="blocking", title=Text("t", "题"), cause=Text("c", "因"), steps=steps,
        signatures=(), examples=(), near_misses=(), sources=(),
    )  # fmt: skip


def told(packaging: Packaging | None, *steps: FixStep) -> list[Text | str]:
    ((_, complete),) = with_places([("failures/gpu/x.yaml", entry(*steps))], [RENTED])
    facts = Facts(packaging=(Fact(packaging, 1),) if packaging else ())
    return [step.text for step in cure_steps(complete, facts, {})]


def test_steps_of_a_place_stand_first_there_and_nowhere_else() -> None:
    assert told("rented", LOOK) == [OTHER_HOST.text, LOOK.text]
    assert told("docker", LOOK) == told(None, LOOK) == [LOOK.text]


def test_what_cannot_be_done_at_a_place_is_left_out_there() -> None:
    assert told("rented", DRIVER, LOOK) == [OTHER_HOST.text, LOOK.text]
    assert told(None, DRIVER, LOOK) == [DRIVER.text, LOOK.text]


def test_better_an_impossible_step_than_none() -> None:
    away = FixStep(Text("Only elsewhere.", "只在别处。"), when=Condition(outside=("rented",)))
    facts = Facts(packaging=(Fact("rented", 1),))
    assert [step.text for step in cure_steps(entry(away), facts, {})] == [away.text]


def test_a_place_that_leads_nowhere_is_a_fault() -> None:
    assert [fault.problem for fault in place_faults([RENTED], [])] == ["no entry is called 'x'"]


def test_shipped_places_are_read() -> None:
    assert {place.place for place in read_places(knowledge_root())} == {"colab", "rented", "lxc", "pinokio"}


@pytest.mark.parametrize(
    ("log", "first", "never"),
    [
        (
            "Colab T4, installed vllm in the first cell\nRuntimeError: operator torchvision::nms does not exist",
            "restart the session",
            "sudo reboot",
        ),
        (
            "rented 4090 on vast.ai\nggml_cuda_init: failed to initialize CUDA: forward compatibility was attempted on "
            "non supported HW",
            "On a rented machine the driver is the owner's",
            "ubuntu-drivers",
        ),
        (
            "root@autodl-container-1a2b:~# nvidia-smi\nFailed to initialize NVML: Driver/library version mismatch",
            "only its owner can mend this",
            "sudo reboot",
        ),
        (
            "vllm in an lxc container on proxmox:\nFailed to initialize NVML: Driver/library version mismatch",
            "both need the same version of the driver",
            "apt-mark",
        ),
    ],
)
def test_cures_fit_the_place(log: str, first: str, never: str) -> None:
    said = "\n".join(str(block) for block in CLINIC.diagnose(log).answer.blocks)
    assert first in said
    assert never not in said
