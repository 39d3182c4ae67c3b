"""A new e-mail address: exactly one plain address or a refusal that names what is wrong."""

import tomllib
import unicodedata
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flows.checks import Got, Refused, contact, is_whole_email, likely_email, new_email

CORPUS = tomllib.loads((Path(__file__).parent / "corpora/emails.toml").read_text("utf-8"))
REFUSED = [(typed, f"error.{key}") for key, lines in CORPUS["refused"].items() for typed in lines]
REFUSED += [
    (f"{'a' * 65}@b.vn", "error.email_long"),
    (f"a@{'b' * 64}.vn", "error.email_domain"),
    (f"a@{'b.' * 126}vn", "error.email_long"),
    (f"a@{'bcd.' * 90}vn", "error.too_long"),
]
LOCALS = st.from_regex(r"[A-Za-z0-9_+~-]{1,12}(\.[A-Za-z0-9_'=&]{1,8}){0,2}", fullmatch=True)
DOMAINS = st.from_regex(r"[a-z0-9]{1,10}(\.[a-z]{2,6}){0,1}\.(com|vn|com\.vn)", fullmatch=True)
SIGNS = "aA1.@,;:<>()[]\"' \t\r\n\\%!+-_\u200b\u202e\uff20\u0430\u1ea1\u0301\u212a"
PIECES = ("b.vn", " c@d.vn", "gmail.com", "xn--", "mailto:", "?bcc=", "a còng", " chấm ", "Bcc: ")
NOISE = st.lists(st.sampled_from([*SIGNS, *PIECES]), max_size=2).map("".join)
# An address with something wrong put in, in front, between or behind; or anything at all.
NEARLY = st.tuples(NOISE, LOCALS, NOISE, st.just("@"), NOISE, DOMAINS, NOISE).map("".join)

SPELLINGS = {
    "nguyenvana @gmail . com": "nguyenvana@gmail.com",
    "nguyenvana@ gmail.com": "nguyenvana@gmail.com",
    "nguyen . van . a @ gmail . com": "nguyen.van.a@gmail.com",
    "an@gmail com": "an@gmail.com",
    "an@yahoo com vn": "an@yahoo.com.vn",
    "an@yahoo. com. vn": "an@yahoo.com.vn",
    "Email của tôi là an@gmail.com ạ": "an@gmail.com",
    "an@gmail.com. Cảm ơn bác": "an@gmail.com",
    "an@gmail.com, nhé": "an@gmail.com",
    "nhầm, email là b@x.vn": "b@x.vn",
    "Nguyễn Văn An an@gmail.com": "an@gmail.com",
    "địa chỉ:an@gmail.com": "an@gmail.com",
    "nguyễn văn an a còng gmail chấm com": "nguyenvanan@gmail.com",
    "nguyễn văn an a còng gờ meo chấm cơm": "nguyenvanan@gmail.com",
    "anh tú a còng da hu chấm com chấm vê en": "anhtu@yahoo.com.vn",
    "nguyen van an a cong gmail cham com": "nguyenvanan@gmail.com",
    "email của tôi là anh tú a còng yahoo chấm com chấm vn nhé": "anhtu@yahoo.com.vn",
    "hoa gạch dưới lan một chín tám không a móc gmail chấm com": "hoa_lan1980@gmail.com",
    "tran chấm b gạch ngang c a vòng fpt chấm vn": "tran.b-c@fpt.vn",
    "john dot smith at company dot vn": "john.smith@company.vn",
}
SLIPS = {
    "an@gmail.con": "an@gmail.com",
    "an@gmail.cm": "an@gmail.com",
    "an@gmail.comm": "an@gmail.com",
    "an@gmail.vom": "an@gmail.com",
    "an@gmail.com.vn": "an@gmail.com",
    "an@gmail.vn": "an@gmail.com",
    "an@gmial.com": "an@gmail.com",
    "an@gmai.com": "an@gmail.com",
    "an@gmaill.com": "an@gmail.com",
    "an@gnail.com": "an@gmail.com",
    "an@ggmail.com": "an@gmail.com",
    "an@gmial.con": "an@gmail.com",
    "an@gmail": "an@gmail.com",
    "an@gmai": "an@gmail.com",
    "an@gmailcom": "an@gmail.com",
    "an@www.gmail.com": "an@gmail.com",
    "an@yahoo": "an@yahoo.com",
    "an@yahoo.con": "an@yahoo.com",
    "an@yaho.com": "an@yahoo.com",
    "an@yahooo.com.vn": "an@yahoo.com.vn",
    "an@yahoo.vn": "an@yahoo.com.vn",
    "an@yahoo.com.vm": "an@yahoo.com.vn",
    "an@yahoocomvn": "an@yahoo.com.vn",
    "an@hotnail.com": "an@hotmail.com",
    "an@hotmial.com": "an@hotmail.com",
    "an@outlook.con": "an@outlook.com",
    "an@outlok.com": "an@outlook.com",
    "an@icoud.com": "an@icloud.com",
    "an@congty.con": "an@congty.com",
    "an@congty.com.vm": "an@congty.com.vn",
    "an@congty.comvn": "an@congty.com.vn",
    "an@yahô.com": "an@yahoo.com",
    "an@outlôk.com": "an@outlook.com",
    "an@gmạil.com": "an@gmail.com",
}
SOUND = [
    "gmail.com", "googlemail.com", "yahoo.com", "yahoo.com.vn", "yahoo.co.uk", "yahoo.fr",
    "ymail.com", "hotmail.com", "hotmail.fr", "outlook.com", "outlook.com.vn", "live.com",
    "msn.com", "icloud.com", "mail.com", "email.com", "proton.me", "zoho.com", "fpt.vn",
    "vnn.vn", "hn.vnn.vn", "vss.gov.vn", "hust.edu.vn", "congty.com.vn", "cloud.com", "b.co",
    "b.cm", "a.vn", "x.info",
]  # fmt: skip


@pytest.mark.parametrize(("typed", "key"), REFUSED)
def test_what_is_no_plain_address_is_refused(typed: str, key: str) -> None:
    """Each kind of wrong address is told what is wrong with it, and nothing is repeated."""
    assert new_email(typed) == Refused(key)


@pytest.mark.parametrize(("typed", "value"), [*CORPUS["accepted"].items(), *SPELLINGS.items()])
def test_one_address_however_it_is_typed(typed: str, value: str) -> None:
    """Spaces, labels, signs around it and dictated signs make no other address."""
    assert new_email(typed) == Got(value)


@pytest.mark.parametrize(("typed", "meant"), SLIPS.items())
def test_slips_are_asked_back(typed: str, meant: str) -> None:
    """A slip is kept as it was typed, with what was probably meant beside it."""
    answer = new_email(typed)
    assert isinstance(answer, Got)
    assert answer.outcome == "typo"
    assert likely_email(answer.value) == meant
    assert new_email(meant) == Got(meant)


@pytest.mark.parametrize("domain", SOUND)
def test_sound_domains_are_not_doubted(domain: str) -> None:
    """Nobody whose address is right is asked whether it is."""
    assert new_email(f"an@{domain}") == Got(f"an@{domain}")


def test_only_a_whole_address_can_be_kept() -> None:
    """Without the end of its domain an address is a slip that cannot stay as it was typed."""
    assert not is_whole_email("an@gmail")
    assert is_whole_email("an@gmail.con")


def test_the_corpora_are_as_large_as_promised() -> None:
    """At least sixty hostile lines, and one for every refusal that the reader may give."""
    assert len(REFUSED) >= 60
    assert {key for _, key in REFUSED} >= set(new_email.refusals)


@given(NEARLY | st.lists(NOISE, max_size=8).map("".join) | st.text(max_size=80))
def test_what_is_accepted_reaches_exactly_one(typed: str) -> None:
    """Written into a header and read again, an accepted address is one recipient: itself."""
    answer = new_email(typed)
    if isinstance(answer, Got):
        assert _recipients(answer.value) == [answer.value]
        assert answer.value.isascii()
        assert answer.value == answer.value.lower()
        assert new_email(answer.value) == answer
        assert not is_whole_email(answer.value) or contact(answer.value) == Got(answer.value)


@pytest.mark.parametrize("typed", [*CORPUS["accepted"], *SPELLINGS, *SLIPS])
def test_every_accepted_line_reaches_exactly_one(typed: str) -> None:
    """The corpus, too, gives one recipient for each address that is accepted."""
    answer = new_email(typed)
    assert isinstance(answer, Got)
    assert _recipients(answer.value) == [answer.value]


@given(LOCALS, DOMAINS)
def test_a_plain_address_is_itself(local: str, domain: str) -> None:
    """What everybody would call an address is read as it stands, and found again on file."""
    answer = new_email(f"{local}@{domain}")
    assert isinstance(answer, Got)
    assert answer.value == f"{local}@{domain}".lower()
    assert contact(answer.value) == Got(answer.value)


@given(LOCALS, DOMAINS)
def test_a_suggestion_is_not_a_slip_itself(local: str, domain: str) -> None:
    """Following a suggestion leads to an address that is not doubted again."""
    meant = likely_email(f"{local}@{domain}")
    assert meant is None or likely_email(meant) is None


@given(st.text(alphabet="aăâeêoôuưdđyẠơ.", min_size=1, max_size=12))
def test_spelling_of_accents_makes_no_difference(local: str) -> None:
    """Composed or not, a local part with accents is refused for the same reason."""
    assume(not local.isascii())
    typed = f"x{local}x@b.vn".replace("..", ".")
    assert new_email(unicodedata.normalize("NFD", typed)) == new_email(typed)


def _recipients(address: str) -> list[str]:
    mail = EmailMessage(policy=SMTP)
    mail["To"] = address
    mail.set_content("x")
    read = message_from_bytes(mail.as_bytes(), policy=SMTP)
    (header,) = read.get_all("To", [])
    return [each.addr_spec for each in header.addresses]
