"""Circuit boards with pads, tracks and chips, and what went wrong in making them: scratches, bridges and stains."""

from __future__ import annotations

import math
from random import Random

from roboflow_auth.images.shapes import Box, NewAnnotation
from roboflow_auth.web.demo.canvas import HEIGHT, WIDTH, Canvas, Color, Drawing, Point, blob, dice_of, shade

_LACQUERS: tuple[Color, ...] = ((18, 92, 56), (16, 66, 112), (120, 24, 34))
_COPPER: Color = (206, 164, 74)
_SOLDER: Color = (200, 204, 208)
_GRID = 40


def draw_board(number: int) -> Drawing:
    """Return the drawing with this number."""
    dice = dice_of(f"board {number}")
    lacquer = _LACQUERS[number % len(_LACQUERS)]
    canvas = Canvas(shade(lacquer, 1.12), shade(lacquer, 0.85))
    _paint_tracks(canvas, dice, lacquer)
    _paint_chips(canvas, dice)
    found = []
    for _ in range(number % 4):
        defect = dice.choice(tuple(_DEFECTS))
        found.append(NewAnnotation(defect, points=tuple(_DEFECTS[defect](canvas, dice))))
    line = 1 + number % 2
    return Drawing(
        name=f"board-{4100 + number * 7}.jpg",
        data=canvas.to_jpeg(),
        annotations=tuple(found),
        tags=(f"line-{line}", "defective" if found else "clean"),
        metadata={"line": line, "serial": f"RB-{4100 + number * 7}", "magnification": 4.5},
    )


def _paint_tracks(canvas: Canvas, dice: Random, lacquer: Color) -> None:
    for _ in range(34):
        x, y = dice.randrange(0, WIDTH, _GRID), dice.randrange(0, HEIGHT, _GRID)
        bend, length = dice.choice((-_GRID, _GRID)), dice.randrange(2, 6) * _GRID
        canvas.line([(x, y), (x + _GRID, y + bend), (x + _GRID + length, y + bend)], shade(lacquer, 1.6), 4)
        for pad in ((x, y), (x + _GRID + length, y + bend)):
            canvas.ellipse(Box(pad[0] - 9, pad[1] - 9, 18, 18), _COPPER, outline=shade(_COPPER, 0.7))
            canvas.ellipse(Box(pad[0] - 3.5, pad[1] - 3.5, 7, 7), (24, 24, 24))


def _paint_chips(canvas: Canvas, dice: Random) -> None:
    for column in range(3):
        x, y = 60 + column * 190 + dice.randrange(30), 70 + dice.randrange(220)
        width, height = dice.randrange(84, 130), dice.randrange(60, 96)
        for pin in range(int(width // 14)):
            left = x + 6 + pin * 14
            canvas.rectangle(Box(left, y - 10, 6, height + 20), _SOLDER)
        canvas.rectangle(Box(x, y, width, height), (30, 31, 34), outline=(58, 60, 64), radius=3)
        canvas.ellipse(Box(x + 7, y + 7, 8, 8), (66, 68, 72))
        canvas.line([(x + 24, y + height / 2), (x + width - 18, y + height / 2)], (112, 114, 118), 2)


def _scratch(canvas: Canvas, dice: Random) -> list[Point]:
    """Draw a long thin scar, and return its outline: along one side and back along the other."""
    angle, steps, step = dice.uniform(0, math.pi / 3), 7, 24
    x, y = dice.uniform(60, 380), dice.uniform(50, 250)
    there, back = [], []
    for number in range(steps):
        half = 2 + 3 * math.sin(math.pi * number / (steps - 1)) + dice.random()
        wobble = dice.uniform(-4, 4)
        middle = (x + math.cos(angle) * step * number, y + math.sin(angle) * step * number + wobble)
        across = (-math.sin(angle) * half, math.cos(angle) * half)
        there.append((round(middle[0] + across[0], 1), round(middle[1] + across[1], 1)))
        back.append((round(middle[0] - across[0], 1), round(middle[1] - across[1], 1)))
    outline = there + back[::-1]
    canvas.polygon(outline, (222, 224, 214), outline=(150, 152, 140))
    return outline


def _bridge(canvas: Canvas, dice: Random) -> list[Point]:
    """Draw solder where none should be, and return its outline."""
    center = (dice.uniform(80, WIDTH - 80), dice.uniform(70, HEIGHT - 70))
    outline = blob(dice, center, dice.uniform(20, 32), roughness=0.35)
    canvas.polygon(outline, _SOLDER, outline=shade(_SOLDER, 0.7))
    canvas.shine(Box(center[0] - 12, center[1] - 13, 18, 16), 0.9)
    return outline


def _stain(canvas: Canvas, dice: Random) -> list[Point]:
    """Draw a brown stain of flux, and return its outline."""
    center = (dice.uniform(90, WIDTH - 90), dice.uniform(80, HEIGHT - 80))
    outline = blob(dice, center, dice.uniform(30, 52), roughness=0.2, corners=24)
    canvas.polygon(outline, (104, 72, 34), outline=(72, 48, 22))
    return outline


_DEFECTS = {"scratch": _scratch, "solder bridge": _bridge, "flux stain": _stain}
