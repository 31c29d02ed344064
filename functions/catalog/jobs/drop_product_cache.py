"""Queue: changes to what shoppers read. Makes the cached answers stale."""

from ravo.platform import cache
from ravo.platform.cache import Group
from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler


def drop_product_cache(_envelope: Envelope) -> None:
    """Drop products and categories together, since the tree counts products.

    Dropping twice does no harm, so there is no inbox.
    """
    cache.drop(Group.PRODUCTS)
    cache.drop(Group.CATEGORIES)


handler = job_handler(
    drop_product_cache, hears=("product.*", "products.*", "category.*", "collection.*", "tag.*"), tries=5
)
