"""`audit verify|anchor`, against a chain that somebody tampers with."""

import sqlite3
from contextlib import closing

import pytest

from tests.bot.commands.conftest import Installation, line


@pytest.fixture
def chain(house: Installation) -> Installation:
    """Three records, the second of them anchored."""
    for number in range(1, 4):
        house.run("registry", "import", house.csv(line(number)))
        if number == 2:
            assert house.run("audit", "anchor").out == "record 2 anchored\n"
    return house


def _tamper(house: Installation, statement: str) -> None:
    with closing(sqlite3.connect(house.database)) as db, db:
        db.execute(statement)


def test_a_whole_chain(chain: Installation) -> None:
    """Length, head and anchors are told."""
    done = chain.run("audit", "verify")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("3 records, without a gap; head ")
    assert "1 anchors found" in done.out


def test_an_empty_chain(house: Installation) -> None:
    """Nothing done yet is in order too."""
    assert "0 records" in house.run("audit", "verify").out
    assert "nothing to anchor" in house.run("audit", "anchor").out


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET detail = 'none' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 2",
    ],
)
def test_the_first_bad_record(chain: Installation, statement: str) -> None:
    """An altered or missing record is named."""
    _tamper(chain, statement)
    done = chain.run("audit", "verify")
    assert (done.code, done.err) == (1, "audit: record 2 is missing or was altered\n")


def test_an_older_state(chain: Installation) -> None:
    """A whole database put back to an older state shows by what was anchored since."""
    older = chain.database.read_bytes()
    chain.run("registry", "import", chain.csv(line(4)))
    chain.run("audit", "anchor")
    chain.database.write_bytes(older)
    done = chain.run("audit", "verify")
    assert (done.code, "record 4, anchored at" in done.err) == (1, True)
