#!/usr/bin/env bash
# Works out both locks, for every Python and system we support at once. Only names, versions and markers are written:
# where packages come from is the installation's own business.
set -euo pipefail
. "$(dirname "$0")/common.sh"

compile() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links "$@" || fail "the lock could not be worked out" "read the lines above"
}

compile "$@" --output-file requirements.txt requirements.in
compile "$@" --constraint requirements.txt --output-file requirements-dev.txt requirements-dev.in
