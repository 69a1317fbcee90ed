"""Bytes of originals and thumbnails: checked by really decoding them, and stored under the SHA-256 of the original."""

from __future__ import annotations

import hashlib
import io
import struct
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import ExifTags
from PIL import Image as Pillow

from roboflow_auth.core.errors import InvalidInput
from roboflow_auth.images.models import ImageFormat

MAX_BYTES = 20 * 1024 * 1024
# A small file can say that it unfolds to gigabytes; this is asked of the header, before anything is decoded.
MAX_PIXELS = 50_000_000
THUMBNAIL_SIDE = 320
# What people look at; larger than that is for the training of models.
PICTURE_SIDE = 1600
THUMBNAIL_CONTENT_TYPE = "image/jpeg"

_THUMBNAIL_QUALITY = 80
_TOO_MANY_PIXELS = f"An image may have {MAX_PIXELS // 1_000_000} megapixels at the most."
# How each orientation that a camera can note is turned upright. 5 to 8 lay on the side: width and height change places.
_TURNS = {
    2: Pillow.Transpose.FLIP_LEFT_RIGHT,
    3: Pillow.Transpose.ROTATE_180,
    4: Pillow.Transpose.FLIP_TOP_BOTTOM,
    5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_270,
    7: Pillow.Transpose.TRANSVERSE,
    8: Pillow.Transpose.ROTATE_90,
}
_SIDEWAYS = frozenset({5, 6, 7, 8})


@dataclass(frozen=True, slots=True)
class Original:
    """What was found out about an image's bytes. `width` and `height` are pixels as people see them."""

    sha256: str
    format: ImageFormat
    width: int
    height: int
    size: int


def store_original(data: bytes) -> Original:
    """Check, measure and keep an image and its thumbnail; keeping the same bytes again changes nothing.

    Raises `InvalidInput` for more than 20 MiB or 50 megapixels, and for anything that is not a whole JPEG, PNG, WebP
    or BMP image.
    """
    if len(data) > MAX_BYTES:
        raise InvalidInput(f"An image may have {MAX_BYTES // 1024 // 1024} MB at the most.")
    picture, orientation = _decode(data)
    width, height = reversed(picture.size) if orientation in _SIDEWAYS else picture.size
    # What phones call MPO is a JPEG with more pictures behind it.
    image_format = ImageFormat.JPEG if picture.format == "MPO" else ImageFormat(str(picture.format))
    sha256 = hashlib.sha256(data).hexdigest()
    # The thumbnail comes first: where there is an original, there is a thumbnail.
    _store_once(_thumbnail_path(sha256), _scale_down(picture, orientation, THUMBNAIL_SIDE))
    _store_once(_original_path(sha256), data)
    return Original(sha256, image_format, width, height, len(data))


def read_original(sha256: str) -> bytes:
    """Return the bytes of an original. Raises `FileNotFoundError` when the storage has lost it."""
    return _read(_original_path(sha256))


def read_thumbnail_of(sha256: str) -> bytes:
    """Return the JPEG of at most 320 pixels a side. Raises `FileNotFoundError` when the storage has lost it."""
    return _read(_thumbnail_path(sha256))


def read_picture_of(sha256: str) -> bytes:
    """Return the JPEG of at most 1600 pixels a side, made from the original at its first use and kept from then on.

    Raises `FileNotFoundError` when the storage has lost the original.
    """
    try:
        return _read(_picture_path(sha256))
    except FileNotFoundError:
        made = _scale_down(*_decode(read_original(sha256)), PICTURE_SIDE)
    _store_once(_picture_path(sha256), made)
    return made


def _decode(data: bytes) -> tuple[Pillow.Image, int]:
    """Return the picture and the orientation in which the camera was held, as EXIF numbers it (1 is upright)."""
    try:
        picture = Pillow.open(io.BytesIO(data), formats=ImageFormat.values)
        _check_pixels(picture)
        picture.load()
        orientation = picture.getexif().get(ExifTags.Base.Orientation)
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as error:
        raise InvalidInput(_TOO_MANY_PIXELS) from error
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, OverflowError, struct.error) as error:
        # Pillow's decoders answer damaged files with any of these.
        raise InvalidInput("This is not a whole JPEG, PNG, WebP or BMP image.", detail=repr(error)) from error
    return picture, orientation if isinstance(orientation, int) else 1


def _check_pixels(picture: Pillow.Image) -> None:
    if picture.width * picture.height > MAX_PIXELS:
        raise InvalidInput(_TOO_MANY_PIXELS)


def _scale_down(picture: Pillow.Image, orientation: int, side: int) -> bytes:
    """Return a JPEG of `picture`, upright and of at most `side` pixels a side."""
    small = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    small.thumbnail((side, side))
    if orientation in _TURNS:
        small = small.transpose(_TURNS[orientation])
    if small.mode == "RGBA":
        small = Pillow.alpha_composite(Pillow.new("RGBA", small.size, "white"), small).convert("RGB")
    # Without the original's metadata, which may say where and by whom it was taken.
    small.info.clear()
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=_THUMBNAIL_QUALITY, optimize=True)
    return stream.getvalue()


def _store_once(path: str, data: bytes) -> None:
    if default_storage.exists(path):
        return
    stored = default_storage.save(path, ContentFile(data))
    if stored != path:
        # Another process stored the same bytes in between, and the storage chose another name for ours.
        default_storage.delete(stored)


def _read(path: str) -> bytes:
    with default_storage.open(path) as file:
        return bytes(file.read())


def _original_path(sha256: str) -> str:
    return f"originals/{sha256[:2]}/{sha256}"


def _picture_path(sha256: str) -> str:
    return f"pictures/{sha256[:2]}/{sha256}.jpg"


def _thumbnail_path(sha256: str) -> str:
    return f"thumbnails/{sha256[:2]}/{sha256}.jpg"
