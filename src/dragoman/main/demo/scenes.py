"""What the customers' photographs show: broken glass, wrong plugs, bent spouts, screens and slips."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from dragoman.main.demo.model import DemoError
from dragoman.main.demo.pictures import (
    Canvas,
    Colour,
    box,
    disc,
    line,
    numbers,
    png,
    polygon,
    star,
    table_top,
)

_WOOD: Colour = (176, 138, 98)
_GREY: Colour = (150, 152, 156)
_CLOTH: Colour = (196, 190, 178)
_INK: Colour = (52, 50, 54)
_WHITE: Colour = (244, 243, 240)
_CARD: Colour = (188, 150, 104)


def _shatter(seed: str) -> Canvas:
    canvas, chance = table_top(seed, _WOOD), numbers(seed, 80)
    box(canvas, 214, 210, 266, 330, _INK)
    disc(canvas, 240, 150, 92, (222, 230, 234))
    for n in range(14):
        reach = 30 + chance[n] // 4
        tip = star(240, 150, reach, 14, chance[n + 14] / 300)[n]
        line(canvas, (240 + chance[n + 28] // 12 - 10, 150), tip, 2, (96, 108, 116))
    for n in range(9):
        x, y = 60 + chance[n + 40] * 360 // 255, 250 + chance[n + 50] * 90 // 255
        polygon(canvas, star(x, y, 8 + chance[n + 60] // 16, 3, chance[n + 70] / 40), (214, 224, 230))
    return canvas


def _parcel(seed: str) -> Canvas:
    canvas, chance = table_top(seed, _GREY), numbers(seed, 8)
    box(canvas, 100, 90, 380, 310, _CARD)
    box(canvas, 226, 90, 254, 310, (206, 178, 132))
    corner = 40 + chance[0] // 5
    polygon(canvas, [(380, 90), (380, 90 + corner), (380 - corner, 90)], (120, 92, 62))
    line(canvas, (380 - corner, 90), (330, 200), 3, (120, 92, 62))
    box(canvas, 120, 110, 200, 160, _WHITE)
    for row in range(4):
        box(canvas, 128, 118 + row * 9, 170 + chance[row + 1] // 12, 121 + row * 9, _INK)
    return canvas


def _plug(seed: str) -> Canvas:
    canvas, chance = table_top(seed, _CLOTH), numbers(seed, 4)
    shade = 40 + chance[0] // 8
    disc(canvas, 240, 180, 110, (shade, shade, shade + 4), squash=0.9)
    if chance[1] % 2:
        for x, y in ((240, 120), (190, 200), (290, 200)):
            box(canvas, x - 16, y - 10, x + 16, y + 24, (202, 178, 110))
    else:
        for x in (200, 280):
            box(canvas, x - 7, 140, x + 7, 220, (206, 206, 208))
    return canvas


def _dent(seed: str) -> Canvas:
    canvas, chance = table_top(seed, _WOOD), numbers(seed, 4)
    box(canvas, 120, 100, 360, 290, (202, 204, 206))
    disc(canvas, 240 + chance[0] // 6, 190, 44, (150, 152, 156), squash=0.7)
    disc(canvas, 234 + chance[0] // 6, 184, 26, (116, 118, 122), squash=0.6)
    line(canvas, (120, 110), (360, 110), 3, _WHITE)
    return canvas


def _leak(seed: str) -> Canvas:
    canvas = table_top(seed, _CLOTH)
    box(canvas, 170, 70, 310, 270, (70, 74, 78))
    box(canvas, 160, 270, 320, 290, _INK)
    disc(canvas, 260, 312, 150, (150, 172, 188), squash=0.14)
    disc(canvas, 240, 310, 90, (182, 204, 218), squash=0.12)
    return canvas


def _slip(seed: str) -> Canvas:
    """A label, a bill or a bank statement: paper with lines, one of them marked."""
    canvas, chance = table_top(seed, _GREY), numbers(seed, 40)
    box(canvas, 90, 30, 390, 335, _WHITE)
    box(canvas, 110, 50, 250, 66, _INK)
    for row in range(11):
        y = 90 + row * 21
        box(canvas, 110, y, 170 + chance[row] // 3, y + 5, (120, 120, 124))
        box(canvas, 330 - chance[row + 12] // 9, y, 370, y + 5, (120, 120, 124))
    marked = 86 + (chance[30] % 9) * 21
    for edge in ((104, marked), (376, marked)):
        line(canvas, edge, (edge[0], marked + 14), 2, (196, 60, 48))
    line(canvas, (104, marked + 14), (376, marked + 14), 2, (196, 60, 48))
    return canvas


def _app(seed: str) -> Canvas:
    canvas, chance = table_top(seed, (36, 40, 46)), numbers(seed, 20)
    box(canvas, 150, 8, 330, 352, (18, 20, 24))
    box(canvas, 158, 24, 322, 336, (246, 247, 249))
    box(canvas, 158, 24, 322, 62, (20, 122, 118))
    disc(canvas, 240, 130, 34, (208, 70, 56))
    line(canvas, (228, 118), (252, 142), 5, _WHITE)
    line(canvas, (252, 118), (228, 142), 5, _WHITE)
    for row in range(5):
        box(canvas, 176, 190 + row * 18, 240 + chance[row] // 4, 197 + row * 18, (140, 144, 150))
    box(canvas, 186, 296, 294, 320, (20, 122, 118))
    return canvas


def _colour(seed: str) -> Canvas:
    canvas, chance = table_top(seed, _CLOTH), numbers(seed, 6)
    box(canvas, 60, 90, 220, 300, (110 + chance[0] // 8, 138, 112))
    box(canvas, 260, 90, 420, 300, (166, 138 + chance[1] // 10, 84))
    line(canvas, (240, 70), (240, 320), 2, _WHITE)
    return canvas


def _bulge(seed: str) -> Canvas:
    canvas = table_top(seed, (120, 124, 118))
    disc(canvas, 240, 190, 170, (44, 46, 52), squash=0.34)
    box(canvas, 80, 186, 400, 250, (44, 46, 52))
    line(canvas, (86, 188), (240, 172), 3, (206, 150, 70))
    line(canvas, (240, 172), (396, 190), 3, (206, 150, 70))
    box(canvas, 366, 214, 386, 226, (16, 16, 18))
    return canvas


def _shelf(seed: str) -> Canvas:
    canvas = table_top(seed, (214, 210, 200))
    polygon(canvas, [(60, 150), (420, 176), (420, 206), (60, 180)], (158, 112, 70))
    line(canvas, (60, 214), (420, 214), 2, (90, 120, 170))
    return canvas


def _socket(seed: str) -> Canvas:
    canvas = table_top(seed, (222, 220, 214))
    box(canvas, 160, 60, 320, 310, _WHITE)
    for top in (100, 210):
        for x in (210, 260):
            box(canvas, x, top, x + 10, top + 44, _INK)
        disc(canvas, 240, top + 64, 10, _INK)
    for step in range(7):
        disc(canvas, 238 + step * 3, 214 - step * 9, 40 - step * 5, (110 + step * 14, 84 + step * 18, 60 + step * 20))
    return canvas


def _lantern(seed: str) -> Canvas:
    canvas = table_top(seed, (92, 104, 86))
    box(canvas, 190, 120, 290, 280, (66, 70, 72))
    box(canvas, 200, 150, 280, 250, (120, 122, 116))
    disc(canvas, 240, 110, 56, (58, 62, 64), squash=0.4)
    line(canvas, (196, 110), (284, 60), 4, (40, 42, 44))
    return canvas


def _scale(seed: str) -> Canvas:
    canvas, chance = table_top(seed, _WOOD), numbers(seed, 4)
    box(canvas, 110, 70, 370, 320, (214, 216, 220))
    box(canvas, 190, 90, 290, 134, (60, 74, 62))
    for n in range(3):
        box(canvas, 202 + n * 28, 98, 216 + n * 28, 126, (180, 206, 170))
    disc(canvas, 180 + chance[0] // 20, 326, 40, (176, 70, 90), squash=0.5)
    disc(canvas, 300, 330, 40, (176, 70, 90), squash=0.5)
    return canvas


def _charger(seed: str) -> Canvas:
    canvas = table_top(seed, _CLOTH)
    box(canvas, 170, 90, 310, 250, _WHITE)
    box(canvas, 224, 222, 256, 234, _INK)
    disc(canvas, 240, 150, 30, (216, 190, 150))
    disc(canvas, 240, 150, 16, (190, 142, 90))
    return canvas


SCENES: dict[str, Callable[[str], Canvas]] = {
    "shatter": _shatter,
    "box": _parcel,
    "plug": _plug,
    "dent": _dent,
    "leak": _leak,
    "label": _slip,
    "bill": _slip,
    "statement": _slip,
    "app": _app,
    "colour": _colour,
    "bulge": _bulge,
    "shelf": _shelf,
    "socket": _socket,
    "lantern": _lantern,
    "scale": _scale,
    "charger": _charger,
}


@cache
def photograph(scene: str, seed: str) -> bytes:
    """A PNG of the scene, a little different for each seed; raises DemoError for an unknown scene."""
    if scene not in SCENES:
        raise DemoError(f"no picture is called {scene!r}; there are {', '.join(SCENES)}")
    return png(SCENES[scene](seed))
