"""Looks at a page as people do: accessibility rules, sideways scroll, small targets, pictures."""
import pathlib
import re
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
MIRRORED_PHONE = Look("right-to-left-phone", 390, 844, touch=True, locale="en-XB")
LOOKS = [DESK, DARK, PHONE, NARROW, MIRRORED, MIRRORED_PHONE]
# The looks a page is loaded in to be judged: at the desk it is judged in the light and then in the dark.
LOADED = [look for look in LOOKS if look != DARK]


def launch(playwright: Playwright, names: list[str] = ()) -> Browser:
    """Debian's Chromium. `names`: host names that stand for this machine, such as book.localtest."""
    rules = ",".join(f"MAP {name} 127.0.0.1" for name in names)
    # root may not use Chromium's sandbox; the pages are our own.
    arguments = ["--no-sandbox", "--disable-gpu", "--lang=en-GB"]
    return playwright.chromium.launch(
        executable_path=CHROMIUM, args=arguments + ([f"--host-resolver-rules={rules}"] if rules else []))


# A refusal is an answer; and in a frame of another site a page asks for the focus by its script, not by the attribute.
HARMLESS = ("Failed to load resource", "Blocked autofocusing")


@contextmanager
def page_of(browser: Browser, look: Look = DESK, *, script: bool = True, timezone: str = "Europe/Berlin"):
    """A page in a context of its own; what the console complains about fails the test at the end."""
    context = browser.new_context(
        viewport={"width": look.width, "height": look.height}, color_scheme=look.scheme, has_touch=look.touch,
        is_mobile=look.touch, locale=look.locale, timezone_id=timezone, java_script_enabled=script)
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.has_script = script
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" and
            not any(words in message.text for words in HARMLESS) else None)
    try:
        yield page
        assert not complaints, f"the console complains: {complaints}"
    finally:
        context.close()


# No form is on its way, and the page speaks the browser's own zone or one that was asked for.
STILL = """() => {
  if (document.querySelector('form[data-sent]')) return false;
  const zone = document.querySelector('main[data-zone]')?.dataset.zone;
  return !zone || zone === Intl.DateTimeFormat().resolvedOptions().timeZone || location.search.includes('timezone=');
}"""


def settle(page: Page) -> None:
    """Waits until a page stands still: one in a guessed zone is asked for again in the browser's own."""
    page.wait_for_load_state()
    if not page.has_script:
        return
    page.wait_for_function(STILL)
    page.wait_for_load_state()
    # The parts of the script are loaded after the page; they only show or hide a button.
    page.wait_for_timeout(100)


AXE = Axe().axe_script
# Only what is broken is looked for and told: the lists of what is well are long.
AXE_RUN = "() => axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"


def axe_violations(page: Page) -> list[str]:
    """Every broken rule with the first places it is broken at; needs script in the page's context."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE)
    return [
        f"{rule['id']} ({rule['impact']}): {[node['target'][0] for node in rule['nodes']][:4]}"
        for rule in page.evaluate(AXE_RUN)
    ]


@contextmanager
def in_the_dark(page: Page):
    """The same page, not loaded again, for somebody who likes it dark; at once, without a change to be seen."""
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    try:
        yield
    finally:
        # Back at once, too: what is judged next must not be on its way from the dark.
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        page.emulate_media(color_scheme="light", reduced_motion="no-preference")


def sideways_scroll(page: Page) -> int:
    """How many pixels the page can be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


SMALL_TARGETS = """(least) => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
  .filter(e => {
    if (e.type === 'hidden' || e.disabled || e.closest('[aria-hidden="true"]')) return false;
    // Links inside running text are exempt (WCAG 2.5.8), and a box inside its label has the label's size.
    if (e.matches('p a, li a, td a, dd a, pre a') && getComputedStyle(e).display === 'inline') return false;
    const label = ['checkbox', 'radio'].includes(e.type) ? e.labels[0] : e.closest('label');
    const box = (label ?? e).getBoundingClientRect();
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


# Every text that people see or hear, but for what holds somebody's own words (`bdi`) or says its language itself.
TEXTS = """() => {
  const found = [document.title];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    const other = parent.closest('script, style, svg, bdi, code, option, [hidden], body [lang]');
    if (!other) found.push(walk.currentNode.data);
  }
  for (const e of document.querySelectorAll('[aria-label], [title], [alt], [placeholder]'))
    for (const name of ['aria-label', 'title', 'alt', 'placeholder']) found.push(e.getAttribute(name) ?? '');
  return found.map(text => text.trim()).filter(text => text);
}"""


def untranslated(page: Page, data: set[str]) -> list[str]:
    """What a page in the pseudo language still says in plain letters, apart from `data`: that language accents all."""
    # That language's own name, in the menu.
    known = sorted((text for text in data | {"Pseudo"} if text), key=len, reverse=True)
    left = []
    for text in page.evaluate(TEXTS):
        rest = text
        for own in known:
            rest = rest.replace(own, " ")
        if re.search(r"[A-Za-z]{2,}", rest):
            left.append(text)
    return left


SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(e => { if (!e.hadRecentInput) sum += e.value; }))
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(sum), 250);
})"""


def layout_shift(page: Page) -> float:
    """How much the page jumped while it was loaded (CLS); 0 is still."""
    return page.evaluate(SHIFT)


def faults(page: Page, look: Look, *, axe: bool = True) -> list[str]:
    """What must not be on any page in that look, each as a sentence."""
    found = axe_violations(page) if axe else []
    if scroll := sideways_scroll(page):
        found.append(f"scrolls sideways by {scroll} px")
    if look.touch:
        found += [f"too small for a finger: {target}" for target in small_targets(page)]
    if axe and look == DESK:
        with in_the_dark(page):
            found += [f"{fault}, in the dark" for fault in axe_violations(page)]
            if scroll := sideways_scroll(page):
                found.append(f"scrolls sideways by {scroll} px in the dark")
    if look.locale == MIRRORED.locale and page.evaluate("document.documentElement.dir") != "rtl":
        found.append("is not mirrored")
    return [f"{page.url} as {look.name}: {fault}" for fault in found]


def inspect(page: Page, look: Look) -> None:
    """What must hold of every page in every look."""
    found = faults(page, look)
    assert found == [], "\n".join(found)
