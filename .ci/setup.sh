#!/usr/bin/env bash
# Makes .venv and installs one lock: `setup.sh run` (requirements.txt) or `setup.sh dev` (requirements-dev.txt, which
# contains the other). Does nothing when that lock is already installed, so every target of the Makefile calls it.
set -euo pipefail
. "$(dirname "$0")/common.sh"

kind=${1:-run}
python=.venv/bin/python
stamp=.venv/.installed

run_sum=$(cksum <requirements.txt)
dev_sum=$(cksum <requirements-dev.txt)

# A virtual environment does not survive a move of its folder, so the folder is part of the stamp.
stamp_of() { printf '%s|%s|%s|%s' "$1" "$run_sum" "$([ "$1" = dev ] && echo "$dev_sum")" "$PWD"; }

is_installed() {
    [ -f "$stamp" ] && "$python" -c '' 2>/dev/null || return 1
    local now
    now=$(<"$stamp")
    [ "$now" = "$(stamp_of dev)" ] || { [ "$kind" = run ] && [ "$now" = "$(stamp_of run)" ]; }
}

# Being on the PATH proves nothing (a shim of pyenv may point nowhere), so each candidate is run.
works() {
    "$1" -c "import sys, sqlite3, ssl, ctypes, venv${2:-}; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))" \
        >/dev/null 2>&1
}

# newest_python [MORE]: the newest interpreter that works, with the module MORE too if given.
newest_python() {
    local name candidate
    if [ -n "${CRM_PYTHON:-}" ]; then
        works "$CRM_PYTHON" "${1:+, $1}" && command -v "$CRM_PYTHON"
        return
    fi
    for name in python3.13 python3.12 python3.11 python3; do
        for candidate in $(type -aP "$name"); do
            works "$candidate" "${1:+, $1}" && echo "$candidate" && return
        done
    done
    return 1
}

make_venv() {
    local base
    rm -rf .venv
    if ! base=$(newest_python ensurepip); then
        base=$(newest_python) || fail "no working Python 3.11, 3.12 or 3.13 found${CRM_PYTHON:+ at CRM_PYTHON=$CRM_PYTHON}" \
            "install one (Debian: apt-get install python3 python3-venv), or name one: make setup CRM_PYTHON=/path/to/python3"
        if "$base" -m virtualenv --version >/dev/null 2>&1; then
            "$base" -m virtualenv --quiet .venv || fail "virtualenv could not make .venv" "read the lines above"
            return
        fi
        may_apt && apt_install python3-venv || true
        base=$(newest_python ensurepip) || fail "Python has no ensurepip, so it cannot make a virtual environment" \
            "as root: apt-get install python3-venv (or: python3 -m pip install --user virtualenv), then call make again"
    fi
    say "Making .venv with $("$base" -V) ($base)"
    "$base" -m venv .venv || fail "$base could not make .venv" "check that the disk is not full and this folder is writable"
}

install_lock() {
    local lock=$1 began=$SECONDS
    say "Installing $(grep -c == "$lock") packages of $lock; the first time takes a minute or two ..."
    if [ ! -x .venv/bin/uv ]; then
        "$python" -m pip install -qq --disable-pip-version-check uv || say "uv is not to be had; going on with pip."
    fi
    # uv does not read pip's configuration: where packages come from a mirror that only pip knows, pip does it, slower.
    if ! .venv/bin/uv pip sync --quiet --python "$python" "$lock"; then
        say "uv did not get through; trying pip ..."
        "$python" -m pip install -qq --disable-pip-version-check -r "$lock" ||
            fail "the packages of $lock could not be installed" "check the network and pip's configuration, then call make again"
    fi
    say "Installed in $((SECONDS - began)) s."
}

is_installed && exit 0

# Two calls at once would write into each other's .venv; a folder can be locked without leaving a file behind.
if command -v flock >/dev/null; then
    exec 9<.ci
    flock 9
    is_installed && exit 0
fi
case "$(cat "$stamp" 2>/dev/null)" in dev*) kind=dev ;; esac
moved() { [ -f "$stamp" ] && ! grep -qF "|$PWD" "$stamp"; }
if ! works "$python" ", pip" || moved; then
    make_venv
fi
rm -f "$stamp"
install_lock "$([ "$kind" = dev ] && echo requirements-dev.txt || echo requirements.txt)"
echo "$(stamp_of "$kind")" >"$stamp"
