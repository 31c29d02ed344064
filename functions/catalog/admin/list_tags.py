"""GET /api/v1/catalog/admin/tags: tags as staff see them."""

from ravo.catalog.tags import replies
from ravo.catalog.tags.schemas import AdminTag
from ravo.platform.database import reading
from ravo.platform.http import Listing, PageNumber, allowed, create_app, lambda_handler, listing

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/catalog/admin/tags",
    response_model=Listing[AdminTag],
    dependencies=[allowed("products:read")],
)
async def list_tags(paging: PageNumber) -> Response:
    """List tags by slug, each with the number of products that have it."""
    with reading() as session:
        return listing(*replies.page_of_tags(session, paging))


handler = lambda_handler(app)
