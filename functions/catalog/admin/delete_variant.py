"""DELETE /api/v1/catalog/admin/products/{id}/variants/{variantId}: delete a variant."""

from typing import Annotated
from uuid import UUID

from ravo.catalog.errors import ProductNotFound, VariantNotFound
from ravo.catalog.products import service as products
from ravo.platform.database import transaction
from ravo.platform.http import allowed, create_app, lambda_handler, no_content, refusals

from fastapi import Path, Response

app = create_app()


@app.delete(
    "/api/v1/catalog/admin/products/{id}/variants/{variantId}",
    status_code=204,
    responses=refusals(ProductNotFound, VariantNotFound),
    dependencies=[allowed("products:write")],
)
async def delete_variant(id: UUID, variant_id: Annotated[UUID, Path(alias="variantId")]) -> Response:
    """Delete a variant; a product that loses its last one is no longer listed."""
    with transaction() as session:
        products.delete_variant(session, id, variant_id)
    return no_content()


handler = lambda_handler(app)
