"""What steps do to a computer; what deletes or opens something is never called harmless."""

import pytest
from shipped import CLINIC

from bot.answers.blocks import Answer, Code, Step, Steps
from bot.answers.of_advice import meant_step, of_step_answer
from bot.base.languages import told
from bot.knowledge.effects import effect_of


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        ("Open the terminal by right click, Run as administrator.", "careful"),
        ("Let the antivirus skip the models folder.", "careful"),
        ("Close the web UI, delete the folder installer_files, start start_windows.bat again.", "anew"),
        ("Update the graphics driver.", "driver"),
        ("Make a token of type Read.\nhf auth login", "login"),
        ("On the Quick Launch page set GPU Layers to -1.", "settings"),
        ("See whether the card is listed:\nnvidia-smi", "looking"),
    ],
)
def test_a_step_is_of_the_kind_that_it_is(step: str, kind: str) -> None:
    found = effect_of(step, CLINIC.effects)
    assert found is not None
    assert found.id == kind


def test_what_deletes_is_never_called_safe() -> None:
    steps = [step for entry in CLINIC.failures for step in entry.steps]
    deleting = [step for step in steps if any("rm -rf" in code.code for code in step.commands)]
    assert deleting
    for step in deleting:
        text = "\n".join((step.text.en, *(code.code for code in step.commands)))
        effect = effect_of(text, CLINIC.effects)
        assert effect is None or not told(effect.safe, "en").startswith("Yes"), text


def test_a_question_without_a_step_is_of_the_first_that_does_something() -> None:
    look, install = Step("See the card", (Code("nvidia-smi"),)), Step("Then", (Code("pip install torch"),))
    answer = Answer("", "neutral", (Steps("", (look, install)),))
    meant = meant_step(answer, 0, CLINIC.effects)
    assert meant is not None
    assert meant.number == 2
    assert "2" in told(of_step_answer("lasts", meant).title, "en")
    first = meant_step(answer, 1, CLINIC.effects)
    assert first is not None
    assert first.effect.id == "looking"
