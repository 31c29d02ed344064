"""The SQL of imports: a fixed number of statements for each chunk of a file."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import exists, func, select, text
from sqlalchemy.orm import Session

from ravo.catalog.imports.models import Import, ImportRow
from ravo.catalog.uploads.models import Upload


class StagedRow(NamedTuple):
    """A row of the file as it was read. Once it is rejected, it has an outcome with its reason."""

    line: int
    kind: str
    sku: str | None
    product_key: str | None
    payload: dict[str, Any]
    outcome: str | None
    reason: str | None


class RowOutcome(NamedTuple):
    """What became of a row; a product's first row also says what became of the product."""

    line: int
    outcome: str
    product_outcome: str | None
    reason: str | None


class OutcomeCount(NamedTuple):
    """How many `products` or `variants` had an outcome."""

    what: str
    outcome: str
    number: int


_LINK = text(
    """
    UPDATE import_rows v SET product_key = p.product_key, kind = 'variant',
        payload = jsonb_set(v.payload, '{variant}', (v.payload -> 'variant') || (link - 'sku'))
    FROM import_rows p CROSS JOIN LATERAL jsonb_array_elements(p.payload -> 'links') AS link
    WHERE p.import_id = :id AND p.payload ? 'links' AND v.import_id = :id AND v.sku = link ->> 'sku'
        AND v.kind = 'both'
    """
)
_ALONE = text(
    """
    UPDATE import_rows SET product_key = sku
    WHERE import_id = :id AND product_key IS NULL AND kind = 'both' AND outcome IS NULL
    """
)
_KNOWN = text(
    """
    UPDATE import_rows r SET product_key = p.sku
    FROM product_variants v JOIN products p ON p.id = v.product_id
    WHERE r.import_id = :id AND r.product_key IS NULL AND r.kind = 'variant' AND r.outcome IS NULL
        AND v.sku = r.sku AND v.deleted_at IS NULL AND p.deleted_at IS NULL
    """
)
_DOUBLED = text(
    """
    UPDATE import_rows later SET outcome = 'rejected', reason = 'sku is already in line ' || earlier.line
    FROM (
        SELECT line, first_value(line) OVER (PARTITION BY sku ORDER BY line) AS first
        FROM import_rows WHERE import_id = :id AND sku IS NOT NULL AND kind <> 'product' AND outcome IS NULL
    ) ranked
    JOIN import_rows earlier ON earlier.import_id = :id AND earlier.line = ranked.first
    WHERE later.import_id = :id AND later.line = ranked.line AND ranked.line <> ranked.first
    """
)
_HOMELESS = text(
    """
    UPDATE import_rows SET outcome = 'rejected', reason = 'belongs to no product of the file or the shop'
    WHERE import_id = :id AND product_key IS NULL AND outcome IS NULL
    """
)
_COUNT_PRODUCTS = text(
    "SELECT count(DISTINCT product_key) FROM import_rows WHERE import_id = :id AND product_key IS NOT NULL"
)
_NEXT_KEYS = text(
    """
    SELECT DISTINCT product_key FROM import_rows
    WHERE import_id = :id AND product_key > :cursor
    ORDER BY product_key LIMIT :limit
    """
)
_ROWS_OF = text(
    """
    SELECT line, kind, sku, product_key, payload, outcome, reason FROM import_rows
    WHERE import_id = :id AND product_key = ANY(:keys)
    ORDER BY product_key, line
    """
)
_WRITE_OUTCOMES = text(
    """
    UPDATE import_rows r SET outcome = s.outcome, product_outcome = s.product_outcome, reason = s.reason
    FROM jsonb_to_recordset(:outcomes) AS s (line integer, outcome text, product_outcome text, reason text)
    WHERE r.import_id = :id AND r.line = s.line
    """
)
_COUNTS = text(
    """
    SELECT 'products' AS what, product_outcome AS outcome, count(*) AS count FROM import_rows
    WHERE import_id = :id AND product_outcome IS NOT NULL GROUP BY 2
    UNION ALL
    SELECT 'variants', coalesce(outcome, 'waiting'), count(*) FROM import_rows
    WHERE import_id = :id AND kind IN ('both', 'variant') GROUP BY 2
    """
)


def import_by_id(session: Session, import_id: UUID) -> Import | None:
    """Return an import."""
    return session.get(Import, import_id)


def import_for_update(session: Session, import_id: UUID) -> Import | None:
    """Return and lock an import, as it is now."""
    statement = select(Import).where(Import.id == import_id).with_for_update()
    return session.scalar(statement.execution_options(populate_existing=True))


def page_of_imports(session: Session, *, limit: int, offset: int) -> Sequence[Import]:
    """Return one page of imports, the newest first."""
    return session.scalars(select(Import).order_by(Import.id.desc()).limit(limit).offset(offset)).all()


def count_imports(session: Session) -> int:
    """Count all imports."""
    return session.scalar(select(func.count()).select_from(Import)) or 0


def waiting_for_update(session: Session, upload_id: UUID) -> Sequence[Import]:
    """Return and lock the imports that wait for an upload."""
    waits = (Import.upload_id == upload_id) | (Import.images_upload_id == upload_id)
    statement = select(Import).where(waits, Import.phase == "upload").order_by(Import.id).with_for_update()
    return session.scalars(statement).all()


def awaited_uploads(session: Session) -> Sequence[Upload]:
    """Return the uploads that imports wait for."""
    waits = (Import.upload_id == Upload.id) | (Import.images_upload_id == Upload.id)
    statement = select(Upload).join(Import, waits).where(Import.phase == "upload", Upload.received.is_(False))
    return session.scalars(statement.distinct()).all()


def stalled_for_update(session: Session, before: datetime) -> Sequence[Import]:
    """Return and lock unfinished imports that have not moved for a while and that nobody else is moving right now."""
    unfinished = Import.status.in_(("queued", "running"))
    statement = select(Import).where(unfinished, Import.updated_at < before).order_by(Import.id)
    return session.scalars(statement.with_for_update(skip_locked=True)).all()


def any_unfinished(session: Session) -> bool:
    """Whether any import is still under way."""
    return bool(session.scalar(select(exists().where(Import.status.in_(("queued", "running"))))))


def add_rows(session: Session, import_id: UUID, rows: Iterable[StagedRow]) -> None:
    """Write rows, by `COPY`."""
    connection = cast("psycopg.Connection[Any]", session.connection().connection.driver_connection)
    columns = "import_id, line, kind, sku, product_key, payload, outcome, product_outcome, reason"
    statement = f"COPY import_rows ({columns}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for line, kind, sku, product_key, payload, outcome, reason in rows:
            product_outcome = outcome if kind == "product" else None
            copy.write_row((import_id, line, kind, sku, product_key, Jsonb(payload), outcome, product_outcome, reason))


def link_rows(session: Session, import_id: UUID) -> int:
    """Link variants to their products, reject rows that appear twice or belong to no product, and count products."""
    # Thousands of rows have just been written; without new statistics the planner joins each with each.
    session.execute(text("ANALYZE import_rows"))
    for statement in (_LINK, _ALONE, _KNOWN, _DOUBLED, _HOMELESS):
        session.execute(statement, {"id": import_id})
    return session.scalar(_COUNT_PRODUCTS, {"id": import_id}) or 0


def next_keys(session: Session, import_id: UUID, cursor: str, limit: int) -> list[str]:
    """Return the product keys that come next."""
    return list(session.scalars(_NEXT_KEYS, {"id": import_id, "cursor": cursor, "limit": limit}))


def rows_of(session: Session, import_id: UUID, keys: Sequence[str]) -> list[StagedRow]:
    """Return the rows of products, in order of key and line."""
    return [StagedRow._make(row) for row in session.execute(_ROWS_OF, {"id": import_id, "keys": list(keys)})]


def write_outcomes(session: Session, import_id: UUID, outcomes: Sequence[RowOutcome]) -> None:
    """Write the outcomes of rows."""
    session.execute(_WRITE_OUTCOMES, {"id": import_id, "outcomes": Jsonb([each._asdict() for each in outcomes])})


def counts(session: Session, import_id: UUID) -> list[OutcomeCount]:
    """Return how many products and variants had which outcome."""
    return [OutcomeCount._make(row) for row in session.execute(_COUNTS, {"id": import_id})]


def page_of_rows(
    session: Session, import_id: UUID, outcome: str | None, *, limit: int, offset: int
) -> Sequence[ImportRow]:
    """Return one page of rows by line."""
    statement = select(ImportRow).where(ImportRow.import_id == import_id)
    if outcome:
        statement = statement.where(ImportRow.outcome == outcome)
    return session.scalars(statement.order_by(ImportRow.line).limit(limit).offset(offset)).all()


def count_rows(session: Session, import_id: UUID, outcome: str | None) -> int:
    """Count rows."""
    statement = select(func.count()).where(ImportRow.import_id == import_id)
    if outcome:
        statement = statement.where(ImportRow.outcome == outcome)
    return session.scalar(statement) or 0
