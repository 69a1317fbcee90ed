"""What is taken for an image, how it is measured, and what its thumbnail looks like."""

from __future__ import annotations

import io
import secrets
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from PIL import Image as Picture

from roboflow_auth.core.errors import InvalidInput
from roboflow_auth.images.storage import MAX_BYTES, read_original, read_thumbnail_of, store_original
from tests.builders import make_picture


def thumbnail(data: bytes) -> Picture.Image:
    """Return the decoded thumbnail of an image."""
    return Picture.open(io.BytesIO(read_thumbnail_of(store_original(data).sha256)))


def png_header(width: int, height: int) -> bytes:
    """Return the beginning of a PNG that claims to be very large, and a little data."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "BMP"])
def test_four_formats_are_kept_and_shown_as_small_jpegs(format: str) -> None:  # noqa: A002
    original = store_original(make_picture("orange", (1000, 500), format))
    assert (original.format, original.width, original.height) == (format, 1000, 500)
    small = Picture.open(io.BytesIO(read_thumbnail_of(original.sha256)))
    assert (small.format, small.size) == ("JPEG", (320, 160))
    red, green, blue = small.convert("RGB").getpixel((100, 100))  # type: ignore[misc]
    assert abs(red - 255) + abs(green - 165) + abs(blue - 0) < 12


@pytest.mark.parametrize("format", ["GIF", "TIFF", "PPM", "PDF", "ICO"])
def test_other_formats_are_refused(format: str) -> None:  # noqa: A002
    with pytest.raises(InvalidInput):
        store_original(make_picture(format=format))


@pytest.mark.parametrize(
    "data", [b"", b"\x00", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff", b"BM" * 30]
)
def test_what_is_no_image_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        store_original(data)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "BMP"])
def test_an_image_that_breaks_off_is_refused(format: str) -> None:  # noqa: A002
    stream = io.BytesIO()
    Picture.frombytes("RGB", (100, 100), secrets.token_bytes(30_000)).save(stream, format)
    with pytest.raises(InvalidInput):
        store_original(stream.getvalue()[: len(stream.getvalue()) // 2])


@pytest.mark.parametrize(
    "width, height", [(7072, 7072), (10_000, 10_000), (20_000, 20_000), (2_000_000_000, 2_000_000_000)]
)
def test_a_small_file_that_unfolds_to_a_huge_image_is_refused(width: int, height: int) -> None:
    with pytest.raises(InvalidInput, match="megapixels"):
        store_original(png_header(width, height))


def test_more_than_20_megabytes_are_refused() -> None:
    with pytest.raises(InvalidInput, match="20 MB"):
        store_original(make_picture() + bytes(MAX_BYTES))


@pytest.mark.parametrize(
    "orientation, first, last", [(1, "red", "blue"), (3, "blue", "red"), (6, "red", "blue"), (8, "blue", "red")]
)
def test_the_orientation_of_the_camera_is_honoured(orientation: int, first: str, last: str) -> None:
    # As stored, the left half is red; held as 6 or 8 say, left is up or down.
    picture = Picture.new("RGB", (400, 200), "blue")
    picture.paste("red", (0, 0, 200, 200))
    exif, stream = Picture.Exif(), io.BytesIO()
    exif[0x0112] = orientation
    picture.save(stream, "JPEG", exif=exif)
    original = store_original(stream.getvalue())
    small = thumbnail(stream.getvalue())
    is_sideways = orientation in {6, 8}
    assert (original.width, original.height) == ((200, 400) if is_sideways else (400, 200))
    assert small.size == ((160, 320) if is_sideways else (320, 160))
    ends = [(80, 10), (80, 310)] if is_sideways else [(10, 80), (310, 80)]
    colors = ["red" if small.getpixel(end)[0] > 128 else "blue" for end in ends]  # type: ignore[index]
    assert colors == [first, last]


def test_a_thumbnail_keeps_no_metadata() -> None:
    exif = Picture.Exif()
    exif[0x010E] = "taken at home"
    exif[0x8825] = {1: "N", 2: (47.0, 0.0, 0.0)}
    data = make_picture("beige", format="JPEG", exif=exif)
    assert b"taken at home" in data
    assert b"taken at home" not in read_thumbnail_of(store_original(data).sha256)
    assert not thumbnail(data).getexif()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_pixel_has_a_thumbnail(mode: str) -> None:
    stream = io.BytesIO()
    Picture.new(mode, (500, 400)).save(stream, "PNG")
    assert thumbnail(stream.getvalue()).size == (320, 256)


def test_what_can_be_seen_through_lies_on_white() -> None:
    stream = io.BytesIO()
    Picture.new("RGBA", (50, 50), (0, 0, 0, 0)).save(stream, "PNG")
    assert thumbnail(stream.getvalue()).getpixel((25, 25)) == (255, 255, 255)


def test_a_photo_with_more_pictures_behind_it_is_a_jpeg() -> None:
    stream = io.BytesIO()
    Picture.new("RGB", (40, 30), "red").save(
        stream, "MPO", save_all=True, append_images=[Picture.new("RGB", (40, 30), "blue")]
    )
    original = store_original(stream.getvalue())
    assert (original.format, original.width, original.height) == ("JPEG", 40, 30)


def test_the_same_bytes_are_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_picture(f"#{secrets.token_hex(3)}")
    first = store_original(data)
    written: list[str] = []
    monkeypatch.setattr(default_storage, "save", lambda name, content: written.append(name))
    assert store_original(data) == first
    assert written == []
    assert read_original(first.sha256) == data


def test_of_two_who_write_at_once_one_file_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_picture(f"#{secrets.token_hex(3)}")
    first = store_original(data)
    asked: set[str] = set()
    really_exists = default_storage.exists

    def exists(name: str) -> bool:
        # The first answer for each name is old: both looked before either had written.
        if name in asked:
            return really_exists(name)
        asked.add(name)
        return False

    monkeypatch.setattr(default_storage, "exists", exists)
    store_original(data)
    monkeypatch.undo()
    directory = f"originals/{first.sha256[:2]}"
    assert [name for name in default_storage.listdir(directory)[1] if name.startswith(first.sha256)] == [first.sha256]
