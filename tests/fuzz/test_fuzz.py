"""The short form of `make fuzz`: the same faults each time."""

import pytest
from fuzzing import PARSERS, fuzz


@pytest.mark.parametrize("name", PARSERS)
def test_every_input_is_read_or_refused(name: str) -> None:
    fuzz(name, 25)
