"""The wheel, on its own: installed into an empty environment and used from a folder that knows nothing of the checkout.

One test on purpose: building and installing is the costly part, and every worker of a parallel run would repeat it.
"""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent

# Uses a protocol of the wheel, so that spec/ is needed; models and targets are needed by any run.
THEOREM = """
use mm.page;

scenario handover {
    struct page P;
    int ready;
    ghost int seen;
    ghost int count;

    thread writer { set_page_count(&P, 1); smp_store_release(&ready, 1); }
    thread reader { seen = smp_load_acquire(&ready); count = page_ref_count(&P); }

    property published : seen == 0 || count == 1;
    cover handed_over  : seen == 1;
}

theorem release_publishes "a release store publishes what came before it" {
    handover
    shows published under sc, x86-tso, armv8 expect proved;
}
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command and return what it prints; the environment must not lead it back to the checkout."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} gave {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_wheel_proves_a_theorem_from_an_empty_environment(tmp_path):
    built = tmp_path / "dist"
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", built, cwd=REPOSITORY)
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for needed in ("grammar/gup.lark", "spec/mm/page.gup", "spec/models/sc.cat", "proofs/gup_vs_split.gup"):
        assert f"gupproof/data/{needed}" in names
    assert "gupproof/sphinx_ext/static/gupproof.css" in names
    assert not [name for name in names if name.startswith("tests/")]

    environment = tmp_path / "venv"
    venv.create(environment, with_pip=True)
    run(environment / "bin" / "python", "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path)

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "handover.gup").write_text(THEOREM, encoding="utf-8")
    printed = run(environment / "bin" / "gupproof", "prove", "handover.gup", cwd=elsewhere)
    assert "release_publishes" in printed
