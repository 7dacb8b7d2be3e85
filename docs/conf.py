"""How Sphinx builds the website: `make docs`. What the pages tell comes from records, by gupproof.sphinx_ext."""

project = "gupproof"
author = "the gupproof authors"

extensions = ["gupproof.sphinx_ext", "myst_parser"]
gupproof_records = "../build/records"
gupproof_proofs = "../proofs"
gupproof_spec = "../spec"
gupproof_varied = {"ORDER=2": [], "ORDER=3": ["sc", "x86-tso", "armv8"]}  # as `make docs` asks them

source_suffix = {".md": "markdown"}
myst_heading_anchors = 3
nitpicky = True
highlight_language = "none"

html_theme = "furo"
html_title = "gupproof"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_extra_path = ["results.schema.json", "barriers.schema.json"]
html_theme_options = {"navigation_with_keys": True}
pygments_style = "friendly"
pygments_dark_style = "github-dark"
