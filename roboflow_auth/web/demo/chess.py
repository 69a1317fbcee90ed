"""Chess boards in the middle of a game, seen from above."""

from __future__ import annotations

from random import Random

from roboflow_auth.images.shapes import Box, NewAnnotation
from roboflow_auth.web.demo.canvas import HEIGHT, WIDTH, Canvas, Color, Drawing, dice_of, shade

_SQUARE = 54
_LEFT, _TOP = (WIDTH - 8 * _SQUARE) / 2, (HEIGHT - 8 * _SQUARE) / 2
_WOOD: tuple[Color, Color] = ((234, 208, 166), (150, 98, 60))
_SIDES: dict[str, Color] = {"white": (244, 238, 224), "black": (52, 44, 42)}
# How wide a piece is, as a part of its square, and how many rings it shows from above.
_PIECES = {"pawn": (0.48, 1), "rook": (0.62, 2), "bishop": (0.56, 2), "queen": (0.72, 3), "king": (0.76, 4)}


def draw_chess(number: int) -> Drawing:
    """Return the drawing with this number."""
    dice = dice_of(f"chess {number}")
    canvas = Canvas((74, 52, 40), (54, 38, 30))
    for row in range(8):
        for column in range(8):
            canvas.rectangle(_square(column, row), _WOOD[(row + column) % 2])
    squares = dice.sample([(column, row) for row in range(8) for column in range(8)], 10 + number)
    found = [_paint_piece(canvas, dice, _square(*square)) for square in squares]
    return Drawing(
        name=f"game-{number:02d}.jpg",
        data=canvas.to_jpeg(),
        annotations=tuple(found),
        tags=("endgame" if len(found) < 14 else "middlegame",),
        metadata={"pieces": len(found)},
    )


def _square(column: int, row: int) -> Box:
    return Box(_LEFT + column * _SQUARE, _TOP + row * _SQUARE, _SQUARE, _SQUARE)


def _paint_piece(canvas: Canvas, dice: Random, square: Box) -> NewAnnotation:
    side, piece = dice.choice(tuple(_SIDES)), dice.choice(tuple(_PIECES))
    part, rings = _PIECES[piece]
    color, outer = _SIDES[side], _inside(square, part)
    canvas.shadow(Box(outer.x + 4, outer.y + 5, outer.width, outer.height))
    for ring in range(rings):
        inner = _inside(square, part * (1 - ring / (rings + 0.6)))
        canvas.ellipse(inner, shade(color, 1 - 0.09 * (ring % 2)), outline=(120, 112, 104))
    return NewAnnotation(f"{side} {piece}", outer)


def _inside(square: Box, part: float) -> Box:
    size = round(square.width * part)
    return Box(square.x + (square.width - size) / 2, square.y + (square.height - size) / 2, size, size)
