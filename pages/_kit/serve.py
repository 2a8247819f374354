"""Streamlit's own command, made ready for people: `python -m pages._kit.serve run app.py --server.port 8501`.

The old pages mode is off: a folder called `pages` starts it until `st.navigation` has run once, and the first visitor
of a fresh server, or a tab that was left open over a restart, would be told that the page does not exist.

What the pages import is imported before the server listens, then taken out of the garbage collector's sight. Streamlit
collects after every run of every page: going through a hundred thousand functions and classes that stay for good took
longer than the page itself.
"""

from __future__ import annotations

import gc
import importlib
import logging
import pkgutil
import sys

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli

from pages import _kit

# What Streamlit imports when the first table or picture is drawn.
DRAWN_WITH = ("babel", "pandas", "pyarrow", "plotly.graph_objects", "plotly.io", "streamlit.elements.plotly_chart")
NOT_SHOWN = {"serve", "warm"}


def prepare() -> None:
    """Import what pages need, and let the garbage collector forget it."""
    # It warns that nothing serves yet, and looks again when something does.
    logging.getLogger("streamlit.runtime.caching.cache_data_api").setLevel(logging.ERROR)
    for name in DRAWN_WITH:
        importlib.import_module(name)
    for module in pkgutil.iter_modules(_kit.__path__):
        if module.name not in NOT_SHOWN:
            importlib.import_module(f"pages._kit.{module.name}")
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    PagesManager.uses_pages_directory = False
    prepare()
    sys.exit(cli.main())
