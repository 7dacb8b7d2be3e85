"""What the tests of encodings share."""

import pytest

from gupproof.cat.reader import load_model

TAGS = frozenset({"A", "L"})


@pytest.fixture
def read(tmp_path):
    def read(text: str):
        path = tmp_path / "m.cat"
        path.write_text(text)
        return load_model(path, tags=TAGS)

    return read
