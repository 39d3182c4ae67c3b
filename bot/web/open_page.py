"""Which one-time page may be used just now, and in what language it speaks.

A page that was used, was voided with its account's codes, has lapsed, or whose conversation has
gone elsewhere is as little a page as one that never was.
"""

from bot.app import Engine
from bot.credentials import CHOOSE, PAPER, SIGN_IN
from flows.model import web
from storage.base import Conversation, Page

LANGS = ("vi", "en")
# What the conversation hears from each page, if it waits for it.
_TELLS = {CHOOSE: web("chosen"), SIGN_IN: web("proved")}


async def open_page(engine: Engine, token_hash: bytes) -> tuple[Page | None, str]:
    """The page that may still be used, and the language of its chat."""
    now = engine.turns.clock.now()
    async with engine.store.unit(now=now) as unit:
        page = (await unit.pages([token_hash])).get(token_hash)
        if page is None or page.used_at is not None or now >= page.expires_at:
            return None, ""
        row = (await unit.conversations([page.chat])).get(page.chat)
    if not page.purpose.startswith(PAPER) and not _waited_for(engine, page, row):
        return None, ""
    return page, row.lang if row and row.lang in LANGS else LANGS[0]


def _waited_for(engine: Engine, page: Page, row: Conversation | None) -> bool:
    """Whether the conversation stands at the question that this page answers."""
    flow = engine.desk.flows.get(row.flow) if row else None
    if row is None or flow is None or page.purpose not in _TELLS:
        return False
    same = (page.run, page.account) == (row.run, row.account)
    return same and (row.state, _TELLS[page.purpose]) in flow.rows
