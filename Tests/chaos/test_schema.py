"""The OpenAPI document against the server: made-up requests to every call, and nothing undocumented comes back.

`WORKESTRA_SCHEMA_REQUESTS` is about how many are made: 2,000, or more for a long look (`bin/chaos -k schema`).
"""
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

import lib

REQUESTS = int(os.environ.get("WORKESTRA_SCHEMA_REQUESTS", "2000"))
SEED = os.environ.get("WORKESTRA_SCHEMA_SEED", "20261126")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
HERE = pathlib.Path(__file__).parent
TOOL = pathlib.Path(sys.executable).parent / "schemathesis"


def known_values(running, key: str) -> dict[str, list[str]]:
    """Real values for the names in paths, so that requests come past the first look-up."""
    links = running.api("GET", "/api/v1/links?limit=20", key=key).json()["data"]
    bookings = running.api("GET", "/api/v1/bookings?limit=20", key=key).json()["data"]
    slugs = [row["slug"] for row in links]
    # Some links ask a question that must be answered.
    replies = [running.api("POST", f"/api/v1/public/links/{slug}/bookings", lib.wish(start))
               for slug in slugs for start in lib.free_starts(running, slug)[:3]]
    tokens = [reply.json()["token"] for reply in replies if reply.status_code == 201]
    assert tokens, replies[0].text
    return {"links": [row["id"] for row in links], "bookings": [row["id"] for row in bookings], "slug": slugs,
            "token": tokens}


def run(running, key: str, known: dict, folder: pathlib.Path) -> tuple[str, int]:
    document = running.api("GET", "/api/v1/openapi.json").json()
    calls = sum(len(methods) for methods in document["paths"].values())
    (folder / "known.json").write_text(json.dumps(known))
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "schema_hooks", "PYTHONPATH": str(HERE),
                                "SCHEMA_KNOWN": str(folder / "known.json"), "SCHEMA_COUNT": str(folder / "count")}
    done = subprocess.run(
        [TOOL, "run", f"{running.local}/api/v1/openapi.json", "--header", f"Authorization: Bearer {key}",
         "--phases", "fuzzing", "--mode", "all", "--max-examples", str(max(10, REQUESTS // calls)), "--seed", SEED,
         "--checks", CHECKS, "--continue-on-failure", "--workers", "2", "--no-color", "--request-timeout", "20",
         "--suppress-health-check", "all"],
        env=environment, cwd=folder, capture_output=True, text=True, timeout=1500)
    return done.stdout + done.stderr, int((folder / "count").read_text())


@pytest.mark.parametrize("engine", ["sqlite"])
def test_nothing_undocumented(engine, tmp_path):
    with lib.server(engine, settings={"WORKESTRA_RATE_FACTOR": "1000000"}) as running:
        key = running.demo()["users"][0]["apiKey"]
        report, requests = run(running, key, known_values(running, key), tmp_path)
        log = running.process.log.read_text(errors="replace")
    print(f"schema: {requests} requests, seed {SEED}")
    failures = re.findall(r"^- (?:ST\d+ )?.*$", report, re.M)
    assert "Failures:" not in report and "Errors:" not in report, "\n".join(failures) + report[-12000:]
    assert requests >= REQUESTS * 0.5, report[-3000:]
    assert not re.search(r"status=5\d\d", log)
