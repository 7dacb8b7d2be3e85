"""Which of a program's barriers are needed: slots, placements, and the search for the minimal and the cheapest ones."""
