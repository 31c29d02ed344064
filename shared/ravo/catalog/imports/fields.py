"""The fields that a column may fill, and how a cell becomes a value. `None` empties a field."""

import json
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from ravo.catalog.text import safe_html, slug_of
from ravo.platform.money import CURRENCY_DIGITS

HIGHEST_PRICE = Decimal(10) ** 9
_SKU = re.compile(r"[^\s\x00-\x1f]{1,64}")
_URL = re.compile(r"(https?://|/)[^\s\"<>]{1,1990}")
# Spreadsheets take cells that begin so for formulas; an exported one gets an apostrophe before it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def escape_formula(cell: str) -> str:
    """Make a cell safe to open in a spreadsheet."""
    return f"'{cell}" if cell.startswith((*_FORMULA, "'")) else cell


def unescape_formula(cell: str) -> str:
    """Undo `escape_formula`."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in (*_FORMULA, "'") else cell


def sku(cell: str) -> str:
    """A SKU: up to 64 characters without white space."""
    if not _SKU.fullmatch(cell):
        raise ValueError("is not a SKU: 1 to 64 characters without white space")
    return cell


def short(length: int) -> Callable[[str], str]:
    """Text up to a length."""

    def convert(cell: str) -> str:
        if len(cell) > length:
            raise ValueError(f"is longer than {length} characters")
        return cell

    return convert


def optional(length: int) -> Callable[[str], str | None]:
    """Text up to a length, or nothing."""
    return lambda cell: short(length)(cell) or None


def html(cell: str) -> str:
    """HTML, made safe."""
    return safe_html(short(100_000)(cell))


def price(cell: str) -> str | None:
    """An amount as plain decimal text, like `49.9`, or nothing."""
    if not cell:
        return None
    try:
        amount = Decimal(cell)
    except InvalidOperation:
        raise ValueError(f"{cell[:40]!r} is not an amount") from None
    if not amount.is_finite() or amount < 0 or amount >= HIGHEST_PRICE:
        raise ValueError(f"{cell[:40]!r} is not a price: it must be at least 0 and below 1,000,000,000")
    if amount != round(amount, 3):
        raise ValueError(f"{cell[:40]!r} has more than three decimals")
    return f"{amount.normalize():f}"


def currency(cell: str) -> str:
    """A currency by its ISO 4217 code."""
    if cell not in CURRENCY_DIGITS:
        raise ValueError(f"{cell[:10]!r} is not a known currency")
    return cell


def whole(cell: str) -> int | None:
    """A whole number from 0 on, or nothing; `3.0000` counts as 3, as some systems write it."""
    if not cell:
        return None
    try:
        number = Decimal(cell)
    except InvalidOperation:
        raise ValueError(f"{cell[:40]!r} is not a number") from None
    if not number.is_finite() or number != number.to_integral_value() or not 0 <= number < 2**31:
        raise ValueError(f"{cell[:40]!r} is not a whole number from 0 to 2,147,483,647")
    return int(number)


def count(cell: str) -> int:
    """A stock count; a negative one counts as zero."""
    if cell.startswith("-"):
        whole(cell[1:])
        return 0
    return whole(cell) or 0


def yes(cell: str) -> bool:
    """A yes or a no, in the words that shop systems use."""
    match cell.strip().lower():
        case "1" | "true" | "yes" | "y" | "on":
            return True
        case "0" | "false" | "no" | "n" | "off" | "":
            return False
        case _:
            raise ValueError(f"{cell[:40]!r} is neither yes nor no")


def one_of(*allowed: str) -> Callable[[str], str]:
    """One of a few words."""

    def convert(cell: str) -> str:
        if cell.lower() not in allowed:
            raise ValueError(f"{cell[:40]!r} is not one of {', '.join(allowed)}")
        return cell.lower()

    return convert


def words(separator: str) -> Callable[[str], list[str]]:
    """A list of words, each once, in their order; as JSON where a word holds the separator."""

    def convert(cell: str) -> list[str]:
        stated = _json(cell) if cell.startswith("[") else cell.split(separator)
        found = list(dict.fromkeys(str(word).strip() for word in stated if str(word).strip()))
        if len(found) > 100 or any(len(word) > 200 for word in found):
            raise ValueError("holds more than 100 words, or one of more than 200 characters")
        return found

    return convert


def paths(separator: str, level: str) -> Callable[[str], list[list[list[str]]]]:
    """Category paths, each a list of [slug, name]; a level may be `slug=Name`. JSON if names hold separators."""

    def convert(cell: str) -> list[list[list[str]]]:
        if cell.startswith("[["):
            return [[[slug_of(str(slug)), short(255)(str(name))] for slug, name in path] for path in _json(cell)]
        found = [path.strip() for path in cell.split(separator) if path.strip()]
        return [[_level(part.strip()) for part in path.split(level) if part.strip()] for path in found]

    return convert


def _level(text: str) -> list[str]:
    slug, equals, name = text.partition("=")
    return [slug_of(slug), short(255)(name)] if equals else [slug_of(text), short(255)(text)]


def _json(cell: str) -> Any:
    """JSON, or nothing."""
    if not cell:
        return None
    try:
        return json.loads(cell)
    except ValueError:
        raise ValueError("is not JSON") from None


def attributes(cell: str) -> dict[str, Any]:
    """A JSON object."""
    found = _json(cell) or {}
    if not isinstance(found, dict):
        raise ValueError("is not a JSON object")
    return found


def images(cell: str) -> list[dict[str, str]]:
    """Pictures: a JSON list of `{url, alt}`, or addresses with `|` between them."""
    found: Any = _json(cell) if cell.startswith("[") else [{"url": url} for url in words("|")(cell)]
    if not isinstance(found, list) or not all(isinstance(item, dict) and "url" in item for item in found):
        raise ValueError("is not a list of pictures")
    pictures = [{"url": str(item["url"]), "alt": str(item.get("alt", ""))[:500]} for item in found]
    wrong = next((picture["url"] for picture in pictures if not _URL.fullmatch(picture["url"])), None)
    if wrong is not None:
        raise ValueError(f"{wrong[:80]!r} is not the address of a picture")
    return pictures


# Fields that a product or variant must have: an empty cell leaves them as they are, or at their defaults.
KEPT_WHEN_EMPTY = frozenset(
    [
        "name",
        "slug",
        "currency",
        "base_price",
        "status",
        "visibility",
        "tax_class",
        "shipping_class",
        "track_inventory",
        "allow_backorder",
        "featured",
        "product_sku",
        "available",
        "is_active",
        "position",
    ]
)
PRODUCT_FIELDS: dict[str, Callable[[str], Any]] = {
    "product_sku": sku,
    "name": short(255),
    "slug": slug_of,
    "description": html,
    "short_description": short(5000),
    "currency": currency,
    "base_price": price,
    "sale_price": price,
    "compare_at_price": price,
    "cost_price": price,
    "status": one_of("draft", "active", "archived"),
    "visibility": one_of("visible", "search", "hidden"),
    "tax_class": short(64),
    "shipping_class": short(64),
    "track_inventory": yes,
    "allow_backorder": yes,
    "features": words("|"),
    "materials": short(5000),
    "sustainability": short(5000),
    "attributes": attributes,
    "images": images,
    "featured": yes,
    "meta_title": short(255),
    "meta_description": short(5000),
    "categories": paths("|", ">"),
    "tags": words("|"),
}
VARIANT_FIELDS: dict[str, Callable[[str], Any]] = {
    "sku": sku,
    "barcode": optional(64),
    "size": optional(64),
    "color": optional(64),
    "style": optional(64),
    "variant_price": price,
    "variant_compare_at_price": price,
    "variant_cost_price": price,
    "weight_grams": whole,
    "available": count,
    "low_stock_alert": whole,
    "variant_images": images,
    "is_active": yes,
    "position": whole,
}
