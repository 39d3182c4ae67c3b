"""What the bot makes of what people write: the real classifier and the real guides together."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import flows
from bot.clock import SteadyClock
from bot.guides import Guides
from bot.sense import BY_INTENT, Sensing
from flows import common
from flows.free import BEYOND, GUIDE, THANKS
from flows.model import start, tap

GUIDES = Guides(SteadyClock())
SENSE = Sensing(flows.discover(), GUIDES)

SURE = [
    ("e quen mat khau vssid roi a", start("forgot_password")),
    ("toi ko nho pass vao app bao hiem", start("forgot_password")),
    ("muon gan them dia chi mail vao tai khoan", start("add_email")),
    ("toi doi sang so dt moi, so cu van con xai", start("change_phone")),
    ("rot dien thoai xuong song mat luon cai sim dang ky vssid", start("lost_phone")),
    ("so bao hiem bi chuot gam, xin cap cuon khac", start("reissue")),
    ("ho so hom bua cua toi toi dau roi", start("my_dossiers")),
    ("cho gap nguoi that di, may tra loi hoai", common.PERSON),
    ("khong lam nua dau, thoi", common.CANCEL),
    ("thanks ban nhieu nha", THANKS),
    ("gia vang hom nay bao nhieu", BEYOND),
    ("ừ đúng rồi", tap("yes")),
    ("dạ không", tap("no")),
    ("lay lai mat khau co ton tien khong", GUIDE + "fee_password"),
    ("tong dai bao hiem mo cua may gio", GUIDE + "opening_hours"),
]


@pytest.mark.parametrize(("text", "event"), SURE)
def test_sure(text: str, event: str) -> None:
    """What is said plainly is understood, whatever the spelling."""
    sense = SENSE(text)
    assert (sense.events[:1], sense.sure) == ((event,), True)


ROBBED = [
    "tôi lỡ đưa mã otp cho người lạ rồi",
    "hôm qua có người xưng cán bộ gọi, tôi đọc luôn mã 6 số, giờ thấy nghi quá",
    "bac bam vao link la roi nhap so the ngan hang",
    "I clicked a fake vssid link and entered my password",
]


@pytest.mark.parametrize("text", ROBBED)
def test_who_was_deceived_is_helped(text: str) -> None:
    """What to do now, with the emergency stop, and no opinion on what deceived them."""
    sense = SENSE(text)
    assert (sense.events[0], sense.sure) == (GUIDE + "scammed", True)
    assert sense.leads == start("freeze_account")


UNHARMED = [
    "có người gọi xin mã otp, tôi chưa đọc",
    "toi chua bam link, tin nay that hay gia",
    "I haven't clicked yet, is this message a scam",
]


@pytest.mark.parametrize("text", UNHARMED)
def test_who_was_not_yet_deceived_is_told_what_it_is(text: str) -> None:
    """Whoever gave nothing away is not alarmed; the message is looked at."""
    assert SENSE(text).events[0] == start("scam_check")


def test_contrast() -> None:
    """What is denied is not what is asked for."""
    sense = SENSE("em không quên mật khẩu, em bị mất sim")
    assert sense.events[0] == start("lost_phone")


def test_two_asks() -> None:
    """The second ask is kept for later."""
    sense = SENSE("em quên mật khẩu vssid, với lại cho em hỏi làm lại thẻ bhyt bị mất luôn ạ")
    assert (sense.events[0], sense.also) == (start("forgot_password"), (start("reissue"),))


def test_for_somebody_else() -> None:
    """Whoever asks for a parent is told so by the bot; whoever asks for themselves is not."""
    assert SENSE("má con quên mật khẩu vssid, con làm giùm má").for_other
    assert not SENSE("tôi quên mật khẩu vssid").for_other


def test_the_usual_answers_exist() -> None:
    """Every ask that has a usual answer has it in the guides."""
    assert all(GUIDES.get(name) for name in BY_INTENT.values())


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    """Any text is read the same each time, as two known things at the most."""
    sense = SENSE(text)
    assert sense == SENSE(text)
    assert len(sense.events) <= 2
    named = [event.removeprefix("start:") for event in sense.events if event.startswith("start:")]
    assert set(named) <= flows.discover().keys()
    told = [event.removeprefix(GUIDE) for event in sense.events if event.startswith(GUIDE)]
    assert all(GUIDES.get(name) for name in told)
