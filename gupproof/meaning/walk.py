"""One execution."""
