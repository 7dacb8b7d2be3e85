"""From theorems to verdicts."""
