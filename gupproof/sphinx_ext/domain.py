"""The directives and roles that pages use, ``{gup:theorem}`` and the like. What they tell comes from the build's library."""

from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.addnodes import pending_xref
from sphinx.builders import Builder
from sphinx.domains import Domain
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.util.nodes import make_refnode

from gupproof.proving.result import Verdict
from gupproof.sphinx_ext.addresses import (
    CHANGES,
    GENERATED,
    claim_page,
    model_page,
    refutation_anchor,
    source_page,
    theorem_page,
)
from gupproof.sphinx_ext.answers import groups
from gupproof.sphinx_ext.barriers import barriers, by_model
from gupproof.sphinx_ext.changes import rests_on
from gupproof.sphinx_ext.library import Library, Proof, Source
from gupproof.sphinx_ext.lists import entries, files, model, models, theorems
from gupproof.sphinx_ext.markup import link, listing, prose
from gupproof.sphinx_ext.overview import answers, claim_box, overview, short
from gupproof.sphinx_ext.placements import placement
from gupproof.sphinx_ext.refutations import refutations
from gupproof.sphinx_ext.sizes import sizes, varied
from gupproof.sphinx_ext.theorems import scenario, theorem

COSTS = "targets"
"""The page that says where costs come from, in a documentation that has one."""
DIGEST = f"{GENERATED}/digest"
"""A file that changes when anything does that the directives tell of, from the folder of the documentation."""

_LIBRARIES: WeakKeyDictionary[BuildEnvironment, Library] = WeakKeyDictionary()


def remember(env: BuildEnvironment, library: Library) -> None:
    """Have the pages of a build tell of ``library``."""
    _LIBRARIES[env] = library


class _Telling(SphinxDirective):
    """A directive that tells something of the library."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        library = _LIBRARIES[self.env]
        self.env.note_dependency(DIGEST)
        made = self.told(library)
        for node in made:
            self.set_source_info(node)
        return made

    def told(self, library: Library) -> list[nodes.Node]:
        raise NotImplementedError

    def contents(self, pages: Iterable[tuple[str, str]]) -> list[nodes.Node]:
        """Put pages into the sidebar, by title."""
        lines = "".join(f"{title} </{page}>\n" for title, page in pages)
        return self.parse_text_to_nodes(f"```{{toctree}}\n:hidden:\n\n{lines}```\n")

    def proof(self, library: Library, name: str) -> Proof:
        """Return a theorem by name."""
        found = library.proof(name)
        if found is None:
            raise self.error(f"there is no theorem called '{name}'")
        return found

    def source(self, library: Library) -> Source:
        """Return the file that the argument names by the folder and name of its page."""
        folder, _, name = self.arguments[0].partition("/")
        found = next((item for item in library.sources if (item.folder, item.name) == (folder, name)), None)
        if found is None:
            raise self.error(f"there is no file {self.arguments[0]}")
        return found


class _Claim(_Telling):
    """``{gup:claim} C7``: what was claimed, and the answer."""

    def told(self, library: Library) -> list[nodes.Node]:
        found = library.claim(self.arguments[0])
        if found is None:
            raise self.error(f"there is no claim {self.arguments[0]}")
        return claim_box(library, found)


class _Overview(_Telling):
    """``{gup:overview} thread``: the claims of a part as a table with a row for each, and their pages in the sidebar."""

    def told(self, library: Library) -> list[nodes.Node]:
        found = [claim for claim in library.claims if claim.part == self.arguments[0]]
        if not found:
            raise self.error(f"no claim has the part {self.arguments[0]}")
        return [*overview(library, found), *self.contents((short(claim), claim_page(claim.id)) for claim in found)]


class _Theorem(_Telling):
    """``{gup:theorem} file.name``: its comment, verdicts and bounds."""

    def told(self, library: Library) -> list[nodes.Node]:
        return theorem(library, self.proof(library, self.arguments[0]))


class _Refutations(_Telling):
    """``{gup:refutations} file.name``: drawings and stories."""

    def told(self, library: Library) -> list[nodes.Node]:
        return refutations(library, self.proof(library, self.arguments[0]))


class _Changes(_Telling):
    """``{gup:changes} file.name``: the lines its proofs rest on."""

    def told(self, library: Library) -> list[nodes.Node]:
        return [nodes.container("", *rests_on(library, self.proof(library, self.arguments[0])), ids=[CHANGES])]


class _Scenario(_Telling):
    """``{gup:scenario} file.theorem scenario``: its text, and that of the functions it calls."""

    def told(self, library: Library) -> list[nodes.Node]:
        name, shown = self.arguments[0].split()
        proof = self.proof(library, name)
        return scenario(library, proof, proof.unit.scenarios[shown])


class _Answers(_Telling):
    """``{gup:answers}``: a line ``question | theorem, theorem`` for each row of a table of verdicts."""

    required_arguments = 0
    has_content = True

    def told(self, library: Library) -> list[nodes.Node]:
        rows = []
        for line in filter(None, (line.strip() for line in self.content)):
            question, _, names = line.rpartition("|")
            rows.append((question.strip(), [self.proof(library, name.strip()) for name in names.split(",")]))
        return [answers(library, rows)]


class _Source(_Telling):
    """``{gup:source} protocols/mm/page`` or ``models/sc``: the text of a file, each line to be linked to."""

    def told(self, library: Library) -> list[nodes.Node]:
        source = self.source(library)
        return [listing(source.text.rstrip("\n"), source.path.suffix[1:], first_line=1, anchors=True)]


class _Header(_Telling):
    """``{gup:header} protocols/mm/page``: the comment that a file begins with."""

    def told(self, library: Library) -> list[nodes.Node]:
        return prose(self.source(library).header, [claim.id for claim in library.claims])


class _Theorems(_Telling):
    """``{gup:theorems} file.name ...``: a row for each theorem, with its verdicts; ``:model:`` for those under one only.

    With ``:comments:`` each with its comment and links to the parts of its page, instead of a row.
    """

    option_spec = {"model": directives.unchanged_required, "comments": directives.flag}  # noqa: RUF012

    def told(self, library: Library) -> list[nodes.Node]:
        proofs = [self.proof(library, name) for name in self.arguments[0].split()]
        if "comments" in self.options:
            return entries(library, proofs)
        return [theorems(library, proofs, model=self.options.get("model", ""))]


class _Files(_Telling):
    """``{gup:files} protocols``: a row for each file, with its first sentence, and their pages in the sidebar."""

    def told(self, library: Library) -> list[nodes.Node]:
        found = [source for source in library.sources if source.folder == self.arguments[0]]
        return [files(library, found), *self.contents((source.name, source_page(source)) for source in found)]


class _Model(_Telling):
    """``{gup:model} armv8``: its targets, and how much is proved under it."""

    def told(self, library: Library) -> list[nodes.Node]:
        if self.arguments[0] not in library.models:
            raise self.error(f"there is no memory model called '{self.arguments[0]}'")
        return model(library, self.arguments[0])


class _Models(_Telling):
    """``{gup:models}``: a row for each memory model, and their pages in the sidebar."""

    required_arguments = 0

    def told(self, library: Library) -> list[nodes.Node]:
        return [models(library), *self.contents((name, model_page(name)) for name in library.models)]


class _Sizes(_Telling):
    """``{gup:sizes}``: what each size costs that a theorem is shown at."""

    required_arguments = 0

    def told(self, library: Library) -> list[nodes.Node]:
        return [sizes(library)]


class _Varied(_Telling):
    """``{gup:varied}``: how many verdicts stay as they are when all theorems are asked again with a switch set."""

    required_arguments = 0

    def told(self, library: Library) -> list[nodes.Node]:
        return [varied(library)]


class _Barriers(_Telling):
    """``{gup:barriers}``: a row for each question where barriers have to be, of all files of theorems or of those named.

    ``:without:`` names files to leave out; with ``:models:`` each model has a column.
    """

    required_arguments = 0
    optional_arguments = 1
    option_spec = {"without": directives.unchanged_required, "models": directives.flag}  # noqa: RUF012

    def told(self, library: Library) -> list[nodes.Node]:
        wanted = self.arguments[0].split() if self.arguments else []
        unwanted = self.options.get("without", "").split()
        files = {proof.file for proof in library.proofs}
        for name in (*wanted, *unwanted):
            if name not in files:
                raise self.error(f"there is no file of theorems called '{name}'")
        proofs = [item for item in library.proofs if item.file not in unwanted and (not wanted or item.file in wanted)]
        return by_model(library, proofs) if "models" in self.options else barriers(library, proofs)


class _Placement(_Telling):
    """``{gup:placement} file.name 1``: the answers to one of its questions where barriers have to be, under all models."""

    def told(self, library: Library) -> list[nodes.Node]:
        name, _, number = self.arguments[0].partition(" ")
        proof = self.proof(library, name)
        if not number.isdecimal() or not 1 <= int(number) <= len(groups(proof)):
            raise self.error(f"theorem {name} has no such question about placements: '{number}'")
        costs = COSTS if COSTS in self.env.found_docs else ""
        return placement(library, proof, int(number), costs)


class _Count(SphinxRole):
    """``{gup:count}`proved```: how many there are of something; verdicts by their names."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        library = _LIBRARIES[self.env]
        self.env.note_dependency(DIGEST)
        counts = {verdict.value: sum(result.verdict is verdict for result in library.results()) for verdict in Verdict}
        counts |= {
            "claims": len(library.claims),
            "claims of the thread": sum(claim.part == "thread" for claim in library.claims),
            "claims of memory": sum(claim.of_memory for claim in library.claims),
            "theorems": sum(bool(proof.results) for proof in library.proofs),
            "obligations": sum(counts.values()),
            "models": len(library.models),
            "placements": sum(len(proof.placed) for proof in library.proofs),
            "protocols": len(library.protocols),
        }
        if self.text not in counts:
            message = f"nothing is counted as '{self.text}'; what is: {', '.join(counts)}"
            return [], [self.inliner.reporter.error(message, line=self.lineno)]
        return [nodes.Text(str(counts[self.text]))], []


class _ClaimRole(SphinxRole):
    """``{gup:ref}`C7```: a link to a claim's page, or ``{gup:ref}`the fix <C7>```."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        text, _, name = self.text.rstrip(">").rpartition("<")
        return [link(text.strip() or name, claim_page(name))], []


class _TheoremRole(SphinxRole):
    """``{gup:theorem}`the fix <fix_is_enough>```: a link to a theorem's page; ``{gup:refutation}``: to its first refutation."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        library = _LIBRARIES[self.env]
        self.env.note_dependency(DIGEST)
        text, _, name = self.text.rstrip(">").rpartition("<")
        proof = library.proof(name)
        if proof is None:
            return [], [self.inliner.reporter.error(f"there is no theorem called '{name}'", line=self.lineno)]
        anchor = ""
        if self.name.endswith("refutation"):
            told = next((result for result in proof.results if result.story), None)
            if told is None:
                return [], [self.inliner.reporter.error(f"theorem {name} is not refuted", line=self.lineno)]
            anchor = refutation_anchor(told)
        return [link(text.strip() or name, theorem_page(proof), anchor)], []


class GupDomain(Domain):
    """Protocols, theorems and claims."""

    name = "gup"
    label = "gup"
    directives = {  # noqa: RUF012 - as Sphinx declares it
        "answers": _Answers,
        "barriers": _Barriers,
        "changes": _Changes,
        "claim": _Claim,
        "files": _Files,
        "header": _Header,
        "model": _Model,
        "models": _Models,
        "overview": _Overview,
        "placement": _Placement,
        "refutations": _Refutations,
        "scenario": _Scenario,
        "sizes": _Sizes,
        "source": _Source,
        "theorem": _Theorem,
        "theorems": _Theorems,
        "varied": _Varied,
    }
    roles = {  # noqa: RUF012
        "count": _Count(),
        "ref": _ClaimRole(),
        "refutation": _TheoremRole(),
        "theorem": _TheoremRole(),
    }

    def resolve_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: pending_xref,
        contnode: nodes.Element,
    ) -> nodes.reference | None:
        """Return a reference to ``page#anchor``; None if there is no such page, which Sphinx complains of."""
        del typ
        page, _, anchor = target.partition("#")
        if page not in env.all_docs:
            return None
        return make_refnode(builder, fromdocname, page, anchor, contnode, node.get("title") or None)

    def resolve_any_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,
        contnode: nodes.Element,
    ) -> list[tuple[str, nodes.reference]]:
        """Return nothing: links to places are never written without saying so."""
        del env, fromdocname, builder, target, node, contnode
        return []

    def merge_domaindata(self, docnames: Iterable[str], otherdata: dict[str, Any]) -> None:
        """Have nothing to merge."""
        del docnames, otherdata
