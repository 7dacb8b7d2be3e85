"""``python -m gupproof`` is ``gupproof``."""

from gupproof.cli.main import main

main()
