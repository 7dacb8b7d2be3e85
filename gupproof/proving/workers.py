"""Processes that share the work, and end at once when nobody waits for them any more."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import Any, TypeVar

PATIENCE = 5.0  # seconds

Result = TypeVar("Result")

_given: list[Any] = []  # in a worker: what its parent gave it to work on, once


@contextmanager
def workers(count: int, items: Sequence[object] = ()) -> Iterator[ProcessPoolExecutor]:
    """Provide ``count`` processes; an exception in the body (Ctrl-C, a listener gone) ends them where they are.

    Args:
        count: how many.
        items: what :func:`on` takes by its number: whole files of syntax trees, which would take long to send with each task.

    """
    methods = multiprocessing.get_all_start_methods()
    # Forked workers have their modules at once.
    context = multiprocessing.get_context("fork" if "fork" in methods else "spawn")
    executor = ProcessPoolExecutor(max_workers=count, mp_context=context, initializer=_begin, initargs=(items,))
    try:
        yield executor
    except BaseException:
        _abandon(executor)
        raise
    executor.shutdown()


def _abandon(executor: ProcessPoolExecutor) -> None:
    processes = list(getattr(executor, "_processes", {}).values())
    manager = getattr(executor, "_executor_manager_thread", None)
    executor.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    # The thread that watches the workers is given the time to notice, so that it does not meet the interpreter's own shutdown.
    if manager is not None:
        manager.join(timeout=PATIENCE)


def on(number: int, work: Callable[..., Result], **options: object) -> Result:
    """Do, in a worker, ``work`` on one of the items."""
    return work(_given[number], **options)


def _begin(items: Sequence[object]) -> None:
    """Leave Ctrl-C to the parent, which keeps what is finished, and do not outlive it."""
    _given.extend(items)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End in the middle of the work when the parent is gone: killed, it can not say so."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
