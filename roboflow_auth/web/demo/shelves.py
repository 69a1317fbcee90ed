"""Warehouse shelves with cartons, crates and barrels on them, and now and then a gap."""

from __future__ import annotations

from random import Random

from roboflow_auth.images.shapes import Box, NewAnnotation
from roboflow_auth.web.demo.canvas import HEIGHT, WIDTH, Canvas, Color, Drawing, dice_of, shade

_CARTONS: tuple[Color, ...] = ((196, 154, 108), (181, 137, 92), (207, 168, 124))
_CRATES: tuple[Color, ...] = ((43, 108, 176), (200, 68, 52), (56, 140, 92))
_BARRELS: tuple[Color, ...] = ((46, 92, 140), (222, 166, 40), (120, 124, 132))
_BEAM: Color = (214, 106, 36)
_POST: Color = (52, 84, 128)
_FLOORS = (158, 300, 442)
_THINGS = ("carton", "carton", "carton", "crate", "crate", "barrel", "gap")


def draw_shelves(number: int) -> Drawing:
    """Return the drawing with this number."""
    dice = dice_of(f"shelves {number}")
    night = number % 4 == 3
    canvas = Canvas((58, 62, 72), (34, 36, 44)) if night else Canvas((206, 212, 218), (150, 158, 168))
    found: list[NewAnnotation] = []
    for floor in _FLOORS:
        found += _fill_shelf(canvas, dice, floor, 0.6 if night else 1.0)
        canvas.rectangle(Box(0, floor, WIDTH, 14), shade(_BEAM, 0.7 if night else 1.0))
        canvas.line([(0, floor + 14), (WIDTH, floor + 14)], shade(_BEAM, 0.5), 2)
    for x in (0, WIDTH - 16):
        canvas.rectangle(Box(x, 0, 16, HEIGHT), shade(_POST, 0.7 if night else 1.0))
        for y in range(12, HEIGHT, 24):
            canvas.rectangle(Box(x + 6, y, 4, 9), shade(_POST, 0.45))
    aisle = 1 + number % 4
    return Drawing(
        name=f"aisle-{aisle}-{number:03d}.jpg",
        data=canvas.to_jpeg(),
        annotations=tuple(found),
        tags=("night" if night else "day", f"aisle-{aisle}"),
        metadata={"camera": f"cam-{aisle:02d}", "lux": 40 if night else 480 + number},
    )


def _fill_shelf(canvas: Canvas, dice: Random, floor: int, light: float) -> list[NewAnnotation]:
    found: list[NewAnnotation] = []
    x = 24 + dice.randrange(20)
    while True:
        thing, width, height = dice.choice(_THINGS), dice.randrange(54, 112), dice.randrange(58, 116)
        if x + width > WIDTH - 24:
            return found
        box = Box(x, floor - height, width, height)
        if thing != "gap":
            _PAINTERS[thing](canvas, dice, box, light)
            found.append(NewAnnotation(thing, box))
        x += width + dice.randrange(6, 24)


def _paint_carton(canvas: Canvas, dice: Random, box: Box, light: float) -> None:
    color = shade(dice.choice(_CARTONS), light)
    canvas.rectangle(box, color, outline=shade(color, 0.75))
    canvas.rectangle(Box(box.x, box.y + box.height * 0.42, box.width, 9), shade(color, 1.15))
    label = Box(box.x + box.width * 0.56, box.y + box.height * 0.62, box.width * 0.34, box.height * 0.24)
    canvas.rectangle(label, shade((240, 240, 236), light))
    for row in range(3):
        y = label.y + 5 + row * 6
        canvas.line([(label.x + 4, y), (label.x + label.width * (0.9 - 0.2 * row), y)], shade((90, 90, 90), light), 1.5)


def _paint_crate(canvas: Canvas, dice: Random, box: Box, light: float) -> None:
    color = shade(dice.choice(_CRATES), light)
    canvas.rectangle(box, color, outline=shade(color, 0.6), radius=5)
    rows = max(2, int(box.height // 30))
    for row in range(rows):
        y = box.y + 10 + row * (box.height - 14) / rows
        for column in range(3):
            x = box.x + 8 + column * (box.width - 12) / 3
            canvas.rectangle(Box(x, y, (box.width - 30) / 3, 10), shade(color, 0.55), radius=3)


def _paint_barrel(canvas: Canvas, dice: Random, box: Box, light: float) -> None:
    color = shade(dice.choice(_BARRELS), light)
    canvas.rectangle(box, color, outline=shade(color, 0.6), radius=8)
    for part in (0.1, 0.36, 0.64, 0.9):
        y = box.y + box.height * part
        canvas.line([(box.x + 2, y), (box.x + box.width - 3, y)], shade(color, 0.65), 3)
    canvas.shine(Box(box.x + box.width * 0.12, box.y + 4, box.width * 0.3, box.height - 8), 0.45 * light)


_PAINTERS = {"carton": _paint_carton, "crate": _paint_crate, "barrel": _paint_barrel}
