"""Encryption, login, and how an SMTP server is described."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.notifier.parcel import Delivered, Later
from tests.bot.notifier.mails import LOGIN, sent, server
from tests.bot.notifier.post_office import FakePostOffice, certificate, fake_post_office


@pytest.fixture
async def office() -> AsyncIterator[FakePostOffice]:
    async with fake_post_office() as running:
        yield running


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    return certificate(tmp_path_factory.mktemp("tls"))


async def test_starttls_and_login_come_before_the_mail(
    trusted: tuple[Path, ssl.SSLContext],
) -> None:
    """With the right certificate and password the mail goes out encrypted."""
    ca_file, tls = trusted
    async with fake_post_office(tls, login=True) as office:
        secure = server(office.port, LOGIN | {"security": "starttls", "ca_file": ca_file})
        assert await sent(secure) == Delivered("4Yk1Zr")
        assert [login.login for login in office.logins] == [b"bot"]


async def test_tls_from_the_first_byte(trusted: tuple[Path, ssl.SSLContext]) -> None:
    """The port that speaks TLS at once is served too."""
    ca_file, tls = trusted
    async with fake_post_office(tls, implicit=True, login=True) as office:
        secure = server(office.port, LOGIN | {"security": "tls", "ca_file": ca_file})
        assert await sent(secure) == Delivered("4Yk1Zr")


async def test_a_wrong_password_kills_no_mail(trusted: tuple[Path, ssl.SSLContext]) -> None:
    """A refused login is the operator's to repair: later, and nothing was sent."""
    ca_file, tls = trusted
    async with fake_post_office(tls, login=True) as office:
        office.password = b"another"
        secure = server(office.port, LOGIN | {"security": "starttls", "ca_file": ca_file})
        assert await sent(secure) == Later("auth")
        assert not office.taken


async def test_a_login_that_is_not_offered_kills_no_mail(office: FakePostOffice) -> None:
    """A server without AUTH, when a login is configured, is a matter of login too."""
    assert await sent(server(office.port, LOGIN)) == Later("auth")


async def test_a_login_that_is_missing_kills_no_mail(
    trusted: tuple[Path, ssl.SSLContext],
) -> None:
    """A server that wants a login we do not have is a matter of login."""
    ca_file, tls = trusted
    async with fake_post_office(tls, login=True) as office:
        secure = server(office.port, {"security": "starttls", "ca_file": ca_file})
        assert await sent(secure) == Later("auth")


async def test_a_server_without_starttls_gets_nothing(office: FakePostOffice) -> None:
    """Encryption that was stripped on the way is not done without."""
    assert await sent(server(office.port, LOGIN | {"security": "starttls"})) == Later("tls")
    assert (office.taken, office.logins) == ([], [])


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_nobody_vouches_for_gets_nothing(
    trusted: tuple[Path, ssl.SSLContext], security: str
) -> None:
    """Without the authority's file, an unknown certificate ends the try."""
    _, tls = trusted
    async with fake_post_office(tls, implicit=security == "tls", login=True) as office:
        assert await sent(server(office.port, LOGIN | {"security": security})) == Later("tls")
        assert (office.taken, office.logins) == ([], [])


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_for_another_host_gets_nothing(tmp_path: Path, security: str) -> None:
    """A trusted certificate made out to somebody else ends the try."""
    ca_file, tls = certificate(tmp_path, "127.0.0.2")
    async with fake_post_office(tls, implicit=security == "tls") as office:
        described = server(office.port, {"security": security, "ca_file": ca_file})
        assert await sent(described) == Later("tls")
        assert not office.taken


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"host": "mail.example.vn"}, "security: none"),
        ({"host": "8.8.8.8"}, "security: none"),
        ({"host": "a b"}, "host"),
        ({"port": 0}, "port"),
        ({"security": "maybe"}, "security"),
        ({"sender": "A <a@b.vn>"}, "sender"),
        ({"sender": "a@b.vn,c@d.vn"}, "sender"),
        ({"sender_name": "a\r\nBcc: b@c.vn"}, "sender_name"),
        ({"username": "hidden"}, "username and password"),
        ({"password": "hidden"}, "username and password"),
        ({"ca_file": "/nowhere"}, "ca_file"),
        ({"timeout": 0}, "timeout"),
        ({"colour": "hidden"}, "colour"),
    ],
)
def test_a_wrong_description_names_its_key_and_no_value(
    changes: dict[str, object], key: str
) -> None:
    """Every mistake is found when it is read, named by key; no secret shows."""
    with pytest.raises(ValidationError) as refusal:
        server(25, changes)
    mistake = refusal.value.errors()[0]
    assert key in f"{'.'.join(map(str, mistake['loc']))}: {mistake['msg']}"
    assert "hidden" not in str(refusal.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_plain_text_is_for_this_machine(host: str) -> None:
    """Security none is accepted for a server on this machine; no password is shown."""
    described = server(25, LOGIN | {"host": host})
    assert described.host == host
    assert "right" not in repr(described)
