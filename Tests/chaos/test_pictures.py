"""The control of `nothing_changes`: it sees whatever is written, also where it reads only what is new."""
import contextlib

import pytest

import lib

WRITES = {
    "a row that comes": ("INSERT INTO api_key SELECT {columns} FROM api_key LIMIT 1", True),
    "a row that changes": ("UPDATE account SET name = name || '!'", True),
    "a row that goes": ("DELETE FROM api_key WHERE id = 'again'", True),
    "a key that is used": ("UPDATE api_key SET used_at = 1", False),
}


@pytest.mark.parametrize("write", WRITES)
def test_what_is_written_is_seen(running, place, write):
    statement, is_seen = WRITES[write]
    own = {"id": "'again'", "key_hash": "CAST(account AS BLOB)" if running.engine == "sqlite" else "account::bytea"}
    columns = ", ".join(own.get(name, name) for name in running.rows("SELECT * FROM api_key")[0])
    with lib.nothing_changes(running):
        pass
    with pytest.raises(AssertionError) if is_seen else contextlib.nullcontext(), lib.nothing_changes(running):
        with lib.connection(running) as connection:
            connection.execute(statement.format(columns=columns))
