"""The demo's postmen: senders that deliver to the page instead of the outside world.

They keep the notifier's contract to the letter (one try, a verdict, a repeat of a `ref`
has no effect), so that everything before them is the production path. They never open
a connection.
"""

from bot.clock import Clock
from bot.demo.board import Answered, Board, Bubble, Erased, Mail, Pdf, Sms
from bot.demo.papers import Paper, Papers
from bot.demo.photos import Photos
from bot.notifier.parcel import (
    ChatBody,
    Dead,
    Delivered,
    Letter,
    MailBody,
    PaperBody,
    SmsBody,
    Verdict,
)

_WRONG_BODY = Dead("the body is meant for another channel")


class ChatPost:
    """Delivers bubbles and papers to a chat session; `to` is the session.

    files: the photos that were sent from the page.
    """

    name = "chat"

    def __init__(self, board: Board, clock: Clock) -> None:
        self.files = Photos()
        self.papers = Papers()
        self._board = board
        self._clock = clock

    async def send(self, letter: Letter) -> Verdict:
        """Pin the bubble, and what it erases and answers, or the paper."""
        match letter.body:
            case ChatBody() as body:
                self._deliver(letter, body)
            case PaperBody() as body:
                self._hand_over(letter, body)
            case _:
                return _WRONG_BODY
        return Delivered(letter.ref)

    async def close(self) -> None:
        """End the watches on the board; it has no other connection."""
        self._board.close()

    def _deliver(self, letter: Letter, body: ChatBody) -> None:
        topic = chat_topic(letter.to)
        if body.erase:
            self._board.pin(topic, f"{letter.ref} erase", Erased(body.erase))
        if body.answer:
            self._board.pin(topic, f"{letter.ref} answer", Answered(body.answer))
        if body.text or letter.picture:
            self._board.pin(topic, letter.ref, self._bubble(letter, body))

    def _hand_over(self, letter: Letter, body: PaperBody) -> None:
        paper = Paper(f"{body.paper}-{body.dossier}.pdf", letter.picture)
        self.papers.lay(letter.to, letter.ref, paper)
        told = Pdf(letter.ref, self._clock.now(), paper.name, len(paper.pdf))
        self._board.pin(chat_topic(letter.to), letter.ref, told)

    def _bubble(self, letter: Letter, body: ChatBody) -> Bubble:
        return Bubble(
            id=letter.ref,
            at=self._clock.now(),
            text=body.text,
            buttons=body.buttons,
            share_phone=body.share_phone,
            picture=letter.picture,
        )


class SmsPost:
    """Delivers SMS to the sample citizens' phones; `to` is an E.164 number."""

    name = "sms"

    def __init__(self, board: Board, clock: Clock) -> None:
        self._board = board
        self._clock = clock

    async def send(self, letter: Letter) -> Verdict:
        """Pin the SMS."""
        if not isinstance(letter.body, SmsBody):
            return _WRONG_BODY
        sms = Sms(letter.ref, self._clock.now(), letter.to, letter.body.text)
        self._board.pin(sms_topic(letter.to), letter.ref, sms)
        return Delivered(letter.ref)

    async def close(self) -> None:
        """There is no connection to let go of."""


class MailPost:
    """Delivers e-mails to the sample citizens' inboxes; `to` is an address."""

    name = "email"

    def __init__(self, board: Board, clock: Clock) -> None:
        self._board = board
        self._clock = clock

    async def send(self, letter: Letter) -> Verdict:
        """Pin the e-mail; the page shows its plain text."""
        if not isinstance(letter.body, MailBody):
            return _WRONG_BODY
        body = letter.body
        mail = Mail(letter.ref, self._clock.now(), letter.to, body.subject, body.text)
        self._board.pin(mail_topic(letter.to), letter.ref, mail)
        return Delivered(letter.ref)

    async def close(self) -> None:
        """There is no connection to let go of."""


class Posts:
    """The three postmen around one board."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.board = Board()
        self.chat = ChatPost(self.board, clock)
        self.sms = SmsPost(self.board, clock)
        self.email = MailPost(self.board, clock)

    def clear(self) -> None:
        """Forget all that was delivered or is on its way, and tell everybody who watches."""
        self.chat.files.clear()
        self.chat.papers.clear()
        self.board.clear()


def chat_topic(session: str) -> str:
    """Where the bubbles of a session are pinned."""
    return f"chat {session}"


def sms_topic(number: str) -> str:
    """Where the SMS to an E.164 number are pinned."""
    return f"sms {number}"


def mail_topic(address: str) -> str:
    """Where the e-mails to an address are pinned; addresses are the same in any case."""
    return f"email {address.casefold()}"
