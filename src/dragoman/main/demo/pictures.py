"""Pictures drawn in code and written as PNG (RFC 2083), for the photographs customers attach.

A canvas is a list of rows, each a bytearray of red, green and blue; shapes fill spans of rows, which
keeps a whole picture in pure Python at some tens of milliseconds.
"""

from __future__ import annotations

import struct
import zlib
from functools import cache
from hashlib import sha256
from math import cos, pi, sin

Colour = tuple[int, int, int]
Canvas = list[bytearray]

WIDTH, HEIGHT = 480, 360


def numbers(seed: str, count: int) -> list[int]:
    """`count` numbers from 0 to 255 that look like chance and stay the same for a seed."""
    out = b""
    while len(out) < count:
        out += sha256(f"{seed}/{len(out)}".encode()).digest()
    return list(out[:count])


def table_top(seed: str, colour: Colour) -> Canvas:
    """A background like a table under a lamp: lighter above, darker below, with some grain."""
    grain = numbers(seed, HEIGHT)
    canvas = []
    for y in range(HEIGHT):
        light = 1.12 - 0.35 * y / HEIGHT + (grain[y] - 128) / 4000
        canvas.append(bytearray(bytes(min(255, int(part * light)) for part in colour) * WIDTH))
    return canvas


def box(canvas: Canvas, left: int, top: int, right: int, bottom: int, colour: Colour) -> None:
    """A filled rectangle, cut at the canvas's edges."""
    left, right = max(0, left), min(WIDTH, right)
    if right <= left:
        return
    span = bytes(colour) * (right - left)
    for y in range(max(0, top), min(HEIGHT, bottom)):
        canvas[y][left * 3 : right * 3] = span


def disc(canvas: Canvas, x: int, y: int, radius: int, colour: Colour, *, squash: float = 1.0) -> None:
    """A filled circle, or an ellipse where `squash` (height over width) is not one."""
    tall = max(1, int(radius * squash))
    for dy in range(-tall, tall + 1):
        half = int(radius * (1 - (dy / tall) ** 2) ** 0.5)
        box(canvas, x - half, y + dy, x + half + 1, y + dy + 1, colour)


def line(canvas: Canvas, start: tuple[int, int], end: tuple[int, int], width: int, colour: Colour) -> None:
    """A straight stroke."""
    (x0, y0), (x1, y1) = start, end
    steps = max(abs(x1 - x0), abs(y1 - y0), 1)
    for step in range(steps + 1):
        x, y = x0 + (x1 - x0) * step // steps, y0 + (y1 - y0) * step // steps
        box(canvas, x - width // 2, y - width // 2, x + (width + 1) // 2, y + (width + 1) // 2, colour)


def polygon(canvas: Canvas, points: list[tuple[int, int]], colour: Colour) -> None:
    """A filled polygon by scan lines, even-odd."""
    edges = list(zip(points, [*points[1:], points[0]], strict=True))
    for y in range(min(p[1] for p in points), max(p[1] for p in points) + 1):
        crossings = sorted(
            int(ax + (y - ay) * (bx - ax) / (by - ay))
            for (ax, ay), (bx, by) in edges
            if (ay <= y < by) or (by <= y < ay)
        )
        for left, right in zip(crossings[::2], crossings[1::2], strict=False):
            box(canvas, left, y, right + 1, y + 1, colour)


def star(x: int, y: int, radius: int, count: int, turn: float = 0.0) -> list[tuple[int, int]]:
    """`count` points around a centre."""
    return [
        (int(x + radius * cos(2 * pi * n / count + turn)), int(y + radius * sin(2 * pi * n / count + turn)))
        for n in range(count)
    ]


def png(canvas: Canvas) -> bytes:
    """The canvas as a PNG file of eight bits a colour."""
    raw = b"".join(b"\x00" + bytes(row) for row in canvas)
    header = struct.pack(">IIBBBBB", len(canvas[0]) // 3, len(canvas), 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(raw, 6)) + _chunk(b"IEND", b"")
    )


@cache
def logo(seed: str) -> bytes:
    """A small mark for a house signature: two overlapping shapes in the house's colours."""
    tone = numbers(seed, 6)
    canvas = [bytearray(b"\xff\xff\xff" * 96) for _ in range(48)]
    first, second = (tone[0] // 2, tone[1] // 2, tone[2] // 2), (tone[3] // 2 + 90, tone[4] // 2 + 90, 120)
    for y in range(48):
        canvas[y][(8 + y // 2) * 3 : (40 + y // 2) * 3] = bytes(first) * 32
        canvas[y][(48 + abs(24 - y)) * 3 : (88 - abs(24 - y) // 2) * 3] = bytes(second) * (
            40 - abs(24 - y) // 2 - abs(24 - y)
        )
    return png(canvas)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
