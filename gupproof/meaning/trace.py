"""What happened in one execution, in order."""
