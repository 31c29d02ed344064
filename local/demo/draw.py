"""Draws the pictures of the demo catalogue: `python -m local.demo.draw` writes local/demo/pictures/ again."""

import csv
from collections.abc import Iterator
from pathlib import Path

from local.demo.canvas import Canvas, Colour, Mask, mixed, within
from local.demo.garments import GARMENTS

HERE = Path(__file__).parent
CATALOGUE = HERE / "catalogue.csv"
PICTURES = HERE / "pictures"

COLOURS: dict[str, Colour] = {
    "Berry": (142, 52, 84),
    "Bone": (226, 219, 204),
    "Citrus": (222, 188, 62),
    "Clay": (190, 112, 84),
    "Coral": (228, 112, 96),
    "Ink": (44, 50, 62),
    "Moss": (98, 112, 78),
    "Ocean": (40, 96, 122),
    "Plum": (98, 64, 98),
    "Sand": (200, 178, 142),
    "Sky": (138, 174, 204),
    "Slate": (112, 122, 132),
}
# Which garment a product is, by its slug.
CUTS = {
    "form-high-rise-leggings": "leggings",
    "tempo-7-8-pocket-leggings": "pocket leggings",
    "studio-flare-leggings": "flare leggings",
    "thermal-run-tights": "thermal tights",
    "anchor-high-support-bra": "high support bra",
    "drift-light-support-bra": "light support bra",
    "loop-racerback-tank": "racerback tank",
    "breeze-cropped-tee": "cropped tee",
    "contour-seamless-long-sleeve": "seamless long sleeve",
    "stride-2-in-1-running-shorts": "lined shorts",
    "contour-bike-shorts": "bike shorts",
    "baseline-tennis-skirt": "tennis skirt",
    "harbour-cropped-hoodie": "cropped hoodie",
    "pace-training-tee": "training tee",
    "ridge-merino-long-sleeve": "long sleeve",
    "circuit-muscle-tank": "muscle tank",
    "pace-5-inch-running-shorts": "running shorts",
    "trail-9-inch-shorts": "trail shorts",
    "transit-joggers": "joggers",
    "meridian-running-tights": "running tights",
    "harbour-zip-hoodie": "zip hoodie",
    "commons-crew-sweatshirt": "crew sweatshirt",
    "squall-rain-jacket": "rain jacket",
    "featherline-running-gilet": "gilet",
    "grip-training-socks": "socks",
    "sunline-running-cap": "cap",
    "studio-tote": "tote",
}
_PAPER: Colour = (246, 244, 239)
_BLACK: Colour = (16, 18, 22)
_WHITE: Colour = (255, 255, 255)
# How far the garment lies above the paper, in rows.
_SHADOW = 9


def main() -> None:
    """Write every picture that the catalogue names."""
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    for slug, colour in wanted():
        (PICTURES / filename(slug, colour)).write_bytes(draw(CUTS[slug], COLOURS[colour]))
    files = list(PICTURES.glob("*.png"))
    print(f"{len(files)} pictures, {sum(file.stat().st_size for file in files) / 1024:.0f} KB")


def wanted() -> Iterator[tuple[str, str]]:
    """Yield the slug and the colour of each picture that the catalogue needs."""
    slugs: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            slug = slugs.setdefault(row["product_sku"], row["slug"])
            if (slug, row["color"]) not in seen:
                seen.add((slug, row["color"]))
                yield slug, row["color"]


def filename(slug: str, colour: str) -> str:
    """Name a product's picture in a colour."""
    return f"{slug}-{colour.lower()}.png"


def draw(cut: str, colour: Colour) -> bytes:
    """Draw a garment in a colour, as a PNG file."""
    garment = GARMENTS[cut]
    shape = garment.shape()
    paper = mixed(_PAPER, colour, 0.06)
    tones = _tones(colour)
    canvas = Canvas(paper)
    canvas.paint(_lower(shape), mixed(paper, _BLACK, 0.12))
    canvas.paint(shape, colour)
    for part in garment.parts:
        for mask in part.masks():
            canvas.paint(mask if part.loose else within(mask, shape), tones[part.tone])
    return canvas.png()


def _tones(colour: Colour) -> dict[str, Colour]:
    # Nearly black garments get lighter seams, since darker ones would not show.
    dark = sum(colour) < 200
    return {
        "base": colour,
        "dark": mixed(colour, _WHITE, 0.14) if dark else mixed(colour, _BLACK, 0.2),
        "deep": mixed(colour, _BLACK, 0.5),
        "light": mixed(colour, _WHITE, 0.24 if dark else 0.3),
    }


def _lower(mask: Mask) -> Mask:
    return {y + _SHADOW: row for y, row in mask.items()}


if __name__ == "__main__":
    main()
