"""The project's models, read once."""

from functools import cache

from gupproof.cat.reader import known_models, load_model
from gupproof.cat.terms import Model
from gupproof.program.target_reader import known_targets


@cache
def model(name: str) -> Model:
    tags = frozenset(tag for target in known_targets() if name in target.models for tag in target.tags)
    return load_model(known_models()[name], tags=tags)
