"""PATCH /api/v1/catalog/admin/products/{id}/variants/{variantId}: change a variant."""

from typing import Annotated
from uuid import UUID

from ravo.catalog.errors import OptionsTaken, ProductNotFound, SkuTaken, VariantNotFound
from ravo.catalog.products import service as products
from ravo.catalog.variants import replies
from ravo.catalog.variants.schemas import AdminVariant, VariantChange
from ravo.platform.database import transaction
from ravo.platform.errors import VersionConflict
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals

from fastapi import Path, Response

app = create_app()


@app.patch(
    "/api/v1/catalog/admin/products/{id}/variants/{variantId}",
    response_model=Answer[AdminVariant],
    responses=refusals(ProductNotFound, VariantNotFound, VersionConflict, SkuTaken, OptionsTaken),
    dependencies=[allowed("products:write")],
)
async def update_variant(
    id: UUID,
    variant_id: Annotated[UUID, Path(alias="variantId")],
    change: VariantChange,
) -> Response:
    """Change the fields that are sent; `version` is the one that the variant was read at."""
    with transaction() as session:
        variant = products.change_variant(session, id, variant_id, change)
        return answer(replies.variant_of(variant, products.get(session, id).currency))


handler = lambda_handler(app)
