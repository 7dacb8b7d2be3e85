"""Processes that share the work: none outlives the one that started them."""

import os
import signal
import subprocess
import sys
import time

from gupproof.proving.workers import on, workers

PARENT = """
import os, sys, time
from gupproof.proving.workers import workers

def work(number):
    os.write(1, b"%d\\n" % os.getpid())
    time.sleep(60)

with workers(2) as executor:
    for done in [executor.submit(work, number) for number in range(2)]:
        done.result()
"""
PATIENCE = 20.0


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_workers_end_in_the_middle_of_their_work_when_their_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        working = [int(parent.stdout.readline()) for _ in range(2)]
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        deadline = time.monotonic() + PATIENCE
        while any(map(_is_running, working)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not [process for process in working if _is_running(process)]


def test_items_are_named_by_their_numbers() -> None:
    with workers(2, ["zero", "one", "two"]) as executor:
        done = [executor.submit(on, number, str.upper) for number in (2, 0)]
        assert [item.result() for item in done] == ["TWO", "ZERO"]
