"""The pages with a copy of one's own data: as JSON and as a PDF, for some minutes."""

import json
import re

import httpx
import pytest

from tests.bot.papers.reading import said
from tests.bot.web.citizen import ACCOUNT, PHONE, SITE, Citizen


async def asks_for_a_copy(citizen: Citizen) -> list[str]:
    """Walk the procedure; the paths of both pages, the one to read first."""
    for text in ("dữ liệu của tôi", "đồng ý", ACCOUNT):
        await citizen.write(text)
    await citizen.write(citizen.newest_sms()[:6])
    citizen.clock.pass_(120)
    await citizen.write("tải về")
    await citizen.write(citizen.newest_sms()[:6])
    return re.findall(rf"{SITE}(/p/[\w-]+)", citizen.newest_bubble())


@pytest.fixture
async def pages(citizen: Citizen) -> list[str]:
    return await asks_for_a_copy(citizen)


async def shown(citizen: Citizen, path: str) -> httpx.Response:
    answer = await citizen.browser.get(path)
    assert answer.status_code == 200
    return answer


async def test_for_machines(citizen: Citizen, pages: list[str]) -> None:
    """Everything that is held stands there, without any code."""
    answer = await shown(citizen, pages[1])
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == 'attachment; filename="vssid-data.json"'
    assert answer.headers["cache-control"] == "no-store"
    copy = json.loads(answer.text)
    assert (copy["account"]["bhxh_number"], copy["account"]["phone"]) == (ACCOUNT, PHONE)
    heard = [says[0] for _, says in copy["messages"]]
    assert heard[:3] == ["> dữ liệu của tôi", "> đồng ý", f"> {ACCOUNT}"]
    assert not re.search(r"\b\d{6}\b", " ".join(heard))
    assert [says for _, says in copy["consents"]] == [["Dữ liệu của tôi: yes"]]
    assert [says[1] for _, says in copy["about_data"]] == ["export done"]
    assert copy["requests"] == copy["changes"] == []


async def test_for_people(citizen: Citizen, pages: list[str]) -> None:
    """The same, to read and print."""
    answer = await shown(citizen, pages[0])
    assert answer.headers["content-type"] == "application/pdf"
    assert f"Mã số BHXH {ACCOUNT}" in said(answer.content)


async def test_not_for_long(citizen: Citizen, pages: list[str]) -> None:
    """After its minutes the page is gone, and says how to get another."""
    citizen.clock.pass_(3600)
    gone = [await citizen.browser.get(path) for path in pages]
    assert [answer.status_code for answer in gone] == [410, 410]
    assert all("“dữ liệu của tôi”" in answer.text for answer in gone)
