# The release build, skipped when neither the sources, the manifest nor the compiler changed.

# One line that changes whenever the program could: every source, asset, the manifest, and the compiler.
source_stamp() {
    {
        find Sources Public Package.swift -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
        stat -Lc '%n %s %Y' "$(readlink -f "$(command -v swift)")"
    } | sha256sum | cut -c1-64
}

build_release() {
    local stamp=.build/release.stamp now
    now="$(source_stamp)"
    if [[ -x "$RELEASE" && -f "$stamp" && "$(cat "$stamp")" == "$now" ]]; then return; fi
    need_swift
    say "Building Workestra. The first build takes 5 to 15 minutes on two cores; later ones are short."
    local began=$SECONDS
    rm -f "$stamp"
    swift build -c release -j "$JOBS" --product workestra --static-swift-stdlib </dev/null \
        || die "The build failed; the lines above say where."
    printf '%s' "$now" >"$stamp"
    say "Built in $((SECONDS - began)) s."
}
