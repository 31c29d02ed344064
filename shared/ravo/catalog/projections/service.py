"""What shoppers find and see of products, derived in the transaction that changes them."""

from collections.abc import Iterator, Sequence
from itertools import batched
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.events import StockStatusChanged
from ravo.catalog.index import queries as index
from ravo.catalog.projections import queries
from ravo.catalog.projections.queries import Projection
from ravo.catalog.projections.replies import details_of, summary_of
from ravo.catalog.variants import queries as variants
from ravo.platform import outbox
from ravo.platform.database import reading, transaction
from ravo.platform.events import Envelope

COMPARED_AT_ONCE = 100
WRITTEN_AT_ONCE = 200


def refresh(session: Session, product_ids: Sequence[UUID]) -> None:
    """Derive the index and the projections of these products again.

    Every writer of products, variants, categories or tags calls it, in its own transaction.
    """
    if not product_ids:
        return
    index.lock_for_update(session, product_ids)
    index.remove_unlisted(session, product_ids)
    index.write_listings(session, product_ids)
    write(session, product_ids)
    index.write_search(session, product_ids)
    index.learn_terms(session, product_ids)


def write(session: Session, product_ids: Sequence[UUID]) -> None:
    """Write the summaries and details of those of these products that are listed.

    Their listings must be locked: of two writers at once, each would write them without the other's change.
    """
    if built := _built(session, product_ids):
        queries.write(session, built)


def apply_stock(envelope: Envelope) -> None:
    """Show the numbers of a `stock.changed`; an event reports products that came into stock or went out of it."""
    told = {UUID(variant_id): max(0, int(count)) for variant_id, count in envelope.data["available"].items()}
    with transaction() as session:
        product_ids = variants.show_available(session, told, as_of=envelope.occurred_at)
        if not product_ids:
            return
        index.lock_for_update(session, product_ids)
        turned = index.turn_in_stock(session, product_ids)
        write(session, product_ids)
        if turned:
            outbox.record(session, StockStatusChanged(aggregate_id=envelope.id, version=1, product_ids=sorted(turned)))


def stale(session: Session) -> Iterator[UUID]:
    """Yield the listed products whose summary or details are missing, or would be built differently now."""
    after = UUID(int=0)
    while written := queries.written(session, after=after, limit=COMPARED_AT_ONCE):
        built = _built(session, list(written))
        yield from (product_id for product_id, there in written.items() if there != built.get(product_id))
        after = max(written)


def write_stale() -> int:
    """Write the summaries and details that are stale, as they are after new code; returns of how many products."""
    with reading() as session:
        found = list(stale(session))
    for some in batched(found, WRITTEN_AT_ONCE, strict=False):
        with transaction() as session:
            index.lock_for_update(session, some)
            write(session, some)
    return len(found)


def _built(session: Session, product_ids: Sequence[UUID]) -> dict[UUID, Projection]:
    return {source.id: _projection(source) for source in queries.sources(session, product_ids)}


def _projection(source: queries.Source) -> Projection:
    details = {locale: each.model_dump_json(by_alias=True) for locale, each in details_of(source).items()}
    return Projection(summary_of(source).model_dump_json(by_alias=True), details)
