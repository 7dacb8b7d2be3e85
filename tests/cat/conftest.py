from collections.abc import Callable
from pathlib import Path

import pytest

from gupproof.cat.reader import load_model
from gupproof.cat.terms import Model

TAGS = frozenset({"X", "A", "MFENCE", "DMB.ISH", "Once", "Rcu-lock"})


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Model]:
    """Load the text of a model; other files beside it are given by name without the ending."""

    def load(text: str, **others: str) -> Model:
        for name, content in others.items():
            (tmp_path / f"{name}.cat").write_text(content)
        path = tmp_path / "my-model.cat"
        path.write_text(text)
        return load_model(path, tags=TAGS)

    return load


@pytest.fixture
def term(load: Callable[..., Model]) -> Callable[..., str]:
    """Say what an expression means, after the text before it."""

    def term(text: str, before: str = "") -> str:
        return repr(load(f"{before}\nlet it = {text}").definitions["it"])

    return term
