"""What a record means in each format: which product it belongs to, and what it says of product and variant."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ravo.catalog.imports.fields import (
    PRODUCT_FIELDS,
    VARIANT_FIELDS,
    count,
    images,
    paths,
    unescape_formula,
    words,
    yes,
)
from ravo.catalog.text import slug_of

MEDIA = "/media/products"


@dataclass
class Draft:
    """What one record says. A field that the file has no column for is absent, and stays as it is in the shop."""

    kind: str = "both"
    product_key: str | None = None
    product: dict[str, Any] = field(default_factory=dict[str, Any])
    variant: dict[str, Any] = field(default_factory=dict[str, Any])
    # Variants of this product that stand in rows of their own, with the options that tell them apart.
    links: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    problems: list[str] = field(default_factory=list[str])


type Cells = Mapping[str, str]


@dataclass(frozen=True)
class Format:
    """A ready mapping of columns to fields, and what it takes to make sense of a record beyond it."""

    mapping: dict[str, str]
    required: tuple[str, ...]
    finish: Callable[[Draft, Cells], None]
    converters: dict[str, Callable[[str], Any]] = field(default_factory=dict[str, Callable[[str], Any]])


def parse(chosen: Format, overrides: Mapping[str, str], cells: Cells) -> Draft:
    """Read a record; what is wrong with it is listed in the draft, by column."""
    draft = Draft()
    for column, name in (chosen.mapping | dict(overrides)).items():
        if name and column in cells:
            _fill(draft, column, name, unescape_formula(cells[column].strip()), chosen)
    chosen.finish(draft, cells)
    return draft


def _fill(draft: Draft, column: str, name: str, cell: str, chosen: Format) -> None:
    convert = chosen.converters.get(name) or PRODUCT_FIELDS.get(name) or VARIANT_FIELDS[name]
    target = draft.product if name in PRODUCT_FIELDS else draft.variant
    try:
        target[name] = convert(cell)
    except ValueError as error:
        draft.problems.append(f"{column} {error}")


def _finish_custom(draft: Draft, cells: Cells) -> None:
    """One row per variant; the product's columns stand in its first row, or in each."""
    draft.product_key = draft.product.pop("product_sku", None) or draft.variant.get("sku")
    if not any(cells.get(column, "").strip() for column in ("name", "base_price")):
        draft.product.clear()
        draft.problems = [problem for problem in draft.problems if not problem.startswith("base_price")]
    if not draft.variant.get("sku"):
        draft.kind = "product"
        draft.problems = [problem for problem in draft.problems if not problem.startswith("sku ")]
        draft.variant.clear()
    elif not draft.product:
        draft.kind = "variant"
    if not draft.product_key:
        draft.problems.append("product_sku and sku are both missing")


def _finish_magento(draft: Draft, cells: Cells) -> None:
    """Configurable products list their variants, which stand as simple products in rows of their own, before or after."""
    own = cells.get("sku", "").strip()
    extra = dict(pair.split("=", 1) for pair in cells.get("additional_attributes", "").split(",") if "=" in pair)
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
        draft.variant["variant_images"] = _pictures(draft, addresses)
        draft.variant["variant_price"] = draft.product.get("base_price")
        draft.variant["is_active"] = draft.product["status"] == "active"
    draft.product["images"] = _pictures(draft, addresses)
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


def _finish_shopify(draft: Draft, cells: Cells) -> None:
    """Rows of one Handle are one product: its first row tells of it, each row may bring a variant, a picture, or both."""
    draft.product_key = cells.get("Handle", "").strip() or None
    if not draft.product_key:
        draft.problems.append("Handle is missing")
    pictures = [{"url": cells["Image Src"], "alt": cells.get("Image Alt Text", "")}] if cells.get("Image Src") else []
    values = [cells.get(f"Option{number} Value", "").strip() for number in (1, 2, 3)]
    draft.variant["options"] = values
    draft.variant["variant_price"] = draft.product.get("base_price")
    if cells.get("Title", "").strip():
        draft.product |= {
            "slug": slug_of(draft.product_key or cells["Title"]),
            "status": _shopify_status(cells),
            "option_names": [cells.get(f"Option{number} Name", "").strip().lower() for number in (1, 2, 3)],
            "allow_backorder": cells.get("Variant Inventory Policy", "").strip().lower() == "continue",
        }
    else:
        draft.product.clear()
        draft.kind = "variant"
        draft.problems = [
            problem for problem in draft.problems if not problem.startswith(("Title", "Variant Price is"))
        ]
    if pictures:
        draft.product["more_images"] = pictures
    if not any(values) and not cells.get("Variant SKU", "").strip():
        draft.kind = "image"
        draft.variant.clear()
    elif not cells.get("Variant SKU", "").strip():
        parts = [draft.product_key or "", *(slug_of(value) for value in values if value and value != "Default Title")]
        draft.variant["sku"] = "-".join(parts)[:64]
        draft.problems = [problem for problem in draft.problems if not problem.startswith("Variant SKU")]


def _shopify_status(cells: Cells) -> str:
    stated = cells.get("Status", "").strip().lower()
    if stated in ("active", "draft", "archived"):
        return stated
    return "active" if yes(cells.get("Published", "true")) else "draft"


def _media(path: str) -> str:
    return path if path.startswith(("http://", "https://")) else f"{MEDIA}/{path.lstrip('/')}"


def _pictures(draft: Draft, addresses: list[str]) -> list[dict[str, str]]:
    try:
        return images("|".join(addresses)) if addresses else []
    except ValueError as error:
        draft.problems.append(f"base_image {error}")
        return []


FORMATS: dict[str, Format] = {
    "custom": Format(
        mapping={name: name for name in (*PRODUCT_FIELDS, *VARIANT_FIELDS)},
        required=("sku",),
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
            "available": count,
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
        finish=_finish_shopify,
        converters={"tags": words(",")},
    ),
}
