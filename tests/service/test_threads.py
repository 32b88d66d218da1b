"""Conversations of several turns, as Discord and the terminal hold them: where they end, and what is known then."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from shipped import CLINIC

from bot.answers.markdown import markdown
from bot.clinic.door import Clinic
from bot.service.request_state import summary
from bot.service.talk import Talk

pytestmark = pytest.mark.slow

FILE = Path(__file__).parent / "threads.yaml"
DATA: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))


@cache
def clinic() -> Clinic:
    return CLINIC


def played(thread: dict[str, Any]) -> tuple[Talk, str]:
    """The conversation at its end, and what the bot said last."""
    talk = Talk.opened(clinic(), thread.get("title", ""))
    last = ""
    for who, text, *log in thread["turns"]:
        talk = _turn(talk, who, text, tuple(DATA["logs"][name] for name in log))
        if talk.said is not None and talk.replied is not None:
            last = markdown(talk.said, talk.replied.language)
    return talk, last


def _turn(talk: Talk, who: str, text: str, files: tuple[str, ...]) -> Talk:
    match who:
        case "asker":
            return talk.says(text, files)
        case "helper":
            return talk.is_helped()
        case "solved":
            return talk.is_told_solved()
        case "not solved":
            return talk.is_told_not_solved()
    return talk.is_overheard()


def faults(thread: dict[str, Any]) -> list[str]:
    """What ends otherwise than it should."""
    ends = thread["ends"]
    talk, last = played(thread)
    told = summary(talk.state).told
    facts = {**told.hardware, **told.points}
    found = [f"state {talk.state.life}"] if talk.state.life != ends["state"] else []
    found += [
        f"{name}: {facts.get(name)!r}"
        for name, pattern in ends["facts"].items()
        if not re.search(pattern, facts.get(name, ""), re.IGNORECASE)
    ]
    found += [f"does not say {pattern}" for pattern in ends.get("says", ()) if not re.search(pattern, last)]
    found += [f"says {pattern}" for pattern in ends.get("never", ()) if re.search(pattern, last)]
    return [*found, *(["is not quiet"] if ends.get("quiet") and talk.said is not None else [])]


@pytest.mark.parametrize("thread", DATA["threads"], ids=lambda thread: thread["id"])
def test_it_ends_in_the_right_state_with_the_right_facts(thread: dict[str, Any]) -> None:
    assert faults(thread) == []
