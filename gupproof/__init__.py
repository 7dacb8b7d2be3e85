"""gupproof: concurrent kernel protocols, proved or refuted under weak memory models."""

__version__ = "0.1.0"
