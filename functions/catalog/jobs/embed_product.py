"""Queue: products whose text changed. Turns each text into a vector and tags."""

from ravo.catalog.enrichment import service
from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler


def embed_product(envelope: Envelope) -> None:
    """Embed and tag the products that the event names; text that has not changed is not sent to the model again."""
    service.enrich(envelope)


handler = job_handler(embed_product, hears=("product.created", "product.updated", "products.imported"), tries=3)
