"""A canvas that draws smooth edges, and the drawings that come off it with what there is to see on them.

Coordinates are pixels of the finished image. Everything random comes from a seed, so that every server's demo is alike.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from PIL import Image as Pillow
from PIL import ImageDraw, ImageFilter

from roboflow_auth.images.shapes import Box, NewAnnotation

Color = tuple[int, int, int]
Point = tuple[float, float]

WIDTH, HEIGHT = 640, 480

# Drawn larger and scaled down, lines lose their steps.
_SCALE = 2
_BLUR = 24
_QUALITY = 88


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished image: JPEG bytes, what is on it, and words and facts to find it by."""

    name: str
    data: bytes
    annotations: tuple[NewAnnotation, ...]
    tags: tuple[str, ...]
    metadata: dict[str, str | int | float | bool]


class Canvas:
    """A picture of WIDTH × HEIGHT pixels to draw on."""

    def __init__(self, top: Color, bottom: Color) -> None:
        """Begin with a background that goes from `top` to `bottom`."""
        size = (WIDTH * _SCALE, HEIGHT * _SCALE)
        ramp = Pillow.linear_gradient("L").resize(size)
        self._picture = Pillow.composite(Pillow.new("RGB", size, bottom), Pillow.new("RGB", size, top), ramp)
        self._pen = ImageDraw.Draw(self._picture)

    def rectangle(self, box: Box, fill: Color, *, outline: Color | None = None, radius: float = 0) -> None:
        """Draw a rectangle, with round corners where `radius` says so."""
        self._pen.rounded_rectangle(_corners(box), radius * _SCALE, fill, outline, width=_SCALE)

    def ellipse(self, box: Box, fill: Color, *, outline: Color | None = None) -> None:
        """Draw the ellipse that fills `box`."""
        self._pen.ellipse(_corners(box), fill, outline, width=_SCALE)

    def polygon(self, points: Sequence[Point], fill: Color, *, outline: Color | None = None) -> None:
        """Draw a closed shape."""
        self._pen.polygon([_scaled(point) for point in points], fill, outline, width=_SCALE)

    def line(self, points: Sequence[Point], color: Color, width: float = 1) -> None:
        """Draw a line through `points`."""
        self._pen.line([_scaled(point) for point in points], color, round(width * _SCALE), joint="curve")

    def shadow(self, box: Box, strength: float = 0.35) -> None:
        """Darken a soft ellipse, as a thing above it would."""
        left, top, right, bottom = (round(side) for side in _corners(box))
        size = (right - left + 2 * _BLUR, bottom - top + 2 * _BLUR)
        mask = Pillow.new("L", size, 0)
        ImageDraw.Draw(mask).ellipse((_BLUR, _BLUR, size[0] - _BLUR, size[1] - _BLUR), round(255 * strength))
        self._picture.paste((0, 0, 0), (left - _BLUR, top - _BLUR), mask.filter(ImageFilter.BoxBlur(_BLUR // 2)))

    def shine(self, box: Box, strength: float = 0.5) -> None:
        """Brighten a soft ellipse, as light on a round thing does."""
        left, top, right, bottom = (round(side) for side in _corners(box))
        size = (max(1, right - left), max(1, bottom - top))
        # The gradient is 181 at the middle of its sides: less than that is outside of the ellipse.
        glow = Pillow.radial_gradient("L").resize(size).point(lambda far: round(max(0, 181 - far) * 1.4 * strength))
        self._picture.paste((255, 255, 255), (left, top), glow)

    def to_jpeg(self) -> bytes:
        """Return the finished image, a little darker towards the corners, as lenses have it."""
        small = self._picture.resize((WIDTH, HEIGHT), Pillow.Resampling.BOX)
        corners = Pillow.radial_gradient("L").resize(small.size).point(lambda distance: max(0, distance - 120) // 2)
        small.paste((0, 0, 0), (0, 0), corners)
        stream = io.BytesIO()
        small.save(stream, "JPEG", quality=_QUALITY)
        return stream.getvalue()


def dice_of(name: str) -> Random:
    """Return the source of randomness of one image: the same at every run."""
    return Random(name)  # noqa: S311 - it draws pictures, and must repeat itself.


def shade(color: Color, factor: float) -> Color:
    """Return `color` darker (`factor` below 1) or lighter."""
    red, green, blue = (max(0, min(255, round(part * factor))) for part in color)
    return red, green, blue


def blob(dice: Random, center: Point, radius: float, *, roughness: float, corners: int = 18) -> list[Point]:
    """Return an irregular closed shape around `center`."""
    points = []
    for corner in range(corners):
        angle = 2 * math.pi * corner / corners
        reach = radius * (1 - roughness * dice.random())
        points.append((round(center[0] + reach * math.cos(angle), 1), round(center[1] + reach * math.sin(angle), 1)))
    return points


def _scaled(point: Point) -> Point:
    return point[0] * _SCALE, point[1] * _SCALE


def _corners(box: Box) -> tuple[float, float, float, float]:
    # Pillow draws the last pixel too; a box ends before it.
    right, bottom = (box.x + box.width) * _SCALE - 1, (box.y + box.height) * _SCALE - 1
    return box.x * _SCALE, box.y * _SCALE, right, bottom
