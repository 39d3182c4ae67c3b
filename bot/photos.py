"""Pictures that citizens send: a stranger's bytes in, a plain JPEG or a refusal out.

What is kept is drawn anew from the pixels, so nothing of the file itself is kept. A decoder sees
only the coded picture, without profiles, notes, thumbnails or whatever hangs behind it, and only
when its header has shown that it fits. No other format is read than JPEG, PNG and WebP.
"""

import math
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from PIL.ImageFile import ImageFile

Word = Literal[
    "empty",
    "too_big",
    "not_a_picture",
    "animated",
    "too_small",
    "too_many_pixels",
    "broken",
]


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as it is kept: a JPEG, upright, in RGB, without metadata."""

    image: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a picture is not kept; names the text that says so, with the remedy."""

    word: Word


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken, and what is made of it. memory: bytes that a decoder may want for it."""

    length: int = 10 * 1024 * 1024
    pixels: int = 25_000_000
    memory: int = 100_000_000
    least_side: int = 200
    most_side: int = 12_000
    kept_side: int = 2_000
    quality: int = 85


LIMITS = Limits()


def clean(raw: bytes, limits: Limits = LIMITS) -> Photo | Refused:
    """Draw a picture anew; never raises. Slow and large: call it in a thread, one at a time."""
    if not raw:
        return Refused("empty")
    if len(raw) > limits.length:
        return Refused("too_big")
    try:
        return _redrawn(_bare(raw), limits)
    except _Flaw as flaw:
        return Refused(flaw.word)
    except Exception:  # noqa: BLE001 - a decoder may raise anything over a stranger's bytes
        return Refused("broken")


class _Flaw(Exception):
    def __init__(self, word: Word) -> None:
        self.word = word


# --- out of the file: the coded picture, and which way is up --------------------------

_number = int.from_bytes  # big-endian unless told
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_SEGMENT = re.compile(rb"\xff([\x02-\xcf\xda-\xfe])(..)", re.DOTALL)
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN, _EXIF = 0xDA, 0xE1
# All but JFIF's (E0) and Adobe's (EE), which say how colours are meant.
_NOTES = frozenset(range(0xE1, 0xF0)) - {0xEE} | {0xFE}
# Real files have some dozens. Each costs a walk over it, and a scan one over the whole picture.
_MOST_PARTS = 5_000
_MOST_SCANS = 64
_MOST_JUNK = 65_536  # bytes between two parts
_STRIP = 128  # rows


@dataclass(frozen=True, slots=True)
class _Bare:
    """A coded picture alone. want: bytes that its decoder wants for each pixel."""

    kind: Literal["jpeg", "png", "webp"]
    coded: bytes
    want: int
    exif: bytes = b""


def _bare(raw: bytes) -> _Bare:
    if raw.startswith(b"\xff\xd8\xff"):
        return _bare_jpeg(raw)
    if raw.startswith(_PNG):
        return _bare_png(raw)
    if raw.startswith(b"RIFF") and raw[8:12] == b"WEBP":
        # Its decoder holds the picture four times over.
        return _Bare("webp", raw, 16)
    raise _Flaw("not_a_picture")


def _bare_jpeg(raw: bytes) -> _Bare:
    kept, exif, frame, at = bytearray(raw[:2]), b"", b"", 2
    for _ in range(_MOST_PARTS):
        if (found := _SEGMENT.search(raw, at, at + _MOST_JUNK)) is None:
            break
        kind, at = found[1][0], found.start(2) + _number(found[2])
        segment = raw[found.start() : at]
        if kind == _SCAN:
            kept += _scans(raw, found.start())
            # What comes in several passes is collected whole before it is drawn.
            at_once = frame[1:2] in (b"\xc0", b"\xc1", b"\xc9") and frame[9:10] == segment[4:5]
            return _Bare("jpeg", bytes(kept), 4 if at_once else 8, exif)
        if kind == _EXIF and segment[4:10] == b"Exif\0\0":
            exif = exif or segment[10:]
        if kind in _FRAMES:
            frame = segment
        if kind not in _NOTES:
            kept += segment
    raise _Flaw("broken")


def _scans(raw: bytes, start: int) -> bytes:
    """From the first scan to the end of this picture; in scans no other FF stands than marks."""
    end = raw.find(b"\xff\xd9", start)
    if raw.count(b"\xff\xda", start, end if end > 0 else len(raw)) > _MOST_SCANS:
        raise _Flaw("broken")
    return raw[start : end + 2 if end > 0 else len(raw)]


def _bare_png(raw: bytes) -> _Bare:
    kept, exif, at = bytearray(_PNG), b"", len(_PNG)
    for _ in range(_MOST_PARTS):
        start, kind = at, raw[at + 4 : at + 8]
        at += 12 + _number(raw[at : at + 4])
        if kind == b"acTL":
            raise _Flaw("animated")
        if kind == b"eXIf":
            exif = raw[start + 8 : at - 4]
        if kind in _PNG_KEPT:
            kept += raw[start:at]
        if kind == b"IEND" or at >= len(raw):
            return _Bare("png", bytes(kept), 4, exif)
    raise _Flaw("broken")


def _orientation(exif: bytes) -> int:
    """EXIF's number for which way is up; 1, as it is, when it says nothing."""
    tiff = exif.removeprefix(b"Exif\0\0")
    turn = -1 if tiff.startswith(b"II") else 1
    first = _number(tiff[4:8][::turn])
    for at in range(first + 2, first + 2 + 12 * _number(tiff[first : first + 2][::turn]), 12):
        if _number(tiff[at : at + 2][::turn]) == 0x0112:
            return _number(tiff[at + 8 : at + 10][::turn])
    return 1


# --- from the coded picture: a new one ------------------------------------------------


def _redrawn(bare: _Bare, limits: Limits) -> Photo:
    # Pillow is heavy and a photo is rare: it is loaded when it is first needed.
    from PIL import ExifTags, ImageOps  # noqa: PLC0415

    with closing(_opened(bare)) as picture:
        _measure(picture.size, bare.want, limits)
        scale = min(1, limits.kept_side / max(picture.size))
        width, height = (max(1, round(side * scale)) for side in picture.size)
        picture.draft(None, (width, height))
        picture.load()
        small = _shrunk(picture, (width, height))
        exif = bare.exif or picture.info.get("exif", b"")
    small.getexif()[ExifTags.Base.Orientation] = _orientation(exif)
    upright, out = ImageOps.exif_transpose(small), BytesIO()
    upright.save(out, "JPEG", quality=limits.quality)
    return Photo(out.getvalue(), *upright.size)


def _opened(bare: _Bare) -> "ImageFile":
    """Read the header. Image.open would try more formats and guards with one number for all."""
    from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: PLC0415

    plugins: dict[str, Callable[[BytesIO], ImageFile]] = {
        "jpeg": JpegImagePlugin.JpegImageFile,
        "png": PngImagePlugin.PngImageFile,
        "webp": WebPImagePlugin.WebPImageFile,
    }
    try:
        picture = plugins[bare.kind](BytesIO(bare.coded))
    except Image.DecompressionBombError:
        raise _Flaw("too_many_pixels") from None
    if getattr(picture, "is_animated", False):
        raise _Flaw("animated")
    return picture


def _measure(size: tuple[int, int], want: int, limits: Limits) -> None:
    pixels = size[0] * size[1]
    if pixels > limits.pixels or pixels * want > limits.memory or max(size) > limits.most_side:
        raise _Flaw("too_many_pixels")
    if min(size) < limits.least_side:
        raise _Flaw("too_small")


def _shrunk(picture: "Picture", size: tuple[int, int]) -> "Picture":
    """Draw it at this size strip by strip: a second copy of a large picture would be as large."""
    from PIL import Image  # noqa: PLC0415

    small, scale = Image.new("RGB", size), picture.height / size[1]
    for top in range(0, size[1], _STRIP):
        bottom = min(top + _STRIP, size[1])
        # A pixel is made of its neighbours too, also of those in the next strip.
        above = max(0, math.floor((top - 2) * scale))
        below = min(picture.height, math.ceil((bottom + 2) * scale))
        strip = _opaque(picture.crop((0, above, picture.width, below)))
        box = (0, top * scale - above, picture.width, min(bottom * scale - above, strip.height))
        part = strip.resize((size[0], bottom - top), Image.Resampling.HAMMING, box)
        small.paste(part, (0, top))
    return small


def _opaque(picture: "Picture") -> "Picture":
    """In RGB; what shines through shines white."""
    from PIL import Image  # noqa: PLC0415

    if picture.mode == "I;16":
        picture = picture.point(lambda shade: shade / 257).convert("L")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer, ground = picture.convert("RGBA"), Image.new("RGB", picture.size, "white")
    ground.paste(layer, mask=layer)
    return ground
