"""GET /api/v1/catalog/search/suggest: suggestions while a shopper types."""

from typing import Annotated

from ravo.catalog.search.schemas import Suggestion
from ravo.catalog.storefront import service as storefront
from ravo.catalog.storefront.http import suggestions
from ravo.platform.http import Answer, anyone, create_app, lambda_handler, shared_answer
from ravo.platform.http.responses import public

from fastapi import Query, Response

app = create_app()


@app.get(
    "/api/v1/catalog/search/suggest",
    response_model=Answer[list[Suggestion]],
    dependencies=[anyone],
)
async def suggest_searches(
    q: Annotated[str, Query(max_length=100)], limit: Annotated[int, Query(ge=1, le=20)] = 8
) -> Response:
    """Suggest categories, products and words that begin with the text typed so far."""
    return shared_answer(storefront.suggested(q, limit), cache=public(900))


handler = lambda_handler(app, limited=suggestions)
