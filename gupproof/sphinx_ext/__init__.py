"""A Sphinx extension: the documentation of proofs, made of the records that ``gupproof prove --records`` keeps.

Configuration, each a path from the folder of ``conf.py``:

    gupproof_records    the folder of the records
    gupproof_proofs     the folder of the theorems; those that come with gupproof when empty
    gupproof_claims     the file of claims; ``claims.toml`` of that folder when empty
    gupproof_spec       the folder of the protocols; gupproof's own when empty

``gupproof_varied``, settings that theorems are asked about again, each with the models to ask, all when there are none
(``{"ORDER=2": []}``, which needs the records of ``gupproof prove --config ORDER=2``); and ``gupproof_changes``, whether pages
tell which lines proofs rest on (true, which needs the records of ``gupproof sensitivity``).
"""

import hashlib
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.logging import getLogger

from gupproof import __version__
from gupproof.diagnostics import GupError
from gupproof.resources import proofs_dir, spec_dir
from gupproof.sphinx_ext.addresses import GENERATED
from gupproof.sphinx_ext.domain import GupDomain, remember
from gupproof.sphinx_ext.lexers import LEXERS
from gupproof.sphinx_ext.library import Library, Places, load_library
from gupproof.sphinx_ext.markup import depart_details, details, visit_details
from gupproof.sphinx_ext.pages import write_pages


def setup(app: Sphinx) -> dict[str, Any]:
    """Add what the documentation of proofs needs to a build."""
    app.add_config_value("gupproof_records", "", "env", str)
    app.add_config_value("gupproof_proofs", "", "env", str)
    app.add_config_value("gupproof_claims", "", "env", str)
    app.add_config_value("gupproof_spec", "", "env", str)
    app.add_config_value("gupproof_changes", default=True, rebuild="env", types=bool)
    app.add_config_value("gupproof_varied", default={}, rebuild="env", types=dict)
    for lexer in LEXERS:
        app.add_lexer(lexer.aliases[0], lexer)
    app.add_node(details, html=(visit_details, depart_details))
    app.add_domain(GupDomain)
    app.connect("builder-inited", _begin)
    app.add_css_file("gupproof.css")
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}


def _begin(app: Sphinx) -> None:
    """Read everything, and write the pages that follow from it. What cannot be read, or has no fresh record, ends the build."""
    app.config.html_static_path.append(str(Path(__file__).parent / "static"))
    here = Path(app.confdir)
    proofs = here / app.config.gupproof_proofs if app.config.gupproof_proofs else proofs_dir()
    places = Places(
        proofs=proofs,
        claims=here / app.config.gupproof_claims if app.config.gupproof_claims else proofs / "claims.toml",
        spec=here / app.config.gupproof_spec if app.config.gupproof_spec else spec_dir(),
        records=here / app.config.gupproof_records,
        changes=app.config.gupproof_changes,
        varied=tuple((setting, tuple(models)) for setting, models in app.config.gupproof_varied.items()),
    )
    try:
        library = load_library(places)
    except GupError as error:
        getLogger(__name__).error("the pages cannot be written\n%s", "\n".join(item.render() for item in error.diagnostics))
        # Not an exception of Sphinx's: it would show a traceback for what is no defect.
        raise SystemExit(2) from None
    remember(app.env, library)
    write_pages(library, Path(app.srcdir) / GENERATED, _digest(library))


def _digest(library: Library) -> str:
    """Return a hash of everything that pages are made of, this extension included."""
    digest = hashlib.sha256()
    for path in (*library.files, *sorted(Path(__file__).parent.rglob("*.py"))):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
