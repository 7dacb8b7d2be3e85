"""A small library of proofs to make pages of."""

import json
from pathlib import Path

from gupproof.language import load
from gupproof.placing.asking import placement_questions
from gupproof.placing.run import answer
from gupproof.proving.fingerprint import fingerprint, joint_fingerprint
from gupproof.proving.obligations import grouped, obligations_of
from gupproof.proving.platforms import Platform, target_of
from gupproof.proving.run import prove_group
from gupproof.proving.sensitivity import questions_of, sensitivities, tasks_of
from gupproof.proving.varied import varied
from gupproof.report.placement_store import PlacementStore, mark
from gupproof.report.sensitivity import FILE, document
from gupproof.report.store import Store, kept
from gupproof.sphinx_ext.library import Places

PROTOCOL = """// One word that says *ready*, and what it `guards`.
//
// Nothing is left out.
slot wmb : none | smp_wmb = smp_wmb;

// Publishes `value`.
fn publish(int *data, int *flag, int value) {
    WRITE_ONCE(*data, value);
    slot wmb;
    WRITE_ONCE(*flag, 1);                   // F2
}
"""

PROOFS = """// Message passing. A second sentence.
use kit.flag;

scenario passing {
    int data, flag;
    ghost int seen, got;

    thread writer { publish(&data, &flag, 1); }
    thread reader { seen = READ_ONCE(flag); smp_rmb(); got = READ_ONCE(data); }

    property fresh : seen == 0 || got == 1;
    cover both     : seen == 1 && got == 1;
}

// The barrier is enough; see C2.
theorem barrier_is_enough "C1, C2" {
    passing
    shows fresh under sc, x86-tso, armv8 expect proved;
}

// Without it a machine with write_buffers that are no queues shows it. F2 is seen first, F7 is nothing.
theorem it_is_needed "C2" {
    passing with wmb = none
    shows fresh under sc expect proved;
    shows fresh under armv8 expect refuted;
}

theorem on_its_own {
    passing shows fresh under sc expect proved;
}

scenario hidden {
    int data, flag;
    ghost int got;

    thread writer { publish(&data, &flag, 1); }
    thread reader { got = READ_ONCE(data); }

    property unseen : got == 0;
}

theorem one_is_placed {
    passing
    places wmb for fresh under armv8 expect { wmb = smp_wmb };
    places wmb for fresh under sc, x86-tso expect { };
    hidden
    places wmb for unseen under sc expect hopeless;
}
"""

CLAIMS = """
[[claim]]
id = "C1"
by = "Jane Doe"
where = "a mail"
quote = "that is *always* enough"
gist = "The barrier keeps the order."
proposition = "With the barrier nobody sees the flag without the data."
answer = "True, by smp_wmb()."
kind = "memory"

[[claim]]
id = "C2"
gist = "The barrier is needed."
proposition = "Without it somebody may see the flag first."
answer = "Not on SC; see C1."
kind = "memory"
part = "ours"

[[claim]]
id = "C3"
quote = "a <macro> | [returns] nothing"
gist = "It does not compile."
proposition = "The macro is no expression."
answer = "True."
kind = "preprocessor"
reason = "The expansion is a statement."
sources = ["include/linux/mmdebug.h: VM_WARN_ON"]
"""


def written(folder: Path) -> Places:
    """Write the library into a folder, without records."""
    for name, text in {"spec/kit/flag.gup": PROTOCOL, "proofs/passing.gup": PROOFS, "proofs/claims.toml": CLAIMS}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    # `use` finds it beside the file.
    (folder / "proofs" / "kit").symlink_to(folder / "spec" / "kit")
    proofs = folder / "proofs"
    return Places(proofs=proofs, claims=proofs / "claims.toml", spec=folder / "spec", records=folder / "records")


def record(places: Places) -> None:
    """Prove everything, place every slot that is asked for, find the lines that the proofs rest on, and keep the records."""
    store = Store(places.records)
    units = [load(path) for path in sorted(places.proofs.glob("*.gup"))]
    asked = [item for unit in units for item in obligations_of(unit)]
    for setting, models in places.varied:
        asked += varied(units, [item for unit in units for item in obligations_of(unit, models=models)], [setting])
    for group in grouped(units, asked):
        for result in prove_group(group, timeout=30):
            path = store.path(result.obligation)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(kept(result, fingerprint(group.unit, Platform(group.model, group.target))), encoding="utf-8")
    place(places)
    questions = questions_of(item for unit in units for item in obligations_of(unit))
    of = {unit.path: unit for unit in units}
    marks = {item.key(): joint_fingerprint(of[item.file], item.obligations, manner=False) for item in questions}
    found = [item for made in sensitivities(tasks_of(units, questions), jobs=1, timeout=30, every=False) for item in made]
    text = json.dumps(document((item, marks[item.question.key()]) for item in found))
    (places.records / FILE).write_text(text, encoding="utf-8")


def place(places: Places) -> None:
    """Answer the questions about placements, and keep the records."""
    for unit in [load(path) for path in sorted(places.proofs.glob("*.gup"))]:
        for theorem in unit.theorems.values():
            for question in placement_questions(unit, theorem):
                targets = {platform: target_of(platform) for platform in question.platforms}
                files = PlacementStore(places.records).files(answer(question, targets), mark(question, targets))
                for path, text in files.items():
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(text, encoding="utf-8")
