"""An SMTP server on loopback that replies by script, and a certificate for it."""

import asyncio
import ipaddress
import ssl
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class FakePostOffice:
    """The SMTP server's mind: what it says to whom, and the mails it took."""

    port: int = 0
    taken: list[Envelope] = field(default_factory=list)
    logins: list[LoginPassword] = field(default_factory=list)
    visits: int = 0
    password: bytes = b"right"
    replies: dict[str, deque[str]] = field(default_factory=dict)

    def says(self, command: str, *replies: str) -> Self:
        """Reply to a command with these in turn, then as usual; "" hangs up, "0.1" waits."""
        self.replies[command] = deque(replies)
        return self

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """Count the visit."""
        self.visits += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take the sender unless told otherwise."""
        envelope.mail_from = address
        return await self._reply("MAIL", server)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take the recipient unless told otherwise."""
        reply = await self._reply("RCPT", server)
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take the mail, then reply."""
        self.taken.append(envelope)
        return await self._reply("DATA", server)

    def login(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        """Let the right password in."""
        assert isinstance(data, LoginPassword)
        self.logins.append(data)
        return AuthResult(success=data.password == self.password, handled=False)

    async def _reply(self, command: str, server: SMTP) -> str:
        script = self.replies.get(command)
        reply = script.popleft() if script else "250 Ok: queued as 4Yk1Zr"
        if not reply and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        elif reply.replace(".", "").isdigit() and "." in reply:
            await asyncio.sleep(float(reply))
            return "250 Ok"
        return reply or "421 gone"


@asynccontextmanager
async def fake_post_office(
    tls: ssl.SSLContext | None = None,
    *,
    implicit: bool = False,
    login: bool = False,
) -> AsyncIterator[FakePostOffice]:
    """Run an SMTP server on a free port; with `tls`, by STARTTLS or from the first byte."""
    office = FakePostOffice()
    met: list[SMTP] = []

    def meet() -> SMTP:
        clerk = SMTP(
            office,
            hostname="localhost",
            tls_context=None if implicit else tls,
            require_starttls=tls is not None and not implicit,
            # The server does not see the encryption that begins before it does.
            auth_required=login and not implicit,
            auth_require_tls=not implicit,
            authenticator=office.login if login else None,
        )
        met.append(clerk)
        return clerk

    loop = asyncio.get_running_loop()
    server = await loop.create_server(meet, "127.0.0.1", 0, ssl=tls if implicit else None)
    office.port = server.sockets[0].getsockname()[1]
    async with server:
        yield office
        for clerk in met:
            line = clerk.transport
            # Python 3.11.2 cannot abort a TLS connection that is closed already.
            if isinstance(line, asyncio.Transport) and not line.is_closing():
                line.abort()
        await asyncio.sleep(0)


def certificate(folder: Path, address: str = "127.0.0.1") -> tuple[Path, ssl.SSLContext]:
    """Make a self-signed certificate; give its file, and the server's side of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "post office")])
    now = datetime.fromtimestamp(ssl.cert_time_to_seconds("Jan  1 00:00:00 2026 GMT"), UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=3650))
        .not_valid_after(now + timedelta(days=36500))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = signed.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    trusted, both = folder / "ca.pem", folder / "server.pem"
    trusted.write_bytes(pem)
    both.write_bytes(pem + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return trusted, context
