"""What one language reads differently from country to country, and where the keyboard goes on."""
import datetime

import pytest
from playwright.sync_api import expect

import eyes
from harness import MORNING

LINK = "product-walkthrough"
AMERICAN = eyes.Look("american", 1280, 800, locale="en-US")


def test_an_american_reads_american_clocks_weeks_and_dates(shared_server, browser):
    with eyes.page_of(browser, AMERICAN, timezone="America/Los_Angeles") as page:
        page.goto(f"{shared_server.url}/book/{LINK}")
        eyes.settle(page)
        assert page.locator("html").get_attribute("lang") == "en-US"
        assert page.locator(".month thead th").first.inner_text().strip().startswith("Sun")
        time = page.locator("#pick button.time").first
        assert time.inner_text().strip().endswith(("AM", "PM"))
        eyes.inspect(page, AMERICAN)
        time.click()
        page.wait_for_url("**/details**")
        day = MORNING.astimezone(datetime.timezone(datetime.timedelta(hours=-7)))
        expect(page.locator(".facts").first).to_contain_text(f"{day:%B} ")
        assert ", 2027" in page.locator(".facts").first.inner_text()
        # A clock that is chosen stays chosen.
        page.goto(f"{shared_server.url}/book/{LINK}?clock=24")
        eyes.settle(page)
        assert "M" not in page.locator("#pick button.time").first.inner_text()


@pytest.mark.parametrize("look", [eyes.DESK, eyes.PHONE], ids=lambda look: look.name)
def test_a_press_leads_the_keyboard_to_what_it_has_opened(shared_server, browser, look):
    with eyes.page_of(browser, look) as page:
        page.goto(f"{shared_server.url}/book/{LINK}")
        eyes.settle(page)
        focused = "document.activeElement.id || document.activeElement.textContent.trim()"
        page.locator(".month td a").nth(2).press("Enter")
        page.wait_for_url("**day=**")
        eyes.settle(page)
        assert page.evaluate(focused) == "times"
        page.locator("#pick button.time").first.press("Enter")
        page.wait_for_url("**/details**")
        eyes.settle(page)
        assert page.evaluate(focused) == "Your details"
        box = page.get_by_role("heading", name="Your details").bounding_box()
        assert 0 <= box["y"] < look.height / 2


def test_addresses_are_copied_where_the_browser_has_no_clipboard(shared_server, browser):
    with eyes.page_of(browser) as page:
        page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
        page.goto(f"{shared_server.url}/book/{LINK}")
        # The module by itself, on a page of ours: what is selected is what would be copied.
        script = page.locator("script[type=module]").get_attribute("src").replace("app.js", "copy.js")
        copied = page.evaluate("""async (script) => {
            document.body.insertAdjacentHTML('beforeend',
                '<button hidden data-copy="https://x.example/a" data-copied="Copied"><span>Copy</span></button>');
            const button = document.body.lastElementChild;
            let said = '';
            document.addEventListener('copy', () => { said = document.activeElement.value; });
            (await import(script)).start([button]);
            button.click();
            await new Promise((done) => setTimeout(done, 100));
            return [button.hidden, said, button.textContent];
        }""", script)
        assert copied == [False, "https://x.example/a", "Copied"]
