"""What the bot says of messages that citizens pass on, and what it must never say.

The messages stand in `corpora/messages.toml`. The list they are compared with is the product's
own, with nothing added.
"""

import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.links import Listed
from flows.scam import LONGEST, REASONS, judge, passed_on, pasted
from tests.play import LISTED

CORPUS = tomllib.loads((Path(__file__).parent / "corpora/messages.toml").read_text("utf-8"))
MESSAGES = CORPUS["message"]
SITE, HOTLINE = "baohiemxahoi.gov.vn", "1900 9068"
GENUINE = f"Tra cứu tại https://{SITE}. Cần hỏi, gọi {HOTLINE}."

# Each alone takes away "official", whatever stands around it.
BAD = (
    "0912345678",
    "1900 1234",
    "482913",
    "https://vnexpress.net",
    "bit.ly/3abcd",
    f"https://{SITE}.top",
    f"https://{SITE}@top.vn",
    f"https://xn--{SITE}",
    f"https://{SITE}:8080/",
    f"https://{SITE}/x?url=//top.vn",
    "http://[::1]/",
    "ai@top.vn",
    "@hotro_bhxh",
    "javascript:alert(1)",
    "đọc mã OTP",
    "gửi mật khẩu",
    "nộp 200k lệ phí",
    "chuyển khoản",
    "số thẻ ngân hàng",
    "sáu con số",
    "VssID.apk",
    "chia sẻ màn hình",
    "không chỉ chia sẻ màn hình",
    "bị khóa trong 24 giờ",
    "nhận quà",
    "\u200b",
    "\u202e",
)
GOOD = (GENUINE, SITE, HOTLINE, f"https://dichvucong.{SITE}/a", "Chào ông/bà.", "+84 24 3789 9999")
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=200)
PIECES = st.lists(st.one_of(st.sampled_from((*GOOD, *BAD)), ANYTHING), max_size=8)


@pytest.mark.parametrize("message", MESSAGES, ids=[each["text"][:30] for each in MESSAGES])
def test_a_message_is_told(message: dict[str, Any]) -> None:
    """Each message is what a careful officer would call it, for the reasons she would give."""
    judged = judge(message["text"], LISTED)
    assert (judged.verdict, list(judged.reasons)) == (message["verdict"], message["reasons"])


def test_the_corpus_is_as_large_as_promised() -> None:
    """Sixty messages and more, of eight kinds of fraud and more, and every verdict."""
    kinds = {each["kind"] for each in MESSAGES if each["verdict"] == "not_official"}
    assert len(MESSAGES) >= 60
    assert len(kinds) >= 8
    assert {each["verdict"] for each in MESSAGES} == {"official", "not_official", "unclear"}


@given(PIECES, st.sampled_from([" ", "\n", ". ", ", "]))
def test_official_is_only_what_is_on_the_list(pieces: list[str], between: str) -> None:
    """One strange link or number, or one wish for a secret, and nothing is official any more."""
    judged = judge(between.join(pieces), LISTED)
    assert judged.reasons
    assert set(judged.reasons) <= set(REASONS)
    if judged.verdict == "official":
        assert judged.reasons == ("listed",)
        assert not set(BAD) & set(pieces)


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("around", ["{0} {1}", "{1} {0}", "{1}\n{0}", "{0}, {1}!"])
def test_a_listed_link_vouches_for_nothing_beside_it(bad: str, around: str) -> None:
    """A fraud that names the real page and the real hotline stays a fraud."""
    assert judge(around.format(GENUINE, bad), LISTED).verdict != "official"


@given(st.integers(1, SITE.index(".") - 1), st.characters(exclude_categories=()))
@example(3, "\x07")
@example(3, "\u200d")
@example(3, "\ufe0f")
def test_one_sign_more_is_another_page(at: int, sign: str) -> None:
    """Nothing can be put into an official name so that it is still taken for one."""
    judged = judge(f"https://{SITE[:at]}{sign}{SITE[at:]}", LISTED)
    assert judged.verdict != "official"


@given(ANYTHING, st.sampled_from([1, 3, 60, 4096]))
@example("[.]", 4096)
@example("\ufdfa", 4096)
@example("%25", 4096)
@example("http://", 4096)
def test_no_text_raises(text: str, times: int) -> None:
    """Whatever is pasted, there is an answer, and the reader and the menu take it in."""
    whole = (text * times)[:LONGEST]
    assert judge(whole, LISTED).reasons
    pasted(whole)
    passed_on(whole, fresh=False)
    passed_on(whole, fresh=True)


def test_what_is_not_read_is_not_official() -> None:
    """Behind the longest message there may stand anything."""
    filled = GENUINE + " Chào." * LONGEST
    assert judge(filled[:LONGEST], LISTED).verdict == "official"
    assert judge(filled, LISTED).reasons == ("too_much",)


def test_nothing_is_official_without_a_list() -> None:
    """An empty list knows nobody, and never guesses."""
    verdicts = {judge(each["text"], Listed()).verdict for each in MESSAGES}
    assert "official" not in verdicts


def test_our_own_pages_and_names() -> None:
    """The page of this bot and its own name are listed; what is below the page is not."""
    own = Listed(hosts=("bot.agency.vn",), bots=("vssid_bot",), senders=("BHXHVN",))
    assert judge("https://bot.agency.vn/p/abc", own).verdict == "official"
    assert judge("https://t.me/vssid_bot", own).verdict == "official"
    assert judge("@vssid_bot", own).verdict == "official"
    assert judge("https://a.bot.agency.vn/", own).verdict == "unclear"
    assert judge("https://t.me/vssid_bot2", own).reasons == ("messenger",)
    assert judge("BHXHVN: mời ông/bà đến cơ quan", own).reasons == ("sender_name",)


@pytest.mark.parametrize(
    ("text", "fresh", "passed"),
    [
        ("Xem giúp con http://vssid-gov.com", True, True),
        ("em vào dichvucong.gov.vn mà không đăng nhập được", True, False),
        ("em vào dichvucong.gov.vn mà không đăng nhập được", False, True),
        ("https://dichvucong.gov.vn", True, True),
        ("tài khoản bị khóa vì em nhập sai mật khẩu nhiều lần quá", True, False),
        ("em không đăng nhập được vssid", True, False),
        ("quên mật khẩu", False, False),
        ("Bác chờ cháu một lát nhé", False, True),
        ("0912345678", True, False),
        ("0912345678", False, True),
        ("lan@example.vn", True, False),
        ("mật khẩu của tôi là: hoa123 vào http://a.vn", True, False),
        ("MatKhau@2026x", True, False),
    ],
)
def test_what_is_taken_for_a_message(text: str, *, fresh: bool, passed: bool) -> None:
    """Links and forwarded texts are; what citizens say themselves, and passwords, are not."""
    assert passed_on(text, fresh=fresh) == passed


def test_every_reason_has_an_example() -> None:
    """No reason stands in the data that no message leads to."""
    given_ = set(chain.from_iterable(each["reasons"] for each in MESSAGES))
    assert set(REASONS) - given_ == {"too_much", "sender_name"}
