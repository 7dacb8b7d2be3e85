"""From the typed tree to a program of guarded events on one target."""
