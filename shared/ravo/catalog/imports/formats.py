"""What a record means in each format: which product it belongs to, and its fields of product and variant."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from ravo.catalog.imports.fields import (
    KEPT_WHEN_EMPTY,
    PRODUCT_FIELDS,
    VARIANT_FIELDS,
    images,
    paths,
    unescape_formula,
    words,
    yes,
)
from ravo.catalog.media.service import PREFIX
from ravo.catalog.text import slug_of

MEDIA = f"{PREFIX}products"


@dataclass
class Draft:
    """The fields of one record. One that the file has no column for is absent, and stays as it is in the shop."""

    kind: str = "both"
    product_key: str | None = None
    product: dict[str, Any] = field(default_factory=dict[str, Any])
    variant: dict[str, Any] = field(default_factory=dict[str, Any])
    # Variants of this product that have rows of their own, with the options that distinguish them.
    links: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    problems: list[str] = field(default_factory=list[str])


type Cells = Mapping[str, str]
# Each field that a record has: its column, and its cell.
type Said = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Format:
    """A ready mapping of columns to fields, and the two functions that a record needs besides it.

    `required` names columns that a file must have, or another column in the place of each. `narrow` drops the fields
    that a record is not about, before cells become values; `finish` interprets the values.
    """

    mapping: dict[str, str]
    required: tuple[str, ...]
    finish: Callable[[Draft, Cells], None]
    narrow: Callable[[Said, Cells], None] = lambda _said, _cells: None
    converters: dict[str, Callable[[str], Any]] = field(default_factory=dict[str, Callable[[str], Any]])


def parse(chosen: Format, overrides: Mapping[str, str], cells: Cells) -> Draft:
    """Read a record; what is wrong with it is listed in the draft, by column."""
    said: Said = {
        name: (column, unescape_formula(cells[column].strip()))
        for column, name in (chosen.mapping | dict(overrides)).items()
        if name and column in cells
    }
    chosen.narrow(said, cells)
    draft = Draft()
    for name, (column, cell) in said.items():
        if cell or name not in KEPT_WHEN_EMPTY:
            _fill(draft, column, name, cell, chosen)
    chosen.finish(draft, cells)
    return draft


def _fill(draft: Draft, column: str, name: str, cell: str, chosen: Format) -> None:
    convert = chosen.converters.get(name) or PRODUCT_FIELDS.get(name) or VARIANT_FIELDS[name]
    target = draft.product if name in PRODUCT_FIELDS else draft.variant
    try:
        target[name] = convert(cell)
    except ValueError as error:
        draft.problems.append(f"{column} {error}")


def _cell(said: Said, name: str) -> str:
    return said[name][1] if name in said else ""


def _drop(said: Said, fields: Collection[str]) -> None:
    for name in fields:
        said.pop(name, None)


def _narrow_custom(said: Said, _cells: Cells) -> None:
    """One row per variant. A row without name and price has only its variant's columns, not its product's."""
    if not _cell(said, "name") and not _cell(said, "base_price"):
        _drop(said, PRODUCT_FIELDS.keys() - {"product_sku"})
    if not _cell(said, "sku"):
        _drop(said, VARIANT_FIELDS)


def _finish_custom(draft: Draft, _cells: Cells) -> None:
    own = draft.variant.get("sku")
    draft.product_key = draft.product.pop("product_sku", None)
    if draft.product:
        draft.product_key = draft.product_key or own
        draft.kind = "both" if own else "product"
    elif own:
        # If the file does not name its product, the shop knows it.
        draft.kind = "variant"
    if not draft.product_key and not own and not draft.problems:
        draft.problems.append("product_sku and sku are both missing")


def _finish_magento(draft: Draft, cells: Cells) -> None:
    """Configurable products list their variants, which are simple products in rows of their own."""
    own = cells.get("sku", "").strip()
    stated = unescape(cells.get("additional_attributes", ""))
    extra = dict(pair.split("=", 1) for pair in stated.split(",") if "=" in pair)
    pictures = [cells.get("base_image", ""), *cells.get("additional_images", "").split(",")]
    addresses = list(dict.fromkeys(_media(path.strip()) for path in pictures if path.strip()))
    if cells.get("visibility", "") == "Not Visible Individually":
        draft.product["visibility"] = "hidden"
    else:
        draft.product["visibility"] = "search" if cells.get("visibility") == "Search" else "visible"
    draft.product["status"] = "active" if cells.get("product_online", "1").strip() in ("1", "") else "draft"
    if cells.get("product_type", "simple") == "configurable":
        draft.kind, draft.product_key = "product", own
        draft.variant.clear()
        draft.links = _links(cells.get("configurable_variations", ""))
    else:
        draft.variant |= {name: extra.get(name) or None for name in ("size", "color", "style")}
        draft.variant["variant_images"] = _pictures(draft, "base_image", addresses)
        draft.variant["variant_price"] = draft.product.get("base_price")
        draft.variant["is_active"] = draft.product["status"] == "active"
    draft.product["images"] = _pictures(draft, "base_image", addresses)
    draft.product["features"] = _magento_features(extra)
    draft.product["materials"] = ", ".join(extra.get("material", "").split("|"))
    known = {"has_options", "required_options", "size", "color", "style", "material"}
    draft.product["attributes"] = {name: value for name, value in sorted(extra.items()) if name not in known}


def _magento_features(extra: Mapping[str, str]) -> list[str]:
    yes_no = {"eco_collection": "Eco friendly", "performance_fabric": "Performance fabric"}
    stated = [label for name, label in yes_no.items() if extra.get(name) == "Yes"]
    listed = [word for name in ("climate", "pattern") for word in extra.get(name, "").split("|") if word]
    return list(dict.fromkeys(stated + listed))


def _links(variations: str) -> list[dict[str, str]]:
    found = [dict(pair.split("=", 1) for pair in entry.split(",") if "=" in pair) for entry in variations.split("|")]
    return [
        {name: entry[name] for name in ("sku", "size", "color", "style") if name in entry}
        for entry in found
        if "sku" in entry
    ]


def _narrow_shopify(said: Said, cells: Cells) -> None:
    """Rows of one Handle are one product, described in the first. Each row may bring a variant and a picture."""
    price = said.get("base_price")
    if not _cell(said, "name"):
        _drop(said, PRODUCT_FIELDS)
    values = _shopify_options(cells)
    if not _cell(said, "sku"):
        if not any(values):
            _drop(said, VARIANT_FIELDS)
            return
        parts = [cells.get("Handle", "").strip(), *(slug_of(value) for value in values if value != "Default Title")]
        said["sku"] = ("Variant SKU", "-".join(part for part in parts if part)[:64])
    if price:
        said["variant_price"] = price


def _finish_shopify(draft: Draft, cells: Cells) -> None:
    draft.product_key = cells.get("Handle", "").strip() or None
    if not draft.product_key:
        draft.problems.append("Handle is missing")
    if draft.product:
        draft.product |= {
            "slug": slug_of(draft.product_key or draft.product.get("name", "")),
            "status": _shopify_status(cells),
            "option_names": [cells.get(f"Option{number} Name", "").strip().lower() for number in (1, 2, 3)],
            "allow_backorder": cells.get("Variant Inventory Policy", "").strip().lower() == "continue",
        }
        draft.kind = "both" if draft.variant else "product"
    else:
        draft.kind = "variant" if draft.variant or draft.problems else "image"
    if draft.variant:
        draft.variant["options"] = _shopify_options(cells)
    if address := cells.get("Image Src", "").strip():
        draft.product["more_images"] = _pictures(draft, "Image Src", [address], alt=cells.get("Image Alt Text", ""))


def _shopify_options(cells: Cells) -> list[str]:
    return [cells.get(f"Option{number} Value", "").strip() for number in (1, 2, 3)]


def _shopify_status(cells: Cells) -> str:
    stated = cells.get("Status", "").strip().lower()
    if stated in ("active", "draft", "archived"):
        return stated
    return "active" if yes(cells.get("Published", "true")) else "draft"


def _media(path: str) -> str:
    return path if path.startswith(("http://", "https://")) else f"{MEDIA}/{path.lstrip('/')}"


def _pictures(draft: Draft, column: str, addresses: list[str], alt: str = "") -> list[dict[str, str]]:
    try:
        return images(json.dumps([{"url": address, "alt": alt} for address in addresses]))
    except ValueError as error:
        draft.problems.append(f"{column} {error}")
        return []


FORMATS: dict[str, Format] = {
    "custom": Format(
        mapping={name: name for name in (*PRODUCT_FIELDS, *VARIANT_FIELDS)},
        required=("sku",),
        narrow=_narrow_custom,
        finish=_finish_custom,
    ),
    "magento": Format(
        mapping={
            "sku": "sku",
            "name": "name",
            "url_key": "slug",
            "description": "description",
            "short_description": "short_description",
            "price": "base_price",
            "special_price": "sale_price",
            "meta_title": "meta_title",
            "meta_description": "meta_description",
            "weight": "",
            "qty": "available",
            "categories": "categories",
        },
        required=("sku", "name", "price"),
        finish=_finish_magento,
        converters={
            "categories": lambda cell: [
                path[1:] for path in paths(",", "/")(cell) if len(path) > 1 and path[0][0] == "default-category"
            ],
            "name": lambda cell: PRODUCT_FIELDS["name"](unescape(cell)),
        },
    ),
    "shopify": Format(
        mapping={
            "Title": "name",
            "Body (HTML)": "description",
            "Type": "",
            "Tags": "tags",
            "SEO Title": "meta_title",
            "SEO Description": "meta_description",
            "Variant SKU": "sku",
            "Variant Price": "base_price",
            "Variant Compare At Price": "variant_compare_at_price",
            "Variant Barcode": "barcode",
            "Variant Grams": "weight_grams",
            "Variant Inventory Qty": "available",
        },
        required=("Handle", "Title"),
        narrow=_narrow_shopify,
        finish=_finish_shopify,
        converters={"tags": words(",")},
    ),
}
