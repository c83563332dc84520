#!/usr/bin/env python3
"""Proves bin/run in a clean clone: starts, books one slot over HTTP, starts again, stops. Standard library only.

usage: clean_clone.py FOLDER
"""
import datetime
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Tests/browser"))

from ports import free_port  # noqa: E402

BUILD_LIMIT = 1500  # seconds: a cold release build on two slow cores
START_LIMIT = 20
STOP_LIMIT = 20


def clean_environment() -> dict[str, str]:
    ours = ("WORKESTRA_", "DATABASE_URL", "SMTP_URL", "VIRTUAL_ENV", "PYTHONPATH")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


class Run:
    """One `bin/run` in the clone, its output kept in a file."""

    def __init__(self, folder: pathlib.Path, port: int):
        self.base = f"http://127.0.0.1:{port}"
        self.log = folder / "run.log"
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            ["bin/run", "--port", str(port)], cwd=folder, env=clean_environment(),
            stdin=subprocess.DEVNULL, stdout=self.log.open("wb"), stderr=subprocess.STDOUT)

    def wait_until_ready(self, limit: float) -> float:
        while time.monotonic() - self.began < limit:
            if self.process.poll() is not None:
                raise SystemExit(f"bin/run ended with {self.process.returncode}:\n{self.tail()}")
            try:
                with urllib.request.urlopen(self.base + "/readyz", timeout=5) as answer:
                    if answer.status == 200:
                        return time.monotonic() - self.began
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        raise SystemExit(f"bin/run was not ready within {limit:.0f} s:\n{self.tail()}")

    def resident_megabytes(self) -> float:
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def stop(self) -> int:
        """SIGTERM to the very process we started: it must have become the server."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise SystemExit(f"the server did not stop within {STOP_LIMIT} s:\n{self.tail()}") from None

    def tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-40:])


def call(method: str, url: str, body: dict | None = None) -> tuple[int, dict]:
    request = urllib.request.Request(url, method=method, headers={"Accept": "application/json"})
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.loads(refusal.read() or b"{}")


def demo(folder: pathlib.Path) -> dict:
    """Fills the demo workspace beside the running server, as the documentation allows."""
    environment = clean_environment() | {"WORKESTRA_ENV": "development"}
    result = subprocess.run([folder / ".build/release/workestra", "demo", "--json"], cwd=folder, env=environment,
                            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    if result.returncode != 0:
        raise SystemExit(f"workestra demo --json failed: {result.stderr}")
    return json.loads(result.stdout)


def book_first_slot(base: str, slug: str) -> dict:
    """Takes the first free slot of the next weeks, checks the answer, and that the slot is then gone."""
    today = datetime.date.today()
    link = f"{base}/api/v1/public/links/{slug}"
    listing = f"{link}/slots?from={today}&to={today + datetime.timedelta(days=30)}&timezone=Europe/Berlin"
    status, slots = call("GET", listing)
    assert status == 200 and slots["slots"], f"no slots: {status} {slots}"
    start = next(iter(slots["slots"].values()))[0]["start"]
    body = {"start": start, "timezone": "Europe/Berlin", "answers": {},
            "attendee": {"name": "Clean Clone", "email": "clone@example.com"}}
    _, public = call("GET", link)
    body["answers"] = {question["id"]: "An answer" for question in public.get("questions", [])
                       if question.get("required")}
    status, booking = call("POST", f"{link}/bookings", body)
    assert status == 201 and booking["status"] == "confirmed", f"not booked: {status} {booking}"
    status, again = call("POST", f"{link}/bookings", body)
    assert status == 409 and again["code"] == "slot_taken", f"booked twice: {status} {again}"
    _, after = call("GET", listing)
    left = [slot["start"] for day in after["slots"].values() for slot in day]
    assert start not in left, "the booked slot is still listed"
    return booking


def main() -> None:
    folder = pathlib.Path(sys.argv[1]).resolve()
    run = Run(folder, free_port())
    try:
        print(f"  built and ready after {run.wait_until_ready(BUILD_LIMIT):.0f} s", flush=True)
        slug = demo(folder)["links"][0]["slug"]
        booking = book_first_slot(run.base, slug)
        print(f"  booked {booking['start']} as {booking['id']}", flush=True)
        code = run.stop()
        assert code == 0, f"stopped with exit code {code}:\n{run.tail()}"
        run = Run(folder, free_port())
        ready = run.wait_until_ready(START_LIMIT)
        time.sleep(10)
        print(f"  second bin/run ready after {ready * 1000:.0f} ms, {run.resident_megabytes():.0f} MB", flush=True)
        status, _ = call("GET", f"{run.base}/api/v1/public/bookings/{booking['token']}")
        assert status == 200, f"the booking is gone after the restart: {status}"
        assert run.stop() == 0
    finally:
        if run.process.poll() is None:
            run.process.kill()


if __name__ == "__main__":
    main()
