"""Makes a script for pgbench of the statements that confirms have run.

Two confirms at the same host tell what differs from one to the next: ids, times, tokens. These become expressions of a
number that pgbench counts up; all else is written as it was.
"""
import dataclasses
import re
import struct

# Far from all that is booked already, so that nothing overlaps.
FIRST_START = 2_208_988_800


@dataclasses.dataclass(frozen=True)
class Run:
    """A statement with its values: None, int, str or bytes."""
    text: str
    values: tuple


def confirms(trace: bytes) -> list[list[Run]]:
    """Reads a trace (Benchmarks/store/Trace.swift): the statements of each confirm."""
    texts, whole, current, at = [], [], [], 0

    def take(form: str):
        nonlocal at
        (value,) = struct.unpack_from("<" + form, trace, at)
        at += struct.calcsize("<" + form)
        return value

    def cut() -> bytes:
        nonlocal at
        length = take("I")
        at += length
        return trace[at - length:at]

    def value():
        kind = take("c")
        return {b"n": lambda: None, b"i": lambda: take("q"), b"t": lambda: cut().decode(), b"b": cut}[kind]()

    while at < len(trace):
        kind = take("c")
        if kind == b"S":
            texts.append(cut().decode())
        elif kind == b"X":
            number, count = take("I"), take("I")
            current.append(Run(texts[number], tuple(value() for _ in range(count))))
        else:
            whole.append(current)
            current = []
    return whole


def quoted(text: str) -> str:
    """A literal without a colon, which pgbench would take for the beginning of a variable."""
    escaped = text.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a")
    return f"{'E' if escaped != text else ''}'{escaped}'"


class Words:
    """The values of one confirm as SQL; what differs in the next one as an expression of :n or :s."""

    def __init__(self, first: list[Run], second: list[Run]):
        self.varying: dict = {}
        self.start = None
        for one, other in zip(first, second):
            for a, b in zip(one.values, other.values):
                if a != b and a not in self.varying and not self.is_now(a, b):
                    self.varying[a] = len(self.varying)
        insert = next(run for run in first if run.text.lstrip().startswith("INSERT INTO booking ("))
        self.start = next(value for value in insert.values if isinstance(value, int) and value in self.varying)

    @staticmethod
    def is_now(a, b) -> bool:
        return isinstance(a, int) and isinstance(b, int) and abs(a - b) < 60

    def sql(self, value) -> str:
        if value is None:
            return "NULL"
        place = self.varying.get(value)
        if isinstance(value, int):
            return str(value) if place is None else f"(:s::bigint + {value - self.start})"
        if isinstance(value, bytes):
            return f"'\\x{value.hex()}'" if place is None else (
                f"decode('{place:04x}' || lpad(:n::text, {max(16, 2 * len(value) - 4)}, '0'), 'hex')")
        if place is None:
            return quoted(value)
        return f"({quoted(value[:max(0, len(value) - 14)] + f'{place:02}')} || lpad(:n::text, 12, '0'))"

    def statement(self, run: Run) -> str:
        text = re.sub(r"\$(\d+)", lambda match: self.sql(run.values[int(match.group(1)) - 1]), run.text)
        return " ".join(text.split()) + ";"


def branch(first: list[Run], second: list[Run]) -> list[str]:
    # The gate's look at the link's hosts comes in a transaction of its own, which the bare program does without.
    pairs = [(a, b) for a, b in zip(first, second) if not a.text.startswith("SELECT account FROM link_host")]
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    assert [run.text for run in first] == [run.text for run in second], "two confirms of different statements"
    words = Words(first, second)
    workspace = next(value for run in first for value in run.values if str(value).startswith("ws_"))
    return [
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;", f"SET LOCAL workestra.workspace = '{workspace}';",
        *[words.statement(run) for run in first], "COMMIT;",
    ]


def script(read: list[list[Run]], hosts: int, clients: int) -> str:
    """`read`: two confirms of each host, host after host, twice. One client goes from host to host."""
    lines = [
        "\\set c :c + 1", "\\set n :client_id * 1000000 + :c",
        f"\\set s {FIRST_START} + (:client_id * 100000 + :c) * 1800",
        f"\\set h ({':c' if clients == 1 else ':client_id'}) % {hosts}",
    ]
    for host in range(hosts):
        lines.append(f"\\{'elif' if host else 'if'} :h = {host}")
        lines += branch(read[host], read[host + len(read) // 2])
    return "\n".join([*lines, "\\endif", ""])
