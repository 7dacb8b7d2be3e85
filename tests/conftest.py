"""The longest tests first, so that no process is left alone with one of them at the end."""

import pytest

LONGEST = ("test_against_machines", "test_against_enumerator", "test_random_models", "test_daring_programs", "test_packaging")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not any(name in item.nodeid for name in LONGEST))
