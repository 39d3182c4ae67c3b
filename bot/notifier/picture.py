"""Draws the human check: four digits as a PNG that is hard for programs to read."""

from bot import codes


def draw(key: bytes, reference: str) -> bytes:
    """The picture of one bubble; `reference` is "<chat> NUL <run> NUL <turn>"."""
    # Pillow is heavy and the check is rare: it is loaded when it is first needed.
    from captcha.image import ImageCaptcha  # noqa: PLC0415

    chat, run, turn = reference.split("\0")
    digits = codes.picture_digits(key, chat, int(run), int(turn))
    return ImageCaptcha(width=240, height=90).generate(digits).getvalue()
