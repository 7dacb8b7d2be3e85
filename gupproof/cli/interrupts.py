"""Ctrl-C, also where Python would lose it."""

import os
import signal
import sys
import threading

_SOON = 0.05  # seconds


def keep_interrupts() -> None:
    """Deliver again, a moment later, each interrupt that Python drops because it fell into a destructor."""
    usual = sys.unraisablehook

    def hook(lost: "sys.UnraisableHookArgs") -> None:
        if issubclass(lost.exc_type, KeyboardInterrupt):
            # Not at once: that would be inside of the same destructor.
            again = threading.Timer(_SOON, os.kill, (os.getpid(), signal.SIGINT))
            again.daemon = True
            again.start()
        else:
            usual(lost)

    sys.unraisablehook = hook
