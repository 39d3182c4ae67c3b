"""The audit log: pages, filters, the proof in words, and a file that no spreadsheet runs."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console.audit import written
from bot.console.sheets import FORMULA, safe
from storage.base import Act, Record
from tests.bot.console.house import House


async def notes(house: House, count: int, kind: str = "test.act", detail: str = "") -> None:
    """So many records."""
    async with house.store.unit(now=house.clock.now()) as unit:
        acts = [Act(float(n), kind, "binh.tran", detail=detail or f"nr {n}") for n in range(count)]
        await unit.add_acts(acts)


async def test_pages_and_filters(house: House) -> None:
    """Newest first; the filter goes along to the next page."""
    an = await house.signed_in("an.nguyen", "auditor")
    await notes(house, 60)
    first = (await an.sees("/audit")).text
    assert "nr 59" in first
    assert "nr 9<" not in first
    older = first.partition("before=")[2].partition('"')[0]
    assert "nr 9<" in (await an.sees(f"/audit?before={older}")).text
    mine = (await an.sees("/audit?who=an.nguyen")).text
    assert "nr 59" not in mine
    assert "staff.signed_in" in mine
    assert "nr 3<" in (await an.sees("/audit?kind=test.act&before=20")).text
    assert (await an.sees("/audit?before=junk&kind=none")).status_code == 200


async def test_the_chain_is_proved_in_words(house: House) -> None:
    """Whole it says how many records; altered it says which one and what to do."""
    an = await house.signed_in("an.nguyen", "auditor")
    await notes(house, 3)
    assert "nguyên vẹn: 4 bản ghi" in (await an.posts("/audit/verify")).text
    await house.store._alone(lambda db: db.execute("UPDATE audit SET detail = '' WHERE seq = 2"))
    answer = await an.posts("/audit/verify")
    assert answer.status_code == 409
    assert "KHÔNG nguyên vẹn" in answer.text
    assert "record 2" in answer.text


async def test_the_file(house: House) -> None:
    """It holds what the filter holds, is noted in the log, and runs nothing."""
    an = await house.signed_in("an.nguyen", "auditor")
    await notes(house, 1, detail="=HYPERLINK(1)")
    answer = await an.posts("/audit/export", kind="test.act")
    assert answer.headers["content-disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row[-1] for row in rows] == ["detail", "'=HYPERLINK(1)"]
    assert "1 test.act" in (await an.sees("/audit?kind=audit.exported")).text


@pytest.mark.parametrize("first", FORMULA)
def test_formulas(first: str) -> None:
    """Whatever a spreadsheet takes for a formula is marked as text, behind blanks too."""
    assert safe(f"{first}1+1") == f"'{first}1+1"
    assert safe(f" {first}1+1").startswith("'")
    assert safe("an.nguyen") == "an.nguyen"
    assert safe("") == ""


@given(st.text())
def test_whatever_is_written_is_read_back(detail: str) -> None:
    """The file is one that readers of such files understand."""
    record = Record(1, 0.0, "kind", "who", detail.replace("\r", ""))
    rows = list(csv.reader(io.StringIO(written([record]).decode("utf-8-sig"), newline="")))
    assert rows[1][-1] == safe(record.detail)
