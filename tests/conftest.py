"""Shared test settings."""

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("wenzhen", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wenzhen")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: else one of them begins when all others are done, and one core waits for the other."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
