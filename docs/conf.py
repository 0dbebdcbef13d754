"""How the pages of this folder become a site: `nox -s docs`, or `python docs/check_site.py`.

A warning is an error, so that a page outside of the navigation or a link into nothing is found.
Nothing is fetched, neither now nor by a reader: the theme brings its own style, script and search.
"""

from __future__ import annotations

from meterbase_tui.version import PROGRAM, program_version

project = PROGRAM
author = "The meterbase-tui authors"
version = release = program_version()
html_title = PROGRAM

extensions = ["myst_parser", "sphinx_copybutton"]
# `attrs_inline`: a picture says whether it is for the light or the dark page.
myst_enable_extensions = ["attrs_inline"]
# Headings get the anchors that code hosts give them, so that a link works there and here.
myst_heading_anchors = 4
nitpicky = True
exclude_patterns = ["_build", "reference_pages"]
# The words of a language that Pygments does not know are shown as they are.
highlight_language = "text"

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1863b8", "color-brand-content": "#1863b8"},
    "dark_css_variables": {"color-brand-primary": "#5aa9f0", "color-brand-content": "#5aa9f0"},
    "navigation_with_keys": True,
}
# What is copied is what is typed.
copybutton_exclude = ".linenos, .gp, .go"
copybutton_selector = "div.highlight-sh pre, div.highlight-toml pre, div.highlight-python pre"
