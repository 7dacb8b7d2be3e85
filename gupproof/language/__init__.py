"""The gup language: text in, typed tree out. docs/language.md is its reference."""

from gupproof.language.loader import load, load_text

__all__ = ["load", "load_text"]
