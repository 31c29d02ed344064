"""GET /api/v1/catalog/categories: the tree of categories."""

from ravo.catalog.categories.schemas import CategoryNode
from ravo.catalog.storefront import service as storefront
from ravo.platform.http import Answer, anyone, create_app, lambda_handler, shared_answer
from ravo.platform.http.responses import public

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/catalog/categories",
    response_model=Answer[list[CategoryNode]],
    dependencies=[anyone],
)
async def list_categories() -> Response:
    """Return all categories as a tree, each with the number of products in it and below it."""
    return shared_answer(storefront.category_tree(), cache=public(21_600))


handler = lambda_handler(app)
