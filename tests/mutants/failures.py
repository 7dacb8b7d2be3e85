"""A plugin of pytest that writes down which tests failed."""

import os
from pathlib import Path

import pytest

PLACE = "GUPPROOF_FAILURES"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Append the name of a test that failed to the file that the environment names."""
    if report.failed:
        with Path(os.environ[PLACE]).open("a", encoding="utf-8") as names:
            names.write(f"{report.nodeid}\n")
