"""Exports: asked for, written by a job in the columns of the `custom` format, fetched by a link that expires."""

import csv
import io
import json
import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.catalog.exports.events import ExportRequested
from ravo.catalog.exports.models import Export
from ravo.catalog.imports.fields import PRODUCT_FIELDS, VARIANT_FIELDS, escape_formula
from ravo.catalog.text import slug_of
from ravo.platform import outbox, storage
from ravo.platform.database import reading, transaction
from ravo.platform.errors import NotFound
from ravo.platform.events import Envelope
from ravo.platform.ids import uuid7
from ravo.platform.inbox import first_time
from ravo.platform.schemas import Reply
from ravo.platform.settings import settings

CONSUMER = "write_export"
PRODUCTS_PER_PAGE = 500
COLUMNS = (*PRODUCT_FIELDS, *VARIANT_FIELDS)
_VARIANT_COLUMN = {
    "variant_price": "price",
    "variant_compare_at_price": "compare_at_price",
    "variant_cost_price": "cost_price",
    "variant_images": "images",
}

_PAGE = text(
    """
    SELECT to_jsonb(p) || jsonb_build_object('base_price', trim_scale(p.base_price)::text,
            'sale_price', trim_scale(p.sale_price)::text, 'compare_at_price', trim_scale(p.compare_at_price)::text,
            'cost_price', trim_scale(p.cost_price)::text) AS product,
        ARRAY(SELECT t.name FROM product_tags pt JOIN tags t ON t.id = pt.tag_id
            WHERE pt.product_id = p.id ORDER BY t.slug) AS tags,
        (SELECT coalesce(json_agg(levels), '[]') FROM (
            SELECT (SELECT json_agg(json_build_array(above.slug, above.name) ORDER BY length(above.path))
                FROM categories above WHERE above.path = c.path OR starts_with(c.path, above.path || '/')) AS levels
            FROM product_categories pc JOIN categories c ON c.id = pc.category_id
            WHERE pc.product_id = p.id ORDER BY c.path) paths) AS categories,
        (SELECT coalesce(json_agg(to_jsonb(v) || jsonb_build_object('price', trim_scale(v.price)::text,
                'compare_at_price', trim_scale(v.compare_at_price)::text, 'cost_price', trim_scale(v.cost_price)::text)
                ORDER BY v.position, v.id), '[]')
            FROM product_variants v WHERE v.product_id = p.id AND v.deleted_at IS NULL) AS variants
    FROM (
        SELECT * FROM products WHERE deleted_at IS NULL AND sku > :after ORDER BY sku LIMIT :limit
    ) p
    ORDER BY p.sku
    """
)


class ExportNotFound(NotFound):
    message = "There is no such export."


class ExportReply(Reply):
    """How far an export is; `url` downloads the file for a quarter of an hour once it is completed."""

    id: UUID
    status: str
    rows: int
    url: str | None
    created_at: datetime
    updated_at: datetime


def create(session: Session) -> ExportReply:
    """Ask for an export of the whole catalogue."""
    export_id = uuid7()
    made = Export(id=export_id, key=f"exports/{export_id}.csv", status="queued", rows=0)
    session.add(made)
    session.flush()
    outbox.record(session, ExportRequested(aggregate_id=export_id, version=1))
    return reply(made)


def get(session: Session, export_id: UUID) -> ExportReply:
    """Return how far an export is. Refuses with `ExportNotFound`."""
    found = session.get(Export, export_id)
    if found is None:
        raise ExportNotFound
    return reply(found)


def reply(export: Export) -> ExportReply:
    """Return an export as staff see it; the link is signed here, without a call."""
    url = None
    if export.status == "completed":
        url = storage.presign_download(str(settings().uploads_bucket), export.key, filename="catalogue.csv")
    return ExportReply(
        id=export.id,
        status=export.status,
        rows=export.rows,
        url=url,
        created_at=export.created_at,
        updated_at=export.updated_at,
    )


def write(envelope: Envelope) -> None:
    """Write the file, then say that it is there. Writing it again gives the same file."""
    rows = 0
    with tempfile.TemporaryFile() as file:
        stream = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        for row in _rows():
            writer.writerow({name: escape_formula(cell) for name, cell in row.items()})
            rows += 1
        stream.flush()
        file.seek(0)
        key = f"exports/{envelope.aggregate_id}.csv"
        storage.write(str(settings().uploads_bucket), key, file, content_type="text/csv; charset=utf-8")
        stream.detach()
    with transaction() as session:
        if first_time(session, consumer=CONSUMER, event_id=envelope.id):
            done = session.get(Export, envelope.aggregate_id)
            if done:
                done.status, done.rows = "completed", rows


def _rows() -> Iterator[dict[str, str]]:
    """Yield one row per variant, page by page; a product's own columns stand in its first."""
    after = ""
    while True:
        with reading() as session:
            page = session.execute(_PAGE, {"after": after, "limit": PRODUCTS_PER_PAGE}).all()
        for row in page:
            yield from _rows_of(row)
        if len(page) < PRODUCTS_PER_PAGE:
            return
        after = page[-1].product["sku"]


def _rows_of(row: Any) -> Iterator[dict[str, str]]:
    product = {name: _cell(row.product.get(name)) for name in PRODUCT_FIELDS}
    product |= {
        "product_sku": row.product["sku"],
        "features": _words(row.product["features"]),
        "tags": _words(row.tags),
        "categories": _paths(row.categories),
    }
    for position, variant in enumerate(row.variants):
        own = {name: _cell(variant.get(_VARIANT_COLUMN.get(name, name))) for name in VARIANT_FIELDS}
        yield own | (product if position == 0 else {"product_sku": row.product["sku"]})
    if not row.variants:
        yield product


def _words(words: list[str]) -> str:
    plain = not any("|" in word or word.startswith("[") for word in words)
    return "|".join(words) if plain else json.dumps(words, ensure_ascii=False)


def _paths(paths: list[list[list[str]]]) -> str:
    plain = all(slug_of(name) == slug and not set(name) & set("|>=[") for path in paths for slug, name in path)
    if plain:
        return "|".join(">".join(name for _, name in path) for path in paths)
    return json.dumps(paths, ensure_ascii=False)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case dict() | list():
            return json.dumps(value, ensure_ascii=False) if value else ""
        case _:
            return str(value)
