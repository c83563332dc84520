"""What docs/security-tests.md says is tried is tried; and two promises that can be read in the sources alone."""
import json
import re

import harness

DOCUMENT = harness.ROOT / "docs" / "security-tests.md"


def missing(text: str) -> list[str]:
    """Tests the table names that do not exist: `path` "name", further names in quotes belong to the same path."""
    gone, path = [], None
    for line in text.splitlines():
        if not line.startswith("| S-"):
            continue
        last = line.rstrip("| ").rsplit(" | ", 1)[-1]
        parts = re.findall(r'`([^`]+)`|"([^"]+)"', last)
        assert parts and parts[0][0], line
        for file, name in parts:
            if file:
                path = harness.ROOT / file
                if not path.is_file():
                    gone.append(file)
            elif path.is_file() and not holds(path, name):
                gone.append(f"{path.name}: {name}")
    return gone


def holds(path, name: str) -> bool:
    text = path.read_text()
    return f"def {name}(" in text if path.suffix == ".py" else bool(
        re.search(r'(?:@Test\(\s*|name:\s*)"[^"\n]*' + re.escape(name), text))


def test_every_test_of_the_table_exists():
    text = DOCUMENT.read_text()
    assert missing(text) == []
    rows = re.findall(r"^\| (S-\d+) ", text, re.M)
    assert len(rows) > 30 and len(set(rows)) == len(rows) and rows == sorted(rows)


def test_a_test_that_is_gone_is_noticed():
    row = '| S-99 an attack | refused | `Tests/chaos/test_security_table.py` "test_there_never_was_one" |'
    assert missing(row) == ["test_security_table.py: test_there_never_was_one"]
    assert missing('| S-99 an attack | refused | `Tests/chaos/gone.py` "x" |') == ["Tests/chaos/gone.py"]


# S-51

def loose(manifest: str, resolved: dict, licences: str) -> list[str]:
    """Dependencies that are not fixed to one version, come from an unknown place, or are not named."""
    trouble = ["a binary target"] if ".binaryTarget" in manifest else []
    trouble += [f"unsafe flags: {flags}" for flags in re.findall(r"unsafeFlags\(([^)]*)\)", manifest)]
    for address in re.findall(r'\.package\(url: "([^"]+)"', manifest):
        if not re.match(r"https://github\.com/(apple|swift-server|hummingbird-project|groue|vapor)/", address):
            trouble.append(f"a publisher nobody looked at: {address}")
    for pin in resolved["pins"]:
        name, state = pin["identity"], pin["state"]
        if not state.get("version") or not re.fullmatch(r"[0-9a-f]{40}", state.get("revision", "")):
            trouble.append(f"not pinned: {name}")
        if name not in licences.lower():
            trouble.append(f"not named: {name}")
    return trouble


def test_every_dependency_is_pinned_and_named():
    root = harness.ROOT
    manifest, licences = (root / "Package.swift").read_text(), (root / "docs" / "licences.md").read_text()
    resolved = json.loads((root / "Package.resolved").read_text())
    assert len(resolved["pins"]) > 10 and loose(manifest, resolved, licences) == []
    stranger = {"pins": [{"identity": "left-pad", "state": {"branch": "main", "revision": "0" * 40}}]}
    found = loose('.package(url: "https://evil.example/left-pad", branch: "main"), .binaryTarget(name: "x")', stranger,
    "")
    assert len(found) == 4, found


# S-54

CHILD = re.compile(r"\bProcess\(\)|\bposix_spawn|\bsystem\(|\bpopen\(|\bexecve?\(|\bfork\(|\bdlopen\(")


def test_the_program_starts_no_other():
    sources = sorted((harness.ROOT / "Sources").rglob("*.swift"))
    assert len(sources) > 100
    assert [file.name for file in sources if CHILD.search(file.read_text())] == []
    assert CHILD.search("let child = Process()\n") and CHILD.search('system("rm")')
