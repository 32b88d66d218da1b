"""What posts are about is told by their words: of threads that nothing was learnt of, and of nothing at all."""

from pathlib import Path

import pytest
import yaml

from bot.base.phrases import folded
from bot.diagnosis.subjects import SUBJECTS, kept_subjects
from bot.intake.signs import load_signs
from bot.knowledge.files import knowledge_root
from bot.knowledge.subjects import load_subjects

ROOT = knowledge_root()
SIGNS = load_signs(ROOT)
READER = kept_subjects(ROOT, SIGNS)
THREADS = yaml.safe_load(Path(__file__).with_name("subjects.yaml").read_text(encoding="utf-8"))


def likeliest(text: str) -> str:
    shares = READER.shares(folded(text))
    return max(shares, key=lambda name: shares[name])


def test_titles_of_threads_that_nothing_was_learnt_of_are_told_apart() -> None:
    requests = [(name, text) for name, texts in THREADS.items() for text in texts if name != "other"]
    assert len(requests) > 150
    assert sum(likeliest(text) == name for name, text in requests) / len(requests) >= 0.6


def test_none_of_them_is_learnt() -> None:
    learnt = {text for texts in load_subjects(ROOT).by_name.values() for text in texts}
    assert not learnt & {text for texts in THREADS.values() for text in texts}


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("since the update the model sits there for a minute before it writes anything", "failure"),
        ("nothing listens on port 5001 any more", "failure"),
        ("端口 7860 打不开", "failure"),
        ("every answer of the bot opens with the same sentence", "quality"),
        ("翻译的时候老是漏掉几句", "quality"),
        ("two 3060 cards now, which larger model can I take", "fit"),
        ("想换掉 1070，买哪张卡跑模型好", "fit"),
        ("where do I set the system prompt", "howto"),
        ("ollama 怎么换模型目录", "howto"),
        ("exl2 or gguf for a single user, which is better", "comparison"),
        ("thank you all, works now", "other"),
    ],
)
def test_what_is_said(text: str, subject: str) -> None:
    assert likeliest(text) == subject


def test_shares_are_one_together_and_always_the_same() -> None:
    first, second = (READER.shares("can a 4090 run a 70b") for _ in range(2))
    assert first == second
    assert set(first) == set(SUBJECTS)
    assert sum(first.values()) == pytest.approx(1)


def test_nothing_is_learnt_from_nothing(tmp_path: Path) -> None:
    shares = kept_subjects(tmp_path, SIGNS).shares("anything")
    assert list(shares.values()) == pytest.approx([1 / len(SUBJECTS)] * len(SUBJECTS))
