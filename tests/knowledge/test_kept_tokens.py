"""What texts are made of, kept between runs."""

from collections.abc import Callable
from pathlib import Path

import pytest
from shipped import PARTS

from bot.clinic.parts import Parts
from bot.knowledge import cache
from bot.knowledge.kept_tokens import kept_tokens

TEXTS = ("open a port", "a port, a port", "打开端口")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cache, "user_folder", lambda: tmp_path / "cache")
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "asking.yaml").write_text("one")
    return tmp_path / "knowledge"


def marked(mark: str) -> Callable[[str], list[str]]:
    return lambda text: [mark + word for word in text.split()]


def test_they_are_what_reading_finds(root: Path) -> None:
    for _ in range(2):
        tokens = kept_tokens(root, marked("-"), TEXTS)
        assert [tokens(text) for text in TEXTS] == [marked("-")(text) for text in TEXTS]


def test_what_is_kept_is_not_read_again_and_all_else_is(root: Path) -> None:
    kept_tokens(root, marked("first "), TEXTS)
    tokens = kept_tokens(root, marked("second "), TEXTS)
    assert tokens("open a port") == ["first open", "first a", "first port"]
    assert tokens("another") == ["second another"]


def test_other_words_for_things_are_read_anew(root: Path) -> None:
    kept_tokens(root, marked("first "), TEXTS)
    (root / "asking.yaml").write_text("two")
    assert kept_tokens(root, marked("second "), TEXTS)("open") == ["second open"]
    assert kept_tokens(root, marked("second "), TEXTS)("open a port")[0] == "second open"


def test_all_questions_are_found_as_if_they_were_read() -> None:
    parts = Parts(PARTS.root)
    asking = parts.asking
    read = parts.lookup(parts.topics.items, asking.foreign, asking.unanswered)
    for question in ("what is a quantization", "怎么更新 koboldcpp", "rtx 3060 够不够", "why is the sky blue"):
        kept, anew = parts.topics.find(question), read.find(question)
        assert [(hit.item, hit.score) for hit in kept.candidates] == [(hit.item, hit.score) for hit in anew.candidates]
        assert kept.sureness == pytest.approx(anew.sureness)


def test_a_warm_start_reads_no_question(monkeypatch: pytest.MonkeyPatch) -> None:
    Parts(PARTS.root).topics  # noqa: B018 - keeps them, should nobody have
    parts = Parts(PARTS.root)
    read: list[str] = []

    def noted(_: object, text: str) -> list[str]:
        read.append(text)
        return []

    monkeypatch.setattr(type(parts.wordings), "read", noted)
    assert parts.topics.items
    asked = {text for question in parts.questions for text in (question.question.en, question.question.zh)}
    assert len(asked) > 300
    assert not asked & set(read)
