"""An admin gives a team a page; a stranger finds whom to ask there, and books from it."""
import re

import pytest
from playwright.sync_api import expect

import eyes

NEW = "/calendar/admin/teams/new"
# Two of the demo's people.
NAMES = ["Ingrid Aasland-Okonkwo", "Tomasz Wiśniewski"]


def sign_in(page, server) -> None:
    user = server.logins["users"][0]
    page.goto(f"{server.url}/sign-in")
    page.get_by_label("E-mail").fill(user["email"])
    page.get_by_label("Password").fill(user["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    eyes.settle(page)


def make(page, server, slug: str, visibility: str) -> None:
    page.goto(server.url + NEW)
    page.get_by_role("textbox", name="Name", exact=True).fill("Customer team")
    page.get_by_role("textbox", name=re.compile("^Address")).fill(slug)
    page.get_by_role("textbox", name=re.compile("^Description")).fill("Whoever looks after you.\nAsk us.")
    page.get_by_label("Who sees the team’s page").select_option(visibility)
    for name in NAMES:
        page.get_by_label(f"{name} is in the team").check()
    page.get_by_label(f"Part of {NAMES[0]} in the team").fill("Hospitals")
    page.get_by_role("button", name="Save", exact=True).click()
    eyes.settle(page)
    expect(page.get_by_text("Saved.")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_an_admin_makes_a_page_and_a_stranger_books_from_it(shared_server, browser, script):
    server, slug = shared_server, "customers" if script else "customers-2"
    with eyes.page_of(browser, script=script) as page:
        sign_in(page, server)
        make(page, server, slug, "public")
    with eyes.page_of(browser, script=script) as page:
        page.goto(f"{server.url}/team/{slug}")
        expect(page.get_by_role("heading", name="Customer team")).to_be_visible()
        expect(page.get_by_text("Hospitals")).to_be_visible()
        page.get_by_role("link", name="Product walkthrough").first.click()
        expect(page).to_have_url(re.compile("/book/product-walkthrough"))


def test_a_page_for_members_asks_strangers_to_sign_in(shared_server, browser):
    server = shared_server
    with eyes.page_of(browser) as page:
        sign_in(page, server)
        make(page, server, "inside", "workspace")
        page.goto(f"{server.url}/team/inside")
        expect(page.get_by_role("heading", name="Customer team")).to_be_visible()
    with eyes.page_of(browser) as page:
        page.goto(f"{server.url}/team/inside")
        expect(page).to_have_url(re.compile("/sign-in"))


@pytest.mark.parametrize("look", eyes.LOADED, ids=lambda look: look.name)
def test_the_pages_are_sound_in_every_look(shared_server, browser, look):
    server, slug = shared_server, f"look-{look.name}".lower().replace(" ", "-").replace(",", "")[:40].strip("-")
    with eyes.page_of(browser, look) as page:
        user = server.logins["users"][0]
        page.goto(f"{server.url}/sign-in")
        page.locator("input[name=email]").fill(user["email"])
        page.locator("input[name=password]").fill(user["password"])
        page.locator("main button").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        page.goto(server.url + NEW)
        page.locator("input[name=name]").fill("Customer team")
        page.locator("input[name=slug]").fill(slug)
        page.locator("textarea[name=description]").fill("Whoever looks after you.")
        page.locator("select[name=visibility]").select_option("public")
        for box in page.locator("input[name=people]").all():
            box.check()
        eyes.inspect(page, look)
        page.locator("form[action='/calendar/admin/teams'] button").last.click()
        page.wait_for_url(lambda url: "done=" in url)
        page.goto(f"{server.url}/team/{slug}")
        eyes.settle(page)
        eyes.inspect(page, look)
