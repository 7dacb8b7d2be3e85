"""A plugin of pytest that writes down which tests failed."""

import os
from pathlib import Path

import hypothesis
import pytest

PLACE = "GUPPROOF_FAILURES"

# One example is enough to see a fault; to look for the smallest takes long.
hypothesis.settings.register_profile("mutants", phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate])
hypothesis.settings.load_profile("mutants")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Append the name of a test that failed to the file that the environment names."""
    if report.failed:
        with Path(os.environ[PLACE]).open("a", encoding="utf-8") as names:
            names.write(f"{report.nodeid}\n")
