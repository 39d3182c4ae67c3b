"""Which one-time page may be used just now, and in what language it speaks.

A page that was used, was voided with its account's codes, has lapsed, or whose conversation has
gone elsewhere is as little a page as one that never was; but whoever comes late to a paper is told
how to see it again.
"""

from typing import NamedTuple

from bot.app import Engine
from bot.credentials import CHOOSE, PAPER, SIGN_IN
from bot.my_data import PAGE
from flows.model import web
from storage.base import Conversation, Page

LANGS = ("vi", "en")
# What the conversation hears from each page, if it waits for it.
_TELLS = {CHOOSE: web("chosen"), SIGN_IN: web("proved")}


class Found(NamedTuple):
    """What an address leads to. gone: the text that says so where `page` is None."""

    page: Page | None
    lang: str = ""
    gone: str = "gone"


async def open_page(engine: Engine, token_hash: bytes) -> Found:
    """The page that may still be used, and the language of its chat."""
    now = engine.turns.clock.now()
    async with engine.store.unit(now=now) as unit:
        page = (await unit.pages([token_hash])).get(token_hash)
        if page is None:
            return Found(None)
        row = (await unit.conversations([page.chat])).get(page.chat)
    lang = row.lang if row and row.lang in LANGS else LANGS[0]
    alive = page.used_at is None and now < page.expires_at
    if page.purpose.startswith(PAPER):
        return Found(page, lang) if alive else Found(None, lang, _lapsed(page))
    return Found(page, lang) if alive and _waited_for(engine, page, row) else Found(None)


def _lapsed(page: Page) -> str:
    of_data = page.purpose.startswith(f"{PAPER}{PAGE} ")
    return "gone_data" if of_data else "gone_form"


def _waited_for(engine: Engine, page: Page, row: Conversation | None) -> bool:
    """Whether the conversation stands at the question that this page answers."""
    flow = engine.desk.flows.get(row.flow) if row else None
    if row is None or flow is None or page.purpose not in _TELLS:
        return False
    same = (page.run, page.account) == (row.run, row.account)
    return same and (row.state, _TELLS[page.purpose]) in flow.rows
