"""The gup language: text in, typed tree out. docs/language.md is its reference."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gupproof.language.loader import load, load_text

__all__ = ["load", "load_text"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the module has
    """Import the reader of the language when it is first wanted: litmus tests do without, and start the sooner."""
    if name not in __all__:
        raise AttributeError(name)
    from gupproof.language import loader  # noqa: PLC0415

    return getattr(loader, name)
