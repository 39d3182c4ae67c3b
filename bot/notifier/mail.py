"""E-mail through the organisation's SMTP server.

One letter, one recipient, one connection. Encryption is required or ruled out by config.toml,
never left to what the server happens to offer. An address that is not exactly one plain
address is refused here, whatever was checked before.
"""

import asyncio
import hashlib
import re
import ssl
from contextlib import suppress
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from typing import Annotated, Literal, Self

import aiosmtplib
from pydantic import AfterValidator, Field, FilePath, SecretStr, model_validator

from bot.clock import Clock
from bot.notifier.described import Described, is_loopback
from bot.notifier.parcel import Dead, Delivered, Later, Letter, MailBody, Verdict

_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(
    rf"(?=.{{3,254}}\Z)(?=[^@]{{1,64}}@){_WORD}(?:\.{_WORD})*@{_LABEL}(?:\.{_LABEL})*"
)
_LOGIN_WANTED = {530, 534, 535, 538}
_GOODBYE_SECONDS = 1.0


def _one_address(address: str) -> str:
    if _ADDRESS.fullmatch(address) is None:
        raise ValueError("must be exactly one plain address")
    return address


class SmtpServer(Described):
    """The server that takes our mail, as config.toml describes it."""

    host: str = Field(pattern=r"^[A-Za-z0-9.:-]+$")
    port: int = Field(ge=1, le=65535)
    security: Literal["starttls", "tls", "none"]
    username: str = ""
    password: SecretStr = SecretStr("")
    sender: Annotated[str, AfterValidator(_one_address)]
    sender_name: str = Field("", pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$")
    timeout: float = Field(10, gt=0, le=60)
    ca_file: FilePath | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.security == "none" and not is_loopback(self.host):
            raise ValueError("security: none is for a server on this machine only")
        if bool(self.username) != bool(self.password.get_secret_value()):
            raise ValueError("username and password: give both or neither")
        return self


class MailSender:
    """The way out by e-mail."""

    name = "email"

    def __init__(self, server: SmtpServer, clock: Clock) -> None:
        """Read the certificates once; `clock` dates the mails."""
        self._server = server
        self._clock = clock
        self._tls = ssl.create_default_context(cafile=server.ca_file)

    async def send(self, letter: Letter) -> Verdict:
        """Make one try over a connection of its own."""
        body = letter.body
        if not isinstance(body, MailBody):
            raise TypeError("an e-mail sender was handed another kind of letter")
        if _ADDRESS.fullmatch(letter.to) is None:
            return Dead("address")
        mail = self._written(letter, body)
        line = self._line()
        try:
            return await self._envelope(line, letter.to) or await self._content(line, mail)
        finally:
            with suppress(aiosmtplib.SMTPException, OSError):
                await line.quit(timeout=_GOODBYE_SECONDS)
            line.close()

    async def close(self) -> None:
        """Nothing is kept between two letters."""

    def _written(self, letter: Letter, body: MailBody) -> bytes:
        mail = EmailMessage(policy=WIRE.clone(cte_type="7bit"))
        server = self._server
        mail["From"] = Address(server.sender_name, addr_spec=server.sender)
        mail["To"] = Address(addr_spec=letter.to)
        mail["Subject"] = " ".join(body.subject.split())
        mail["Date"] = format_datetime(datetime.fromtimestamp(self._clock.now(), UTC))
        # The same on every try, so that a mail delivered twice can be recognised as one.
        mail["Message-ID"] = f"<{_digest(letter.ref)}@{_domain(server.sender)}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(body.text)
        mail.add_alternative(body.html, subtype="html")
        return mail.as_bytes()

    def _line(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            # Else this machine's name is asked of the resolver, and told, for every mail.
            local_hostname=_domain(server.sender),
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=self._tls,
            timeout=server.timeout,
        )

    async def _envelope(self, line: aiosmtplib.SMTP, to: str) -> Verdict | None:
        """Go as far as the recipient; a verdict means that nothing was handed over."""
        try:
            async with asyncio.timeout(self._server.timeout):
                await line.connect()
                if refused := await self._login(line):
                    return refused
                await line.mail(self._server.sender)
                await line.rcpt(to)
        except aiosmtplib.SMTPRecipientRefused as refusal:
            return _refused("recipient", refusal.code)
        except aiosmtplib.SMTPResponseException as refusal:
            return _not_ours("server", refusal.code)
        except TimeoutError:
            return Later("timeout")
        except ssl.SSLError:
            return Later("tls")
        except (aiosmtplib.SMTPException, OSError) as failure:
            return Later("tls" if _is_tls(failure) else "connection")
        return None

    async def _login(self, line: aiosmtplib.SMTP) -> Verdict | None:
        if not self._server.username:
            return None
        try:
            await line.login(self._server.username, self._server.password.get_secret_value())
        except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError):
            raise
        except aiosmtplib.SMTPException:
            return Later("auth")
        return None

    async def _content(self, line: aiosmtplib.SMTP, mail: bytes) -> Verdict:
        """Hand the mail over; without a plain answer it may have been taken."""
        try:
            async with asyncio.timeout(self._server.timeout):
                taken = await line.data(mail)
        except aiosmtplib.SMTPDataError as refusal:
            return _refused("content", refusal.code)
        except TimeoutError:
            return Later("timeout", unsure=True)
        except (aiosmtplib.SMTPException, OSError):
            return Later("broken off", unsure=True)
        queued = re.search(r"queued as ([A-Za-z0-9.-]{1,64})", taken.message)
        return Delivered(queued[1] if queued else "")


def _refused(what: str, code: int) -> Verdict:
    """Judge a reply about this one recipient or this one mail."""
    if code in _LOGIN_WANTED or not 500 <= code <= 599:
        return _not_ours(what, code)
    return Dead(f"{what} {code}")


def _not_ours(what: str, code: int) -> Later:
    """Judge a reply about us: the operator's to repair, and no reason to lose a mail."""
    return Later("auth" if code in _LOGIN_WANTED else f"{what} {code}")


def _is_tls(failure: Exception) -> bool:
    """Tell a failed handshake, or a server without STARTTLS, from a failed connection."""
    return isinstance(failure.__cause__, ssl.SSLError) or not isinstance(failure, OSError)


def _digest(ref: str) -> str:
    return hashlib.sha256(ref.encode()).hexdigest()[:32]


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
