"""What a look-up shows of the registry, and where it is not kept."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from storage.base import Person
from tests.bot.town import LAN, Town

CARD = {"card_until": "2027-03-31", "card_hospital": "Bệnh viện Thí Dụ"}
HISTORY = "2008-04..2015-12 Công ty A; 2010-01..2010-06 Công ty B; 2016-02..2026-09 Công ty C"
SAID = [
    ("hạn thẻ", CARD, "Thẻ BHYT dùng đến 31/03/2027. Nơi khám ban đầu: Bệnh viện Thí Dụ."),
    ("hạn thẻ", {"card_until": "2020-01-31"}, "Thẻ BHYT đã hết hạn ngày 31/01/2020."),
    ("hạn thẻ", {}, "Tài khoản này chưa có thông tin thẻ BHYT ở đây."),
    (
        "quá trình đóng",
        {"contributions": HISTORY},
        "Đã đóng 18 năm 5 tháng. Gần nhất:\n- 02/2016-09/2026 Công ty C",
    ),
    ("quá trình đóng", {}, "Tài khoản này chưa có quá trình đóng ở đây."),
    (
        "cơ quan bhxh nào",
        {"agency": "BHXH Thí Dụ"},
        "Cơ quan BHXH quản lý tài khoản: BHXH Thí Dụ.",
    ),
    ("cơ quan bhxh nào", {"agency": ""}, "Tài khoản này chưa ghi cơ quan BHXH ở đây."),
]


def person(**fields: str) -> Person:
    """Lan, with these on file."""
    return replace(LAN, birth_date="1985-03-12", **fields)


@pytest.mark.parametrize(("asked", "fields", "said"), SAID)
async def test_what_is_on_file_is_said(
    tmp_path: Path, asked: str, fields: dict[str, str], said: str
) -> None:
    """It is said in the chat; transcript and audit hold only that it was."""
    async with Town(tmp_path, people=[person(**fields)]) as town:
        lan = town.citizen()
        await lan.says(asked, "đồng ý", LAN.bhxh_number)
        await town.deliver()
        bubble = await lan.says(town.code_for(LAN.phone))
        assert bubble.text.startswith(said)
        lines = await town.store.transcript(lan.chat, limit=20)
        assert lines
        assert not [line for line in lines if said in line.said]
        acts = await town.rows("SELECT kind, detail FROM audit ORDER BY seq DESC LIMIT 1")
        assert acts[0][0] == "record_shown"
        assert len(str(acts[0][1])) < len("2027-03-31")
