"""Why the catalogue refuses."""

from collections.abc import Mapping

from ravo.platform.errors import Conflict, Invalid, NotFound, Refusal


class ProductNotFound(NotFound):
    message = "There is no such product."


class VariantNotFound(NotFound):
    message = "There is no such variant."


class CategoryNotFound(NotFound):
    message = "There is no such category."


class TagNotFound(NotFound):
    message = "There is no such tag."


class CollectionNotFound(NotFound):
    message = "There is no such collection."


class SkuTaken(Conflict):
    message = "This SKU is in use."


class SlugTaken(Conflict):
    message = "This slug is in use."


class OptionsTaken(Conflict):
    message = "The product has a variant of this size, colour and style already."


class CategoryInUse(Conflict):
    message = "The category has categories or products in it."


class CategoryCycle(Conflict):
    message = "A category can't stand below itself."


class ProductIncomplete(Invalid):
    message = "The product lacks what it needs to be sold."


class UnknownReference(Invalid):
    message = "The request names something that does not exist."


# Which constraint means which refusal.
TAKEN: Mapping[str, type[Refusal]] = {
    "uq_products_sku": SkuTaken,
    "uq_products_slug": SlugTaken,
    "uq_product_variants_sku": SkuTaken,
    "uq_product_variants_options": OptionsTaken,
    "fk_product_categories_category_id": UnknownReference,
}
