# What every command in bin/ shares: the root folder, plain words, and running as root or with sudo.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
cd "$ROOT"

PYTHON="$ROOT/.venv/bin/python"
RELEASE="$ROOT/.build/release/workestra"
DEBUG="$ROOT/.build/debug/workestra"

# Cores for the compiler; a smaller number in WORKESTRA_JOBS keeps a small machine usable.
JOBS="${WORKESTRA_JOBS:-$(nproc 2>/dev/null || echo 2)}"
unset WORKESTRA_JOBS

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() { warn "$*"; exit 1; }

# Runs a command as root, or says in words what the administrator has to run. It never asks for a password.
as_root() {
    if [[ $(id -u) -eq 0 ]]; then "$@"; return; fi
    if sudo -n true 2>/dev/null; then sudo -n "$@"; return; fi
    die "This needs an administrator. Please run: sudo $*"
}

# A TCP port on loopback that nobody listens on now, outside the range that the system hands out.
free_port() {
    PYTHONPATH="$ROOT/Tests/browser" PYTHONDONTWRITEBYTECODE=1 python3 -c 'import ports; print(ports.free_port())'
}

need_swift() {
    local version
    command -v swift >/dev/null || die "Workestra is built with Swift 6.3 or newer, and no 'swift' is on the path."
    version="$(swift --version 2>/dev/null | grep -oE 'Swift version [0-9.]+' | grep -oE '[0-9]+\.[0-9]+' | head -1)"
    [[ "$(printf '6.3\n%s\n' "$version" | sort -V | head -1)" == 6.3 ]] \
        || die "Workestra is built with Swift 6.3 or newer; this is Swift $version."
}
