"""Annotations as shapes of an SVG that lies over the image, in the image's own pixels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from roboflow_auth.images.shapes import AnnotationView
from roboflow_auth.projects.shapes import ProjectClassView

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_FALLBACK = "#8622ff"
# A polygon that a model drew can have thousands of corners; more than this a small picture can't show.
_MOST_CORNERS = 200


@dataclass(frozen=True, slots=True)
class Shape:
    """One thing to draw: a box (`x`, `y`, `width`, `height`), or a polygon by its `points`, all in the words of SVG.

    Numbers are text already, because templates write them as the reader's language does.
    A label of the whole image is no shape.
    """

    color: str
    x: str
    y: str
    width: str
    height: str
    points: str = ""


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A class, its colour, and how often it is marked."""

    name: str
    color: str
    count: int


def colors_of(classes: Iterable[ProjectClassView]) -> dict[str, str]:
    """Return the colour of each class by its name; what is no colour is replaced."""
    return {entry.name: entry.color if _COLOR.fullmatch(entry.color) else _FALLBACK for entry in classes}


def shapes_of(annotations: Iterable[AnnotationView], colors: Mapping[str, str]) -> list[Shape]:
    """Return what of `annotations` has a place in the image."""
    return [
        Shape(
            color=colors.get(annotation.class_name, _FALLBACK),
            x=f"{annotation.box.x:.1f}",
            y=f"{annotation.box.y:.1f}",
            width=f"{annotation.box.width:.1f}",
            height=f"{annotation.box.height:.1f}",
            points=_points(annotation.points),
        )
        for annotation in annotations
        if annotation.box is not None
    ]


def legend_of(annotations: Iterable[AnnotationView], colors: Mapping[str, str]) -> list[LegendEntry]:
    """Return the classes that `annotations` use, the most used first."""
    counts: dict[str, int] = {}
    for annotation in annotations:
        counts[annotation.class_name] = counts.get(annotation.class_name, 0) + 1
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return [LegendEntry(name, colors.get(name, _FALLBACK), count) for name, count in ordered]


def _points(points: list[list[float]]) -> str:
    step = max(1, -(-len(points) // _MOST_CORNERS))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in islice(points, 0, None, step))
