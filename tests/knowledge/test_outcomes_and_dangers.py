"""Every cure ends with how to see that it worked; no step that costs something goes without saying so."""

import pytest

from bot.base.languages import Text
from bot.knowledge.dangers import read_dangers, with_risks
from bot.knowledge.failures import Command, Failure, FixStep
from bot.knowledge.files import knowledge_root
from bot.knowledge.load import load_failures
from bot.knowledge.outcomes import SAID, Outcome, with_outcomes


def entry(*steps: FixStep, solved: Text | None = None) -> Failure:
    return Failure(
        id="x", failure_class="x", severity="blocking", title=Text("t", "题"), cause=Text("c", "因"), steps=steps,
        signatures=(), examples=(), near_misses=(), sources=(), solved=solved,
    )  # fmt: skip


AREA = Outcome("gpu", Text("Solved when it runs.", "能跑就是好了。"), back=False)


def completed(one: Failure) -> Failure:
    ((_, found),) = with_outcomes([("failures/gpu/x.yaml", one)], [AREA])
    return found


def test_area_says_how_to_see_that_it_worked() -> None:
    assert completed(entry()).solved == AREA.solved
    assert not completed(entry()).may_go_back


def test_own_words_go_before_those_of_the_area() -> None:
    own = Text("Solved when the card is named.", "出现显卡就是好了。")
    assert completed(entry(solved=own)).solved == own
    assert completed(entry(FixStep(Text("It is solved when this prints 1.", "输出 1 就好了。")))).solved is None


def test_every_shipped_entry_says_when_it_is_solved() -> None:
    silent = [
        each.id
        for each in load_failures(knowledge_root())
        if each.solved is None and not any(SAID in step.text.en for step in each.steps)
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("code", "warned"),
    [
        ("rm -rf ~/models/x", True),
        ("Remove-Item -Recurse -Force x", True),
        ("chmod -R 777 .", True),
        ("sudo pip install vllm", True),
        ("pip install --break-system-packages vllm", True),
        ("curl -fsSL https://ollama.com/install.sh | sh", True),
        ("llama-server --host 0.0.0.0", True),
        ("python server.py --listen", True),
        ("python server.py --listen-port 7861", False),
        ("git reset --hard origin/main", True),
        ("docker system prune -a", True),
        ("pip install vllm", False),
        ("rm ./half.gguf.part", False),
    ],
)
def test_dangerous_commands_say_their_risk(code: str, warned: bool) -> None:
    step = FixStep(Text("Do this:", "这样做："), (Command("bash", code),))
    ((_, found),) = with_risks([("failures/gpu/x.yaml", entry(step))], read_dangers(knowledge_root()))
    assert (found.steps[0].risk is not None) is warned


def test_what_a_step_says_itself_is_not_said_again() -> None:
    step = FixStep(
        Text("Delete it; nothing of yours is in there.", "删掉，里面没有你的东西。"), (Command("bash", "rm -rf x"),)
    )
    ((_, found),) = with_risks([("failures/gpu/x.yaml", entry(step))], read_dangers(knowledge_root()))
    assert found.steps[0].risk is None
