"""The packages: what is committed is what the sources make, every message is read as the fixture says, and React shows
the page. `bin/packages` compiles under the strictest rules, so a mistake of types fails here."""
import gzip
import hashlib
import json
import os
import pathlib
import re
import subprocess

import pytest
from playwright.sync_api import expect

import eyes
from frames import framed, heard, website  # noqa: F401  (two of them are fixtures)
from harness import ROOT

MADE = ROOT / "Public" / "packages"
TOOLS = ROOT / ".build" / "tools"
MESSAGES = ROOT / "packages" / "messages.json"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory) -> pathlib.Path:
    """What the sources make now."""
    folder = tmp_path_factory.mktemp("packages")
    run = subprocess.run([ROOT / "bin/packages", "--to", folder], capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


def unpacked(archive: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    subprocess.run(["tar", "-xzf", archive, "-C", folder], check=True)
    return folder / "package"


def test_what_is_committed_is_what_the_sources_make(fresh):
    names = sorted(file.name for file in fresh.iterdir())
    older = set(released()) - set(names)
    assert sorted({*names, *older}) == sorted(file.name for file in MADE.iterdir()) and len(names) == 6
    for name in names:
        old, new = (MADE / name).read_bytes(), (fresh / name).read_bytes()
        # Another zlib may pack the same bytes otherwise.
        if name.endswith(".tgz"):
            old, new = gzip.decompress(old), gzip.decompress(new)
        assert old == new, f"{name} is older than its sources: run bin/packages"


def released() -> dict[str, str]:
    lines = (ROOT / "packages/released.txt").read_text().splitlines()
    return {name: digest for digest, name in (line.split() for line in lines if not line.startswith("#"))}


def test_what_sites_have_installed_stays_as_it_is():
    """Lock files name the bytes: another file under the same name fails at every site at once."""
    found = released()
    assert found
    for name, digest in found.items():
        assert hashlib.sha256((MADE / name).read_bytes()).hexdigest() == digest, f"{name}: raise the version"
    served = (ROOT / "Sources/CPublic/public.c").read_text()
    assert all(f'"packages/{name}"' in served for name in found)


def test_every_package_has_its_types_its_words_and_an_example(tmp_path):
    for archive in sorted(MADE.glob("*.tgz")):
        folder = tmp_path / archive.stem
        folder.mkdir()
        package = unpacked(archive, folder)
        told = json.loads((package / "package.json").read_text())
        assert archive.name == f"workestra-{told['name'].split('/')[1]}-{told['version']}.tgz"
        assert sum(file.stat().st_size for file in package.glob("*.d.ts")) > 200
        assert "```" in (package / "README.md").read_text()
        # Nothing but what stands in its own list is asked for.
        asked = {name for file in package.glob("*.js")
                 for name in re.findall(r'from "((?:@[^/"]+/)?[^"./][^"/]*)', file.read_text())}
        assert asked <= set(told.get("peerDependencies", {})), archive.name
        assert {told["main"], told["types"]} == {"index.js", "index.d.ts"}
        for kind in ("types", "default"):
            assert all((package / one[kind]).exists() for one in told["exports"].values())


def test_a_mistake_of_types_is_found(tmp_path):
    """The negative control of the strict rules, and of the lines that expect a mistake."""
    for wrong in ('import { pageAddress } from "@workestra/core";\n'
                  'export const a: number = pageAddress({ server: "", page: "" });\n',
                  "// @ts-expect-error Nothing is wrong here.\nexport const a: number = 1;\n"):
        (tmp_path / "wrong.ts").write_text(wrong)
        config = json.loads((ROOT / "packages/tsconfig.json").read_text())
        config["compilerOptions"]["baseUrl"] = str(ROOT / "packages")
        (tmp_path / "tsconfig.json").write_text(json.dumps(config | {"include": [], "files": ["wrong.ts"]}))
        run = subprocess.run(["node", TOOLS / "usr/share/nodejs/typescript/bin/tsc", "-p", tmp_path, "--noEmit"],
                             capture_output=True, text=True, timeout=120)
        assert run.returncode != 0 and "wrong.ts" in run.stdout


def test_the_core_reads_every_message_as_the_fixture_says(tmp_path):
    package = unpacked(MADE / "workestra-core-1.0.0.tgz", tmp_path)
    script = tmp_path / "replay.mjs"
    script.write_text(f"""
        import {{ readFileSync }} from "node:fs";
        import {{ clampHeight, isInside, pageAddress, parseMessage }} from "{package}/index.js";
        const {{ told }} = JSON.parse(readFileSync("{MESSAGES}", "utf8"));
        const found = told.map(({{ message }}) => [message, JSON.stringify(message)].map(parseMessage));
        const whole = told[3].message;
        const extra = parseMessage({{ ...whole, more: 1, data: {{ ...whole.data, email: "a@b.c" }} }});
        const long = parseMessage(JSON.stringify({{ ...told[7].message, filler: "x".repeat(5000) }}));
        const pages = ["book/intro", "book/ada+bob", "single-use/x", "../x", "/book/intro", "calendar", "book/a/b", ""]
          .map((page) => {{ try {{
            const prefill = {{ "a[qst_1]": "x&y", embed: "0" }};
            return pageAddress({{ server: "https://m.example/", page, origin: "https://a.example", prefill }});
          }} catch {{ return null; }} }});
        const inside = ["book/intro", "book/reschedule/x", "book/cancel/x", "booking/x", "form/x/sent/y", "calendar"]
          .map((path) => isInside("https://m.example/" + path, "https://m.example"));
        delete globalThis.URL;
        const elsewhere = ["https://m.example.evil/book/x", "https://m.example/book/../calendar",
          "https://m.example\\\\@evil.example/book/x", "https://m.example@evil.example/book/x",
          "http://m.example/book/x", "javascript:1", "x"]
          .map((address) => isInside(address, "https://m.example"));
        const servers = ["javascript:alert(1)//", "", "m.example", "https://a@m.example", "https://m.example/sub/"]
          .map((server) => {{ try {{ return pageAddress({{ server, page: "book/x" }}); }} catch {{ return null; }} }});
        const heights = [[5, 10, 20], [15.2, 10, 20], [99, 10, 20], [9, 10, 1]].map((one) => clampHeight(...one));
        console.log(JSON.stringify({{ found, extra, long, pages, inside, elsewhere, heights, servers }}));
        """)
    run = subprocess.run(["node", script], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    for wanted, read in zip(json.loads(MESSAGES.read_text())["told"], told["found"], strict=True):
        message = wanted["message"]
        expected = {name: message[name] for name in ("type", "link", "data")} if wanted["read"] else None
        assert read == [expected, expected], message
    assert "email" not in told["extra"]["data"] and "more" not in told["extra"] and told["long"] is None
    assert [page is not None for page in told["pages"]] == [True] * 3 + [False] * 5
    assert told["pages"][0] == ("https://m.example/book/intro?a%5Bqst_1%5D=x%26y&embed=1"
                                "&origin=https%3A%2F%2Fa.example")
    assert told["inside"] == [True, False, False, False, True, False] and not any(told["elsewhere"])
    assert told["heights"] == [10, 16, 20, 10]
    assert told["servers"] == [None] * 4 + ["https://m.example/sub/book/x?embed=1"]


def test_the_packages_can_be_imported_on_a_server(tmp_path):
    """Where there is no document: frameworks read the modules before any browser does, and React draws there, too."""
    debian("node-react", "node-react-dom")
    modules = tmp_path / "node_modules"
    for name in ("core", "embed", "react", "angular"):
        (modules / "@workestra" / name).mkdir(parents=True)
        archive = MADE / f"workestra-{name}-1.0.0.tgz"
        subprocess.run(["tar", "-xzf", archive, "-C", modules / "@workestra" / name, "--strip-components=1"],
                       check=True)
    for name in ("react", "react-dom"):
        (modules / name).symlink_to(TOOLS / "usr/share/nodejs" / name)
    # As much of Angular as is asked for while the module is read.
    (modules / "@angular/core").mkdir(parents=True)
    (modules / "@angular/core/index.mjs").write_text(
        "export class ElementRef {} export class EventEmitter {} export const ɵɵFactoryTarget = { Component: 0 };"
        "export const ɵɵngDeclareFactory = (told) => told; export const ɵɵngDeclareComponent = (told) => told;")
    (modules / "@angular/core/package.json").write_text('{"exports": "./index.mjs"}')
    script = tmp_path / "server.mjs"
    script.write_text("""
        import { tagName } from "@workestra/embed";
        import { WorkestraCalendar } from "@workestra/angular";
        import { WorkestraBooking } from "@workestra/react";
        import React from "react";
        import server from "react-dom/server";
        const inputs = Object.keys(WorkestraCalendar.ɵcmp.inputs).filter((name) => name.endsWith("l"));
        console.log(JSON.stringify([tagName, inputs, server.renderToString(
          React.createElement(WorkestraBooking, { server: "https://m.example/", page: "book/intro" }))]));""")
    run = subprocess.run(["node", script], capture_output=True, text=True, timeout=60,
                         env=os.environ | {"NODE_PATH": str(TOOLS / "usr/share/nodejs")})
    assert run.returncode == 0, run.stderr
    name, inputs, html = json.loads(run.stdout)
    assert name == "workestra-booking" and inputs == ["prefill", "label", "closeLabel"]
    # The link inside is left out by Debian's React, which takes elements inside such a tag for properties.
    assert html.startswith('<workestra-booking server="https://m.example/" page="book/intro">')
    # A page that is made on the server leaves this part to the browser.
    react = (modules / "@workestra/react/index.js").read_text()
    assert re.sub(r"/\*.*?\*/\s*", "", react, flags=re.DOTALL).startswith('"use client";')


def debian(*names: str) -> None:
    """Debian's packages of modules, unpacked and not installed; see bin/packages."""
    TOOLS.mkdir(parents=True, exist_ok=True)
    for name in names:
        if not (TOOLS / "usr/share/nodejs" / name.removeprefix("node-")).exists():
            for command in (["download", name], ["update"], ["download", name]):
                done = subprocess.run(["apt-get", *command, "-q"], cwd=TOOLS, capture_output=True, text=True)
                if done.returncode == 0 and command[0] == "download":
                    break
            assert done.returncode == 0, done.stderr
            for archive in TOOLS.glob(f"{name}_*.deb"):
                subprocess.run(["dpkg", "-x", archive, TOOLS], check=True)


def react_page(server, framed, website, tmp_path, first="show('light');"):  # noqa: F811
    """A website with the component; what it hears is in `told`."""
    debian("node-react", "node-react-dom")
    modules = TOOLS / "usr/share/nodejs"
    script = "text/javascript"
    website.put("/react.js", (modules / "react/umd/react.development.js").read_bytes(), kind=script)
    website.put("/react-dom.js", (modules / "react-dom/umd/react-dom.development.js").read_bytes(), kind=script)
    website.put("/react.mjs", "const { createElement, useEffect, useRef } = React;"
                              "export { createElement, useEffect, useRef };", kind=script)
    for name in ("core", "embed", "react"):
        folder = tmp_path / name
        folder.mkdir()
        package = unpacked(MADE / f"workestra-{name}-1.0.0.tgz", folder)
        for file in package.glob("*.js"):
            website.put(f"/{name}/{file.name}", file.read_bytes(), kind=script)
    website.put("/", f"""<!doctype html><html lang="en"><title>Shop</title><body>
        <main id="root"></main><div id="none"></div>
        <script src="/react.js"></script><script src="/react-dom.js"></script>
        <script type="importmap">{{"imports": {{"react": "/react.mjs", "@workestra/core": "/core/index.js",
            "@workestra/embed/element": "/embed/element.js"}}}}</script>
        <script type="module">
        import {{ WorkestraBooking }} from "/react/index.js";
        window.told = [];
        const note = (name) => (detail) => told.push([name, detail]);
        const show = (theme) => root.render(React.createElement(React.StrictMode, null,
          React.createElement(WorkestraBooking, {{
            server: "{server.url}", page: "book/{framed}", theme, prefill: {{ name: "Grace" }},
            onReady: note("ready"), onSlotSelected: note("slot_selected"), onError: note("error"),
          }})));
        const root = ReactDOM.createRoot(document.getElementById("root"));
        window.show = show;
        // Nothing there: said in the moment in which the element is made.
        window.showNone = () => ReactDOM.createRoot(document.getElementById("none")).render(
          React.createElement(WorkestraBooking, {{
            server: "{server.url}", page: "nothing", onError: note("none"), closeLabel: "Schließen",
          }}));
        {first}
        </script></body></html>""")


def test_react_shows_the_page_and_hears_its_events(shared_server, framed, website, browser, tmp_path):  # noqa: F811
    react_page(shared_server, framed, website, tmp_path)
    with eyes.page_of(browser) as page:
        page.goto(website.allowed + "/")
        heard(page, "ready")
        frame = page.locator("workestra-booking iframe").content_frame
        frame.get_by_role("button", name=re.compile(r"^\d\d:\d\d$")).nth(7).click()
        assert set(heard(page, "slot_selected")) == {"start", "end", "link"}
        expect(frame.get_by_role("textbox", name="Name")).to_have_value("Grace")
        # Another colour is told to the page that is there: nobody loses what they typed.
        frame.get_by_role("textbox", name="E-mail").fill("kept@example.com")
        page.evaluate("show('dark')")
        expect(frame.locator(":root")).to_have_attribute("data-theme", "dark")
        expect(frame.get_by_role("textbox", name="E-mail")).to_have_value("kept@example.com")
        assert page.evaluate("told.length") == 2


def test_react_hears_the_first_word_too(shared_server, framed, website, browser, tmp_path):  # noqa: F811
    """The element is made known only after somebody listens."""
    react_page(shared_server, framed, website, tmp_path, first="")
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(website.allowed + "/")
        page.wait_for_function("typeof showNone === 'function'")
        assert page.evaluate("customElements.get('workestra-booking') === undefined")
        page.evaluate("showNone()")
        assert heard(page, "none") == {"code": "not_found", "link": ""}
        assert page.locator("#none workestra-booking").get_attribute("close-label") == "Schließen"
