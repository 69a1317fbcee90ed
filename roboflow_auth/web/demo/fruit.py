"""Fruit: one to be sorted by how ripe it is, or a table full of it."""

from __future__ import annotations

from random import Random

from roboflow_auth.images.shapes import Box, NewAnnotation
from roboflow_auth.web.demo.canvas import HEIGHT, WIDTH, Canvas, Color, Drawing, dice_of, shade

_RIPENESS: dict[str, Color] = {"unripe": (122, 168, 62), "ripe": (206, 52, 44), "overripe": (112, 44, 34)}
_SORTS: dict[str, Color] = {
    "apple": (198, 46, 46),
    "orange": (238, 142, 34),
    "lime": (128, 178, 52),
    "plum": (92, 50, 120),
}
_CLOTHS: tuple[tuple[Color, Color], ...] = (
    ((232, 226, 214), (204, 194, 176)),
    ((176, 196, 208), (138, 160, 176)),
    ((150, 112, 78), (118, 86, 58)),
)


def draw_tomato(number: int) -> Drawing:
    """Return the drawing with this number: one tomato, which is unripe, ripe or overripe."""
    dice = dice_of(f"tomato {number}")
    label = tuple(_RIPENESS)[number % len(_RIPENESS)]
    canvas = Canvas(*_CLOTHS[number % 2])
    size = dice.randrange(230, 310)
    box = Box(WIDTH / 2 - size / 2 + dice.randrange(-70, 70), HEIGHT / 2 - size * 0.44, size, size * 0.88)
    _paint_fruit(canvas, box, _RIPENESS[label])
    if label == "overripe":
        _paint_spots(canvas, dice, box)
    _paint_leaves(canvas, box)
    return Drawing(
        name=f"tomato-{number:03d}.jpg",
        data=canvas.to_jpeg(),
        annotations=(NewAnnotation(label),),
        tags=("greenhouse", "morning" if number % 2 else "evening"),
        metadata={"row": 1 + number % 6, "weight_grams": round(size * 0.55, 1), "for_sale": label == "ripe"},
    )


def draw_table(number: int) -> Drawing:
    """Return the drawing with this number: fruit of several sorts, side by side on a table."""
    dice = dice_of(f"table {number}")
    canvas = Canvas(*_CLOTHS[number % len(_CLOTHS)])
    found = []
    for row in range(2):
        for column in range(3):
            if dice.random() < 0.2:
                continue
            sort, size = dice.choice(tuple(_SORTS)), dice.randrange(104, 150)
            x, y = 50 + column * 190 + dice.randrange(30), 50 + row * 210 + dice.randrange(30)
            box = Box(x, y, size, round(size * (0.86 if sort in {"lime", "plum"} else 0.96)))
            _paint_fruit(canvas, box, _SORTS[sort])
            found.append(NewAnnotation(sort, box))
    return Drawing(
        name=f"table-{number:03d}.jpg",
        data=canvas.to_jpeg(),
        annotations=tuple(found),
        tags=("kitchen",),
        metadata={"pieces": len(found)},
    )


def _paint_fruit(canvas: Canvas, box: Box, color: Color) -> None:
    canvas.shadow(Box(box.x + box.width * 0.05, box.y + box.height * 0.8, box.width, box.height * 0.3))
    canvas.ellipse(box, color, outline=shade(color, 0.7))
    canvas.ellipse(_part(box, 0.06, 0.03, 0.8, 0.8), shade(color, 1.08))
    canvas.shine(_part(box, 0.14, 0.1, 0.42, 0.4), 0.75)
    x, y = box.x + box.width / 2, box.y + box.height * 0.12
    canvas.line([(x, y + 8), (x + 4, y - box.height * 0.06)], (74, 56, 34), 5)


def _paint_spots(canvas: Canvas, dice: Random, box: Box) -> None:
    for _ in range(7):
        spot = _part(box, dice.uniform(0.2, 0.7), dice.uniform(0.3, 0.75), 0.08, 0.07)
        canvas.ellipse(spot, (62, 30, 24))


def _paint_leaves(canvas: Canvas, box: Box) -> None:
    x, y, reach = box.x + box.width / 2, box.y + box.height * 0.14, box.width * 0.2
    for side, fall in ((-1, 0.25), (-0.6, 0.5), (0.1, 0.55), (0.7, 0.45), (1, 0.2)):
        tip = (x + side * reach, y + fall * reach)
        canvas.polygon([(x - 6, y), tip, (x + 6, y + 4)], (58, 118, 48), outline=(40, 86, 36))


def _part(box: Box, left: float, top: float, width: float, height: float) -> Box:
    return Box(box.x + box.width * left, box.y + box.height * top, box.width * width, box.height * height)
