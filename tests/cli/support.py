"""Runs the command as a shell would, and a few files for it to work on."""

import atexit
import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

START = [sys.executable, "-c", "from gupproof.cli.main import main; main()"]

GOOD = """scenario s {
    int x;

    thread a { x = 1; }

    property p : x == 1;
}
"""

RACE = """// Store buffering: each CPU may miss the other's store.
slot fence : none | smp_mb = none;

scenario race {
    int x, y;
    ghost int r0, r1;

    thread a { WRITE_ONCE(x, 1); slot fence; r0 = READ_ONCE(y); }
    thread b { WRITE_ONCE(y, 1); slot fence; r1 = READ_ONCE(x); }

    property seen : r0 == 1 || r1 == 1;
    cover both    : r0 == 1 && r1 == 1;
}

// A store may wait in the buffer.
theorem buffered "a claim" {
    race
    shows seen under sc expect proved;
    race
    shows seen under x86-tso, armv8 expect refuted;
}

theorem fenced {
    race with fence = smp_mb
    shows seen under sc, x86-tso, armv8 expect proved;
}
"""

# Nobody can count to 24 in a moment.
SLOW = (
    """scenario quick {
    int x;
    thread a { x = 1; }
    property p : x == 1;
}
theorem quick { quick shows p under sc expect proved; }

scenario slow {
    atomic_t n;
"""
    + "".join(f"    thread t{number} {{ {'atomic_inc(&n); ' * 6}}}\n" for number in range(4))
    + """    property p : atomic_read(&n) == 24;
}
theorem slow { slow shows p under sc, x86-tso expect proved; }
"""
)


# Starting Python and importing Z3 takes longer than most commands: one process does that, and forks for each command.
_NURSERY = """
import json, os, signal, sys, traceback
import gupproof.cli.main, gupproof.cli.prove, gupproof.cli.check, gupproof.cli.explain, gupproof.cli.fmt, gupproof.cli.doctor
import gupproof.cli.models, gupproof.cli.running, gupproof.language.format, gupproof.proving.checks, gupproof.report.explanation

for line in sys.stdin:
    request = json.loads(line)
    child = os.fork()
    if not child:
        code = 99
        try:
            signal.alarm(request["timeout"])
            os.chdir(request["cwd"])
            for number, name in enumerate(("in", "out", "err")):
                os.dup2(os.open(request["folder"] + "/" + name, os.O_RDONLY if name == "in" else os.O_WRONLY), number)
            sys.stdin = open(0)
            sys.argv = ["gupproof", *request["arguments"]]
            gupproof.cli.main.main()
        except SystemExit as leaving:
            code = leaving.code
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


@cache
def _nursery() -> subprocess.Popen[str]:
    nursery = subprocess.Popen([sys.executable, "-c", _NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(nursery.kill)
    return nursery


def gupproof(*arguments: str | Path, cwd: Path | None = None, stdin: bytes = b"", timeout: int = 60) -> Outcome:
    """Run the command to its end, in a process of its own."""
    nursery = _nursery()
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    with TemporaryDirectory() as folder:
        streams = [Path(folder) / name for name in ("in", "out", "err")]
        for stream, content in zip(streams, (stdin, b"", b""), strict=True):
            stream.write_bytes(content)
        request = {
            "arguments": [str(argument) for argument in arguments],
            "cwd": str(cwd or Path.cwd()),
            "folder": folder,
            "timeout": timeout,
        }
        nursery.stdin.write(json.dumps(request) + "\n")
        nursery.stdin.flush()
        code = int(nursery.stdout.readline())
        return Outcome(code, *(stream.read_text(encoding="utf-8") for stream in streams[1:]))
