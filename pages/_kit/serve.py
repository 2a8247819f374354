"""Streamlit's own command with its old pages mode off: `python -m pages._kit.serve run app.py --server.port 8501`.

A folder called `pages` starts that mode until `st.navigation` has run once: the first visitor of a fresh server, or a
tab that was left open over a restart, would be told that the page does not exist.
"""

from __future__ import annotations

import sys

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli

if __name__ == "__main__":
    PagesManager.uses_pages_directory = False
    sys.exit(cli.main())
