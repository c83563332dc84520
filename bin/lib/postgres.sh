# A private PostgreSQL cluster for tests: a folder of its own, a free port, never root, ended by its process id.

POSTGRES_PID="" POSTGRES_DIR=""

# PostgreSQL refuses to run as root, so root becomes the system's postgres user first.
as_postgres() {
    if [[ $(id -u) -eq 0 ]]; then
        setpriv --reuid=postgres --regid=postgres --clear-groups env HOME="$POSTGRES_DIR" LC_ALL=C "$@"
    else
        env LC_ALL=C "$@"
    fi
}

# Starts the cluster, its superuser postgres, and sets WORKESTRA_TEST_POSTGRES to its address for an ordinary role.
# "start_postgres durable" is for measuring; else
# fsync is off: no test pulls the plug of this machine, and the server allows it only with WORKESTRA_ENV=test.
start_postgres() {
    local bin port fsync=off
    [[ "${1:-}" == durable ]] && fsync=on
    bin="$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)"
    [[ -x "$bin/initdb" ]] || die "PostgreSQL is not installed; bin/setup --test installs it."
    POSTGRES_DIR="$(mktemp -d /tmp/workestra-postgres.XXXXXX)"
    [[ $(id -u) -eq 0 ]] && chown postgres:postgres "$POSTGRES_DIR"
    cd "$POSTGRES_DIR"
    as_postgres "$bin/initdb" -D "$POSTGRES_DIR/cluster" -U postgres -A trust -E UTF8 --locale=C --no-sync \
        >"$POSTGRES_DIR/initdb.log" 2>&1 || { cat "$POSTGRES_DIR/initdb.log" >&2; die "initdb failed."; }
    port="$(free_port)"
    local server=("$bin/postgres" -D "$POSTGRES_DIR/cluster" -p "$port" -k "$POSTGRES_DIR"
        -c listen_addresses=127.0.0.1 -c max_connections=200 -c fsync="$fsync")
    # setpriv and env become the server, so that the process id is its own.
    if [[ $(id -u) -eq 0 ]]; then
        server=(setpriv --reuid=postgres --regid=postgres --clear-groups env LC_ALL=C "${server[@]}")
    fi
    "${server[@]}" >"$POSTGRES_DIR/postgres.log" 2>&1 </dev/null &
    POSTGRES_PID=$!
    cd "$ROOT"
    wait_for_postgres "$bin" "$port"
    # An ordinary role, as an installation's should be: row-level policies do not bind a superuser. Tests empty their
    # databases without firing triggers, and drop them also while autovacuum is at work in them, which take one right
    # more each.
    as_postgres "$bin/psql" -q -h 127.0.0.1 -p "$port" -U postgres -d postgres -v ON_ERROR_STOP=1 \
        -c "CREATE ROLE workestra LOGIN CREATEDB" \
        -c "GRANT SET ON PARAMETER session_replication_role TO workestra" \
        -c "GRANT pg_signal_backend TO workestra" || die "The test role cannot be made."
    export WORKESTRA_TEST_POSTGRES="postgres://workestra@127.0.0.1:$port/postgres"
}

wait_for_postgres() {
    local tries
    for tries in $(seq 100); do
        "$1/pg_isready" -q -h 127.0.0.1 -p "$2" && return
        kill -0 "$POSTGRES_PID" 2>/dev/null || { cat "$POSTGRES_DIR/postgres.log" >&2; die "PostgreSQL ended."; }
        sleep 0.1
    done
    die "PostgreSQL did not answer within 10 s."
}

stop_postgres() {
    [[ -n "$POSTGRES_PID" ]] || return 0
    kill -INT "$POSTGRES_PID" 2>/dev/null || true
    wait "$POSTGRES_PID" 2>/dev/null || true
    POSTGRES_PID=""
    rm -rf "$POSTGRES_DIR"
}
