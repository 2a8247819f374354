#!/usr/bin/env bash
# Sees to it that a Chromium is there for the browser tests: the system's, else apt's (as root), else Playwright's own.
set -euo pipefail
. "$(dirname "$0")/common.sh"

has_browser() {
    local name
    for name in "${CRM_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        [ -n "$name" ] && "$name" --version >/dev/null 2>&1 && return
    done
    .venv/bin/python - 2>/dev/null <<'PY'
import pathlib, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as p:
    sys.exit(not pathlib.Path(p.chromium.executable_path).exists())
PY
}

has_browser && exit 0
may_apt && apt_install chromium && has_browser && exit 0
say "Fetching Playwright's Chromium ..."
.venv/bin/python -m playwright install chromium >&2 && has_browser && exit 0
fail "there is no Chromium for the browser tests" \
    "install one (Debian: apt-get install chromium), or name one in CRM_CHROMIUM; without browser: make test TESTS='-m \"not browser\"'"
