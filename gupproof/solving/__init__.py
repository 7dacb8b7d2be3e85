"""Engines that decide a CNF under assumptions."""
