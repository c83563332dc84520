#!/usr/bin/env python3
"""Measures how visitors' pages come to the eye on a slow phone: largest paint, layout shift, requests, bytes as sent.

usage: paint.py [--runs N]     Chromium with the CPU slowed four times; the server on the same machine.

The booking page in two looks, then every page that visitors meet, each with an empty cache. Ends with 1 if any page
shifts while it loads.
"""
import argparse
import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tests/browser"))

from playwright.sync_api import sync_playwright  # noqa: E402

import eyes  # noqa: E402
from harness import Server  # noqa: E402
from visited import Visited  # noqa: E402

WATCH = """() => { window.seen = {paint: 0, shift: 0};
  new PerformanceObserver(list => list.getEntries().forEach(e => { window.seen.paint = e.startTime; }))
    .observe({type: 'largest-contentful-paint', buffered: true});
  new PerformanceObserver(list => list.getEntries().forEach(e => { window.seen.shift += e.value; }))
    .observe({type: 'layout-shift', buffered: true}); }"""
KINDS = {"document": "page", "stylesheet": "style", "script": "script"}
# The zone of the pages: in another one they are asked for a second time, which would be measured as theirs.
ZONE = "Europe/Berlin"


def look(browser, url: str, wide: eyes.Look) -> dict:
    """One visit with an empty cache."""
    with eyes.page_of(browser, wide, timezone=ZONE) as page:
        page.add_init_script(f"({WATCH})()")
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
        answered = []
        page.on("requestfinished", lambda request: answered.append(request))
        page.goto(url)
        page.wait_for_load_state("load")
        # A page that rings never comes to rest.
        page.wait_for_timeout(700)
        found = page.evaluate("window.seen") | dict.fromkeys([*KINDS.values(), "other"], 0)
        found["requests"] = len(answered)
        for request in answered:
            found[KINDS.get(request.resource_type, "other")] += request.sizes()["responseBodySize"]
        return found


def kilobytes(size: int) -> str:
    return f"{size / 1024:.1f} KB"


def row(name: str, looks: list[dict]) -> str:
    paints, first = [one["paint"] for one in looks], looks[0]
    sizes = [first["page"], first["style"], first["script"], first["page"] + first["style"] + first["script"]]
    return (f"| {name} | {statistics.median(paints):.0f} ms ({max(paints):.0f} ms) "
            f"| {max(one['shift'] for one in looks):.3f} | {first['requests']} "
            f"| {' | '.join(kilobytes(size) for size in sizes)} |")


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--runs", type=int, default=9)
    runs = arguments.parse_args().runs
    settings, shift = {"WORKESTRA_RATE_FACTOR": "1000"}, 0.0
    with Server("sqlite", settings=settings, like="migrated") as server, sync_playwright() as playwright:
        paths = Visited(server).paths
        browser = eyes.launch(playwright)
        print("| page | largest paint, median (worst) | layout shift, worst "
              "| requests | HTML | CSS | script | together |")
        print("|---|---|---|--:|--:|--:|--:|--:|")
        for name, path in paths.items():
            is_first = path == paths["booking page"]
            for wide in (eyes.DESK, eyes.PHONE) if is_first else (eyes.PHONE,):
                looks = [look(browser, server.url + path, wide) for _ in range(runs if is_first else min(runs, 3))]
                shift = max(shift, *(one["shift"] for one in looks))
                print(row(f"{name}, {wide.name}" if is_first else name, looks), flush=True)
        browser.close()
    return 1 if shift > 0 else 0


if __name__ == "__main__":
    sys.exit(main())
