"""Queue: products whose text changed. Says what each means, as a vector and as tags."""

from ravo.catalog.enrichment import service
from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler


def embed_product(envelope: Envelope) -> None:
    """Embed and tag what the event names; text that has not changed is not asked about again."""
    service.enrich(envelope)


handler = job_handler(embed_product, hears=("product.created", "product.updated", "products.imported"), tries=3)
