"""A small canvas: paths filled with soft edges, and PNG files of the drawing."""

import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

WIDTH, HEIGHT = 600, 750
# Paths are written on a grid of 100 by 125.
SCALE = WIDTH / 100
# Edges are softened by sampling how much of each pixel is inside, on this many lines of it.
LINES = 4
CURVE_STEPS = 16

type Point = tuple[float, float]
type Colour = tuple[int, int, int]
# How much of each pixel is covered, 0 to 16, row by row; rows that nothing touches are absent.
type Mask = dict[int, list[int]]

_COMMAND = re.compile(r"([MLCZ])([^MLCZ]*)")


def points_of(path: str) -> list[Point]:
    """Read a path of absolute M, L, C and Z commands, as SVG writes them, curves cut into short lines."""
    points: list[Point] = []
    for command, numbers in _COMMAND.findall(path):
        values = [float(number) for number in numbers.replace(",", " ").split()]
        given = list(zip(values[::2], values[1::2], strict=True))
        if command == "C":
            for start in range(0, len(given), 3):
                points += _curve(points[-1], *given[start : start + 3])
        else:
            points += given
    return points


def mirrored(path: str) -> list[Point]:
    """Complete the left half of a shape by its mirror image; the half begins and ends on the middle line."""
    half = points_of(path)
    return half + [(100 - x, y) for x, y in reversed(half)]


def filled(*outlines: Sequence[Point]) -> Mask:
    """Cover what lies inside the outlines; where two overlap, the pixel is covered once."""
    masks = [_filled(outline) for outline in outlines]
    return masks[0] if len(masks) == 1 else union(masks)


def stroked(points: Sequence[Point], width: float) -> Mask:
    """Cover a line of the given width."""
    return union([_filled(box) for box in _boxes(points, width / 2)])


def union(masks: Iterable[Mask]) -> Mask:
    """Cover what any of these masks covers."""
    joined: Mask = {}
    for mask in masks:
        for y, row in mask.items():
            joined[y] = list(map(max, joined[y], row)) if y in joined else row
    return joined


def within(mask: Mask, other: Mask) -> Mask:
    """Cover what both masks cover."""
    return {y: list(map(min, row, other[y])) for y, row in mask.items() if y in other}


class Canvas:
    """The picture that has been painted so far."""

    def __init__(self, background: Colour) -> None:
        self._rows = [[background] * WIDTH for _ in range(HEIGHT)]

    def paint(self, mask: Mask, colour: Colour, *, strength: float = 1.0) -> None:
        """Paint a colour over what the mask covers."""
        for y, covered in mask.items():
            row = self._rows[y]
            for x, amount in enumerate(covered):
                if amount:
                    row[x] = mixed(row[x], colour, amount / 16 * strength)

    def png(self) -> bytes:
        """Return the picture as a PNG file, with a palette if its colours fit into one."""
        colours = sorted({colour for row in self._rows for colour in set(row)})
        if len(colours) <= 256:
            number = {colour: place for place, colour in enumerate(colours)}
            lines = [bytes([0, *(number[colour] for colour in row)]) for row in self._rows]
            palette, kind = _chunk(b"PLTE", b"".join(bytes(colour) for colour in colours)), 3
        else:
            lines = [bytes([0, *(part for colour in row for part in colour)]) for row in self._rows]
            palette, kind = b"", 2
        header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, kind, 0, 0, 0)
        body = _chunk(b"IDAT", zlib.compress(b"".join(lines), 9))
        return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + palette + body + _chunk(b"IEND", b"")


def mixed(under: Colour, over: Colour, amount: float) -> Colour:
    """Mix two colours; `amount` from 0, all of the first, to 1, all of the second."""
    if amount >= 1:
        return over
    red, green, blue = (round(a + (b - a) * amount) for a, b in zip(under, over, strict=True))
    return red, green, blue


def _curve(start: Point, first: Point, second: Point, end: Point) -> Iterator[Point]:
    for step in range(1, CURVE_STEPS + 1):
        t = step / CURVE_STEPS
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        yield (
            a * start[0] + b * first[0] + c * second[0] + d * end[0],
            a * start[1] + b * first[1] + c * second[1] + d * end[1],
        )


def _filled(outline: Sequence[Point]) -> Mask:
    scaled = [(x * SCALE, y * SCALE) for x, y in outline]
    edges = [(a, b) if a[1] < b[1] else (b, a) for a, b in pairwise([*scaled, scaled[0]]) if a[1] != b[1]]
    top = max(0, int(min(y for _, y in scaled)))
    bottom = min(HEIGHT - 1, int(max(y for _, y in scaled)))
    mask: Mask = {}
    for y in range(top, bottom + 1):
        covered = [0.0] * WIDTH
        for line in range(LINES):
            middle = y + (line + 0.5) / LINES
            crossings = sorted(
                a[0] + (b[0] - a[0]) * (middle - a[1]) / (b[1] - a[1]) for a, b in edges if a[1] <= middle < b[1]
            )
            for left, right in zip(crossings[::2], crossings[1::2], strict=False):
                _cover(covered, left, right)
        mask[y] = [min(16, round(amount * 16 / LINES)) for amount in covered]
    return mask


def _cover(covered: list[float], left: float, right: float) -> None:
    left, right = max(0.0, left), min(float(WIDTH), right)
    first, last = int(left), int(right)
    if right <= left:
        return
    if first == last:
        covered[first] += right - left
        return
    covered[first] += first + 1 - left
    for x in range(first + 1, last):
        covered[x] += 1
    if last < WIDTH:
        covered[last] += right - last


def _boxes(points: Sequence[Point], reach: float) -> Iterator[list[Point]]:
    """Yield a box around each stretch of a line, a little longer than it, so that bends have no gaps."""
    for (x1, y1), (x2, y2) in pairwise(points):
        length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5 or 1.0
        ax, ay = (x2 - x1) / length * reach, (y2 - y1) / length * reach
        yield [
            (x1 - ax - ay, y1 - ay + ax),
            (x2 + ax - ay, y2 + ay + ax),
            (x2 + ax + ay, y2 + ay - ax),
            (x1 - ax + ay, y1 - ay - ax),
        ]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
