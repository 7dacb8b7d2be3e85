"""Which barriers are needed."""
