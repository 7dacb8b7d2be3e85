"""Litmus tests: read, and turned into the same programs that scenarios become."""
