"""E-mail through a real SMTP server on loopback."""

from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import ManualClock
from bot.notifier.mail import MailSender
from bot.notifier.parcel import Dead, Delivered, Later, Letter, MailBody, SmsBody, Verdict
from tests.bot.notifier.mails import BODY, NOW, TO, letter, sent, server
from tests.bot.notifier.post_office import FakePostOffice, fake_post_office


def opened(office: FakePostOffice, which: int = -1) -> EmailMessage:
    """Open a mail that the server took."""
    content = office.taken[which].content
    assert isinstance(content, bytes)
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert isinstance(found, EmailMessage)
    return str(found.get_content())


@pytest.fixture
async def office() -> AsyncIterator[FakePostOffice]:
    async with fake_post_office() as running:
        yield running


# What goes out.


async def test_a_mail_says_the_same_as_text_and_as_html(office: FakePostOffice) -> None:
    """Text and HTML arrive as alternatives, Vietnamese and dotted lines intact."""
    assert await sent(server(office.port)) == Delivered("4Yk1Zr")
    mail = opened(office)
    assert mail.as_bytes().isascii()
    assert mail.get_content_type() == "multipart/alternative"
    assert part(mail, "plain").replace("\r\n", "\n") == BODY.text
    assert part(mail, "html").strip() == BODY.html


async def test_a_mail_carries_the_headers_of_an_automatic_notice(office: FakePostOffice) -> None:
    """From, To, Subject, Date of our clock, Auto-Submitted: as they must be."""
    await sent(server(office.port))
    mail = opened(office)
    assert mail["From"].addresses[0].addr_spec == "vssid@bhxh.example.vn"
    assert mail["From"].addresses[0].display_name == "BHXH Việt Nam, hỗ trợ"
    assert [address.addr_spec for address in mail["To"].addresses] == [TO]
    assert mail["Subject"] == "Mã xác thực"
    assert mail["Date"].datetime.timestamp() == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert office.taken[0].rcpt_tos == [TO]
    assert office.taken[0].mail_from == "vssid@bhxh.example.vn"


async def test_every_try_carries_the_same_message_id(office: FakePostOffice) -> None:
    """The Message-ID follows from the reference alone: same again, other for another."""
    for ref in ("ref-1", "ref-1", "ref-2\r\nBcc: <x@y.vn>"):
        await sent(server(office.port), letter(ref=ref))
    first, again, other = (opened(office, which)["Message-ID"] for which in range(3))
    assert first == again != other
    assert other.endswith("@bhxh.example.vn>")
    assert opened(office)["Bcc"] is None


@pytest.mark.parametrize("subject", ["a\r\nBcc: x@y.vn", "a\nb", "a\x85b\u2028c", "", "x " * 400])
async def test_a_subject_stays_one_header(office: FakePostOffice, subject: str) -> None:
    """Line breaks in a subject become spaces; no header is added by them."""
    body = MailBody(subject, "text", "<p>html</p>")
    assert await sent(server(office.port), letter(body=body)) == Delivered("4Yk1Zr")
    mail = opened(office)
    assert mail["Bcc"] is None
    assert mail["Subject"].split() == subject.split()


# Who it goes to.

HOSTILE = [
    "",
    "a",
    "@b.vn",
    "a@",
    "a@b.vn,c@d.vn",
    "a@b.vn, c@d.vn",
    "a@b.vn;c@d.vn",
    "a@b.vn c@d.vn",
    "a@b.vn\r\nBcc: c@d.vn",
    "a@b.vn\n",
    "\na@b.vn",
    "a@b.vn\0",
    "A <a@b.vn>",
    "<a@b.vn>",
    "group: a@b.vn;",
    '"a b"@b.vn',
    '"a@c.vn"@b.vn',
    "a@b@c.vn",
    "a..b@c.vn",
    ".a@b.vn",
    "a.@b.vn",
    "a(x)@b.vn",
    "a@b..vn",
    "a@-b.vn",
    "a@[127.0.0.1]",
    "a@b.vn.",
    "ă@b.vn",
    "a@bă.vn",
    "a\u200b@b.vn",
    "=?utf-8?q?a=2Cb=40c.vn?=",
    "a" * 65 + "@b.vn",
    "a@" + "b." * 130 + "vn",
]


@pytest.mark.parametrize("address", HOSTILE)
async def test_what_is_not_one_plain_address_is_dead(office: FakePostOffice, address: str) -> None:
    """A list, a display name, a line break: nothing is sent, the server is not even visited."""
    assert await sent(server(office.port), letter(to=address)) == Dead("address")
    assert office.visits == 0


NOWHERE = MailSender(server(1), ManualClock(NOW))
WORDS = st.text(alphabet="abcXYZ019.!#$%&'*+/=?^_`{|}~-@,;:<>()[]\" \r\n\\", max_size=30)


@given(WORDS | st.text(max_size=20), st.sampled_from(["", "@b.vn", "@=?utf-8?q?x?=", ",c@d.vn"]))
async def test_no_address_becomes_two(name: str, rest: str) -> None:
    """Whatever the address, it is refused or it is the one recipient, unchanged."""
    wanted = letter(to=name + rest)
    if await NOWHERE.send(wanted) == Dead("address"):
        return
    mail = message_from_bytes(NOWHERE._written(wanted, BODY), policy=policy.default)
    assert [address.addr_spec for address in mail["To"].addresses] == [wanted.to]
    assert mail["Bcc"] is None
    assert mail["Cc"] is None


async def test_another_kind_of_letter_is_a_mistake_of_ours() -> None:
    """An SMS handed to the e-mail sender is a bug and says so."""
    with pytest.raises(TypeError):
        await sent(server(1), Letter(ref="r", to=TO, body=SmsBody("t"), tries=1))


# What comes back.


@pytest.mark.parametrize(
    ("command", "reply", "verdict"),
    [
        ("RCPT", "550 5.1.1 no such user", Dead("recipient 550")),
        ("RCPT", "451 4.7.1 greylisted", Later("recipient 451")),
        ("RCPT", "421 4.3.2 closing", Later("recipient 421")),
        ("RCPT", "530 5.7.0 log in first", Later("auth")),
        ("RCPT", "", Later("connection")),
        ("MAIL", "550 5.7.1 sender refused", Later("server 550")),
        ("MAIL", "451 4.3.0 busy", Later("server 451")),
        ("MAIL", "", Later("connection")),
        ("DATA", "554 5.7.1 looks like spam", Dead("content 554")),
        ("DATA", "452 4.3.1 disk full", Later("content 452")),
        ("DATA", "", Later("broken off", unsure=True)),
        ("DATA", "nonsense", Later("broken off", unsure=True)),
        ("DATA", "250 Ok", Delivered()),
    ],
)
async def test_a_reply_is_judged_by_whom_it_is_about(
    office: FakePostOffice, command: str, reply: str, verdict: Verdict
) -> None:
    """5xx on the recipient or the mail is final; about us, or 4xx, is for later."""
    office.says(command, reply)
    assert await sent(server(office.port)) == verdict


async def test_greylisting_is_a_matter_of_coming_back(office: FakePostOffice) -> None:
    """451 first, 250 on the next try: one mail arrives."""
    office.says("RCPT", "451 4.7.1 come back", "250 Ok")
    assert await sent(server(office.port)) == Later("recipient 451")
    assert await sent(server(office.port)) == Delivered("4Yk1Zr")
    assert len(office.taken) == 1


async def test_silence_after_the_content_may_have_been_a_yes(office: FakePostOffice) -> None:
    """A timeout after DATA is unsure: the mail may well have arrived."""
    office.says("DATA", "0.2")
    slow = server(office.port, {"timeout": 0.1})
    assert await sent(slow) == Later("timeout", unsure=True)
    assert len(office.taken) == 1


async def test_silence_before_the_content_is_surely_a_no(office: FakePostOffice) -> None:
    """A timeout before anything was handed over is not unsure."""
    office.says("RCPT", "0.2")
    assert await sent(server(office.port, {"timeout": 0.1})) == Later("timeout")
    assert not office.taken


async def test_a_server_that_is_not_there_surely_took_nothing() -> None:
    """A refused connection is tried later and is not unsure."""
    async with fake_post_office() as gone:
        port = gone.port
    assert await sent(server(port)) == Later("connection")
