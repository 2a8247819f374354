# Shared by the scripts of this folder: messages, and packages of the system where we may install them.
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

say() { printf '%s\n' "$*" >&2; }

# fail WHAT REMEDY: one line what went wrong, one line what to do next.
fail() {
    say "Error: $1."
    say "What to do: $2."
    exit 1
}

may_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

# apt_install PACKAGE...: quiet unless it fails.
apt_install() {
    local log status=0
    log=$(mktemp)
    say "Installing $* with apt-get ..."
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } \
        </dev/null >"$log" 2>&1 || status=$?
    [ "$status" = 0 ] || tail -n 15 "$log" >&2
    rm -f "$log"
    return "$status"
}
