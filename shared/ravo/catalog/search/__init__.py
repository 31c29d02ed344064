"""Finding products by words: corrected towards what the shop has, matched by text, fused with nearness of meaning."""

from ravo.catalog.search.search import Found, search_products

__all__ = ["Found", "search_products"]
