"""A filled form, or a copy of one's data, behind an address that only the chat was given.

For some minutes it may be opened more than once: browsers on phones fetch a PDF twice.
"""

from starlette.responses import Response

from bot.app import Engine
from bot.credentials import PAPER
from bot.export import copy_of
from bot.my_data import PAGE, PRINT
from bot.notifier.parcel import PaperBody
from storage.base import Page


async def paper(engine: Engine, page: Page, lang: str) -> Response:
    """The paper that a page's purpose names. Raises LookupError when its dossier is gone."""
    name, dossier = page.purpose.removeprefix(PAPER).split()
    if name == PAGE:
        return await _data(engine, page, dossier, lang)
    pdf = await engine.paperwork.draw(PaperBody(name, dossier, lang))
    shown = {"Content-Disposition": f'inline; filename="{name}-{dossier}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=shown)


async def _data(engine: Engine, page: Page, form: str, lang: str) -> Response:
    now = engine.turns.clock.now()
    copy = await copy_of(engine.desk, engine.store, page, now=now, lang=lang)
    how, kind = ("inline", "pdf") if form == PRINT else ("attachment", "json")
    shown = {"Content-Disposition": f'{how}; filename="vssid-data.{form}"'}
    return Response(copy, media_type=f"application/{kind}", headers=shown)
