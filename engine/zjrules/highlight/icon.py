"""The icon of the extension, drawn here: the steps of a scoring standard, and what has been checked."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from attrs import frozen

SIZE = 128
_FINE = 4
"""Samples along each side of a pixel, for smooth edges."""
_UNIT = 2 * _FINE
"""Units of a pixel, so that the middle of every sample is a whole number of them."""

Point = tuple[int, int]
Colour = tuple[int, int, int]

_GROUND, _STEP, _TICK = (31, 78, 121), (255, 255, 255), (255, 200, 87)


@frozen
class _Box:
    """A rectangle with round corners, in pixels."""

    left: int
    top: int
    right: int
    bottom: int
    radius: int
    colour: Colour

    def holds(self, x: int, y: int) -> bool:
        """Return whether a point, in units, is inside."""
        r = self.radius * _UNIT
        dx = max(self.left * _UNIT + r - x, x - (self.right * _UNIT - r), 0)
        dy = max(self.top * _UNIT + r - y, y - (self.bottom * _UNIT - r), 0)
        return dx * dx + dy * dy <= r * r


@frozen
class _Stroke:
    """A line from point to point with round ends, in pixels."""

    start: Point
    end: Point
    radius: int
    colour: Colour

    def holds(self, x: int, y: int) -> bool:
        """Return whether a point, in units, is inside."""
        r = self.radius * _UNIT
        (ax, ay), (bx, by) = ((a * _UNIT, b * _UNIT) for a, b in (self.start, self.end))
        dx, dy, px, py = bx - ax, by - ay, x - ax, y - ay
        along, length = px * dx + py * dy, dx * dx + dy * dy
        if 0 <= along <= length:
            return (px * dy - py * dx) ** 2 <= r * r * length
        return min(px * px + py * py, (x - bx) ** 2 + (y - by) ** 2) <= r * r


_SHAPES: tuple[_Box | _Stroke, ...] = (
    _Stroke((26, 44), (40, 58), 5, _TICK),
    _Stroke((40, 58), (68, 26), 5, _TICK),
    _Box(24, 80, 44, 102, 3, _STEP),
    _Box(54, 62, 74, 102, 3, _STEP),
    _Box(84, 40, 104, 102, 3, _STEP),
    _Box(4, 4, 124, 124, 24, _GROUND),
)
"""What is in front comes first."""


def pixels() -> Iterator[bytes]:
    """Yield the rows of the icon, four bytes a pixel: red, green, blue, how opaque."""
    for row in range(SIZE):
        yield b"".join(_pixel(column, row) for column in range(SIZE))


def _pixel(column: int, row: int) -> bytes:
    offsets = range(1, _UNIT, 2)
    seen = [_at(column * _UNIT + dx, row * _UNIT + dy) for dy in offsets for dx in offsets]
    colours = [c for c in seen if c is not None]
    if not colours:
        return bytes(4)
    mean = [(2 * sum(c[i] for c in colours) + len(colours)) // (2 * len(colours)) for i in range(3)]
    return bytes([*mean, 255 * len(colours) // len(seen)])


def _at(x: int, y: int) -> Colour | None:
    return next((shape.colour for shape in _SHAPES if shape.holds(x, y)), None)


def png() -> bytes:
    """Return the icon as a PNG file."""
    head = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in pixels()), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
