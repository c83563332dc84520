"""Starts real servers for the journeys and the chaos tests: fresh data, a free port, a clock to turn, a mail sink.

    with Server("sqlite") as server:
        demo = server.demo()
        server.api("GET", f"/api/v1/public/links/{demo['links'][0]['slug']}")
        server.clock.advance(days=2)
        server.rows("SELECT kind, starts FROM ledger ORDER BY starts")
        server.mail.wait_for(2)

Everything a test makes lies in one temporary folder and goes away with the server.

`Server(engine, like="furnished")` begins with the demo workspace: it is made once in a run, and copied ever after.
"""
import atexit
import datetime
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import uuid

import psycopg
import requests
from psycopg.rows import dict_row

from mailbox_sink import MailSink
from ports import free_port
from proxy import Proxy

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("WORKESTRA_BIN", ROOT / ".build/debug/workestra"))
POSTGRES = os.environ.get("WORKESTRA_TEST_POSTGRES")
ENGINES = ["sqlite"] + (["postgres"] if POSTGRES else [])
# What makes a connection past the program see through the row-level policies.
EVERY_WORKSPACE = "-c workestra.workspace=*"
START_LIMIT = 20.0
STOP_LIMIT = 20.0
# Every server starts on this Monday: far from any change of the clocks, and twenty minutes before the next start of a
# slot, so that the same times are free on every run, whenever and however long it runs.
MORNING = datetime.datetime(2027, 5, 3, 7, 10, tzinfo=datetime.UTC)


class Clock:
    """The server's clock, shifted by a file that it reads again every tenth of a second (WORKESTRA_CLOCK_FILE)."""

    def __init__(self, path: pathlib.Path, *, real: bool = False):
        self.path = path
        self.shift = 0 if real else int(MORNING.timestamp() - time.time())
        self._write()

    def _write(self) -> None:
        fresh = self.path.with_suffix(".new")
        fresh.write_text(str(self.shift))
        fresh.replace(self.path)

    def advance(self, *, seconds: int = 0, minutes: int = 0, hours: int = 0, days: int = 0) -> None:
        """Moves time on and waits until every server process has read it."""
        self.shift += seconds + 60 * minutes + 3600 * hours + 86400 * days
        self._write()
        time.sleep(0.15)

    def now(self) -> float:
        return time.time() + self.shift


class Store:
    """A database of its own for one test, and plain look-ups in it, past the program."""

    def __init__(self, engine: str, folder: pathlib.Path, *, like: "Store | None" = None):
        """`like`: a store whose program has stopped, to begin with a copy of it."""
        self.engine = engine
        self.path = folder / "workestra.sqlite"
        self.name = f"journey_{uuid.uuid4().hex[:12]}"
        if engine == "postgres":
            if like:
                like.close()
            self._administer(f"CREATE DATABASE {self.name}" + (f" TEMPLATE {like.name}" if like else ""))
            self.url = re.sub(r"/[^/]*$", f"/{self.name}", POSTGRES or "")
        else:
            self.url = f"sqlite:{self.path}"
        self._reader: psycopg.Connection | None = None
        self._reader_of = self.url

    @staticmethod
    def _administer(statement: str) -> None:
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(statement)

    def rows(self, sql: str, *values) -> list[dict]:
        """`?` for each value, on both engines."""
        if self.engine == "postgres":
            asked = sql.replace("%", "%%").replace("?", "%s")
            try:
                return self.reader().execute(asked, values).fetchall()
            except psycopg.OperationalError:  # its server died since; a new connection says whether there is one
                self.close()
                return self.reader().execute(asked, values).fetchall()
        connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10)
        try:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, values).fetchall()]
        finally:
            connection.close()

    def reader(self) -> psycopg.Connection:
        """PostgreSQL only: one connection for all look-ups, since to open one takes longer than most of them."""
        if self._reader is None or self._reader.closed or self._reader_of != self.url:
            self.close()
            self._reader_of = self.url
            self._reader = psycopg.connect(self.url, autocommit=True, row_factory=dict_row, options=EVERY_WORKSPACE)
        return self._reader

    def close(self) -> None:
        if self._reader:
            self._reader.close()
        self._reader = None

    def drop(self) -> None:
        self.close()
        if self.engine == "postgres":
            self._administer(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


class Process:
    """One process of the program, its output kept in a file, ended by its id. `within`: words before the command."""

    def __init__(self, arguments: list[str], environment: dict[str, str], log: pathlib.Path, *, within=()):
        self.log = log
        self.handle = log.open("ab")
        self.child = subprocess.Popen([*within, BINARY, *arguments], env=environment, stdin=subprocess.DEVNULL,
                                      stdout=self.handle, stderr=subprocess.STDOUT)

    @property
    def running(self) -> bool:
        return self.child.poll() is None

    def stop(self) -> int:
        """Asks it to finish what it does; a server that cannot is a failure."""
        if self.running:
            self.child.send_signal(signal.SIGTERM)
        try:
            code = self.child.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not stop within {STOP_LIMIT:.0f} s:\n{self.tail()}") from None
        self.handle.close()
        return code

    def kill(self) -> None:
        """SIGKILL, as a power cut would look to the process."""
        if self.running:
            self.child.kill()
        self.child.wait()
        self.handle.close()

    def tail(self, lines: int = 40) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Server:
    """`workestra serve` with a folder, a database, a mail sink and, if asked, a proxy under another host's name.

    `host`: such as "book.localtest": the public address is then the proxy's, and Chromium must map that name (see
    `eyes.launch`). `settings`: further environment. `crash_at`: a crash point's name. `like`: what it begins as,
    "migrated", with all tables and nobody, or "furnished", with the demo's data, and what `demo` told in `logins`.
    """

    def __init__(self, engine: str = "sqlite", *, host: str | None = None, environment: str = "test",
                 settings: dict[str, str] | None = None, crash_at: str | None = None, like: str | None = None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="workestra-test-"))
        self.engine = engine
        self.port = free_port()
        model = _model(engine, like) if like else None
        if model:
            shutil.copytree(model.folder, self.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("server.log"))
        self.logins = model.logins if model else None
        self.store = Store(engine, self.folder, like=model.store if model else None)
        self.clock = Clock(self.folder / "clock", real=environment != "test")
        self.mail = MailSink()
        self.proxy = Proxy(self.port) if host else None
        self.local = f"http://127.0.0.1:{self.port}"
        self.url = f"http://{host}:{self.proxy.port}" if self.proxy else self.local
        self.environment = self._environment(environment) | (settings or {})
        self.crash_at = crash_at
        self.process: Process | None = None

    def _environment(self, name: str) -> dict[str, str]:
        """What the server is told; nothing of the caller's own settings reaches it."""
        keep = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TZ") if key in os.environ}
        ours = {
            "WORKESTRA_ENV": name, "WORKESTRA_DATA": str(self.folder), "WORKESTRA_URL": self.url,
            "DATABASE_URL": self.store.url, "SMTP_URL": f"smtp://127.0.0.1:{self.mail.port}",
            "WORKESTRA_MAIL_FROM": "bookings@example.org",
        }
        if name == "test":
            ours["WORKESTRA_CLOCK_FILE"] = str(self.clock.path)
        if "WORKESTRA_ZONEINFO" in os.environ:
            ours["WORKESTRA_ZONEINFO"] = os.environ["WORKESTRA_ZONEINFO"]
        if self.proxy:
            ours["WORKESTRA_TRUSTED_PROXIES"] = "127.0.0.1"
        return keep | ours

    def __enter__(self) -> "Server":
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_) -> None:
        self.close()

    def start(self) -> "Server":
        crash = {"WORKESTRA_CRASH_AT": self.crash_at} if self.crash_at else {}
        arguments = ["serve", "--port", str(self.port)]
        self.process = Process(arguments, self.environment | crash, self.folder / "server.log")
        self.wait_until_ready()
        return self

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline:
            if not self.process.running:
                raise AssertionError(f"the server ended at once:\n{self.process.tail()}")
            try:
                if requests.get(self.local + "/readyz", timeout=2).status_code == 200:
                    return
            except requests.RequestException:
                time.sleep(0.03)
        raise AssertionError(f"the server was not ready within {START_LIMIT:.0f} s:\n{self.process.tail()}")

    def restart(self) -> None:
        """A fresh process on the same data, after a stop, a kill or a crash point."""
        if self.process.running:
            self.process.stop()
        self.start()

    def wait_for_crash(self, limit: float = 20) -> None:
        """Waits until the crash point ended the process; the next start goes without it."""
        code = self.process.child.wait(limit)
        assert code == -signal.SIGKILL, f"ended with {code} instead of at the crash point:\n{self.process.tail()}"
        self.crash_at = None

    def close(self) -> None:
        if self.process and self.process.running:
            self.process.stop()
        if self.proxy:
            self.proxy.close()
        self.mail.close()
        self.store.drop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def command(self, *arguments: str, check: bool = True, limit: float = 60) -> subprocess.CompletedProcess:
        """A command of the program on the same data, such as `key add`."""
        result = subprocess.run([BINARY, *arguments], env=self.environment, stdin=subprocess.DEVNULL,
                                capture_output=True, text=True, timeout=limit)
        assert not check or result.returncode == 0, f"{' '.join(arguments)}: {result.stderr or result.stdout}"
        return result

    def demo(self) -> dict:
        """Fills the demo workspace: its name, `users` (email, password, apiKey, role) and `links` (slug, kind)."""
        return json.loads(self.command("demo", "--json").stdout)

    def furnish(self) -> dict:
        """The same for this server while it runs, as `logins`; the made-up people of the demo are mailed nothing."""
        self.logins = self.demo()
        assert self.rows("SELECT id FROM job WHERE kind = 'booking_mail'") == []
        return self.logins

    def setup_token(self) -> str:
        """The token of the set-up page, as the server's own console prints it."""
        found = re.search(r"/setup\S*?[?&]token=([\w-]+)", self.process.log.read_text(errors="replace"))
        assert found, f"the console names no set-up token:\n{self.process.tail()}"
        return found[1]

    def api(self, method: str, path: str, body: dict | None = None, *, key: str | None = None,
            idempotency: str | None = None, timeout: float = 20) -> requests.Response:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        if idempotency:
            headers["Idempotency-Key"] = idempotency
        return requests.request(method, self.local + path, json=body, headers=headers, timeout=timeout)

    def rows(self, sql: str, *values) -> list[dict]:
        return self.store.rows(sql, *values)

    def wait_for_jobs(self, limit: float = 20) -> None:
        """Waits until no job is due: what a change sets off has then happened, or died visibly."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            if not self.rows(DUE_JOBS, int(self.clock.now())):
                return
            time.sleep(0.1)
        raise AssertionError(f"jobs are still due: {self.rows(DUE_JOBS, int(self.clock.now()))}")


# By engine and name: a server that has stopped, whose folder and database are copied.
_models: dict[tuple[str, str], Server] = {}


def _model(engine: str, name: str) -> Server:
    if (engine, name) not in _models:
        server = Server(engine)
        atexit.register(server.close)
        # A minute earlier, so that nothing in a copy lies ahead of its own first moment.
        server.clock.advance(minutes=-1)
        server.start()
        if name == "furnished":
            server.furnish()
        server.process.stop()
        _models[engine, name] = server
    return _models[engine, name]


# The columns are those of the first migration; `state` tells what is not yet done.
DUE_JOBS = "SELECT id, kind, state FROM job WHERE state IN ('ready', 'leased') AND run_at <= ?"
