"""Writes are joined without changing what they mean."""

import pytest

from storage.postgres.writes import Write, joined, rounds


def test_different_tables_travel_together() -> None:
    """Writes to different tables are one statement; a second one to a table waits its turn."""
    writes = [
        Write("INSERT INTO a SELECT $1, $2", (1, 2)),
        Write("UPDATE b SET x = $1", (3,)),
        Write("DELETE FROM a WHERE y = $1", (4,)),
    ]
    first, second = joined(writes)
    assert first.text == ("WITH part_0 AS (INSERT INTO a SELECT $1, $2) UPDATE b SET x = $3")
    assert [*first.values] == [1, 2, 3]
    assert second == writes[2]._replace(values=[4])
    assert list(joined([])) == []


def test_only_writes() -> None:
    """What changes no table is not taken for a write."""
    with pytest.raises(ValueError, match="changes a table"):
        list(joined([Write("SELECT 1", ())]))


def test_rounds() -> None:
    """No round names a key twice, each is sorted, and of one key the first comes first."""
    rows = [("b", 1), ("a", 1), ("b", 2), ("b", 3)]
    assert [*rounds(rows, key=1)] == [[("a", 1), ("b", 1)], [("b", 2)], [("b", 3)]]
    assert [*rounds(rows, key=0)] == [rows]
    assert [*rounds([], key=1)] == []
