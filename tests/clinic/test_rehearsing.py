"""What a process answers once before it serves anybody."""

from shipped import CLINIC

from bot.clinic.rehearsing import rehearsed


def test_a_failure_of_each_sort_is_rehearsed() -> None:
    texts = list(rehearsed(CLINIC.failures))
    classes = [{found.failure_class for found in CLINIC.diagnose(text).candidates} for text in texts]
    assert len(texts) == 3
    assert any("gpu-out-of-memory" in each or "ram-out-of-memory" in each for each in classes)
    assert all(classes)


def test_without_failures_there_is_nothing_to_rehearse() -> None:
    assert list(rehearsed(())) == []
