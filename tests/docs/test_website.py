"""A small website, built from records as `make docs` builds the large one."""

import re
import shutil
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

from tests.sphinx_ext.support import PROOFS, record, written

CONF = """
extensions = ["gupproof.sphinx_ext", "myst_parser"]
source_suffix = {".md": "markdown"}
gupproof_records = "../records"
gupproof_proofs = "../proofs"
gupproof_spec = "../spec"
html_theme = "furo"
"""

INDEX = """# Passing messages

```{gup:answers}
Is the barrier enough? | barrier_is_enough
Is it needed? | it_is_needed, barrier_is_enough
```

{gup:count}`theorems` theorems, {gup:count}`refuted` of {gup:count}`obligations` refuted; see {gup:ref}`the barrier <C1>`.
It {gup:theorem}`is needed <it_is_needed>`, as {gup:refutation}`this <it_is_needed>` shows.

```{toctree}
thread
ours
barriers
```

```{gup:files} protocols
```

```{gup:files} proofs
```

```{gup:models}
```
"""


BARRIERS = """# Barriers

{gup:count}`placements` questions.

```{gup:barriers}
```

## By model

```{gup:barriers} passing
:models:
```

## Others

```{gup:barriers}
:without: passing
```
"""


class Page(HTMLParser):
    """The links, anchors and text of a page."""

    def __init__(self, path):
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.anchors: set[str] = set()
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.anchors |= {given["id"]} if given.get("id") else set()
        if tag == "a" and given.get("href"):
            self.links.append((given["href"], ""))

    def handle_data(self, data):
        self.text += data
        if self.links and not self.links[-1][1] and data.strip():
            self.links[-1] = (self.links[-1][0], data.strip())


class Site:
    """The pages of a built website."""

    def __init__(self, folder):
        self.folder = folder
        self.pages = {path.relative_to(folder).as_posix(): Page(path) for path in folder.rglob("*.html")}

    def targets(self, name):
        """Yield the page and anchor that each link of a page leads to."""
        for href, text in self.pages[name].links:
            if re.match(r"[a-z]+:", href):
                continue
            path, anchor = urldefrag(href)
            target = (self.folder / name).parent / unquote(path) if path else self.folder / name
            yield target.resolve().relative_to(self.folder.resolve()).as_posix(), anchor, text


def build(folder):
    arguments = ["-W", "--keep-going", "-n", "-q", "-b", "html", str(folder / "docs"), str(folder / "site")]
    return subprocess.run([sys.executable, "-m", "sphinx", *arguments], capture_output=True, text=True, check=False)


def with_pages(folder):
    """Write the small library with the pages that a person writes."""
    places = written(folder)
    docs = folder / "docs"
    docs.mkdir()
    (docs / "conf.py").write_text(CONF, encoding="utf-8")
    (docs / "index.md").write_text(INDEX, encoding="utf-8")
    (docs / "thread.md").write_text("# Said\n\n```{gup:overview} thread\n```\n", encoding="utf-8")
    (docs / "ours.md").write_text("# Not said\n\n```{gup:overview} ours\n```\n", encoding="utf-8")
    (docs / "barriers.md").write_text(BARRIERS, encoding="utf-8")
    return places


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of a website that was built."""
    folder = tmp_path_factory.mktemp("website")
    record(with_pages(folder))
    run = build(folder)
    assert run.returncode == 0, run.stderr
    return folder


@pytest.fixture(scope="module")
def site(made):
    return Site(made / "site")


def html(site, name):
    return (site.folder / name).read_text(encoding="utf-8")


def spaced(page):
    """Return the text of a page or a part of it, with a blank in place of each tag."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_there_is_a_page_for_each_claim_protocol_model_and_file(site):
    names = {name.removeprefix("generated/") for name in site.pages if name.startswith("generated/")}
    assert {"claims/C1.html", "claims/C2.html", "claims/C3.html"} <= names
    assert {"theorems/passing/it_is_needed.html", "theorems/passing/on_its_own.html"} <= names
    assert {"protocols/kit/flag.html", "proofs/passing.html", "models/armv8.html", "models/sc.html"} <= names


def test_every_link_leads_somewhere(site):
    for name in site.pages:
        for target, anchor, _ in site.targets(name):
            assert (site.folder / target).exists(), (name, target)
            if anchor and target in site.pages:
                assert anchor in site.pages[target].anchors, (name, target, anchor)


def test_a_claim_tells_who_said_what_and_the_answer(site):
    text = site.pages["generated/claims/C1.html"].text
    for part in ("that is *always* enough", "Jane Doe, a mail", "The barrier keeps the order.", "True, by smp_wmb()."):
        assert part in text


def test_a_claim_has_its_theorems_in_short_with_links_to_all_there_is(site):
    page = html(site, "generated/claims/C2.html")
    assert "Without it a machine with write_buffers that are no queues shows it." in site.pages["generated/claims/C2.html"].text
    assert re.search(r'class="[^"]*gup-proved[^"]*">✓ sc<', page)
    assert re.search(r'class="[^"]*gup-refuted[^"]*">✗ armv8<', page)
    assert 'class="execution"' not in page
    to = {text: (target, anchor) for target, anchor, text in site.targets("generated/claims/C2.html")}
    needed = "generated/theorems/passing/it_is_needed.html"
    assert to["verdicts, bounds and text"][0].startswith("generated/theorems/passing/")
    assert to["how it is refuted"] == (needed, "it-is-needed-passing-fresh-wmb-none-armv8-arm64-llsc")
    assert to["what it rests on"][1] == "what-it-rests-on"


def test_a_theorem_is_told_with_verdicts_bounds_text_and_commands(site):
    page = html(site, "generated/theorems/passing/it_is_needed.html")
    text = site.pages["generated/theorems/passing/it_is_needed.html"].text
    assert "Answers C2 The barrier is needed. In passing.gup:22." in text
    assert "Without it a machine with write_buffers that are no queues shows it." in text
    assert re.search(r'class="[^"]*gup-proved[^"]*">✓ proved<', page)
    assert re.search(r'class="[^"]*gup-refuted[^"]*">✗ refuted<', page)
    assert "wmb = none" in text
    assert text.count("property fresh : seen == 0 || got == 1;") == 2
    assert "Covers reached: both." in text
    assert "All executions of passing (passing.gup:4): 2 threads" in text
    assert "gupproof explain it_is_needed" in text
    assert "shows fresh under armv8 expect refuted;" in text
    assert "scenario passing {" in text
    assert "fn publish(" in text
    assert '<span class="nf">publish</span>' in page


def test_a_refutation_is_drawn_and_told(site):
    page = html(site, "generated/theorems/passing/it_is_needed.html")
    text = site.pages["generated/theorems/passing/it_is_needed.html"].text
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg" class="execution"') == 1
    assert "fresh fails under armv8/arm64-llsc with wmb = none." in text
    assert "Finally: seen = 1, got = 0: fresh fails." in text
    assert "Step by step as under armv8/arm64-llsc." in text


def test_the_lines_that_a_proof_rests_on_are_told(site):
    page = html(site, "generated/theorems/passing/barrier_is_enough.html")
    text = site.pages["generated/theorems/passing/barrier_is_enough.html"].text
    assert "Changing any one of these lines refutes it:" in text
    assert "flag.gup:9" in text
    assert re.search(r'class="gup-struck"><code[^>]*><span class="pre">slot', page)


def test_what_memory_does_not_decide_is_told_with_reason_and_source(site):
    text = site.pages["generated/claims/C3.html"].text
    assert "The expansion is a statement." in text
    assert "include/linux/mmdebug.h: VM_WARN_ON" in text
    assert "gupproof prove" not in text


def test_from_the_page_of_a_file_every_theorem_is_one_click_away(site):
    targets = {target for target, _, _ in site.targets("generated/proofs/passing.html")}
    for name in ("barrier_is_enough", "it_is_needed", "on_its_own"):
        assert f"generated/theorems/passing/{name}.html" in targets
    assert "Answers" not in site.pages["generated/theorems/passing/on_its_own.html"].text


PLACED = "generated/theorems/passing/one_is_placed.html"


def test_a_theorem_about_places_shows_its_text_and_the_command(site):
    text = site.pages[PLACED].text
    assert "places wmb for fresh under armv8" in text
    assert "property fresh : seen == 0 || got == 1;" in text
    assert "gupproof barriers one_is_placed" in text
    assert "gupproof prove" not in text
    assert "where barriers are needed" in site.pages["generated/proofs/passing.html"].text


def test_a_theorem_about_places_tells_slots_placements_costs_and_reasons(site):
    page = html(site, PLACED)
    text = spaced(page)
    assert "To hold: fresh of passing ." in text
    assert 'class="gup-whole gup-today"><code class="docutils literal notranslate"><span class="pre">smp_wmb' in page
    assert ("generated/protocols/kit/flag.html", "line-9", "publish()") in list(site.targets(PLACED))
    assert "sc, x86-tso ✓ more than enough wmb could be none minimal: nothing armv8 ✓ sufficient minimal: wmb = smp_wmb" in text
    assert "placement arm64-llsc arm64-lse wmb = smp_wmb (today" in text
    assert "wmb = none instead of smp_wmb: fresh fails under armv8" in text
    told = page.split("wmb = none instead of smp_wmb", 1)[1].split("</details>")[0]
    assert "<svg" in told
    assert "Finally: seen = 1, got = 0: fresh fails." in text


def test_where_no_choice_helps_the_execution_is_shown(site):
    page = html(site, PLACED)
    text = spaced(page)
    assert "No choice of these slots helps under sc: it is not about ordering." in text
    assert "✗ no choice helps" in text
    (anchor, *_) = [anchor for _, anchor, said in site.targets(PLACED) if said == "✗ no choice helps"]
    assert "<svg" in page.split(f'id="{anchor}"')[1].split("</details>")[0]


def test_all_questions_about_placements_stand_in_one_table(site):
    text = spaced(html(site, "barriers.html"))
    assert "3 questions." in text
    assert (
        "one_is_placed fresh of passing wmb smp_wmb sc, x86-tso ✓ more than enough minimal: nothing armv8 ✓ sufficient" in text
    )
    assert "unseen of hidden wmb smp_wmb sc ✗ not sufficient minimal: ✗ no choice helps" in text
    assert "No theorem asks where barriers have to be." in text
    to = {said: (target, anchor) for target, anchor, said in site.targets("barriers.html")}
    assert to["fresh of passing"] == (PLACED, "placement-1")
    assert to["✗ no choice helps"] == (PLACED, "placement-2-defeat-1")


def test_each_model_may_have_a_column(site):
    page = html(site, "barriers.html").split('id="by-model"')[1].split("</table>")[0]
    assert re.sub(r"<[^>]+>|\s", "", page.split("<thead>")[1].split("</thead>")[0]) == "scx86-tsoarmv8"
    text = spaced(page.split("<tbody>")[1])
    assert text == ("passing wmb sc, x86-tso: nothing armv8: wmb wmb hidden wmb sc: ✗ no choice helps —")
    assert page.count('colspan="2"') == 2


def test_a_step_that_a_comment_names_leads_to_its_line(site):
    page = "generated/theorems/passing/it_is_needed.html"
    assert ("generated/protocols/kit/flag.html", "line-10", "F2") in list(site.targets(page))


def test_a_protocol_has_its_header_its_text_and_its_theorems(site):
    page = site.pages["generated/protocols/kit/flag.html"]
    assert "One word that says *ready*, and what it guards." in page.text
    assert {"line-1", "line-7"} <= page.anchors
    assert "barrier_is_enough" in page.text


def test_a_model_has_its_text_its_targets_and_its_theorems(site):
    text = site.pages["generated/models/armv8.html"].text
    assert "arm64-lse" in text
    assert "acyclic ob as external" in text
    assert "it_is_needed" in text
    assert "Verdicts under it: 2 proved, 2 refuted." in text


def test_the_overview_has_a_row_for_each_claim_with_coloured_verdicts(site):
    page = html(site, "thread.html")
    assert "no question of memory: preprocessor" in page
    assert "gup-proved" in page
    assert (
        "C2" not in re.sub(r"<nav.*?</nav>|<aside.*?</aside>", "", page, flags=re.DOTALL).split("</h1>")[1].split("<table")[0]
    )
    assert site.pages["ours.html"].text.count("The barrier is needed.") >= 1


def test_numbers_come_from_records(site):
    assert "3 theorems, 2 of 8 refuted" in site.pages["index.html"].text


def test_the_targets_of_a_model_share_a_column_where_they_agree(site):
    head = html(site, "index.html").split("<thead>")[1].split("</thead>")[0]
    assert re.sub(r"<[^>]+>|\s", "", head) == "scx86-tsoarmv8"
    assert 'href="generated/models/armv8.html"' in head


def test_a_page_may_lead_to_a_theorem_or_to_its_refutation(site):
    to = {text: (target, anchor) for target, anchor, text in site.targets("index.html")}
    assert to["is needed"] == ("generated/theorems/passing/it_is_needed.html", "")
    assert to["this"][1].startswith("it-is-needed-passing-fresh")


def test_from_the_front_page_a_refutation_is_one_click_away(site):
    (first,) = [(target, anchor) for target, anchor, text in site.targets("index.html") if text == "✗ refuted"]
    (found, *others) = [(target, anchor) for target, anchor, text in site.targets(first[0]) if text == "✗ refuted"]
    assert found == first
    story = html(site, first[0]).split(f'id="{first[1]}"')[1]
    assert "<svg" in story
    assert "Finally: seen = 1, got = 0" in re.sub(r"<[^>]+>", "", story)
    assert others
    for target, anchor in others:
        # The same execution is told once; a click leads there.
        told = html(site, target).split(f'id="{anchor}"')[1].split("</details>")[0]
        assert f'href="#{first[1]}"' in told


def test_a_verdict_is_never_told_from_a_stale_record(made, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(made, folder, symlinks=True)
    (folder / "proofs" / "kit").unlink()
    (folder / "proofs" / "kit").symlink_to(folder / "spec" / "kit")
    (folder / "proofs" / "passing.gup").write_text(PROOFS.replace("seen == 0", "seen != 1"), encoding="utf-8")
    run = build(folder)
    assert run.returncode == 2
    assert "theorem barrier_is_enough (passing.gup)" in run.stderr
    assert "is stale" in run.stderr
    assert "error[U018]" in run.stderr
    assert "run: gupproof prove --records" in run.stderr
    assert "Traceback" not in run.stderr


def test_without_records_nothing_is_built(tmp_path):
    with_pages(tmp_path)
    run = build(tmp_path)
    assert run.returncode == 2
    assert "there is no record of it" in run.stderr
    assert not (tmp_path / "site" / "index.html").exists()


NOT_THERE = {
    "```{gup:theorem} nobody\n```": "there is no theorem called 'nobody'",
    "```{gup:claim} C99\n```": "there is no claim C99",
    "```{gup:overview} nowhere\n```": "no claim has the part nowhere",
    "```{gup:model} pentium\n```": "there is no memory model called 'pentium'",
    "```{gup:source} protocols/nothing\n```": "there is no file protocols/nothing",
    "```{gup:barriers} nowhere\n```": "there is no file of theorems called 'nowhere'",
    "```{gup:placement} one_is_placed 3\n```": "theorem one_is_placed has no such question about placements: '3'",
    "{gup:count}`sheep`": "nothing is counted as 'sheep'",
    "{gup:ref}`C98`": "generated/claims/C98",
}


def test_what_is_not_there_is_told(made, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(made, folder, symlinks=True)
    (folder / "docs" / "index.md").write_text("\n\n".join([INDEX, *NOT_THERE]) + "\n", encoding="utf-8")
    run = build(folder)
    assert run.returncode != 0
    for said in NOT_THERE.values():
        assert said in run.stderr


def test_pages_are_written_again_when_a_verdict_changes(made, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(made, folder, symlinks=True)
    places = written(tmp_path / "again")
    shutil.rmtree(folder / "proofs")
    shutil.copytree(places.proofs, folder / "proofs")
    text = PROOFS.replace("shows fresh under sc, x86-tso, armv8 expect", "shows fresh under sc expect")
    (places.proofs / "passing.gup").write_text(text, encoding="utf-8")
    (folder / "proofs" / "passing.gup").write_text(text, encoding="utf-8")
    record(places)
    shutil.rmtree(folder / "records")
    shutil.copytree(places.records, folder / "records")
    assert build(folder).returncode == 0
    assert "3 theorems, 2 of 5 refuted" in Page(folder / "site" / "index.html").text
    assert not Path(folder / "docs" / "generated" / "claims" / "C9.md").exists()
