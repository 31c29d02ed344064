"""GET /api/v1/catalog/products/{id}/recommendations: products that go with a product."""

from typing import Annotated
from uuid import UUID

from ravo.catalog.errors import ProductNotFound
from ravo.catalog.projections.schemas import ProductSummary
from ravo.catalog.storefront import service as storefront
from ravo.platform.http import Answer, anyone, create_app, lambda_handler, refusals, shared_answer
from ravo.platform.http.responses import public

from fastapi import Query, Response

app = create_app()


@app.get(
    "/api/v1/catalog/products/{id}/recommendations",
    response_model=Answer[list[ProductSummary]],
    responses=refusals(ProductNotFound),
    dependencies=[anyone],
)
async def list_recommendations(id: UUID, limit: Annotated[int, Query(ge=1, le=50)] = 10) -> Response:
    """List products that are similar to this one in meaning, then bestsellers."""
    return shared_answer(storefront.recommended(id, limit), cache=public(900))


handler = lambda_handler(app)
