"""Looks at a page as people do: accessibility rules, sideways scroll, small targets, pictures."""
import pathlib
from contextlib import contextmanager
from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright

CHROMIUM = "/usr/bin/chromium"


@dataclass(frozen=True)
class Look:
    """One way a page is seen."""
    name: str
    width: int
    height: int
    scheme: str = "light"
    touch: bool = False
    locale: str = "en-GB"


DESK = Look("desk-light", 1280, 800)
DARK = Look("desk-dark", 1280, 800, scheme="dark")
PHONE = Look("phone", 390, 844, touch=True)
NARROW = Look("narrow", 320, 640, touch=True)
# The pseudo language is written from right to left, so that no translation is needed to see the layout mirrored.
MIRRORED = Look("right-to-left", 1280, 800, locale="en-XB")
LOOKS = [DESK, DARK, PHONE, NARROW, MIRRORED]


def launch(playwright: Playwright, names: list[str] = ()) -> Browser:
    """Debian's Chromium. `names`: host names that stand for this machine, such as book.localtest."""
    rules = ",".join(f"MAP {name} 127.0.0.1" for name in names)
    # root may not use Chromium's sandbox; the pages are our own.
    arguments = ["--no-sandbox", "--disable-gpu", "--lang=en-GB"]
    return playwright.chromium.launch(
        executable_path=CHROMIUM, args=arguments + ([f"--host-resolver-rules={rules}"] if rules else []))


@contextmanager
def page_of(browser: Browser, look: Look = DESK, *, script: bool = True, timezone: str = "Europe/Berlin"):
    """A page in a context of its own; what the console complains about fails the test at the end."""
    context = browser.new_context(
        viewport={"width": look.width, "height": look.height}, color_scheme=look.scheme, has_touch=look.touch,
        is_mobile=look.touch, locale=look.locale, timezone_id=timezone, java_script_enabled=script)
    context.set_default_timeout(15_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" and
            "Failed to load resource" not in message.text else None)
    try:
        yield page
        assert not complaints, f"the console complains: {complaints}"
    finally:
        context.close()


def axe_violations(page: Page) -> list[str]:
    """Every broken rule with the first places it is broken at; needs script in the page's context."""
    return [
        f"{rule['id']} ({rule['impact']}): {[node['target'][0] for node in rule['nodes']][:4]}"
        for rule in Axe().run(page).response["violations"]
    ]


def sideways_scroll(page: Page) -> int:
    """How many pixels the page can be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


SMALL_TARGETS = """(least) => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
  .filter(e => {
    if (e.type === 'hidden' || e.disabled) return false;
    // Links inside running text are exempt (WCAG 2.5.8), and a box inside its label has the label's size.
    if (e.matches('p a, li a, td a, dd a') && getComputedStyle(e).display === 'inline') return false;
    const shown = e.closest('label') ?? e, box = shown.getBoundingClientRect();
    return box.width > 3 && box.height > 0 && box.height < least - 0.5;
  })
  .map(e => `${e.tagName.toLowerCase()}.${e.className}: ${Math.round(e.getBoundingClientRect().height)} px `
    + `"${(e.textContent || e.name || '').trim().slice(0, 30)}"`)"""


def small_targets(page: Page, least: int = 44) -> list[str]:
    """Controls lower than a finger needs."""
    return page.evaluate(SMALL_TARGETS, least)


def shot(page: Page, folder: pathlib.Path, name: str) -> pathlib.Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    page.screenshot(path=path, full_page=True, animations="disabled")
    return path


def inspect(page: Page, look: Look) -> None:
    """What must hold of every page in every look."""
    assert axe_violations(page) == [], f"{page.url} as {look.name}"
    assert sideways_scroll(page) == 0, f"{page.url} as {look.name} scrolls sideways"
    if look.touch:
        assert small_targets(page) == [], f"{page.url} as {look.name}"
    if look is MIRRORED:
        assert page.evaluate("document.documentElement.dir") == "rtl", f"{page.url} is not mirrored"
