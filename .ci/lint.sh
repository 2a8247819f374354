#!/usr/bin/env bash
# Ruff, mypy and the table of imports; all of them, even when the first complains. `make lint`, and a test of the house.
set -euo pipefail
. "$(dirname "$0")/common.sh"

status=0
.venv/bin/ruff check . || status=1
.venv/bin/ruff format --check . || status=1
code=(crm_core tests)
for more in pages benchmarks app.py; do [ -e "$more" ] && code+=("$more"); done
.venv/bin/python -m mypy "${code[@]}" || status=1
.venv/bin/lint-imports --no-logo || status=1
exit "$status"
