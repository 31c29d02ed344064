"""GET /api/v1/catalog/admin/products/{id}/variants: a product's variants."""

from uuid import UUID

from ravo.catalog.errors import ProductNotFound
from ravo.catalog.variants import replies
from ravo.catalog.variants.schemas import AdminVariant
from ravo.platform.database import reading
from ravo.platform.http import Listing, PageNumber, allowed, create_app, lambda_handler, listing, refusals

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/catalog/admin/products/{id}/variants",
    response_model=Listing[AdminVariant],
    responses=refusals(ProductNotFound),
    dependencies=[allowed("products:read")],
)
async def list_variants(id: UUID, paging: PageNumber) -> Response:
    """List a product's variants in their order, inactive ones included."""
    with reading() as session:
        return listing(*replies.page_of_variants(session, id, paging))


handler = lambda_handler(app)
