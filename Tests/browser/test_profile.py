"""A host says who they are: picture, address, mails; a stranger finds their page and books from it."""
import re

import pytest
from playwright.sync_api import expect

import eyes

PROFILE = "/settings/profile"
# Decodes a picture as any page would; gives its width.
WIDTH = """async path => {
  const picture = new Image();
  picture.src = path;
  await picture.decode();
  return picture.naturalWidth;
}"""


class Host:
    """Somebody signed in, in front of their profile."""

    def __init__(self, page, server):
        self.page, self.server = page, server
        user = server.logins["users"][0]
        page.goto(f"{server.url}/sign-in")
        page.get_by_label("E-mail").fill(user["email"])
        page.get_by_label("Password").fill(user["password"])
        self.press("Sign in")
        page.goto(server.url + PROFILE)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()
        eyes.settle(self.page)

    def field(self, label: str):
        return self.page.get_by_role("textbox", name=label)

    def choose(self, name: str, content: bytes) -> None:
        self.page.get_by_label("Choose a picture").set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": content})
        self.press("Upload picture")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_host_shows_who_they_are_and_a_stranger_finds_the_page(shared_server, browser, script):
    server, handle = shared_server, "astrid" if script else "astrid-2"
    with eyes.page_of(browser, script=script) as page:
        host = Host(page, server)
        sample = page.screenshot(type="jpeg" if script else "png", clip={"x": 0, "y": 0, "width": 200, "height": 160})
        host.choose("notes.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
        expect(page.get_by_label("Choose a picture")).to_have_accessible_description(re.compile("SVG"))
        host.choose("me.dat", sample)
        expect(page.get_by_text("Your picture is there.")).to_be_visible()

        host.field("Handle").fill("Not an address")
        host.field("About you").fill("I show what the product does.\nAsk me anything.")
        page.get_by_label("A mail when a booking moves to another time").uncheck()
        host.press("Save")
        expect(host.field("Handle")).to_have_attribute("aria-invalid", "true")
        expect(host.field("About you")).to_have_value("I show what the product does.\nAsk me anything.")
        expect(page.get_by_label("A mail when a booking moves to another time")).not_to_be_checked()
        host.field("Handle").fill(handle)
        host.press("Save")
        expect(page.get_by_text("Saved.")).to_be_visible()
        expect(page.get_by_label("A mail when a booking moves to another time")).not_to_be_checked()
    with eyes.page_of(browser) as page:
        _a_stranger_looks(page, server, handle)


def _a_stranger_looks(page, server, handle: str) -> None:
    page.goto(f"{server.url}/u/{handle}")
    portrait = page.locator("header img.avatar")
    expect(portrait).to_be_visible()
    assert page.evaluate(WIDTH, portrait.get_attribute("src")) == 200
    preview = page.locator("meta[property='og:image']").get_attribute("content")
    assert preview == f"{server.url}/og/u/{handle}.png"
    assert page.evaluate(WIDTH, f"/og/u/{handle}.png") == 1200
    page.get_by_role("link", name="Product walkthrough").first.click()
    expect(page).to_have_url(re.compile("/book/product-walkthrough"))


@pytest.mark.parametrize("look", eyes.LOADED, ids=lambda look: look.name)
def test_the_pages_are_sound_in_every_look(shared_server, browser, look):
    with eyes.page_of(browser, look) as page:
        user = shared_server.logins["users"][0]
        page.goto(f"{shared_server.url}/sign-in")
        page.locator("input[name=email]").fill(user["email"])
        page.locator("input[name=password]").fill(user["password"])
        page.locator("main button").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        page.goto(shared_server.url + PROFILE)
        eyes.settle(page)
        eyes.inspect(page, look)
        page.locator("input[name=handle]").fill("astrid-3")
        page.locator("form[action='/settings/profile'] button").click()
        page.wait_for_url(lambda url: "saved=" in url)
        page.goto(f"{shared_server.url}/u/astrid-3")
        eyes.settle(page)
        eyes.inspect(page, look)
