"""The garments, laid flat, as paths on a grid of 100 by 125: outlines first, then the parts sewn on."""

from dataclasses import dataclass

from local.demo.canvas import Mask, Point, filled, mirrored, points_of, stroked


@dataclass(frozen=True)
class Part:
    """A part on a garment. `tone` is how it differs from the garment's colour; a `width` makes it a line.

    Half a path is completed by its mirror image; a line or a closed path (one that ends in Z) gets a twin on the right
    instead. A `loose` part may hang over the garment's edge.
    """

    path: str
    tone: str = "dark"
    width: float = 0.0
    half: bool = True
    loose: bool = False

    def masks(self) -> list[Mask]:
        """Return what the part covers."""
        if self.half and not self.width and not self.path.endswith("Z"):
            return [filled(mirrored(self.path))]
        points = points_of(self.path)
        twin: list[list[Point]] = [[(100 - x, y) for x, y in points]] if self.half else []
        return [stroked(each, self.width) if self.width else filled(each) for each in (points, *twin)]


@dataclass(frozen=True)
class Garment:
    """Outlines that make up the shape, and the parts on it, in the order in which they are painted."""

    outlines: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    half: bool = True

    def shape(self) -> Mask:
        """Return what the garment covers."""
        return filled(*[mirrored(path) if self.half else points_of(path) for path in self.outlines])


def seam(path: str, *, half: bool = True, tone: str = "dark", width: float = 0.45) -> Part:
    """A thin line."""
    return Part(path, tone, width, half)


_LEGS = "M50 14 L36 14 C35.5 20 31 28 30.5 40 C30 62 35 82 {outer} L{inner} C46.5 82 48.8 62 50 46"
_WAIST = Part("M50 14 L34 14 L33 22 C40 23.2 45 23.4 50 23.4", "dark")
_RISE = seam("M50 23 L50 46", half=False)


def _legs(outer: str, inner: str, *parts: Part) -> Garment:
    return Garment((_LEGS.format(outer=outer, inner=inner),), (_WAIST, _RISE, *parts))


_SHORT_SLEEVE = "C35 20.5 29 22 25.5 24 C19 29 14 38 11 46 C14 49 18 51.5 22 53 L27 42 C27.5 55 27 70 27 "
_LONG_SLEEVE = (
    "C35 20.5 29 22 25.5 24 C18 30 13 62 9.5 95 C12 97 15.5 97.6 18.5 97.4 C21 78 24 58 28 46 C28.5 58 28 70 28 "
)
_CUFF = Part("M8 89.5 L20.5 91 L19 99 L8 98 Z")


def _top(sleeve: str, length: float, *parts: Part, neck: float = 24) -> Garment:
    # The sleeve ends at the side, which goes down to the hem.
    side = sleeve + f"{length}"
    outline = f"M50 {neck} C45 {neck} 41.5 {neck - 3} 41 18 {side} C35 {length + 1.6} 43 {length + 2} 50 {length + 2}"
    return Garment((outline,), parts)


def _neck(depth: float) -> Part:
    return Part(
        f"M50 {depth} C45 {depth} 41.5 {depth - 3} 41 18 L38.6 18.8 C39.6 {depth} 44 {depth + 3} 50 {depth + 3}"
    )


_HOOD = "M50 8 C41 8 35 13 35.5 22 C36 28 44 32 50 33"
_HOOD_INSIDE = Part("M50 14 C44.5 14 40.5 17 41 22 C42 26.5 46.5 29 50 30", "deep", loose=True)
_CORDS = seam("M45 29.5 L44.5 43", tone="light", width=0.9)
_ARMHOLE = seam("M25.5 24 C28 30 28.6 38 28 46")


def _hem(length: float) -> Part:
    return Part(f"M50 {length - 5} L20 {length - 6} L20 {length + 3} L50 {length + 4}")


def _hooded(length: float, *parts: Part) -> Garment:
    body = _top(_LONG_SLEEVE, length).outlines[0]
    return Garment((body, _HOOD), (_ARMHOLE, _hem(length), _CUFF, *parts, seam(_HOOD), _HOOD_INSIDE))


_SHORTS = "M50 24 L32 24 C31 36 28 54 {outer} C32 {low} 40 {low} {inner} C47 66 48.6 58 50 52"


def _shorts(outer: str, inner: str, low: float, *parts: Part) -> Garment:
    band = Part("M50 24 L30 24 L29 31.5 L50 32", "dark")
    return Garment(
        (_SHORTS.format(outer=outer, inner=inner, low=low),), (band, seam("M50 31 L50 52", half=False), *parts)
    )


def _sock(x: float) -> str:
    return (
        f"M{x + 8} 38 L{x + 28} 38 L{x + 28} 66 C{x + 28} 74 {x + 24} 78 {x + 18} 84 "
        f"C{x + 12} 90 {x + 2} 92 {x - 2} 86 C{x - 5} 80 {x + 0} 76 {x + 4} 72 C{x + 7} 69 {x + 8} 66 {x + 8} 62 Z"
    )


def _sock_parts(x: float) -> tuple[Part, ...]:
    return (
        Part(f"M{x + 6} 36 L{x + 30} 36 L{x + 30} 43 L{x + 6} 43 Z", half=False),
        Part(f"M{x - 6} 76 L{x + 5} 76 C{x + 9} 82 {x + 8} 88 {x + 5} 93 L{x - 8} 93 Z", half=False),
        Part(f"M{x + 30} 62 C{x + 20} 64 {x + 17} 72 {x + 24} 82 L{x + 32} 76 Z", half=False),
    )


GARMENTS: dict[str, Garment] = {
    "leggings": _legs("36 112", "45.5 112", seam("M33 30 C40 38 46 42 50 46")),
    "pocket leggings": _legs("36 103", "45.8 103", Part("M29 52 L40.5 50 L41.5 70 L30 72 Z"), seam("M29 52 L41 50")),
    "flare leggings": _legs("27 112", "46.5 112", seam("M35.5 60 C36.5 80 35 98 33.5 112")),
    "thermal tights": _legs(
        "36 112",
        "45.5 112",
        Part("M26 40 C32 52 34 84 39 114 L30 114 L26 80 Z", "light"),
        seam("M36.6 100 L37 112", tone="deep", width=0.9),
    ),
    "running tights": _legs(
        "35.5 112",
        "45.8 112",
        Part("M50 60 C45 62 39 68 33 66 L33 76 C40 80 46 76 50 70", "light"),
        seam("M36.6 100 L37 112", tone="deep", width=0.9),
    ),
    "bike shorts": Garment(
        ("M50 14 L36 14 C35.5 20 31 28 30.5 40 C30 52 30.6 62 31.6 74 L47.6 74 C48.6 64 49 56 50 46",),
        (_WAIST, _RISE, seam("M33 30 C40 38 46 42 50 46"), seam("M30 71 L49 71")),
    ),
    "joggers": Garment(
        ("M50 14 L33 14 C32 24 28.5 32 28 44 C27.5 66 33 90 33.5 112 L44.5 112 C46.5 90 48.6 68 50 50",),
        (
            Part("M50 14 L31 14 L30.5 21 L50 21.5"),
            Part("M30 106 L47 106 L47 114 L30 114 Z"),
            seam("M50 21 L50 50", half=False),
            seam("M34 22 L29 38", tone="deep", width=0.7),
            seam("M48.6 19 L47.6 33", tone="light", width=0.8),
        ),
    ),
    "high support bra": Garment(
        ("M50 44 C44 43 41.5 36 41 22 L33.5 22 C33.5 36 31 46 27 52 C27.5 62 28 72 28.5 82 L50 83.5",),
        (Part("M50 73.5 L26 72 L26 84 L50 85"), seam("M33 44 C38 56 44 62 50 64"), seam("M50 44 L50 74", half=False)),
    ),
    "light support bra": Garment(
        ("M50 54 C45 50 41 42 38.4 24 L35.6 24 C35 38 32.5 50 28.5 57 C29 64 29 70 29.5 78 L50 79.5",),
        (Part("M50 74 L27 72.6 L27 80 L50 81"), seam("M30 60 C36 66 44 66 50 60")),
    ),
    "racerback tank": Garment(
        ("M50 38 C43 37 40 28 39.5 16 L34 16 C34.5 30 32 42 27.5 47 C29 64 26 86 25 104 C34 107 43 107.6 50 107.6",),
        (
            seam("M50 40.6 C41.5 39.4 38 29 37.6 16"),
            seam("M36 16 C36.6 31 34.4 43.6 28.6 50"),
            seam("M25 101 C34 104 43 104.6 50 104.6"),
        ),
    ),
    "muscle tank": Garment(
        ("M50 30 C44 30 41 25 40 16 L31 18 C33 32 31 46 28 58 C28 74 27.5 90 27 106 C35 107.6 43 108 50 108",),
        (_neck(30), seam("M33.4 18.4 C35 33 33 48 28 62"), seam("M27 103 C35 104.6 43 105 50 105")),
    ),
    "cropped tee": _top(
        _SHORT_SLEEVE, 80, _neck(24), _ARMHOLE, seam("M12 43.5 C15 46.6 19 49 23.4 50.4"), seam("M27 77.4 L50 79")
    ),
    "tee": _top(
        _SHORT_SLEEVE, 106, _neck(24), _ARMHOLE, seam("M12 43.5 C15 46.6 19 49 23.4 50.4"), seam("M27 103 L50 105")
    ),
    "training tee": _top(
        _SHORT_SLEEVE,
        106,
        Part("M50 18 L36 18 L22 26 C32 33 42 35 50 35", "light"),
        _neck(24),
        _ARMHOLE,
        seam("M27 103 L50 105"),
    ),
    "long sleeve": _top(_LONG_SLEEVE, 104, _neck(23), _ARMHOLE, seam("M28 101 L50 103"), seam("M10 91 L19.5 92.4")),
    "seamless long sleeve": _top(
        _LONG_SLEEVE,
        98,
        Part("M50 40 C44 48 44 66 36 86 L50 92", "light"),
        _neck(23),
        seam("M28 95 L50 97"),
        seam("M10 91 L19.5 92.4"),
    ),
    "crew sweatshirt": _top(
        _LONG_SLEEVE,
        102,
        _neck(24),
        seam("M39.5 21 C34 30 30 38 28 46"),
        _hem(102),
        _CUFF,
        Part("M46.5 27 L53.5 27 L50 33 Z", half=False),
    ),
    "cropped hoodie": _hooded(84, _CORDS),
    "zip hoodie": _hooded(
        102, seam("M50 31 L50 104", half=False, tone="light", width=0.9), seam("M45 80 L34 92"), _CORDS
    ),
    "rain jacket": _hooded(
        104,
        Part("M50 33 L20 40 L20 52 L50 46", "light"),
        seam("M50 31 L50 106", half=False, tone="deep", width=1.3),
        seam("M42 66 L36 84", tone="deep", width=0.9),
    ),
    "gilet": Garment(
        (
            "M50 12 C44 12 41 13 40 16 C37 19 34 21 31 22 C33 34 31 44 28.5 50"
            " C29 70 28 88 28 102 C36 104 43 104.4 50 104.4",
        ),
        (
            *(seam(f"M20 {y} C32 {y + 3} 42 {y + 4} 50 {y + 4}") for y in (32, 43, 54, 65, 76, 87)),
            Part("M50 10 L36 10 L38 20 C42 22 46 22.6 50 22.6"),
            seam("M50 12 L50 106", half=False, tone="deep", width=1.3),
        ),
    ),
    "running shorts": _shorts(
        "23 74", "45.5 79", 80, seam("M31 32 C29 50 27 62 27 77"), seam("M24 71 C32 76.6 40 76.6 46 75.6")
    ),
    "lined shorts": Garment(
        (
            _SHORTS.format(outer="22 70", inner="45 74", low=75),
            "M50 40 L32 40 C31 60 30 76 30.5 90 C36 91.4 42 91.4 46.6 90.6 L50 56",
        ),
        (
            Part("M50 40 L29 60 L29 93 L50 93", "deep"),
            Part(_SHORTS.format(outer="22 70", inner="45 74", low=75), "base"),
            Part("M50 24 L30 24 L29 31.5 L50 32"),
            seam("M50 31 L50 52", half=False),
            seam("M23 67 C32 72 40 72 45.6 70.6"),
        ),
    ),
    "trail shorts": _shorts(
        "25 92",
        "46 94",
        95,
        seam("M33 33 L28 50", tone="deep", width=0.8),
        Part("M25 66 L36 64 L37 80 L25 82 Z", "light"),
        seam("M46 29 L54 29", half=False, tone="deep", width=1.6),
    ),
    "tennis skirt": Garment(
        ("M50 28 L35 28 C33 40 27 62 22 86 C30 90 40 92 50 92",),
        (
            *(seam(f"M{50 - n * 3.4} 40 L{50 - n * 6.6} 92") for n in range(4)),
            Part("M50 28 L32 28 L30 38 C38 40.4 44 40.8 50 40.8"),
        ),
    ),
    "socks": Garment((_sock(15), _sock(55)), (*_sock_parts(15), *_sock_parts(55)), half=False),
    "cap": Garment(
        (
            "M20 66 C20 44 34 32 54 32 C74 32 84 46 84 66 C62 62 40 62 20 66 Z",
            "M22 64 C40 58 62 60 70 66 C58 74 34 80 10 78 C8 74 14 67 22 64 Z",
        ),
        (
            Part("M22 64 C40 58 62 60 70 66 C58 74 34 80 10 78 C8 74 14 67 22 64 Z", "dark", half=False),
            seam("M54 32 C46 40 42 50 41 61", half=False),
            seam("M54 32 C64 42 68 52 69 63", half=False),
            Part("M51 30.5 L57 30.5 L57 33 L51 33 Z", "deep", half=False, loose=True),
        ),
        half=False,
    ),
    "tote": Garment(
        ("M50 48 L26 48 L22 104 L50 105",),
        (
            Part("M36 50 C36 18 46 14 50 14 L50 17.5 C47 17.5 39.6 21 39.6 50 Z", loose=True),
            Part("M50 46 L24 46 L24 53 L50 53"),
            Part("M50 70 L36 70 L35.5 92 L50 92", "light"),
        ),
    ),
}
