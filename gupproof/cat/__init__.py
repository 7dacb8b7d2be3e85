"""The cat language of memory models, and the terms it is read into."""
