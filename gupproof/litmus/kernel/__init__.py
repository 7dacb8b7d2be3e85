"""Litmus tests in kernel C: ``C name { int x; } P0(int *x) { WRITE_ONCE(*x, 1); } ... exists (...)``."""
