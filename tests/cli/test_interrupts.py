"""Ctrl-C reaches the program, whatever it is doing."""

import subprocess
import sys

DESTRUCTOR = """
import os, signal, time
from gupproof.cli.interrupts import keep_interrupts

class Busy:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)

keep_interrupts()
try:
    Busy()
    time.sleep(60)
except KeyboardInterrupt:
    print("interrupted")
"""


def test_an_interrupt_that_falls_into_a_destructor_is_not_lost() -> None:
    run = subprocess.run([sys.executable, "-c", DESTRUCTOR], capture_output=True, text=True, timeout=30, check=False)
    assert run.stdout == "interrupted\n"
    assert run.stderr == ""


def test_what_else_a_destructor_raises_is_still_told() -> None:
    raising = DESTRUCTOR.replace("os.kill(os.getpid(), signal.SIGINT)", "raise ValueError('told')").replace("(60)", "(0)")
    run = subprocess.run([sys.executable, "-c", raising], capture_output=True, text=True, timeout=30, check=False)
    assert "told" in run.stderr
