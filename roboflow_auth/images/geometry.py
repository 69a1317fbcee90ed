"""Boxes and polygons: whether they lie within an image, and the box around a polygon. Pixels from the upper left."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from roboflow_auth.core.errors import InvalidInput
from roboflow_auth.images.models import AnnotationKind
from roboflow_auth.images.shapes import Box, NewAnnotation

MAX_POINTS = 2000
# What fractions of the image's size lose when they become pixels.
_SLACK = 0.01


def kind_of(annotation: NewAnnotation) -> AnnotationKind:
    """Return what `annotation` marks."""
    if annotation.points:
        return AnnotationKind.POLYGON
    return AnnotationKind.LABEL if annotation.box is None else AnnotationKind.BOX


def check_geometry(annotation: NewAnnotation, width: int, height: int) -> None:
    """Return when `annotation` lies within an image of `width` × `height` pixels and covers some of it.

    Raises `InvalidInput` otherwise, and for a polygon of less than 3 or more than 2000 points.
    """
    if annotation.points and not 3 <= len(annotation.points) <= MAX_POINTS:
        raise InvalidInput(f"A polygon has 3 points at least and {MAX_POINTS} at the most.")
    box = box_of(annotation)
    if box is None:
        return
    sides = (box.x, box.y, box.x + box.width, box.y + box.height)
    is_within = all(map(math.isfinite, sides)) and _is_between(sides[0::2], width) and _is_between(sides[1::2], height)
    if not (is_within and box.width > 0 and box.height > 0):
        raise InvalidInput(f"An annotation of {annotation.class_name} is not within the {width} × {height} image.")


def box_of(annotation: NewAnnotation) -> Box | None:
    """Return the box of `annotation`, around its points when it has some; None when it has neither."""
    return _box_around(annotation.points) if annotation.points else annotation.box


def _box_around(points: Iterable[tuple[float, float]]) -> Box:
    xs, ys = zip(*points, strict=True)
    # NaN would vanish in min() and max(); in a sum it stays, and is refused.
    nothing = (sum(xs) + sum(ys)) * 0
    return Box(min(xs) + nothing, min(ys) + nothing, max(xs) - min(xs), max(ys) - min(ys))


def _is_between(values: Sequence[float], end: int) -> bool:
    return all(-_SLACK <= value <= end + _SLACK for value in values)
