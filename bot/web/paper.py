"""A filled form as a PDF, behind an address that only the chat was given, for some minutes.

It may be opened more than once until then: browsers on phones fetch a PDF twice.
"""

from starlette.responses import Response

from bot.app import Engine
from bot.credentials import PAPER
from bot.notifier.parcel import PaperBody
from storage.base import Page


async def paper(engine: Engine, page: Page, lang: str) -> Response:
    """The PDF that a page's purpose names. Raises LookupError when its dossier is gone."""
    name, dossier = page.purpose.removeprefix(PAPER).split()
    pdf = await engine.paperwork.draw(PaperBody(name, dossier, lang))
    shown = {"Content-Disposition": f'inline; filename="{name}-{dossier}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=shown)
