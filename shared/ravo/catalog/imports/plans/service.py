"""From rows to products: what the rows of each product say, against what the shop has, decided in memory and written at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.imports.plans import queries as writing
from ravo.catalog.projections import service as projections
from ravo.catalog.text import slug_of
from ravo.platform.ids import uuid7
from ravo.platform.money import CURRENCY_DIGITS
from ravo.platform.settings import settings
from ravo.platform.time import now

_NEW_PRODUCT: dict[str, Any] = {
    "description": "",
    "short_description": "",
    "sale_price": None,
    "compare_at_price": None,
    "cost_price": None,
    "status": "active",
    "visibility": "visible",
    "tax_class": "standard",
    "shipping_class": "standard",
    "track_inventory": True,
    "allow_backorder": False,
    "features": [],
    "materials": "",
    "sustainability": "",
    "attributes": {},
    "images": [],
    "featured": False,
    "meta_title": "",
    "meta_description": "",
}
_NEW_VARIANT: dict[str, Any] = {
    **dict.fromkeys(name for name in writing.VARIANT_COLUMNS if name != "sku"),
    "available": 0,
    "images": [],
    "is_active": True,
    "position": 0,
}
_OF_VARIANT = {
    "variant_price": "price",
    "variant_compare_at_price": "compare_at_price",
    "variant_cost_price": "cost_price",
    "variant_images": "images",
}


@dataclass
class _Product:
    """One product of the file on its way."""

    key: str
    rows: list[Any]
    said: dict[str, Any] = field(default_factory=dict[str, Any])
    fields: dict[str, Any] = field(default_factory=dict[str, Any])
    id: UUID | None = None
    outcome: str = "unchanged"
    reason: str | None = None
    categories: list[str] | None = None
    tags: list[str] | None = None
    variants: list["_Variant"] = field(default_factory=list["_Variant"])


@dataclass
class _Variant:
    row: Any
    said: dict[str, Any]
    fields: dict[str, Any] = field(default_factory=dict[str, Any])
    id: UUID | None = None
    outcome: str = "unchanged"
    reason: str | None = None
    # Whether the file says another number of pieces than the shop has.
    counted: bool = False


@dataclass(frozen=True)
class Applied:
    """What a chunk did: the outcome of every row, the products that changed, and what was counted of which variants."""

    settled: list[dict[str, Any]]
    changed: list[UUID]
    stock: dict[UUID, int]


def apply(session: Session, rows: Sequence[Any], *, write: bool) -> Applied:
    """Bring the products of these rows into the shop; without `write` only say what would become of them."""
    products = _gather(rows)
    known = writing.products_for_update(session, [product.key for product in products])
    skus = [variant.said["sku"] for product in products for variant in product.variants]
    theirs = writing.variants_of(session, skus, [row.id for row in known.values()])
    for product in products:
        _decide_product(product, known.get(product.key))
    _part_slugs(session, products)
    for product in products:
        if product.outcome != "rejected":
            _decide_variants(product, theirs)
    changed = [p for p in products if p.outcome in ("created", "updated") or _variants_changed(p)]
    if write and changed:
        _write(session, changed, known)
    return Applied(
        [settled for product in products for settled in _settle(product)],
        [product.id for product in changed if product.id],
        {v.id: v.fields["available"] for p in changed for v in p.variants if v.id and v.counted},
    )


def _gather(rows: Sequence[Any]) -> list[_Product]:
    """Put rows of one product together: its own fields from the first that has any, its further pictures, its variants."""
    by_key: dict[str, _Product] = {}
    for row in rows:
        product = by_key.setdefault(row.product_key, _Product(row.product_key, []))
        product.rows.append(row)
        if row.outcome == "rejected":
            if row.kind in ("product", "both") and not product.said:
                product.reason = f"its row in line {row.line} was rejected"
            continue
        said = dict(row.payload.get("product", {}))
        more = said.pop("more_images", [])
        if said and not product.said and row.kind in ("product", "both"):
            product.said, product.reason = said, None
        if more:
            product.said["images"] = [*product.said.get("images", []), *more]
        if row.kind in ("both", "variant") and row.payload.get("variant"):
            product.variants.append(_Variant(row, dict(row.payload["variant"])))
    return list(by_key.values())


def _decide_product(product: _Product, known: Any | None) -> None:
    """Lay what the file says over what the shop has, and tell whether that changes anything."""
    said = product.said
    names = said.pop("option_names", [])
    for variant in product.variants:
        _name_options(variant.said, names)
    paths = said.pop("categories", None)
    tags = said.pop("tags", None)
    product.categories = sorted({"/".join(slug for slug, _ in path) for path in paths}) if paths is not None else None
    product.tags = sorted({slug_of(tag) for tag in tags}) if tags is not None else None
    said["_paths"], said["_tags"] = paths or [], tags or []
    base = known.fields if known else _NEW_PRODUCT | {"currency": settings().default_currency}
    own = {name: value for name, value in said.items() if name in writing.PRODUCT_COLUMNS and value is not None}
    emptied = {name: None for name in ("sale_price", "compare_at_price", "cost_price") if name in said}
    product.fields = base | emptied | own | {"sku": product.key}
    product.id = known.id if known else uuid7()
    product.reason = product.reason or _missing(product.fields)
    if product.reason and (known is None or own):
        product.outcome = "rejected"
        return
    product.reason = None
    product.fields.setdefault("slug", slug_of(product.fields["name"]))
    if known is None:
        product.outcome = "created"
    elif product.fields != known.fields or _moved(product, known):
        product.outcome = "updated"


def _missing(fields: dict[str, Any]) -> str | None:
    if not fields.get("name"):
        return "name is missing"
    if fields.get("base_price") is None:
        return "base price is missing"
    digits = CURRENCY_DIGITS[fields["currency"]]
    amounts = [fields[name] for name in ("base_price", "sale_price", "compare_at_price", "cost_price")]
    if any(amount and len(amount.partition(".")[2]) > digits for amount in amounts):
        return f"an amount in {fields['currency']} has at most {digits} decimals"
    return None


def _moved(product: _Product, known: Any) -> bool:
    return (product.categories is not None and product.categories != list(known.categories)) or (
        product.tags is not None and product.tags != list(known.tags)
    )


def _name_options(said: dict[str, Any], names: Sequence[str]) -> None:
    """Give options that come by number the names that the product's first row gave them."""
    for name, value in zip(names, said.pop("options", []), strict=False):
        known = {"size": "size", "color": "color", "colour": "color", "style": "style", "material": "style"}
        if value and value != "Default Title":
            said[known.get(name, "style")] = value[:64]


def _part_slugs(session: Session, products: Sequence[_Product]) -> None:
    """Give a slug that is taken the SKU behind it, the same way at every run."""
    accepted = [product for product in products if product.outcome in ("created", "updated")]
    taken = writing.taken_slugs(session, [p.fields["slug"] for p in accepted], [p.key for p in products])
    for product in sorted(accepted, key=lambda product: product.key):
        slug = product.fields["slug"]
        if slug in taken:
            product.fields["slug"] = f"{slug}-{slug_of(product.key)}"[:160]
        taken.add(product.fields["slug"])


def _decide_variants(product: _Product, theirs: Sequence[Any]) -> None:
    known = {row.fields["sku"]: row for row in theirs}
    named = {variant.said["sku"] for variant in product.variants}
    options: dict[tuple[Any, ...], str] = {
        _options(row.fields): row.fields["sku"]
        for row in theirs
        if row.product_id == product.id and row.fields["sku"] not in named
    }
    for position, variant in enumerate(product.variants):
        row = known.get(variant.said["sku"])
        if row and row.product_id != product.id:
            variant.outcome, variant.reason = "rejected", f"sku belongs to product {row.product_sku}"
            continue
        _decide_variant(product, variant, row, position)
        other = options.setdefault(_options(variant.fields), variant.said["sku"])
        if other != variant.said["sku"]:
            variant.outcome, variant.reason = "rejected", f"has the size, colour and style of {other}"


def _decide_variant(product: _Product, variant: _Variant, row: Any | None, position: int) -> None:
    said = {_OF_VARIANT.get(name, name): value for name, value in variant.said.items()}
    said = {name: value for name, value in said.items() if name in writing.VARIANT_COLUMNS}
    if said.get("price") == product.fields["base_price"]:
        said["price"] = None
    base = row.fields if row else _NEW_VARIANT | {"position": position}
    variant.fields = base | said
    variant.id = row.id if row else uuid7()
    variant.counted = "available" in said and variant.fields["available"] != (row.fields["available"] if row else 0)
    variant.outcome = "created" if row is None else "unchanged" if variant.fields == row.fields else "updated"


def _options(fields: dict[str, Any]) -> tuple[Any, ...]:
    return fields["size"], fields["color"], fields["style"]


def _variants_changed(product: _Product) -> bool:
    return any(variant.outcome in ("created", "updated") for variant in product.variants)


def _write(session: Session, products: Sequence[_Product], known: dict[str, Any]) -> None:
    """Write what changed, in a number of statements that does not depend on how much that is."""
    writing.ensure_categories(session, _category_levels(products))
    writing.ensure_tags(session, _tags(products))
    writing.write_products(
        session,
        [{"id": str(product.id), "published_at": _published_at(product)} | product.fields for product in products],
    )
    writing.write_variants(
        session,
        [
            {"id": str(variant.id), "product_id": str(product.id)} | variant.fields
            for product in products
            for variant in product.variants
            if variant.outcome in ("created", "updated")
        ],
    )
    for what in ("categories", "tags"):
        moved = {str(p.id): getattr(p, what) for p in products if getattr(p, what) is not None}
        stale = {k: v for k, v in moved.items() if not _same(k, v, what, known)}
        writing.place(session, what, stale)
    projections.refresh(session, [product.id for product in products if product.id])


def _same(product_id: str, names: list[str], what: str, known: dict[str, Any]) -> bool:
    return any(str(row.id) == product_id and list(getattr(row, what)) == names for row in known.values())


def _published_at(product: _Product) -> str | None:
    return now().isoformat() if product.fields["status"] == "active" else None


def _category_levels(products: Sequence[_Product]) -> list[list[dict[str, Any]]]:
    levels: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for product in products:
        for path in product.said["_paths"]:
            for depth, (slug, name) in enumerate(path):
                parent = "/".join(part for part, _ in path[:depth])
                whole = f"{parent}/{slug}" if parent else slug
                row = {"id": str(uuid7()), "parent": parent, "slug": slug, "path": whole, "name": name}
                levels[depth].setdefault(whole, row)
    return [list(levels[depth].values()) for depth in sorted(levels)]


def _tags(products: Sequence[_Product]) -> list[dict[str, Any]]:
    named = {slug_of(tag): tag for product in products for tag in product.said["_tags"]}
    return [{"id": str(uuid7()), "slug": slug, "name": name} for slug, name in sorted(named.items())]


def _settle(product: _Product) -> list[dict[str, Any]]:
    """Say of each row what became of it; the product's own outcome stands at its first row."""
    of_variant = {variant.row.line: variant for variant in product.variants}
    settled: list[dict[str, Any]] = []
    for position, row in enumerate(product.rows):
        outcome, reason = product.outcome, product.reason
        variant = of_variant.get(row.line)
        if row.outcome == "rejected":
            outcome, reason = "rejected", row.reason
        elif product.outcome == "rejected":
            reason = product.reason if position == 0 else f"its product {product.key} was rejected: {product.reason}"
        elif variant:
            outcome, reason = variant.outcome, variant.reason
        settled.append(
            {
                "line": row.line,
                "outcome": outcome,
                "product_outcome": product.outcome if position == 0 else None,
                "reason": reason,
            }
        )
    return settled
