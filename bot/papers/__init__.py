"""The papers of the product: facts in, the bytes of a PDF out.

Drawing pulls in libraries that take a second to import, so nothing here does it before the first
paper; `prepare` does it ahead of time. Makes no row, sends nothing, asks no clock.
"""


def prepare() -> None:
    """Import what the first paper would wait for; call it in a thread, off the event loop."""
    from bot.papers.sheet import Sheet  # noqa: PLC0415 - see above
    from bot.papers.words import Phrase, Words  # noqa: PLC0415

    sheet = Sheet(Words(), Phrase("-"), made=0.0, lang="vi")
    sheet.code("-", [])
    sheet.finish(Phrase("-"))
