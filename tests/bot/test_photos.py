"""Pictures from strangers: honest ones, odd ones, bombs and disguises; real bytes throughout."""

import io
import random
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps

from bot import photos
from bot.photos import Limits, Photo, Refused, clean

CANARY = b"Nguyen Van A 21.0285N 105.8542E"
SOME = Limits(length=1024 * 1024, pixels=500 * 500)
PNG = b"\x89PNG\r\n\x1a\n"
Size = tuple[int, int]


# --- what a citizen's phone makes -----------------------------------------------------


def picture(size: Size = (300, 240), mode: str = "RGB") -> Image.Image:
    """Something with edges, no two corners alike."""
    noise = Image.frombytes("L", (8, 8), random.Random(1).randbytes(64))
    return noise.resize(size, Image.Resampling.NEAREST).convert(mode)


def coded(made: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:  # noqa: ANN401 - Pillow's own
    out = io.BytesIO()
    made.save(out, kind, **options)
    return out.getvalue()


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    """One part of a PNG."""
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def png_of(size: Size, colours: int = 2, bits: int = 8, *, rows: bytes = b"") -> bytes:
    """A PNG by hand; without rows it promises more than it has."""
    head = struct.pack(">IIBBBBB", *size, bits, colours, 0, 0, 0)
    return PNG + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND")


def with_chunks(raw: bytes, *chunks: bytes) -> bytes:
    """A PNG with more in it, right behind its header."""
    return raw[:33] + b"".join(chunks) + raw[33:]


def with_note(raw: bytes, mark: int, note: bytes) -> bytes:
    """A JPEG with one more segment right behind its beginning."""
    return raw[:2] + struct.pack(">BBH", 0xFF, mark, len(note) + 2) + note + raw[2:]


def exif(orientation: int, order: str = ">") -> bytes:
    """EXIF that says which way is up, and where the citizen lives."""
    begin = b"MM\0*" if order == ">" else b"II*\0"
    fields = struct.pack(f"{order}IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    return b"Exif\0\0" + begin + fields + CANARY


def kept(raw: bytes, limits: Limits = photos.LIMITS) -> Image.Image:
    """What is kept of it, as Pillow reads it."""
    photo = clean(raw, limits)
    assert isinstance(photo, Photo), photo
    assert is_plain(photo.image)
    opened = Image.open(io.BytesIO(photo.image))
    assert opened.size == (photo.width, photo.height)
    return opened


def is_plain(jpeg: bytes) -> bool:
    """A JPEG of tables, one frame and one scan, with nothing before, between or behind."""
    at, marks = 2, []
    while jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        marks.append(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    pixels = jpeg[at + 2 : -2].replace(b"\xff\x00", b"")
    return (
        jpeg.startswith(b"\xff\xd8\xff\xe0\x00\x10JFIF\0")
        and marks[0] == 0xE0
        and set(marks[1:]) == {0xDB, 0xC0, 0xC4}
        and b"\xff" not in pixels
        and jpeg.endswith(b"\xff\xd9")
    )


# --- what is kept ---------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_as_a_jpeg(kind: str) -> None:
    """Whatever it came as, it looks the same and is not enlarged."""
    image = kept(coded(picture(), kind))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (300, 240))
    assert image.getpixel((20, 20)) == pytest.approx(picture().getpixel((20, 20)), abs=6)


@pytest.mark.parametrize(
    ("came", "stays"),
    [
        ((2000, 1500), (2000, 1500)),
        ((2001, 1500), (2000, 1499)),
        ((3000, 4000), (1500, 2000)),
        ((12_000, 200), (2000, 33)),
        ((200, 12_000), (33, 2000)),
        ((200, 200), (200, 200)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_longest_side_is_2000(kind: str, came: Size, stays: Size) -> None:
    """Large ones shrink in proportion."""
    assert kept(coded(picture(came), kind)).size == stays


@pytest.mark.parametrize("size", [(2000, 1500), (1234, 777), (500, 129), (3, 1999)])
def test_no_seams(size: Size) -> None:
    """Shrunk in strips it is the same picture as shrunk in one piece."""
    large = picture((2500, 2100))
    whole = large.resize(size, Image.Resampling.HAMMING)
    strips = photos._shrunk(large, size)
    assert max(abs(a - b) for a, b in zip(strips.tobytes(), whole.tobytes(), strict=True)) <= 1


@pytest.mark.parametrize("orientation", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_it_stands_upright(kind: str, orientation: int, order: str) -> None:
    """EXIF's word for which way is up is obeyed, then dropped, like Pillow's own turning."""
    raw = coded(picture(), kind, exif=exif(orientation, order))
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(raw)))
    image = kept(raw)
    assert image.size == upright.size
    where = (upright.width - 20, 20)
    assert image.getpixel(where) == pytest.approx(upright.convert("RGB").getpixel(where), abs=12)


@pytest.mark.parametrize("cut", range(6, 40, 3))
def test_a_broken_exif_is_no_harm(cut: int) -> None:
    """What cannot be read of it is as if it were not there."""
    kept(with_note(coded(picture()), 0xE1, exif(6)[:cut]))


@pytest.mark.parametrize(
    "raw",
    [
        coded(picture(), "JPEG", exif=exif(1), comment=CANARY, xmp=CANARY),
        with_note(coded(picture()), 0xED, b"Photoshop 3.0\0" + CANARY),
        with_note(coded(picture()), 0xEC, CANARY),
        coded(picture(), "JPEG") + CANARY,
        with_chunks(coded(picture(), "PNG", exif=exif(1)), chunk(b"tEXt", b"Author\0" + CANARY)),
        coded(picture(), "PNG") + CANARY,
        coded(picture(), "WEBP", exif=exif(1), xmp=CANARY),
        coded(picture(), "WEBP") + CANARY,
    ],
    ids=range(8),
)
def test_nothing_but_the_picture_stays(raw: bytes) -> None:
    """Place, name, notes: what the file says besides its pixels is not kept."""
    assert CANARY in raw
    photo = clean(raw)
    assert isinstance(photo, Photo)
    assert CANARY not in photo.image
    assert is_plain(photo.image)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_colour_profile_is_dropped(kind: str) -> None:
    """It could hold anything."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert "icc_profile" not in kept(coded(picture(), kind, icc_profile=profile)).info


def test_it_is_drawn_anew() -> None:
    """Even a picture that would fit as it is does not stay as it came."""
    raw = coded(picture(), quality=100)
    photo = clean(raw)
    assert isinstance(photo, Photo)
    assert raw[600:] not in photo.image
    assert len(photo.image) < len(raw)


# --- odd but honest -------------------------------------------------------------------


def test_cmyk() -> None:
    """A print shop's JPEG has the colours it should have."""
    raw = coded(Image.new("CMYK", (300, 300), (0, 255, 255, 0)))
    assert kept(raw).getpixel((9, 9)) == pytest.approx((254, 0, 0), abs=3)


def test_16_bits() -> None:
    """A scanner's 16 bits become 8, not white."""
    assert kept(coded(Image.new("I;16", (300, 300), 25_700), "PNG")).getpixel((9, 9)) == (100,) * 3
    row = b"\0" + struct.pack(">HHH", 51_400, 25_700, 0) * 300
    raw = png_of((300, 300), bits=16, rows=row * 300)
    assert kept(raw).getpixel((9, 9)) == pytest.approx((200, 100, 0), abs=3)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "RGB", "L", "1"])
def test_what_shines_through_shines_white(mode: str) -> None:
    """A transparent picture is not black afterwards."""
    clear = {"P": 0, "RGB": (0, 0, 0), "L": 0, "1": 0}.get(mode)
    told = {} if clear is None else {"transparency": clear}
    assert kept(coded(Image.new(mode, (300, 300)), "PNG", **told)).getpixel((9, 9)) == (255,) * 3
    if mode in {"RGBA", "RGB"}:
        raw = coded(Image.new("RGBA", (300, 300)), "WEBP", lossless=True)
        assert kept(raw).getpixel((9, 9)) == (255,) * 3


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png(mode: str) -> None:
    """Grey, palette, colour, with and without transparency."""
    kept(coded(Image.new(mode, (300, 300)), "PNG"))


@pytest.mark.parametrize(
    "raw", [coded(picture(), progressive=True), coded(picture((640, 480), "L"))]
)
def test_progressive_and_grey(raw: bytes) -> None:
    """The JPEGs of web pages and of scanners."""
    kept(raw)


def test_a_picture_with_others_behind_it() -> None:
    """Of the several pictures that a phone puts into one file (MPO) the first is kept."""
    second = Image.new("RGB", (300, 240), "red")
    raw = coded(picture(), "MPO", save_all=True, append_images=[second, second])
    assert raw.count(b"\xff\xd8\xff") == 3
    assert kept(raw).getpixel((20, 20)) == pytest.approx(picture().getpixel((20, 20)), abs=6)


def test_25_million_pixels_are_just_right() -> None:
    """The largest picture is kept, one more row is too much."""
    assert kept(coded(picture((5000, 5000)))).size == (2000, 2000)
    assert kept(coded(picture((5000, 5000)), "PNG")).size == (2000, 2000)
    for kind in ("JPEG", "PNG"):
        assert clean(coded(picture((5000, 5001)), kind)) == Refused("too_many_pixels")


def test_what_takes_more_room_may_have_fewer_pixels() -> None:
    """WebP and JPEG in several passes take two to four times the memory."""
    small = coded(picture((300, 300)), progressive=True)
    assert kept(small, Limits(memory=8 * 90_000))
    assert clean(small, Limits(memory=8 * 90_000 - 1)) == Refused("too_many_pixels")
    small = coded(picture((300, 300)), "WEBP")
    assert kept(small, Limits(memory=16 * 90_000))
    assert clean(small, Limits(memory=16 * 90_000 - 1)) == Refused("too_many_pixels")
    for kind in ("JPEG", "PNG"):
        assert kept(coded(picture((300, 300)), kind), Limits(memory=4 * 90_000))


# --- refused --------------------------------------------------------------------------


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("evil.html", "<script>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff" + bytes(10 * 1024 * 1024), "too_big"),
        (b"x", "not_a_picture"),
        (b"GIF89a/*" + bytes(99) + b"*/=alert(1)//", "not_a_picture"),
        (coded(picture(), "GIF"), "not_a_picture"),
        (coded(picture(), "BMP"), "not_a_picture"),
        (coded(picture(), "TIFF"), "not_a_picture"),
        (coded(picture(), "ICO"), "not_a_picture"),
        (coded(picture(), "PDF"), "not_a_picture"),
        (coded(picture(), "JPEG2000"), "not_a_picture"),
        (coded(picture(), "AVIF"), "not_a_picture"),
        (b"\0\0\0\x18ftypheic" + bytes(99), "not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_picture"),
        (b"<html><img src=x></html>", "not_a_picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "not_a_picture"),
        (b"RIFF\x24\0\0\0WAVEfmt " + bytes(32), "not_a_picture"),
        (zipped() + coded(picture()), "not_a_picture"),
        (PNG + b"<html><script>alert(1)</script></html>", "broken"),
        (b"\xff\xd8\xff<html><script>alert(1)</script></html>", "broken"),
        (b"RIFF\x24\0\0\0WEBP<html></html>", "broken"),
        (PNG, "broken"),
        (b"\xff\xd8\xff", "broken"),
        (coded(picture((300, 199))), "too_small"),
        (coded(picture((199, 300)), "PNG"), "too_small"),
        (coded(picture((12_001, 200))), "too_many_pixels"),
        (png_of((20_000, 20_000), rows=bytes(60_001)), "too_many_pixels"),
        (png_of((2**31 - 1, 2**31 - 1)), "too_many_pixels"),
        (png_of((0, 500)), "broken"),
        (png_of((500, 500)), "broken"),
    ],
    ids=range(29),
)
def test_refused(raw: bytes, word: str) -> None:
    """Each kind of unfit file has a word of its own, so that the citizen hears what to do."""
    refused = clean(raw)
    assert isinstance(refused, Refused)
    assert refused.word == word


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_animated(kind: str) -> None:
    """A film is no photo."""
    second = Image.new("RGB", (300, 240), "red")
    raw = coded(picture(), kind, save_all=True, append_images=[second], duration=99)
    assert clean(raw) == Refused("animated")


@pytest.mark.parametrize(
    ("raw", "at", "says"),
    [
        (coded(picture()), b"\xff\xc0", slice(5, 9)),
        (coded(picture(), progressive=True), b"\xff\xc2", slice(5, 9)),
        (coded(picture(), "WEBP"), b"\x9d\x01\x2a", slice(3, 7)),
    ],
    ids=["jpeg", "progressive", "webp"],
)
def test_a_header_that_claims_a_giant(raw: bytes, at: bytes, says: slice) -> None:
    """Refused by its header alone, before any room is made for it."""
    begin = raw.index(at)
    giant = bytearray(raw)
    giant[begin + says.start : begin + says.stop] = b"\xff\x3f\xff\x3f"
    assert clean(bytes(giant)) == Refused("too_many_pixels")


def test_a_canvas_that_claims_a_giant() -> None:
    """WebP's outer size counts too."""
    raw = bytearray(coded(Image.new("RGBA", (300, 300)), "WEBP", exif=exif(1)))
    raw[24:30] = b"\xff\x3f\0" * 2
    assert isinstance(clean(bytes(raw)), Refused)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_picture_is_none(kind: str, share: float) -> None:
    """A file that was cut off is refused, not filled up with grey."""
    noisy = Image.frombytes("RGB", (400, 400), random.Random(2).randbytes(480_000))
    for options in ({}, {"progressive": True}) if kind == "JPEG" else ({},):
        raw = coded(noisy, kind, **options)
        assert clean(raw[: int(len(raw) * share)]) == Refused("broken")


# --- disguises and bombs --------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "hidden"),
    [
        (coded(picture()) + zipped(), b"PK\x03\x04"),
        (coded(picture(), "PNG") + zipped(), b"PK\x03\x04"),
        (coded(picture(), "WEBP") + zipped(), b"PK\x03\x04"),
        (with_note(coded(picture()), 0xFE, b"<?php system($_GET[0]); ?>"), b"<?php"),
        (with_note(coded(picture()), 0xFE, b"*/=alert(1);/*"), b"alert"),
        (with_chunks(coded(picture(), "PNG"), chunk(b"tEXt", b"a\0<script>")), b"<script>"),
        (with_chunks(coded(picture(), "PNG"), chunk(b"evIl", b"%PDF-1.7")), b"%PDF"),
    ],
    ids=range(7),
)
def test_two_files_in_one(raw: bytes, hidden: bytes) -> None:
    """What is a picture and something else as well is a picture afterwards and nothing else."""
    assert hidden in raw
    photo = clean(raw)
    assert isinstance(photo, Photo)
    assert hidden not in photo.image
    assert is_plain(photo.image)


def test_notes_that_unpack_to_giants() -> None:
    """A hundred megabytes of packed profile or text are never unpacked."""
    giant = zlib.compress(bytes(100_000_000), 9)
    profile, text = chunk(b"iCCP", b"a\0\0" + giant), chunk(b"zTXt", b"a\0\0" + giant)
    international = chunk(b"iTXt", b"a\0\1\0\0\0" + giant)
    kept(with_chunks(coded(picture(), "PNG"), profile, *[text] * 20, *[international] * 20))


@pytest.mark.parametrize("mark", [0xE1, 0xE2, 0xED, 0xFE])
def test_heavy_notes(mark: int) -> None:
    """Megabytes of notes are walked over."""
    raw = coded(picture())
    for _ in range(100):
        raw = with_note(raw, mark, bytes(65_000))
    kept(raw)


def passes(times: int) -> bytes:
    raw = coded(picture((2000, 2000)), progressive=True)
    last = raw.rindex(b"\xff\xda")
    return raw[:-2] + raw[last:-2] * times + b"\xff\xd9"


@pytest.mark.parametrize(
    "raw",
    [
        passes(1000),
        b"\xff\xd8" + b"\xff\xfe\0\x02" * 2_500_000,
        b"\xff\xd8\xff" + bytes(10_000_000),
        b"\xff" * 2 + b"\xd8" + b"\xff" * 10_000_000,
        b"\xff\xd8" + b"\xff" * 10_000_000,
        PNG + chunk(b"IDAT") * 800_000,
        PNG + chunk(b"tEXt", b"a\0a") * 600_000,
    ],
    ids=range(7),
)
def test_many_small_steps(raw: bytes) -> None:
    """Files that are all parts and no picture are given up early."""
    began = time.perf_counter()
    assert isinstance(clean(raw), Refused)
    assert time.perf_counter() - began < 1


def test_memory_is_bounded() -> None:
    """The largest pictures of each kind take less than 200 MiB on top (I20)."""
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("only Linux tells the peak of a part of the work")
    for raw in (png_of((5000, 5000), 6, rows=bytes(20_001) * 5000), passes(1)):
        assert int(peak(raw)) < 200


def peak(raw: bytes) -> str:
    """Mebibytes that a process of its own takes at most for one picture."""
    script = """
import sys
from bot.photos import clean
def told(name):
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) // 1024
raw = sys.stdin.buffer.read()
before = told("VmRSS")
assert hasattr(clean(raw), "image")
print(told("VmHWM") - before)
"""
    command = [sys.executable, "-c", script]
    return subprocess.run(command, input=raw, capture_output=True, check=True).stdout.decode()


def test_pillow_waits_until_it_is_needed() -> None:
    """The bot's start does not pay for it."""
    script = "import sys, bot.photos, bot.notifier.fetcher; print('PIL' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.strip() == b"False"


# --- anything -------------------------------------------------------------------------


@cache
def honest() -> tuple[bytes, ...]:
    """One of each kind, with all that may hang on it."""
    small = picture((200, 210))
    return (
        coded(small, exif=exif(6), comment=b"x"),
        coded(small, progressive=True),
        coded(small, "PNG", exif=exif(3)),
        coded(small.convert("P"), "PNG", transparency=b"\0\7"),
        coded(small, "WEBP", exif=exif(8)),
        coded(small.convert("RGBA"), "WEBP", lossless=True),
    )


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A picture with some of its bytes changed, cut out, or taken from another one."""
    raw = bytearray(draw(st.sampled_from(honest())))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, min(len(raw), 900)))
        end = at + draw(st.integers(0, 40))
        raw[at:end] = draw(st.binary(max_size=40) | st.sampled_from(list(scraps())))
    return bytes(raw)


def scraps() -> Iterator[bytes]:
    for raw in honest():
        yield from (raw[:40], raw[8:200], raw[-60:])


def check(raw: bytes) -> None:
    photo = clean(raw, SOME)
    assert isinstance(photo, Photo | Refused)
    assert isinstance(photo, Refused) or is_plain(photo.image)


@given(st.binary(max_size=500))
def test_any_bytes(raw: bytes) -> None:
    """Nothing raises, and only plain JPEGs come out."""
    for begin in (b"", b"\xff\xd8\xff", PNG, PNG + chunk(b"IHDR", bytes(13)), b"RIFFabcdWEBPVP8 "):
        check(begin + raw)


@given(damaged())
def test_any_damage(raw: bytes) -> None:
    """Nothing raises, whatever happened to a picture, and only plain JPEGs come out."""
    check(raw)
