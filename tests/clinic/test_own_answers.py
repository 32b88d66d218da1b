"""A server's own answers are found in whatever words, and not where something else is asked."""

import pytest
from shipped import CLINIC

OWN = (
    ("How do I get the GPU role?", "gpu role", "显卡身份组怎么拿"),
    ("When is the next meetup?", "线下聚会什么时候"),
    ("Which model do we recommend for role play?", "酒馆用什么模型"),
)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("how can i get the gpu role", 0),
        ("显卡身份组怎么拿？", 0),
        ("hi all, new here. when is the next meetup?", 1),
        ("聚会什么时候啊", 1),
        ("how many gpu layers for a 3060?", None),
        ("which model for 8 GB?", None),
        ("what is a role", None),
        ("", None),
    ],
)
def test_what_is_meant(asked: str, expected: int | None) -> None:
    assert CLINIC.own_answer(asked, OWN).sure == expected
