#!/usr/bin/env python3
"""Pictures of the pages from a server with demo data. usage: shots.py FOLDER [/path …]"""
import pathlib
import sys

from playwright.sync_api import sync_playwright

import contract
import eyes
from harness import Server


def sign_in(page, server: Server, user: dict) -> None:
    page.goto(server.url + contract.SIGN_IN)
    page.get_by_label("E-mail").fill(user["email"])
    page.get_by_label("Password").fill(user["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: contract.SIGN_IN not in url)


def default_paths(slug: str) -> list[str]:
    return [contract.SIGN_IN, contract.book(slug), contract.CALENDAR, contract.EVENT_TYPES]


def take(folder: pathlib.Path, paths: list[str]) -> int:
    """One picture for each page and look; the number of things to see to."""
    troubles = 0
    with Server("sqlite", environment="development") as server, sync_playwright() as playwright:
        demo = server.demo()
        browser = eyes.launch(playwright)
        # Signed in once, in English: the fields are found by their words.
        with eyes.page_of(browser) as page:
            sign_in(page, server, demo["users"][0])
            cookies = page.context.cookies()
        for look in eyes.LOOKS:
            with eyes.page_of(browser, look) as page:
                page.context.add_cookies(cookies)
                for path in paths or default_paths(demo["links"][0]["slug"]):
                    page.goto(server.url + path)
                    name = path.strip("/").replace("/", "-") or "home"
                    print(eyes.shot(page, folder, f"{name}-{look.name}"))
                    try:
                        eyes.inspect(page, look)
                    except AssertionError as trouble:
                        troubles += 1
                        print(f"  {trouble}", file=sys.stderr)
        browser.close()
    return troubles


if __name__ == "__main__":
    sys.exit(1 if take(pathlib.Path(sys.argv[1]), sys.argv[2:]) else 0)
