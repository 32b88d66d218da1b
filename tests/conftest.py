"""Shared test settings."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("wenzhen", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wenzhen")

# Cases of one test in which statements are counted: those after them run the same code on other data, and counting
# takes as long as running where Python cannot count a statement once (before 3.12).
COUNTED = 40


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: else one of them begins when all others are done, and one core waits for the other."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    cases = Counter[str]()
    for item in items:
        of_test = item.nodeid.partition("[")[0]
        cases[of_test] += 1
        if cases[of_test] > COUNTED:
            item.add_marker("no_cover")
