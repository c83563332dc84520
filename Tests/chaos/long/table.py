"""Writes the results of the long tests into the table of docs/reliability.md; rows without a new result stay."""
import json
import os
import pathlib
import re

from results import ROOT

DOCUMENT = ROOT / "docs/reliability.md"
START, END = "<!-- table: made by bin/chaos -->\n", "<!-- end of table -->"
HEAD = ("| test | engine | what happens | rounds | kills | booked | lost | doubled | more | seed | day |\n"
        "| --- | --- | --- | --: | --: | --: | --: | --: | --- | --: | --- |\n")
WHAT = {
    "R-01": "a hundred clients race for sixty slots",
    "R-06": "a hold ends in the moment its visitor books", "R-09": "a line that loses a third of the replies",
    "R-11": "kill -9 of the server at random, 50 clients", "R-13": "kill -9 of PostgreSQL and all its processes",
    "R-18": "50 receivers of webhooks, one bad in each way", "R-20": "kill -9 of workers among 10,000 mails",
    "R-22": "mails that are refused, that kill and that hang", "R-23": "one mail beside 20,000 of another workspace",
    "R-29": "the power fails", "R-32": "the disk fills up under load",
    "R-35": "a copy of six hours ago is restored", "R-39": "10,000 mails are due after six hours of stop",
    "R-45": "hours of mixed use", "R-48": "two nodes and a worker: one killed, one cut off from the database",
    "R-49": "the primary dies, a synchronous replica takes over",
}
COLUMNS = ("id", "engine", "what", "rounds", "kills", "booked", "lost", "doubled", "seed", "date")


def key(cells: list[str]) -> tuple[str, ...]:
    return tuple(cells[:3])


def row(line: dict) -> list[str]:
    line = dict(line)
    line["what"] = line.pop("fault", None) or line.pop("stall", None) or line.get("what") or WHAT.get(line["id"], "")
    more = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in line.items() if name not in COLUMNS)
    first = [str(line.get(name, "")) for name in COLUMNS[:8]]
    return [*first, more, str(line.get("seed", "")), str(line.get("date", ""))]


def merge(document: str, results: list[dict]) -> str:
    """The document with the newest result of each test in its table."""
    before, rest = document.split(START)
    old, after = rest.split(END)
    lines = [line for line in old.splitlines() if re.match(r"\| (?!test |---)", line)]
    rows = {key(cells): cells for cells in ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)}
    rows |= {key(cells): cells for cells in map(row, results)}
    table = "".join(f"| {' | '.join(rows[name])} |\n" for name in sorted(rows))
    return f"{before}{START}{HEAD}{table}{END}{after}"


if __name__ == "__main__":
    path = pathlib.Path(os.environ.get("WORKESTRA_RESULTS", ROOT / ".build/logs/reliability.jsonl"))
    results = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    DOCUMENT.write_text(merge(DOCUMENT.read_text(), results))
    print(f"{len(results)} results are in {DOCUMENT.relative_to(ROOT)}")
