#!/usr/bin/env python3
"""Measures how the booking page comes to the eye on a slow phone: largest paint, layout shift, and bytes.

usage: paint.py [--runs N]     Chromium with the CPU slowed four times; the server on the same machine.
"""
import argparse
import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tests/browser"))

from playwright.sync_api import sync_playwright  # noqa: E402

import contract  # noqa: E402
import eyes  # noqa: E402
from harness import Server  # noqa: E402

WATCH = """() => { window.seen = {paint: 0, shift: 0};
  new PerformanceObserver(list => list.getEntries().forEach(e => { window.seen.paint = e.startTime; }))
    .observe({type: 'largest-contentful-paint', buffered: true});
  new PerformanceObserver(list => list.getEntries().forEach(e => { window.seen.shift += e.value; }))
    .observe({type: 'layout-shift', buffered: true}); }"""


def look(browser, url: str, wide: eyes.Look) -> dict:
    """One visit with an empty cache."""
    with eyes.page_of(browser, wide, timezone="Europe/Oslo") as page:
        page.add_init_script(f"({WATCH})()")
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
        sizes: dict[str, int] = {}
        page.on("response", lambda answer: sizes.__setitem__(answer.url, _weight(answer)))
        page.goto(url)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)
        seen = page.evaluate("window.seen")
    kinds = {"style": ".css", "script": ".js"}
    by_kind = {kind: sum(size for address, size in sizes.items() if address.split("?")[0].endswith(end))
               for kind, end in kinds.items()}
    return seen | by_kind | {"page": sizes.get(url, 0)}


def _weight(answer) -> int:
    try:
        return len(answer.body())
    except Exception:  # a redirect has no body
        return 0


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--runs", type=int, default=9)
    runs = arguments.parse_args().runs
    with Server("sqlite", settings={"WORKESTRA_RATE_FACTOR": "1000"}) as server, sync_playwright() as playwright:
        slug = server.demo()["links"][0]["slug"]
        url = server.url + contract.book(slug)
        browser = eyes.launch(playwright)
        print("| look | largest paint, median (worst) | layout shift, worst | HTML | CSS | script |")
        print("|---|---|---|---|---|---|")
        for wide in (eyes.DESK, eyes.PHONE):
            looks = [look(browser, url, wide) for _ in range(runs)]
            paints = [one["paint"] for one in looks]
            print(f"| {wide.name} | {statistics.median(paints):.0f} ms ({max(paints):.0f} ms) "
                  f"| {max(one['shift'] for one in looks):.3f} | {looks[0]['page'] / 1024:.1f} KB "
                  f"| {looks[0]['style'] / 1024:.1f} KB | {looks[0]['script'] / 1024:.1f} KB |")
        browser.close()


if __name__ == "__main__":
    main()
