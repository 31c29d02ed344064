"""POST /api/v1/catalog/admin/products/{id}/variants: add a variant."""

from uuid import UUID

from ravo.catalog.errors import OptionsTaken, ProductNotFound, SkuTaken
from ravo.catalog.products import service as products
from ravo.catalog.variants import replies
from ravo.catalog.variants.schemas import AdminVariant, VariantInput
from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, create_app, created, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/catalog/admin/products/{id}/variants",
    status_code=201,
    response_model=Answer[AdminVariant],
    responses=refusals(ProductNotFound, SkuTaken, OptionsTaken),
    dependencies=[allowed("products:write")],
)
async def create_variant(id: UUID, given: VariantInput) -> Response:
    """Add a variant; no two variants of a product share size, colour and style."""
    with transaction() as session:
        variant = products.add_variant(session, id, given)
        shown = replies.variant_of(variant, products.get(session, id).currency)
        return created(shown, location=f"/api/v1/catalog/admin/products/{id}/variants/{variant.id}")


handler = lambda_handler(app)
