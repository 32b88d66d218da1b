"""What speaks for a subject can be learnt again from labelled posts."""

import json
from pathlib import Path

from bot.clinic.parts import Parts
from bot.clinic.subject import shipped_weights
from bot.diagnosis.subjects import SUBJECTS, kept_subjects, subjects_without
from bot.knowledge.subjects import load_subjects
from bot.workshop.subject import Case, labelled, learnt

FAILS = Case("failure", "it crashes", {"ffound": 1.0, "troubled": 1.0})
FITS = Case("fit", "does it fit", {"r-fit": 2.0, "troubled": 0.2})
TALKS = Case("other", "thanks", {"troubled": 0.1})


def likeliest(evidence: dict[str, float], found: list[Case]) -> str:
    shares = learnt(found).shares(evidence)
    return SUBJECTS[shares.index(max(shares))]


def test_what_stood_beside_a_subject_speaks_for_it() -> None:
    found = [FAILS, FITS, TALKS] * 30
    assert likeliest({"ffound": 1.0, "troubled": 0.8}, found) == "failure"
    assert likeliest({"r-fit": 1.5}, found) == "fit"
    assert likeliest({}, found) == "other"
    assert learnt(found) == learnt(found)


def test_shares_are_together_one_and_unknown_evidence_says_nothing() -> None:
    weights = shipped_weights()
    assert abs(sum(weights.shares({"w-fit": -0.1, "s-machine": 1.0})) - 1) < 1e-9
    assert weights.shares({"never seen": 9.0}) == weights.shares({})


def test_a_title_that_is_left_out_teaches_nothing() -> None:
    parts = Parts()
    title = load_subjects(parts.root).by_name["comparison"][0]
    whole, without = kept_subjects(parts.root, parts.signs), subjects_without(parts.root, parts.signs, {title})
    assert without.shares(title.lower())["comparison"] < whole.shares(title.lower())["comparison"]


def test_posts_of_a_file_are_learnt_from_by_their_kind(tmp_path: Path) -> None:
    rows = [
        {"text": "what is a quantization", "gold": {"answer_kind": "howto"}},
        {"text": "help", "gold": {"answer_kind": "ask"}},
        {"text": "ok", "thread": [{"author": "asker", "text": "hi"}], "gold": {"answer_kind": "silent"}},
    ]
    file = tmp_path / "replies.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    found = list(labelled(file, Parts()))
    assert [(case.subject, case.text) for case in found] == [("howto", "what is a quantization")]
    assert "w-howto" in found[0].evidence
