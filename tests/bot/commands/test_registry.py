"""`registry import` and `registry export`, on real files and a real store."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage.base import Person
from tests.bot.commands import importing
from tests.bot.commands.conftest import Installation, line

GOOD = "7900000001,079085000001,Nguyễn Văn Mẫu,1985-03-12,0900000101,Mau@Example.vn,BHXH Một"
READ = Person(
    "7900000001",
    "079085000001",
    "Nguyễn Văn Mẫu",
    "1985-03-12",
    "+84900000101",
    "mau@example.vn",
    "BHXH Một",
)
# What is wrong, in which column, and a part of what is said about it.
BAD: list[tuple[str | bytes, str, str]] = [
    ("790000002,,,,,,", "bhxh_number", "9 digits; a BHXH number has 10"),
    (",,A,,,,", "bhxh_number", "missing"),
    ("\uff11234567890,,,,,,", "bhxh_number", "not only the digits 0 to 9"),
    ("7.9E+09,,,,,,", "bhxh_number", "not only the digits 0 to 9"),
    ("7900000003,12345678901,,,,,", "national_id", "11 digits; a personal number has 12"),
    ("7900000004,,,31/02/1985,,,", "birth_date", "not a date"),
    ("7900000005,,,0999,,,", "birth_date", "not a date"),
    ("7900000006,,,,090123456,,", "phone", "9 digits; a mobile number has 10"),
    ("7900000007,,,,0901234567 / 0907654321,,", "phone", "not one phone number"),
    ("7900000008,,,,a@b.vn,,", "phone", "an e-mail address; it belongs into"),
    ("7900000009,,,,02838123456,,", "phone", "a landline"),
    ("7900000010,,,,,nobody,", "email", "not an e-mail address"),
    ("7900000011,,,,,a@b.vn c@d.vn,", "email", "two addresses"),
    ("7900000012,,,,,,,", "", "8 fields; the header has 7"),
    ("7900000013,,", "", "3 fields; the header has 7"),
    ('7900000014,,"Open,,,,', "", "a quotation mark is never closed"),
    ('7900000015,,"Odd"ly,,,,', "", "quotation marks"),
    (b"7900000016,,Nguy\xea\x00n,,,,", "", "holds a NUL byte"),
    (b"7900000017,,Nguy\xea n,,,,", "", "is not UTF-8"),
    ("7900000018,," + "A" * 70_000 + ",,,,", "", "longer than 65536 bytes"),
    ("7900000019,," + "A" * 301 + ",,,,", "full_name", "longer than 300"),
    ("7900000001,,Again,,,,", "bhxh_number", "stands in an earlier line"),
    ("7900000020,079085000001,,,,,", "national_id", "belongs to another account"),
]


def test_a_person(house: Installation) -> None:
    """Every field arrives in its normal form, and nothing is left beside the file."""
    file = house.csv(GOOD)
    done = house.run("registry", "import", file)
    assert (done.code, done.err) == (0, "")
    assert done.out == "1 rows loaded, 0 refused\n"
    assert house.people() == [READ]
    assert [path.name for path in house.folder.glob("members*")] == [file.name]


@pytest.mark.parametrize("problem", BAD, ids=lambda bad: bad[2])
def test_one_bad_line(house: Installation, problem: tuple[str | bytes, str, str]) -> None:
    """A wrong row is named by line and column and left out; its neighbours are loaded."""
    bad, column, says = problem
    file = house.csv(GOOD, bad, "7900000099,,Sau,,,,")
    done = house.run("registry", "import", file)
    assert done.code == 1
    assert [person.bhxh_number for person in house.people()] == ["7900000001", "7900000099"]
    ((at, where, what),) = house.reported(file)
    assert (at, where) == ("3", column)
    assert what.startswith(says)
    assert ": ".join(part for part in ("line 3", column, says) if part) in done.err


def test_all_bad_lines(house: Installation) -> None:
    """All rows of the corpus together are refused one by one, without a value of theirs."""
    file = house.csv(GOOD, *(bad for bad, _, _ in BAD))
    done = house.run("registry", "import", file)
    assert f"1 rows loaded, {len(BAD)} refused" in done.out
    assert f"... and {len(BAD) - 20} more" in done.err
    assert [int(at) for at, _, _ in sorted(house.reported(file), key=lambda it: int(it[0]))] == [
        *range(3, 3 + len(BAD))
    ]
    said = done.out + done.err + Path(f"{file}.errors.csv").read_text("utf-8")
    for value in ("79000000", "0901234567", "nobody", "a@b.vn", "Nguy", "07908"):
        assert value not in said
    assert stat.S_IMODE(Path(f"{file}.errors.csv").stat().st_mode) == 0o600


def test_everything_wrong_in_a_row_at_once(house: Installation) -> None:
    """One row is one refusal, with all its reasons."""
    file = house.csv("1,2,Tên,3,4,5,")
    assert "0 rows loaded, 1 refused" in house.run("registry", "import", file).out
    columns = [column for _, column, _ in house.reported(file)]
    assert columns == ["bhxh_number", "national_id", "birth_date", "phone", "email"]


@pytest.mark.parametrize(
    ("header", "code", "says"),
    [
        ("bhxh_number,full_name,phone", 2, "missing columns: national_id, birth_date, email"),
        ("", 2, "missing columns: bhxh_number"),
        ("bhxh_number,national_id,full_name,birth_date,phone,email,agency,phone", 2, "twice"),
        ("﻿Agency;EMAIL;phone;birth_date;full_name;national_id;bhxh_number", 0, ""),
        ('﻿"agency","email","phone","birth_date","full_name","national_id","bhxh_number"', 0, ""),
    ],
)
def test_headers(house: Installation, header: str, code: int, says: str) -> None:
    """BOM, semicolons, quotes, case and order do not matter; a missing column is named."""
    mark = ";" if ";" in header else ","
    file = house.csv(
        mark.join(["BHXH", "a@b.vn", "", "1948", "Đỗ", "", "0000000001"]), header=header
    )
    done = house.run("registry", "import", file)
    assert done.code == code
    assert says in done.err
    if not code:
        expected = Person("0000000001", "", "Đỗ", "1948", "", "a@b.vn", "BHXH")
        assert house.people() == [expected]


def test_more_columns(house: Installation) -> None:
    """Columns of the agency's own are ignored with a word, even with line breaks in them."""
    rows = [f'{GOOD},"two\nlines"', "7900000002,,,,,,,x", "7900000003,,,,,,,"]
    file = house.csv(
        *rows,
        "1,,,,,,,",
        header="bhxh_number,national_id,full_name,birth_date,phone,email,agency,note",
    )
    done = house.run("registry", "import", file)
    assert "ignored: note" in done.err
    assert "line 6: bhxh_number" in done.err
    assert [person.bhxh_number[-1] for person in house.people()] == ["1", "2", "3"]


def test_names(house: Installation) -> None:
    """Decomposed, padded and half-invisible names become one form."""
    names = [
        "Nguye\u0302\u0303n Thi\u0323 Hoa",
        "  Nguyễn \u200b Thị\u00a0Hoa ",
        "Nguyễn\tThị Hoa",
    ]
    house.run(
        "registry",
        "import",
        house.csv(*(f"000000000{n},,{name},,,," for n, name in enumerate(names))),
    )
    assert {person.full_name for person in house.people()} == {"Nguyễn Thị Hoa"}


def test_dates(house: Installation) -> None:
    """ISO dates, days first and bare years are read."""
    dates = ["1985-03-12", "12/03/1985", "12/3/1985", "1985", ""]
    house.run(
        "registry", "import", house.csv(*(f"000000000{n},,,{it},,," for n, it in enumerate(dates)))
    )
    found = [person.birth_date for person in house.people()]
    assert found == ["1985-03-12", "1985-03-12", "1985-03-12", "1985", ""]


def test_round_trip(house: Installation, tmp_path: Path) -> None:
    """An export imports into the same members, formulas, quotes and separators included."""
    names = ["=1+1", "+A", "-A", "@SUM(A1)", 'A ""B""', "A,B;C", "'A"]
    rows = [f'000000000{n},,"{name}",,,,"x;y"' for n, name in enumerate(names)]
    house.run("registry", "import", house.csv(GOOD, *rows))
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    assert house.run("registry", "export", first).out == f"8 members written to {first}\n"
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    before = house.people()
    house.database.unlink()
    assert house.run("registry", "import", first).code == 0
    assert house.people() == before
    house.run("registry", "export", second)
    assert first.read_bytes() == second.read_bytes()


def test_export_never_overwrites(house: Installation) -> None:
    """A file that exists stays as it is."""
    file = house.csv(GOOD)
    before = file.read_bytes()
    done = house.run("registry", "export", file)
    assert (done.code, done.err) == (1, f"{file} exists; nothing is overwritten\n")
    assert file.read_bytes() == before


def test_a_second_import_updates(house: Installation) -> None:
    """A row that is known changes what it says and keeps what it leaves empty."""
    house.run("registry", "import", house.csv(GOOD))
    house.run("registry", "import", house.csv("7900000001,,,,0907654321,,"))
    (person,) = house.people()
    assert (person.phone, person.full_name) == ("+84907654321", "Nguyễn Văn Mẫu")


def test_both_are_remembered(house: Installation, tmp_path: Path) -> None:
    """Import and export leave a record in the audit chain."""
    house.run("registry", "import", house.csv(GOOD))
    house.run("registry", "export", tmp_path / "out.csv")
    assert house.run("audit", "verify").out.startswith("2 records")


def test_killed_and_resumed(house: Installation) -> None:
    """A killed import goes on behind its last durable chunk and loads every row once."""
    bad = {1_500: "1,,,,,,", 17_001: f"{3:010},,,,,,"}
    file = house.csv(*(bad.get(n, line(n)) for n in range(1, 18_001)))
    _kill_halfway(house, file)
    assert 1_999 <= len(house.people()) < 17_998
    done = house.run("registry", "import", file)
    assert "going on after" in done.err
    assert "17998 rows loaded, 2 refused" in done.out
    assert len(house.people()) == 17_998
    assert [at for at, _, _ in house.reported(file)] == ["1501", "17002"]
    assert not Path(f"{file}.progress").exists()


def _kill_halfway(house: Installation, file: Path) -> None:
    words = ["-m", "bot", "registry", "import", str(file), "--config", str(house.config)]
    with subprocess.Popen([sys.executable, *words], stderr=subprocess.DEVNULL) as child:
        while not Path(f"{file}.progress").exists():
            assert child.poll() is None
            time.sleep(0.005)
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL


def test_interrupted(house: Installation) -> None:
    """Ctrl-C says how to go on."""
    file = house.csv(*(line(n) for n in range(1, 20_001)))
    words = ["-m", "bot", "registry", "import", str(file), "--config", str(house.config)]
    with subprocess.Popen([sys.executable, *words], stderr=subprocess.PIPE, text=True) as child:
        while not Path(f"{file}.progress").exists():
            assert child.poll() is None
            time.sleep(0.005)
        child.send_signal(signal.SIGINT)
        _, said = child.communicate()
    assert child.returncode not in (0, None)
    assert "the same command goes on from there" in said
    assert "Traceback" not in said


def test_another_file_is_not_resumed(house: Installation) -> None:
    """The place of one file is not taken for that of another; --restart begins anew."""
    file = house.csv(GOOD)
    Path(f"{file}.progress").write_text('{"file": "other", "end": 999}', "utf-8")
    done = house.run("registry", "import", file)
    assert done.code == 2
    assert "--restart begins anew" in done.err
    assert house.run("registry", "import", file, "--restart").code == 0
    assert house.people() == [READ]


def test_a_torn_place_is_no_place(house: Installation) -> None:
    """What a power cut left of the place is ignored."""
    file = house.csv(GOOD)
    Path(f"{file}.progress").write_bytes(b'{"fi')
    assert house.run("registry", "import", file).code == 0


def test_problems_of_an_earlier_import(house: Installation) -> None:
    """The file of problems speaks of the newest import; mended, there is none."""
    file = house.csv("1,,,,,,")
    for _ in range(2):
        house.run("registry", "import", file)
        assert len(house.reported(file)) == 1
    house.run("registry", "import", house.csv(GOOD))
    assert not Path(f"{file}.errors.csv").exists()


def test_errors_elsewhere(house: Installation, tmp_path: Path) -> None:
    """The file of problems can be put elsewhere, but not over the imported one."""
    file = house.csv("1,,,,,,")
    house.run("registry", "import", file, "--errors", tmp_path / "e.csv")
    assert (tmp_path / "e.csv").read_text("utf-8").splitlines()[1].startswith("2,bhxh_number,")
    assert house.run("registry", "import", file, "--errors", file).code == 2
    assert b"bhxh_number" in file.read_bytes()


def test_wrong_settings(house: Installation) -> None:
    """A wrong key ends the command with its name; a missing file with its own."""
    assert house.run("registry", "import", house.folder / "none.csv").code == 2
    house.config.write_text("[database]\nwhere = 1\n", "utf-8")
    done = house.run("registry", "import", house.csv(GOOD))
    assert (done.code, done.err.partition(":")[0]) == (2, "database.where")


def test_memory(house: Installation) -> None:
    """Fifty thousand rows need no more memory than ten thousand, but for their numbers."""
    file = house.csv(*(line(n) for n in range(1, 50_001)))
    words = ["-m", importing.__name__, str(house.config), str(file)]
    done = subprocess.run([sys.executable, *words], capture_output=True, check=True, timeout=50)
    assert int(done.stdout) < 12 << 20
    assert len(house.people()) == 50_000
    assert os.listdir(house.folder / "data") == ["vssid.db"]  # noqa: PTH208 - names only
