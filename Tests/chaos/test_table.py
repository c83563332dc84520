"""The table of docs/reliability.md: the newest result takes its row's place, all others stay."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent / "long"))
import table  # noqa: E402


def made(*results: dict) -> str:
    return table.merge(f"before\n{table.START}{table.HEAD}{table.END}\nafter\n", list(results))


def test_a_new_result_takes_the_place_of_the_old_one_and_leaves_the_others():
    first = made({"id": "R-11", "engine": "sqlite", "rounds": 20, "lost": 0, "doubled": 0, "date": "2027-05-03"},
                 {"id": "R-30", "engine": "sqlite", "fault": "write EIO", "rounds": 5, "refused_for_now": 3})
    again = table.merge(first, [{"id": "R-11", "engine": "sqlite", "rounds": 200, "lost": 0, "doubled": 0}])
    rows = [line for line in again.splitlines() if line.startswith("| R-")]
    assert len(rows) == 2 and "| 200 |" in rows[0] and "refused for now 3" in rows[1]
    assert again.startswith("before\n") and again.endswith("after\n")
    assert table.merge(again, []) == again


def test_the_document_has_a_place_for_the_table():
    text = table.DOCUMENT.read_text()
    assert table.merge(text, []) == table.merge(table.merge(text, []), [])
