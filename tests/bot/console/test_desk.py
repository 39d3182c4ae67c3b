"""The dossier desk: who sees and decides what, and what becomes of a decision."""

import pytest

from tests.bot.console.files import BOOK, DAY, change, hands_in, now_is
from tests.bot.console.house import LAN, House

AN, BINH = "an.nguyen", "binh.tran"
REF, OTHER = "HS-261123-A7K2M9", "HS-261123-B7K2M9"


async def test_the_list(house: House) -> None:
    """What is due first comes first, what is late says so in words; personal data is nowhere."""
    await hands_in(house, REF, due_in=9 * DAY)
    await hands_in(house, OTHER, "reissue_card", due_in=-DAY)
    page = (await (await house.signed_in(AN, "agent")).sees("/dossiers")).text
    assert page.index(OTHER) < page.index(REF)
    assert "Trễ hạn" in page
    assert "Cấp lại sổ" in page
    for datum in (LAN.full_name, LAN.bhxh_number, LAN.phone, LAN.email):
        assert datum not in page


async def test_one_kind_and_one_view(house: House) -> None:
    """Filters leave the others out, and a made-up filter is none."""
    await hands_in(house, REF)
    await hands_in(house, OTHER, "reissue_card")
    an = await house.signed_in(AN, "agent")
    assert OTHER not in (await an.sees("/dossiers?kind=reissue_book")).text
    assert REF not in (await an.sees("/dossiers?view=closed")).text
    assert REF in (await an.sees("/dossiers?view=x'--&kind=<script>")).text


async def test_one_request_is_masked(house: House) -> None:
    """Values that are theirs are hidden; what was compared with the registry is told in words."""
    await hands_in(house, REF)
    page = (await (await house.signed_in(AN, "agent")).sees(f"/dossiers/{REF}")).text
    assert LAN.full_name not in page
    assert "Họ tên khai trùng sổ đăng ký." in page
    assert "Ngày sinh khai trùng sổ đăng ký." in page
    assert f'src="/dossiers/{REF}/paper/tk1_ts#' in page


async def test_a_viewer_sees_no_paper(house: House) -> None:
    """Who may not decide gets neither the paper nor the form to decide with."""
    await hands_in(house, REF)
    viewer = await house.signed_in(AN, "viewer")
    page = (await viewer.sees(f"/dossiers/{REF}")).text
    assert "/paper/" not in page
    assert "/decide" not in page
    assert (await viewer.sees(f"/dossiers/{REF}/paper/tk1_ts")).status_code == 403


async def test_a_paper_is_kept_in_the_chain(house: House) -> None:
    """The form opens in a frame of ours alone, and who looked stands in the audit chain."""
    await hands_in(house, REF, photos=1)
    an = await house.signed_in(AN, "agent")
    paper = await an.sees(f"/dossiers/{REF}/paper/tk1_ts")
    assert paper.content.startswith(b"%PDF")
    assert "frame-ancestors 'self'" in paper.headers["content-security-policy"]
    assert paper.headers["cache-control"] == "no-store"
    assert (await an.sees(f"/dossiers/{REF}/photo/1")).content.startswith(b"\xff\xd8")
    assert (await an.sees(f"/dossiers/{REF}/photo/2")).status_code == 404
    assert (await an.sees(f"/dossiers/{REF}/paper/cbh_2")).status_code == 404
    rows = await house.store._look(
        lambda db: db.execute(
            "SELECT detail FROM audit WHERE kind = 'dossier.revealed'"
        ).fetchall()
    )
    assert [row[0] for row in rows] == [f"{REF} papers tk1_ts: desk", f"{REF} photo 1: desk"]


async def test_approved_in_one_go(house: House) -> None:
    """An approval receives first what nobody has received, and the next request opens."""
    await hands_in(house, REF)
    await hands_in(house, OTHER, "reissue_card", due_in=9 * DAY)
    an = await house.signed_in(AN, "agent")
    answer = await an.posts(f"/dossiers/{REF}/decide", step="approve", version="1")
    assert answer.headers["location"] == f"/dossiers/{OTHER}"
    row = await now_is(house, REF)
    assert (row.state, row.version) == ("resolved", 3)


async def test_a_question_needs_words(house: House) -> None:
    """Nothing goes to the citizen without words, and what was typed stays."""
    await hands_in(house, REF)
    an = await house.signed_in(AN, "agent")
    for step, words in (("ask", ""), ("reject", "  "), ("ask", "Bác gửi mã OTP cho tôi")):
        answer = await an.posts(f"/dossiers/{REF}/decide", step=step, version="1", why=words)
        assert answer.status_code == 409
        assert words.strip() in answer.text
    assert (await now_is(house, REF)).version == 1
    await an.posts(f"/dossiers/{REF}/decide", step="ask", version="1", why="Bác gửi ảnh rõ hơn")
    assert (await now_is(house, REF)).state == "needs_info"


async def test_a_listed_reason_is_enough(house: House) -> None:
    """A refusal with a reason from the list needs no words besides."""
    await hands_in(house, REF)
    an = await house.signed_in(AN, "agent")
    await an.posts(f"/dossiers/{REF}/decide", step="reject", version="1", reason="papers")
    assert (await now_is(house, REF)).state == "rejected"


async def test_of_two_officers_one_wins(house: House) -> None:
    """Whoever decides on a version that is over reads who was faster; nothing happens twice."""
    await hands_in(house, REF)
    an, binh = await house.signed_in(AN, "agent"), await house.signed_in(BINH, "agent")
    await an.posts(f"/dossiers/{REF}/decide", step="receive", version="1")
    answer = await binh.posts(
        f"/dossiers/{REF}/decide", step="reject", version="1", reason="papers"
    )
    assert answer.status_code == 409
    assert f"{AN} vừa xử lý" in answer.text
    assert (await now_is(house, REF)).state == "received"


async def test_four_eyes(house: House) -> None:
    """Who approved once is refused the second time; another officer finishes it."""
    await hands_in(house, REF, "phone_review", {"phone": "+84900000555", "sim": "lost"})
    an, binh = await house.signed_in(AN, "agent"), await house.signed_in(BINH, "supervisor")
    await an.posts(f"/dossiers/{REF}/decide", step="approve", version="1")
    assert (await now_is(house, REF)).state == "approved"
    again = await an.posts(f"/dossiers/{REF}/decide", step="approve", version="3")
    assert "Người khác phải duyệt" in again.text
    assert "bạn là người thứ hai" in (await binh.sees(f"/dossiers/{REF}")).text
    await binh.posts(f"/dossiers/{REF}/decide", step="approve", version="3")
    assert (await now_is(house, REF)).state == "resolved"


async def test_roles_decide_nothing(house: House) -> None:
    """A viewer, an admin and an auditor cannot decide, whatever they post."""
    await hands_in(house, REF)
    for name, role in (("v.v", "viewer"), ("a.a", "admin"), ("k.k", "auditor")):
        browser = await house.signed_in(name, role)
        answer = await browser.posts(f"/dossiers/{REF}/decide", step="approve", version="1")
        assert answer.status_code == 403
    assert (await now_is(house, REF)).version == 1


async def test_many_are_asked_at_once(house: House) -> None:
    """One question goes to all that were chosen; what could not be asked is named."""
    await hands_in(house, REF)
    await hands_in(house, OTHER, "reissue_card")
    an = await house.signed_in(AN, "agent")
    form = {"csrf": await an.mark(), "ref": [REF, OTHER], "why": "Bác gửi ảnh sổ cũ"}
    page = await an.client.post("/dossiers/ask", data=form)
    assert "2 hồ sơ" in page.text
    assert {(await now_is(house, ref)).state for ref in (REF, OTHER)} == {"needs_info"}
    page = await an.client.post("/dossiers/ask", data={**form, "ref": [REF]})
    assert page.status_code == 409
    assert REF in page.text


async def test_a_script_reads_why(house: House) -> None:
    """The page's own script gets the reason as plain text, and no page."""
    await hands_in(house, REF)
    an = await house.signed_in(AN, "agent")
    form = {"csrf": await an.mark(), "step": "approve", "version": "7"}
    answer = await an.client.post(
        f"/dossiers/{REF}/decide", data=form, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 409
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("ref", ["HS-000000-NONE00", "../nowhere", "<b>", "%00"])
async def test_no_such_request(house: House, ref: str) -> None:
    """A reference that is none is not found."""
    an = await house.signed_in(AN, "agent")
    assert (await an.sees(f"/dossiers/{ref}")).status_code == 404


async def test_a_changed_contact_is_pointed_out(house: House) -> None:
    """Whoever changed the phone yesterday is looked at twice."""
    await hands_in(house, REF, answers={**BOOK, "full_name": "Trần Văn Tèo"})
    async with house.store.unit(now=house.clock.now()) as unit:
        await unit.save_changes([change(house)])
    page = (await (await house.signed_in(AN, "agent")).sees(f"/dossiers/{REF}")).text
    assert "Liên hệ của tài khoản đổi 1 lần" in page
    assert page.index("✗ Sai lệch") < page.index("! Xem lại") < page.index("✓ Khớp")
