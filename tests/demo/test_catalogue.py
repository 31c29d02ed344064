"""The demo catalogue: rows that the import takes as they are, and a picture for every colour."""

import csv
import io
import json
import zipfile
import zlib

from local.demo import draw
from local.demo.__main__ import chosen_catalogue
from local.demo.canvas import points_of
from local.demo.catalogue import PICTURES, ROWS, pictures_zip
from ravo.catalog.imports.formats import FORMATS, MEDIA, parse
from ravo.catalog.imports.pictures.service import safe_path


def rows():
    with ROWS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_is_taken_without_a_complaint():
    assert [problem for row in rows() for problem in parse(FORMATS["custom"], {}, row).problems] == []


def test_there_are_enough_products_to_look_alive():
    drafts = [parse(FORMATS["custom"], {}, row) for row in rows()]
    products = [draft for draft in drafts if draft.product]
    stocks = [draft.variant["available"] for draft in drafts]
    assert len(products) == 27
    assert len(drafts) == 200
    assert sum(1 for draft in products if draft.product["sale_price"]) == 5
    assert stocks.count(0) == 11
    assert len({draft.variant["sku"] for draft in drafts}) == 200


def test_every_picture_that_is_named_is_there_and_no_other():
    named = {
        picture["url"]
        for row in rows()
        for column in ("images", "variant_images")
        for picture in json.loads(row[column] or "[]")
    }
    assert named == {f"{MEDIA}/{file.name}" for file in PICTURES.iterdir()}


def test_the_pictures_are_small():
    assert max(file.stat().st_size for file in PICTURES.iterdir()) < 15_000


def test_the_zip_holds_the_pictures_under_names_that_the_import_accepts():
    names = zipfile.ZipFile(io.BytesIO(pictures_zip())).namelist()
    assert sorted(names) == sorted(file.name for file in PICTURES.iterdir())
    assert [safe_path(name) for name in names] == names


def test_a_picture_is_drawn_again_as_it_is_stored():
    drawn = draw.draw(draw.CUTS["studio-tote"], draw.COLOURS["Moss"])
    stored = (PICTURES / draw.filename("studio-tote", "Moss")).read_bytes()
    assert pixels(drawn) == pixels(stored)


def test_every_product_has_a_cut_and_every_colour_a_tone():
    wanted = list(draw.wanted())
    assert {slug for slug, _ in wanted} == set(draw.CUTS)
    assert {colour for _, colour in wanted} == set(draw.COLOURS)


def test_a_curve_ends_where_its_path_says():
    assert points_of("M10 20 C10 30 20 40 30 40 L50 60 Z")[-2:] == [(30.0, 40.0), (50.0, 60.0)]


def test_the_demo_takes_its_own_catalogue_where_there_is_no_other(tmp_path):
    assert chosen_catalogue(tmp_path).rows == ROWS


def test_the_demo_takes_the_luma_catalogue_where_it_is(tmp_path):
    (tmp_path / "luma" / "images" / "m").mkdir(parents=True)
    (tmp_path / "luma" / "products.csv").write_text("sku,name,price\n")
    (tmp_path / "luma" / "images" / "m" / "one.jpg").write_bytes(b"picture")
    chosen = chosen_catalogue(tmp_path)
    assert chosen.kind == "magento"
    assert zipfile.ZipFile(io.BytesIO(chosen.pictures)).namelist() == ["m/one.jpg"]


def pixels(png):
    """What a PNG file shows; zlib may pack the same pixels differently from version to version."""
    at, parts = 8, {}
    while at < len(png):
        length, kind = int.from_bytes(png[at : at + 4]), png[at + 4 : at + 8]
        parts[kind] = parts.get(kind, b"") + png[at + 8 : at + 8 + length]
        at += 12 + length
    return parts[b"IHDR"], parts.get(b"PLTE"), zlib.decompress(parts[b"IDAT"])
