"""A letter, and a server to hand it to."""

from bot.clock import ManualClock
from bot.notifier.mail import MailSender, SmtpServer
from bot.notifier.parcel import Letter, MailBody, Verdict

BODY = MailBody("Mã xác thực", "Mã của bạn: 123456\n.một dấu chấm\n", "<p>Mã <b>123456</b></p>")
NOW = 1_790_000_000.0
TO = "nguyen.van.a+vssid@mail.example.vn"
PLAIN: dict[str, object] = {
    "host": "127.0.0.1",
    "port": 25,
    "security": "none",
    "sender": "vssid@bhxh.example.vn",
    "sender_name": "BHXH Việt Nam, hỗ trợ",
    "timeout": 2,
}
LOGIN: dict[str, object] = {"username": "bot", "password": "right"}


def server(port: int, changes: dict[str, object] | None = None) -> SmtpServer:
    """Describe a server as config.toml would."""
    return SmtpServer.model_validate(PLAIN | {"port": port} | (changes or {}))


def letter(to: str = TO, ref: str = "ref-1", body: MailBody = BODY) -> Letter:
    return Letter(ref=ref, to=to, body=body, tries=1)


async def sent(described: SmtpServer, what: Letter | None = None) -> Verdict:
    """Hand one letter to a sender of this server."""
    sender = MailSender(described, ManualClock(NOW))
    try:
        return await sender.send(what or letter())
    finally:
        await sender.close()
