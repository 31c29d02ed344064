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
    message = "This SKU is already in use. Choose another."


class SlugTaken(Conflict):
    message = "This slug is already in use. Choose another."


class OptionsTaken(Conflict):
    message = "The product already has a variant with this size, colour and style. Change one of them."


class CategoryInUse(Conflict):
    message = "There are categories or products in this category. Move or delete them first."


class CategoryCycle(Conflict):
    message = "A category can't be moved below itself. Choose another parent."


class ProductIncomplete(Invalid):
    message = "The product is not complete. Add what is listed here, then publish it."


class UnknownReference(Invalid):
    message = "Something that the request refers to does not exist. Check its ids."


# Which constraint means which refusal.
TAKEN: Mapping[str, type[Refusal]] = {
    "uq_products_sku": SkuTaken,
    "uq_products_slug": SlugTaken,
    "uq_product_variants_sku": SkuTaken,
    "uq_product_variants_options": OptionsTaken,
    "fk_product_categories_category_id": UnknownReference,
}
