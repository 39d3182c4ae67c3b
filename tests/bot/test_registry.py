"""Reading registry files: whatever is in them, nothing breaks and nothing is made up."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.demo.citizens import REGISTRY_FILE
from bot.registry import BadFile, Problem, people
from bot.registry.fields import person
from bot.registry.numbers import Numbers
from bot.registry.table import COLUMNS, LONGEST_LINE, Table, open_table
from storage.base import Person

HEADER = ",".join(COLUMNS).encode() + b"\n"

one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def _table(folder: Path, body: bytes) -> Table:
    file = folder / "members.csv"
    file.write_bytes(HEADER + body)
    return open_table(file)


@given(body=st.binary(max_size=400))
@one_folder
def test_any_bytes(tmp_path: Path, body: bytes) -> None:
    """Any bytes at all are read as persons or problems, with lines that exist."""
    table = _table(tmp_path, body)
    for record in table.records():
        assert 2 <= record.line <= 2 + body.count(b"\n")
        assert record.end <= len(HEADER) + len(body)
        read = person(table, record)
        assert isinstance(read, Person) or all(isinstance(it, Problem) for it in read)


@given(cells=st.lists(st.text(max_size=30), min_size=7, max_size=7))
@one_folder
def test_any_cells(tmp_path: Path, cells: list[str]) -> None:
    """What is accepted once is its own normal form: written and read again it stays."""
    table = _table(tmp_path, _written(cells))
    for record in table.records():
        read = person(table, record)
        if isinstance(read, Person):
            values = [getattr(read, column) for column in COLUMNS]
            again = _table(tmp_path, _written(values))
            assert [person(again, it) for it in again.records()] == [read]


def _written(cells: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode(errors="ignore")


@given(
    bad=st.sampled_from(['"', '0,"', '7900000003,,"A', ',,,,,,"', "\0", "x" * (LONGEST_LINE + 9)]),
    at=st.integers(0, 3),
)
@one_folder
def test_neighbours_pass(tmp_path: Path, bad: str, at: int) -> None:
    """A line that cannot be read takes no other line with it."""
    lines = [f"790000000{n},,A,,,," for n in range(3)]
    lines.insert(at, bad)
    table = _table(tmp_path, "\n".join(lines).encode())
    reads = [person(table, record) for record in table.records()]
    assert [it.bhxh_number for it in reads if isinstance(it, Person)] == [
        "7900000000",
        "7900000001",
        "7900000002",
    ]


def test_the_sample_citizens() -> None:
    """The demo's own file is a good registry file."""
    problems: list[Problem] = []
    found = list(people(REGISTRY_FILE, problems.append))
    assert found
    assert problems == []


def test_people_of_a_file_with_problems(tmp_path: Path) -> None:
    """Wrong rows are left out and told, with their line."""
    table = _table(tmp_path, b"1,,,,,,\n7900000001,,,,,,\n")
    told: list[Problem] = []
    assert list(people(table.path, told.append)) == [Person("7900000001")]
    assert [str(problem) for problem in told] == [
        "line 2: bhxh_number: 1 digits; a BHXH number has 10"
    ]


@pytest.mark.parametrize("raw", [b"", b"\xff\xfeb\0h\0", b'"a', b"a;b\n"])
def test_no_registry_file(tmp_path: Path, raw: bytes) -> None:
    """A file that is something else is refused as a whole, with what to do."""
    file = tmp_path / "it.csv"
    file.write_bytes(raw)
    with pytest.raises(BadFile, match=r"line 1: (missing columns|.*save the file as CSV)"):
        open_table(file)


@given(st.lists(st.integers(0, 10**10 - 1) | st.integers(0, 50)))
def test_numbers(numbers: list[int]) -> None:
    """A number is new exactly once."""
    before, told = Numbers(), set[int]()
    for number in numbers:
        assert before.add(number) == (number not in told)
        told.add(number)


def test_many_numbers() -> None:
    """Growing forgets nothing, also where numbers follow each other."""
    before = Numbers()
    assert all(before.add(number) for number in range(20_000))
    assert not any(before.add(number) for number in range(20_000))
