"""What is heard while an officer has the conversation: everything, and none of it is answered."""

from flows.checks import looks_like_password
from flows.model import PHOTO, TEXT, Event, Talk

TAKE, REPLY, RETURN = "staff:take", "staff:reply", "staff:return"
NOTE, MENU = "staff:note", "staff:menu"  # for colleagues alone; back to the bot, but to its menu
LAPSE = "clock:lapse"  # whoever has it has long not been at it
# text: the officer, and what they write on the lines below
ATTENDING = (TAKE, REPLY, RETURN, NOTE, MENU, LAPSE)
TO_OFFICER, TOO_LATE = "typed:to_officer", "too late"
HELD_SECRET = "secret"
HELD_PHOTO = "photo "  # and the platform's id of its file
# Who else may raise an event of a table; all others must have been offered by the last bubble.
OUTSIDE = ("web:", "clock:", "staff:", "file:")


def while_attended(talk: Talk, event: Event) -> tuple[str, str] | None:
    """Kind and value of what an officer does, and of what the bot must not answer meanwhile."""
    if event.kind in ATTENDING:
        return event.kind, event.text
    if not (talk.person and talk.person.officer):
        return None
    if event.kind.startswith(OUTSIDE):
        return TOO_LATE, ""
    if event.kind == PHOTO:
        return TO_OFFICER, HELD_PHOTO + event.text
    secret = event.kind == TEXT and looks_like_password(event.text)
    return TO_OFFICER, HELD_SECRET if secret else ""
