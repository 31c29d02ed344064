"""DELETE /api/v1/catalog/admin/products/{id}: delete a product and its variants."""

from uuid import UUID

from ravo.catalog.errors import ProductNotFound
from ravo.catalog.products import service
from ravo.platform.database import transaction
from ravo.platform.http import allowed, create_app, lambda_handler, no_content, refusals

from fastapi import Response

app = create_app()


@app.delete(
    "/api/v1/catalog/admin/products/{id}",
    status_code=204,
    responses=refusals(ProductNotFound),
    dependencies=[allowed("products:write")],
)
async def delete_product(id: UUID) -> Response:
    """Delete a product with its variants; its SKUs and its slug are free again."""
    with transaction() as session:
        service.delete(session, id)
    return no_content()


handler = lambda_handler(app)
