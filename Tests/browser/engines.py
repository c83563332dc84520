"""Two browsers beside Chromium, Firefox and WebKit, each with the same few verbs.

    with opened("firefox") as browser:
        browser.goto("http://127.0.0.1:8080/book/intro")
        browser.press("button", r"^09:00$")
        browser.fill("Name", "Ada")
        browser.sees("Confirmed")

Both speak the W3C's WebDriver: WebKit's driver over HTTP, Firefox over the socket of its Marionette, which takes the
same commands, so that no driver of its own is needed (Debian has none). They know what people know: words and roles.
"""
import contextlib
import glob
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import requests

from ports import free_port

FIREFOX = "/usr/bin/firefox-esr"
WEBKIT = "/usr/bin/WebKitWebDriver"
# How long is waited for what must come; nothing is judged by how soon it does.
LIMIT = 120.0
# The name by which WebDriver says that a value is an element.
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
# The commands that are used here: of Marionette the names, of WebDriver method and path.
COMMANDS = {
    "NewSession": ("POST", ""), "DeleteSession": ("DELETE", ""), "Navigate": ("POST", "/url"),
    "GetCurrentURL": ("GET", "/url"), "ExecuteScript": ("POST", "/execute/sync"),
    "ElementClick": ("POST", "/element/{id}/click"), "ElementSendKeys": ("POST", "/element/{id}/value"),
    "ElementClear": ("POST", "/element/{id}/clear"), "SwitchToFrame": ("POST", "/frame"),
    "GetWindowHandles": ("GET", "/window/handles"), "GetWindowHandle": ("GET", "/window"),
    "SwitchToWindow": ("POST", "/window"),
    "DeleteAllCookies": ("DELETE", "/cookie"),
}
# A fresh profile asks nobody anything, and speaks the language of the tests.
PREFERENCES = {
    "intl.accept_languages": "en-GB", "app.update.enabled": False, "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False, "toolkit.telemetry.enabled": False,
    "browser.startup.homepage": "about:blank", "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False, "extensions.update.enabled": False,
    "services.settings.server": "data:,", "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False, "browser.aboutwelcome.enabled": False,
}

# The visible elements of a role whose name fits; names as in ARIA, as far as our pages use it.
FOUND = r"""
const [role, words] = arguments, pattern = new RegExp(words);
const roles = {
  button: 'button, summary', link: 'a[href]', textbox: 'input:not([type=hidden]), textarea, select',
  heading: 'h1', radio: '[role=radiogroup] label, fieldset label', text: 'body *',
};
const tidy = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
const seen = (e) => { const box = e.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && getComputedStyle(e).visibility !== 'hidden'
    && !e.closest('[aria-hidden="true"]'); };
const name = (e) => tidy(e.getAttribute('aria-label') || (e.labels?.[0] ? e.labels[0].textContent : e.textContent));
const all = [...document.querySelectorAll(roles[role])].filter((e) => seen(e) && pattern.test(name(e)));
return role === 'text' ? all.filter((e) => !all.some((other) => other !== e && e.contains(other))) : all;
"""


class Refused(Exception):
    """What the browser answered to a command: the kind of error, and its words."""


class Marionette:
    """Firefox's own socket: a length, a colon, and JSON."""

    def __init__(self, folder: pathlib.Path, environment: dict[str, str]):
        profile = folder / "profile"
        profile.mkdir()
        port, preferences = free_port(), PREFERENCES.copy()
        preferences["marionette.port"] = port
        (profile / "user.js").write_text("".join(
            f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items()))
        self.processes = [started([FIREFOX, "--headless", "--marionette", "--no-remote", "--width", "1280",
                                   "--height", "900", "--profile", str(profile)], folder, environment)]
        self.socket = eventually(lambda: socket.create_connection(("127.0.0.1", port), 5), OSError)
        self.socket.settimeout(LIMIT)
        self.number = 0
        self._read()

    def ask(self, name: str, values: dict):
        self.number += 1
        message = json.dumps([0, self.number, f"WebDriver:{name}", values]).encode()
        self.socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self._read()
        if error:
            raise Refused(error["error"], error["message"])
        return result.get("value", result) if isinstance(result, dict) else result

    def _read(self):
        size = b""
        while not size.endswith(b":"):
            size += self._bytes(1)
        return json.loads(self._bytes(int(size[:-1])))

    def _bytes(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            more = self.socket.recv(count - len(found))
            assert more, "Firefox hung up"
            found += more
        return found

    def close(self) -> None:
        self.socket.close()


class WebKitDriver:
    """WebKitGTK's driver with its small browser, on a screen that nobody sees."""

    def __init__(self, folder: pathlib.Path, environment: dict[str, str]):
        screen, told = os.pipe()
        self.processes = [started(["/usr/bin/Xvfb", "-displayfd", str(told), "-screen", "0", "1280x900x24",
                                   "-nolisten", "tcp"], folder, environment, pass_fds=[told])]
        os.close(told)
        with os.fdopen(screen) as line:
            display = f":{line.readline().strip()}"
        port = free_port()
        self.processes.append(started([WEBKIT, f"--port={port}"], folder, environment | {
            "DISPLAY": display, "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1", "LIBGL_ALWAYS_SOFTWARE": "1",
            "XDG_RUNTIME_DIR": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}))
        self.base = f"http://127.0.0.1:{port}/session"
        eventually(lambda: requests.get(f"http://127.0.0.1:{port}/status", timeout=5), requests.RequestException)

    def ask(self, name: str, values: dict):
        method, path = COMMANDS[name]
        if name == "NewSession":
            [browser] = glob.glob("/usr/lib/*/webkit2gtk-4.1/MiniBrowser")
            values = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": {
                "binary": browser, "args": ["--automation"]}}}}
        body = json.dumps({key: value for key, value in values.items() if "{%s}" % key not in path})
        answer = requests.request(method, self.base + path.format(**values), timeout=LIMIT,
                                  data=body if method == "POST" else None).json()["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise Refused(answer["error"], answer["message"])
        if name == "NewSession":
            self.base += f"/{answer['sessionId']}"
        return answer

    def close(self) -> None:
        """Nothing: its processes are ended by whoever opened it."""


class Engine:
    """One window of a browser, in front of whoever tests."""

    def __init__(self, driver: Marionette | WebKitDriver):
        self.driver = driver
        self.driver.ask("NewSession", {})

    # Going somewhere

    def goto(self, address: str) -> None:
        self.driver.ask("Navigate", {"url": address})

    @property
    def url(self) -> str:
        return self.driver.ask("GetCurrentURL", {})

    def arrives(self, pattern: str) -> str:
        """Waits until the address fits."""
        until(lambda: re.search(pattern, self.url), f"the address is not like {pattern}: {self.url}")
        return self.url

    def forget(self) -> None:
        """As a browser that was never here; in the first window, at no page."""
        self.driver.ask("SwitchToWindow", {"handle": self.windows()[0]})
        self.driver.ask("SwitchToFrame", {"id": None})
        self.driver.ask("DeleteAllCookies", {})

    def windows(self) -> list[str]:
        return self.driver.ask("GetWindowHandles", {})

    def beside(self, known: list[str]) -> None:
        """Goes to the tab that was opened since."""
        until(lambda: len(self.windows()) > len(known), "no other tab was opened")
        [fresh] = set(self.windows()) - set(known)
        self.driver.ask("SwitchToWindow", {"handle": fresh})

    def back_to(self, window: str) -> None:
        self.driver.ask("SwitchToWindow", {"handle": window})

    # Frames

    def inside(self, script: str) -> None:
        """Goes on in the frame that the script gives."""
        frame = until(lambda: self.run(script), "there is no frame")
        self.driver.ask("SwitchToFrame", {"id": frame})

    def outside(self) -> None:
        self.driver.ask("SwitchToFrame", {"id": None})

    # Looking and doing

    def run(self, script: str, *values):
        """What the script returns; while a page changes for another one there is none."""
        try:
            return self.driver.ask("ExecuteScript", {"script": script, "args": list(values)})
        except Refused as refused:
            if refused.args[0] in ("javascript error", "no such frame", "invalid argument"):
                raise
            return None

    def found(self, role: str, words: str) -> list[dict]:
        return self.run(FOUND, role, words) or []

    def press(self, role: str, words: str, number: int = 0) -> None:
        """Presses what has this role and name, as a finger would: scrolled to, and not through anything above it."""
        until(lambda: self._press(role, words, number), f"no {role} “{words}” could be pressed at {self.url}")

    def _press(self, role: str, words: str, number: int) -> bool:
        found = self.found(role, words)
        if len(found) <= number:
            return False
        # WebKit's driver presses only what is in sight already.
        self.run("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", found[number])
        try:
            self.driver.ask("ElementClick", {"id": found[number][ELEMENT]})
        except Refused as refused:
            # The page changed between looking and pressing.
            if refused.args[0] in ("stale element reference", "no such element", "element not interactable"):
                return False
            raise
        return True

    def fill(self, label: str, text: str) -> None:
        [field] = until(lambda: self.found("textbox", label), f"no field “{label}” at {self.url}")
        self.driver.ask("ElementClear", {"id": field[ELEMENT]})
        self.driver.ask("ElementSendKeys", {"id": field[ELEMENT], "text": text})

    def sees(self, words: str, role: str = "text") -> None:
        """Waits until this is there to be read."""
        until(lambda: self.found(role, words), f"no {role} “{words}” at {self.url}")

    def waits_for(self, script: str, *values):
        return until(lambda: self.run(script, *values), f"never true: {script}")


def until(holds, what: str):
    """What `holds` gives once that is something."""
    deadline = time.monotonic() + LIMIT
    while not (given := holds()):
        assert time.monotonic() < deadline, what
        time.sleep(0.1)
    return given


def eventually(make, error):
    """What `make` gives once it can."""
    deadline = time.monotonic() + LIMIT
    while True:
        try:
            return make()
        except error:
            assert time.monotonic() < deadline, "the browser did not start"
            time.sleep(0.1)


def started(command: list[str], folder: pathlib.Path, environment: dict[str, str], **more) -> subprocess.Popen:
    """A process of a group of its own, so that what it starts ends with it."""
    with (folder / f"{pathlib.Path(command[0]).name}.log").open("wb") as log:
        return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log,
                                stderr=subprocess.STDOUT, start_new_session=True, **more)


@contextlib.contextmanager
def opened(name: str, *, timezone: str = "Europe/Berlin"):
    """A fresh browser: "firefox" or "webkit"."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="workestra-browser-"))
    # As for somebody who has never opened it.
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TZ": timezone, "LANG": "en_GB.UTF-8"}
    driver = (Marionette if name == "firefox" else WebKitDriver)(folder, environment)
    try:
        engine = Engine(driver)
        yield engine
        with contextlib.suppress(Refused, OSError, AssertionError):
            driver.ask("DeleteSession", {})
    finally:
        driver.close()
        for process in reversed(driver.processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        shutil.rmtree(folder, ignore_errors=True)
