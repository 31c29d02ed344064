"""What products mean, as vectors and tags: found after they change, so that no request waits for it."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from pgvector import HalfVector

from ravo.adapters.ai import ai
from ravo.catalog.enrichment import queries
from ravo.catalog.enrichment.queries import Described
from ravo.catalog.projections import service as projections
from ravo.platform import cache
from ravo.platform.cache import Group
from ravo.platform.database import reading, transaction
from ravo.platform.events import Envelope
from ravo.platform.observability import logger
from ravo.platform.valkey import ValkeyUnavailable

# As many as one call to the service and one statement take.
BATCH = 50


def enrich(envelope: Envelope) -> None:
    """Embed and tag the products of an event. Raises `AiUnavailable`; the job then tries again.

    A text that was embedded is not embedded again: no inbox is needed.
    """
    wanted = [UUID(value) for value in envelope.data.get("productIds", [])] or [envelope.aggregate_id]
    with reading() as session:
        changed = [
            product
            for product in queries.descriptions(session, wanted)
            if (product.model, product.text_hash) != (ai().model, hash_of(product.text))
        ]
    for start in range(0, len(changed), BATCH):
        _enrich(changed[start : start + BATCH])


def hash_of(text: str) -> bytes:
    """Return the hash by which a changed text is recognised."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _enrich(products: Sequence[Described]) -> None:
    vectors = ai().embed([product.text for product in products])
    tags = [ai().tags(product.text) for product in products]
    rows = [
        {
            "product_id": product.id,
            "model": ai().model,
            "text_hash": hash_of(product.text),
            "embedding": HalfVector(list(vector)),
        }
        for product, vector in zip(products, vectors, strict=True)
    ]
    with transaction() as session:
        queries.save(session, rows)
        queries.save_tags(
            session,
            [{"id": product.id, "auto_tags": words} for product, words in zip(products, tags, strict=True)],
        )
        projections.refresh(session, [product.id for product in products])
    _forget_answers()


def _forget_answers() -> None:
    """Drop cached lists: those from before the products had vectors don't find them by meaning."""
    try:
        cache.drop(Group.PRODUCTS)
    except ValkeyUnavailable:
        logger().info("kept answers not dropped")
