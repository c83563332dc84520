# Named steps with times, and the sum of what passed and failed over every test runner.

PASSED=0 FAILED=0
LOGS="$ROOT/.build/logs"
mkdir -p "$LOGS"

# step KIND LIMIT NAME COMMAND…: runs the command under a time limit, its output in a log, and counts its tests.
# KIND tells how to count: swift, pytest, or plain (the command itself is the one test).
step() {
    local kind="$1" limit="$2" name="$3"; shift 3
    local log="$LOGS/${name//[^A-Za-z0-9]/-}.log" began=$SECONDS code=0 passed=0 failed=0
    printf '%-52s ' "$name"
    timeout --kill-after=20 "$limit" "$@" >"$log" 2>&1 </dev/null || code=$?
    "count_$kind" "$log" "$code"
    PASSED=$((PASSED + passed)) FAILED=$((FAILED + failed))
    printf '%5d ok %3d failed  %4d s\n' "$passed" "$failed" $((SECONDS - began))
    if [[ $failed -gt 0 ]]; then show_failure "$kind" "$log" "$code"; fi
}

# The lines that tell what failed, then the end of the log.
show_failure() {
    [[ $3 -eq 124 || $3 -eq 137 ]] && say "  (ended by its time limit)"
    if [[ $1 == swift ]]; then
        { grep -aE -A 12 '(recorded an issue|error:|Fatal error|Crash)' "$2" || true; } | head -80 | sed 's/^/  | /'
    fi
    tail -n 40 "$2" | sed 's/^/  | /'
}

count_plain() { if [[ $2 -eq 0 ]]; then passed=1; else failed=1; fi; }

# Swift Testing closes with "Test run with N tests in M suites passed|failed after …". A run that ends without that
# line (a crash, a time limit, a filter that matched nothing) is a failure, whatever it had counted before.
count_swift() {
    local total
    total="$(grep -aoE 'Test run with [0-9]+ tests?' "$1" | tail -1 | grep -oE '[0-9]+' || true)"
    failed="$(grep -acE '^[^A-Za-z0-9]* ?Test .* failed after ' "$1" || true)"
    failed=$((failed - $(grep -acE 'Test run with .* failed after ' "$1" || true)))
    if [[ -z "$total" || "$total" -eq 0 ]]; then total=$((failed + 1)) failed=$((failed + 1)); fi
    if [[ $2 -ne 0 && $failed -eq 0 ]]; then failed=1; fi
    local skipped
    skipped="$(grep -acE '^[^A-Za-z0-9]* ?Test .* skipped' "$1" || true)"
    passed=$((total - failed - skipped))
    if [[ $passed -lt 0 ]]; then passed=0; fi
}

count_pytest() {
    local line
    line="$(grep -aE '[0-9]+ (passed|failed|error|skipped).* in [0-9.]+s' "$1" | tail -1 || true)"
    passed="$(grep -oE '[0-9]+ passed' <<<"$line" | grep -oE '[0-9]+' || echo 0)"
    failed="$({ grep -oE '[0-9]+ (failed|error)' <<<"$line" || true; } | awk '{ sum += $1 } END { print sum + 0 }')"
    if [[ $2 -ne 0 && $failed -eq 0 ]]; then failed=1; fi
}

# The closing line, also left in a file for .ci/run; the exit code says whether anything failed.
close_steps() {
    printf '%s %s\n' "$PASSED" "$FAILED" >"$LOGS/counts"
    say "$PASSED passed, $FAILED failed"
    [[ $FAILED -eq 0 && $PASSED -gt 0 ]]
}

# The compiler's progress: every line on a terminal, every fortieth step and every warning or error in a log.
show_build() {
    if [[ -t 1 ]]; then cat; return; fi
    awk '/error:|warning:.*Sources|Compiling plugin|Build complete/ { print; fflush(); next }
         /^\[[0-9]+\/[0-9]+\]/ { if (++steps % 40 == 1) { print; fflush() } }'
}
