"""Plans: what a file's rows make of products, decided in memory against what the shop has, and written at once."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from ravo.catalog.imports.plans import queries
from ravo.catalog.imports.plans.queries import KnownProduct, KnownVariant
from ravo.catalog.imports.plans.schemas import NEW_PRODUCT, NEW_VARIANT, Applied, ProductPlan, VariantPlan
from ravo.catalog.imports.queries import RowOutcome, StagedRow
from ravo.catalog.projections import service as projections
from ravo.catalog.text import slug_of
from ravo.platform.ids import uuid7
from ravo.platform.money import CURRENCY_DIGITS
from ravo.platform.settings import settings
from ravo.platform.time import now

_OF_VARIANT = {
    "variant_price": "price",
    "variant_compare_at_price": "compare_at_price",
    "variant_cost_price": "cost_price",
    "variant_images": "images",
}


def apply(session: Session, rows: Sequence[StagedRow], *, write: bool) -> Applied:
    """Bring the products of these rows into the shop; without `write` only return what would become of them."""
    products = _gather(rows)
    known = queries.products_for_update(session, [product.key for product in products])
    skus = [variant.said["sku"] for product in products for variant in product.variants]
    theirs = queries.variants_of(session, skus, [row.id for row in known.values()])
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
        [outcome for product in products for outcome in _outcomes(product)],
        [product.id for product in changed if product.id],
        {v.id: v.fields["available"] for p in changed for v in p.variants if v.id and v.counted},
    )


def _gather(rows: Sequence[StagedRow]) -> list[ProductPlan]:
    """Group rows by product: its fields from the first row that has any, its pictures and variants from all."""
    by_key: dict[str, ProductPlan] = {}
    for row in rows:
        key = str(row.product_key)
        product = by_key.setdefault(key, ProductPlan(key, []))
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
            product.variants.append(VariantPlan(row, dict(row.payload["variant"])))
    return list(by_key.values())


def _decide_product(product: ProductPlan, known: KnownProduct | None) -> None:
    """Lay the file's fields over the shop's, and decide whether that changes anything."""
    said = product.said
    names = said.pop("option_names", [])
    for variant in product.variants:
        _name_options(variant.said, names)
    paths = said.pop("categories", None)
    tags = said.pop("tags", None)
    product.categories = sorted({"/".join(slug for slug, _ in path) for path in paths}) if paths is not None else None
    product.tags = sorted({slug_of(tag) for tag in tags}) if tags is not None else None
    said["_paths"], said["_tags"] = paths or [], tags or []
    base = known.fields if known else NEW_PRODUCT | {"currency": settings().default_currency}
    own = {name: value for name, value in said.items() if name in queries.PRODUCT_COLUMNS and value is not None}
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


def _moved(product: ProductPlan, known: KnownProduct) -> bool:
    return (product.categories is not None and product.categories != list(known.categories)) or (
        product.tags is not None and product.tags != list(known.tags)
    )


def _name_options(said: dict[str, Any], names: Sequence[str]) -> None:
    """Give numbered options the names that the product's first row gave them."""
    for name, value in zip(names, said.pop("options", []), strict=False):
        known = {"size": "size", "color": "color", "colour": "color", "style": "style", "material": "style"}
        if value and value != "Default Title":
            said[known.get(name, "style")] = value[:64]


def _part_slugs(session: Session, products: Sequence[ProductPlan]) -> None:
    """Append the SKU to a slug that is taken, the same way in every run."""
    accepted = [product for product in products if product.outcome in ("created", "updated")]
    taken = queries.taken_slugs(session, [p.fields["slug"] for p in accepted], [p.key for p in products])
    for product in sorted(accepted, key=lambda product: product.key):
        slug = product.fields["slug"]
        if slug in taken:
            product.fields["slug"] = f"{slug}-{slug_of(product.key)}"[:160]
        taken.add(product.fields["slug"])


def _decide_variants(product: ProductPlan, theirs: Sequence[KnownVariant]) -> None:
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


def _decide_variant(product: ProductPlan, variant: VariantPlan, row: KnownVariant | None, position: int) -> None:
    said = {_OF_VARIANT.get(name, name): value for name, value in variant.said.items()}
    said = {name: value for name, value in said.items() if name in queries.VARIANT_COLUMNS}
    if said.get("price") == product.fields["base_price"]:
        said["price"] = None
    base = row.fields if row else NEW_VARIANT | {"position": position}
    variant.fields = base | said
    variant.id = row.id if row else uuid7()
    variant.counted = "available" in said and variant.fields["available"] != (row.fields["available"] if row else 0)
    variant.outcome = "created" if row is None else "unchanged" if variant.fields == row.fields else "updated"


def _options(fields: dict[str, Any]) -> tuple[Any, ...]:
    return fields["size"], fields["color"], fields["style"]


def _variants_changed(product: ProductPlan) -> bool:
    return any(variant.outcome in ("created", "updated") for variant in product.variants)


def _write(session: Session, products: Sequence[ProductPlan], known: dict[str, KnownProduct]) -> None:
    """Write what changed, in a number of statements that does not depend on how many changes there are."""
    queries.ensure_categories(session, _category_levels(products))
    queries.ensure_tags(session, _tags(products))
    queries.write_products(
        session,
        [{"id": str(product.id), "published_at": _published_at(product)} | product.fields for product in products],
    )
    queries.write_variants(
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
        queries.place(session, what, stale)
    projections.refresh(session, [product.id for product in products if product.id])


def _same(product_id: str, names: list[str], what: str, known: dict[str, KnownProduct]) -> bool:
    return any(str(row.id) == product_id and list(getattr(row, what)) == names for row in known.values())


def _published_at(product: ProductPlan) -> str | None:
    return now().isoformat() if product.fields["status"] == "active" else None


def _category_levels(products: Sequence[ProductPlan]) -> list[list[dict[str, Any]]]:
    levels: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for product in products:
        for path in product.said["_paths"]:
            for depth, (slug, name) in enumerate(path):
                parent = "/".join(part for part, _ in path[:depth])
                whole = f"{parent}/{slug}" if parent else slug
                row = {"id": str(uuid7()), "parent": parent, "slug": slug, "path": whole, "name": name}
                levels[depth].setdefault(whole, row)
    return [list(levels[depth].values()) for depth in sorted(levels)]


def _tags(products: Sequence[ProductPlan]) -> list[dict[str, Any]]:
    named = {slug_of(tag): tag for product in products for tag in product.said["_tags"]}
    return [{"id": str(uuid7()), "slug": slug, "name": name} for slug, name in sorted(named.items())]


def _outcomes(product: ProductPlan) -> list[RowOutcome]:
    """Return what became of each row; the product's own outcome is that of its first row."""
    of_variant = {variant.row.line: variant for variant in product.variants}
    outcomes: list[RowOutcome] = []
    for position, row in enumerate(product.rows):
        outcome, reason = product.outcome, product.reason
        variant = of_variant.get(row.line)
        if row.outcome == "rejected":
            outcome, reason = "rejected", row.reason
        elif product.outcome == "rejected":
            reason = product.reason if position == 0 else f"its product {product.key} was rejected: {product.reason}"
        elif variant:
            outcome, reason = variant.outcome, variant.reason
        outcomes.append(RowOutcome(row.line, outcome, product.outcome if position == 0 else None, reason))
    return outcomes
