"""GET /api/v1/catalog/collections/{slug}: a collection and its products."""

from typing import Annotated

from ravo.catalog.collections.schemas import CollectionDetail
from ravo.catalog.errors import CollectionNotFound
from ravo.catalog.storefront import service as storefront
from ravo.platform.http import Answer, PageNumber, anyone, create_app, lambda_handler, refusals, shared_answer
from ravo.platform.http.responses import public
from ravo.platform.paging import Page

from fastapi import Path, Response

app = create_app()


class CollectionAnswer(Answer[CollectionDetail]):
    """A collection with one page of its products."""

    pagination: Page


@app.get(
    "/api/v1/catalog/collections/{slug}",
    response_model=CollectionAnswer,
    responses=refusals(CollectionNotFound),
    dependencies=[anyone],
)
async def get_collection(slug: Annotated[str, Path(max_length=160)], paging: PageNumber) -> Response:
    """Return an active collection with its products, in the order that staff gave them."""
    return shared_answer(storefront.collection(slug, paging), cache=public(900))


handler = lambda_handler(app)
