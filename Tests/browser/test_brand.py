"""The colour a workspace chooses: on its pages in both themes, in the settings, never too pale or too dark to read."""
from playwright.sync_api import expect

import eyes
from shots import sign_in

LINK = "product-walkthrough"
# Too pale on white, too dark on black, loud, and one whose text would be lost on either.
COLOURS = ["#ffe066", "#1a0033", "#ff0066", "#808080"]


def choose(browser, server, colour: str) -> str:
    """What the settings say becomes of a colour."""
    with eyes.page_of(browser) as page:
        sign_in(page, server, server.logins["users"][0])
        page.goto(f"{server.url}/settings/workspace")
        page.get_by_label("Our own colour").check()
        page.get_by_label("Colour", exact=True).fill(colour)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        eyes.inspect(page, eyes.DESK)
        return page.locator("main form").inner_text()


def test_any_colour_can_be_read_on_every_page_in_both_themes(own_server, browser):
    for colour in COLOURS:
        said = choose(browser, own_server, colour)
        assert "so that everybody can read it" in said, (colour, said)
        for look in [eyes.DESK, eyes.MIRRORED_PHONE]:
            with eyes.page_of(browser, look) as page:
                page.goto(f"{own_server.url}/book/{LINK}")
                eyes.settle(page)
                brand = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--brand-light')")
                assert brand.strip() not in ("", "#0b5f6a")
                eyes.inspect(page, look)
                page.locator("#pick button.time").first.click()
                page.wait_for_url("**/details**")
                eyes.inspect(page, look)


def test_without_an_own_colour_pages_ask_for_no_further_sheet(shared_server, browser):
    with eyes.page_of(browser) as page:
        page.goto(f"{shared_server.url}/book/{LINK}")
        eyes.settle(page)
        assert page.locator("link[rel=stylesheet]").count() == 1
