# Installs what is missing: Debian packages, the Python environment of the tests, the time zone files.

BUILD_PACKAGES=(libsqlite3-dev libpq-dev libsodium-dev libcurl4-openssl-dev tzdata python3 python3-venv
    ca-certificates git)
TEST_PACKAGES=(postgresql-15 postgresql-client-15 chromium fonts-noto-core nodejs
    firefox-esr webkit2gtk-driver xvfb)
CHAOS_PACKAGES=(haproxy strace eatmydata nftables iproute2 e2fsprogs procps)

# Those of the named packages that are not installed; one question for all, since every start asks it.
missing_packages() {
    local have
    have="$(dpkg-query -W -f='${binary:Package}|${db:Status-Status}\n' "$@" 2>/dev/null || true)"
    local package
    for package in "$@"; do grep -qE "^${package}(:[a-z0-9]+)?\|installed$" <<<"$have" || printf '%s\n' "$package"; done
}

# Installs those of the named packages that are missing; asks nothing; silent when there is nothing to do.
install_packages() {
    local missing=()
    mapfile -t missing < <(missing_packages "$@")
    [[ ${#missing[@]} -eq 0 ]] && return
    command -v apt-get >/dev/null || die "Please install these libraries, then start again: ${missing[*]}"
    say "Installing Debian packages: ${missing[*]}"
    local log; log="$(mktemp)"
    # tzdata is named again so that an old copy becomes the newest one: governments move clocks at short notice.
    local install=(apt-get install -y -q --no-install-recommends tzdata "${missing[@]}")
    if ! { as_root apt-get update -q && as_root env DEBIAN_FRONTEND=noninteractive "${install[@]}"
         } >"$log" 2>&1 </dev/null; then
        tail -20 "$log" >&2; rm -f "$log"
        die "The packages could not be installed; the last lines above say why."
    fi
    rm -f "$log"
}

# The pinned Python environment of the tests, made again when the pins change.
install_python() {
    local stamp=.venv/requirements.sum sum
    sum="$(sha256sum Tests/requirements.txt)"
    [[ -x "$PYTHON" && -f "$stamp" && "$(cat "$stamp")" == "$sum" ]] && return
    say "Making the Python environment of the tests in .venv"
    rm -rf .venv
    python3 -m venv .venv || die "Python could not make a virtual environment."
    .venv/bin/python -m pip install -q --no-input --disable-pip-version-check -r Tests/requirements.txt </dev/null \
        || die "The Python packages of Tests/requirements.txt could not be installed."
    printf '%s' "$sum" >"$stamp"
}

# The newest zone files in the data folder, so that they can be renewed without the system or the program.
install_zones() {
    local target="${WORKESTRA_DATA:-./data}/zoneinfo" renew="$1"
    [[ -f "$target/UTC" && "$renew" != renew ]] && return
    local work; work="$(mktemp -d)"
    if zone_wheel "$work" && unpack_zones "$work" "$target"; then
        say "Time zones: $(sed -n '1s/# version //p' "$target/tzdata.zi" 2>/dev/null || echo newest) in $target"
    else
        say "The newest time zones could not be had now; the system's own are used until bin/setup --zones is run."
    fi
    rm -rf "$work"
}

# Fetches the wheel of PyPI's tzdata into a folder. Outside a virtual environment Debian's python may have no pip.
zone_wheel() {
    local python=python3
    [[ -x "$PYTHON" ]] && python="$PYTHON"
    if ! "$python" -m pip --version >/dev/null 2>&1; then
        python3 -m venv "$1/python" >/dev/null 2>&1 || return 1
        python="$1/python/bin/python"
    fi
    timeout 120 "$python" -m pip download -q --no-deps --no-input --disable-pip-version-check \
        --only-binary :all: -d "$1" tzdata </dev/null >/dev/null 2>&1
}

# A wheel is a plain zip. The new folder takes the old one's place in one step.
unpack_zones() {
    mkdir -p "$2"
    rm -rf "$2.new" "$2.old"
    python3 - "$1" "$2.new" <<'PYTHON' || return 1
import pathlib, sys, zipfile
wheel = next(pathlib.Path(sys.argv[1]).glob("tzdata-*.whl"))
prefix, target = "tzdata/zoneinfo/", pathlib.Path(sys.argv[2])
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        inside = name.removeprefix(prefix)
        if not name.startswith(prefix) or name.endswith(("/", ".py")) or ".." in inside:
            continue
        path = target / inside
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(archive.read(name))
sys.exit(0 if (target / "UTC").is_file() else 1)
PYTHON
    mv "$2" "$2.old" && mv "$2.new" "$2" && rm -rf "$2.old"
}
