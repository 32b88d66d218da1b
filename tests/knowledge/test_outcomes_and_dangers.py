"""Every cure ends with how to see that it worked; no step that costs something goes without saying so."""

import json
import shutil
from pathlib import Path

import pytest

from bot.base.languages import Text
from bot.knowledge.dangers import read_dangers, with_risks
from bot.knowledge.failures import Command, Failure, FixStep, SystemName
from bot.knowledge.files import knowledge_root
from bot.knowledge.load import load_failures
from bot.knowledge.outcomes import SAID, SENT, Outcome, with_outcomes
from bot.workshop.cure_faults import cure_faults, danger_faults


def entry(*steps: FixStep, solved: Text | None = None) -> Failure:
    return Failure(
        id="x", failure_class="x", severity="blocking", title=Text("t", "题"), cause=Text("c", "因"), steps=steps,
        signatures=(), examples=(), near_misses=(), sources=(), solved=solved,
    )  # fmt: skip


AREA = Outcome(
    "gpu", Text("Solved when it runs.", "能跑就是好了。"), Text("If not, send it.", "没好就发来。"), back=False
)


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


def test_area_says_what_to_send_where_nothing_else_does() -> None:
    seen = Text("Solved when the card is named.", "出现显卡就是好了。")
    asked = Text("Solved when it answers. If not, say your card.", "有回复就好了，没有就说显卡型号。")
    assert completed(entry(solved=seen)).send == AREA.send
    assert completed(entry(solved=asked)).send is None
    assert completed(entry(FixStep(Text("It is solved when this prints 1.", "输出 1 就好了。")))).send == AREA.send


def test_every_shipped_entry_says_what_to_send_if_it_is_not_solved() -> None:
    silent = [
        each.id
        for each in load_failures(knowledge_root())
        if each.send is None
        and not any(SENT.search(text.en) for text in (*([each.solved] if each.solved else []), *_ends(each)))
    ]
    assert silent == []


def _ends(entry: Failure) -> list[Text]:
    return [step.text for step in entry.steps if SAID in step.text.en]


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
        ("rm -r ~/models", True),
        ("sudo rm -fr /opt/x", True),
        ("rm --recursive x", True),
        ("rmdir /q /s C:\\AI", True),
        ("del /f /s C:\\AI\\*", True),
        ("find . -name '*.gguf' -delete", True),
        ("chmod -R a+rwx .", True),
        ("chmod a+rw /dev/kfd", True),
        ("sudo -H python3.12 -m pip install x", True),
        ("export PIP_BREAK_SYSTEM_PACKAGES=1", True),
        ("curl -fsSL https://deb.nodesource.com/setup_lts.x | sudo -E bash -", True),
        ("bash <(curl -s https://x.example/i.sh)", True),
        ('bash -c "$(curl -fsSL https://x.example/i.sh)"', True),
        ("iwr https://x.example/i.ps1 | Invoke-Expression", True),
        ("llama-server --host ::", True),
        ("OLLAMA_HOST=:11434 ollama serve", True),
        ("python server.py --share", True),
        ("ufw disable", True),
        ("sudo systemctl stop firewalld", True),
        ("iptables -F", True),
        ("Set-ExecutionPolicy Unrestricted", True),
        ("docker run --privileged x", True),
        ("docker run -v /var/run/docker.sock:/var/run/docker.sock x", True),
        ("sudo spctl --master-disable", True),
        ("curl -k https://x.example", True),
        ("GIT_SSL_NO_VERIFY=1 git clone x", True),
        ("docker compose down -v", True),
        ("docker volume rm ollama", True),
        ("sudo dd if=a.img of=/dev/sda", True),
        ("sudo apt install -y nvidia-driver-580", True),
        ("sudo sh NVIDIA-Linux-x86_64-580.run", True),
        ("docker volume ls", False),
        ("docker compose down", False),
        ("chmod +x start.sh", False),
        ("Set-ExecutionPolicy -Scope Process RemoteSigned", False),
        ("curl -fLo koboldcpp https://x.example/k", False),
        ("pip install vllm", False),
        ("rm ./half.gguf.part", False),
    ],
)
def test_dangerous_commands_say_their_risk(code: str, warned: bool) -> None:
    step = FixStep(Text("Do this:", "这样做："), (Command("bash", code),))
    ((_, found),) = with_risks([("failures/gpu/x.yaml", entry(step))], read_dangers(knowledge_root()))
    assert (found.steps[0].commands[0].risk is not None) is warned


def test_what_a_step_says_itself_is_not_said_again() -> None:
    step = FixStep(
        Text("Delete it; nothing of yours is in there.", "删掉，里面没有你的东西。"), (Command("bash", "rm -rf x"),)
    )
    ((_, found),) = with_risks([("failures/gpu/x.yaml", entry(step))], read_dangers(knowledge_root()))
    assert found.steps[0].commands[0].risk is None


def test_only_the_dangerous_one_of_two_commands_says_its_risk() -> None:
    harmless, script = Command("powershell", "winget install X"), Command("bash", "curl -fsSL https://x.example | sh")
    step = FixStep(Text("Install it.", "安装。"), (harmless, script))
    ((_, found),) = with_risks([("failures/gpu/x.yaml", entry(step))], read_dangers(knowledge_root()))
    assert [command.risk is not None for command in found.steps[0].commands] == [False, True]


@pytest.mark.parametrize(
    ("systems", "faulty"), [((), True), (("linux",), False), (("linux", "docker"), False), (("linux", "wsl"), True)]
)
def test_nobody_in_wsl_is_shown_a_driver_for_linux(systems: tuple[SystemName, ...], faulty: bool) -> None:
    step = FixStep(Text("Install it.", "装上。"), (Command("bash", "sudo apt install -y nvidia-driver-580", systems),))
    found = [fault.problem for fault in cure_faults([("failures/gpu/x.yaml", entry(step))], ["ollama"])]
    assert any("WSL takes the driver" in problem for problem in found) is faulty


@pytest.mark.parametrize(("said", "faulty"), [("Like this:", True), ("It is lost then; like this:", False)])
def test_answers_to_questions_say_what_their_commands_cost(said: str, faulty: bool, tmp_path: Path) -> None:
    shutil.copytree(knowledge_root() / "schema", tmp_path / "schema")
    shutil.copy(knowledge_root() / "dangers.yaml", tmp_path)
    step = {"text": {"en": said, "zh": "这样："}, "commands": [{"shell": "bash", "code": "rm -rf ~/models"}]}
    (tmp_path / "faq.yaml").write_text(json.dumps([{"id": "x", "answer": [step]}]), encoding="utf-8")
    assert (len(list(danger_faults(tmp_path))) == 1) is faulty
