"""The catalogue's tables."""

from ravo.catalog.models.grouping import Category, Collection, CollectionProduct, ProductCategory, ProductTag, Tag
from ravo.catalog.models.product import Product, ProductTranslation, ProductVariant
from ravo.catalog.models.search import ListingCount, ProductEmbedding, ProductListing, ProductSearch, SearchTerm

__all__ = [
    "Category",
    "Collection",
    "CollectionProduct",
    "ListingCount",
    "Product",
    "ProductCategory",
    "ProductEmbedding",
    "ProductListing",
    "ProductSearch",
    "ProductTag",
    "ProductTranslation",
    "ProductVariant",
    "SearchTerm",
    "Tag",
]
