"""POST /api/v1/catalog/admin/tags: create a tag."""

from ravo.catalog.errors import SlugTaken
from ravo.catalog.tags import replies, service
from ravo.catalog.tags.schemas import AdminTag, TagInput
from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, create_app, created, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/catalog/admin/tags",
    status_code=201,
    response_model=Answer[AdminTag],
    responses=refusals(SlugTaken),
    dependencies=[allowed("products:write")],
)
async def create_tag(given: TagInput) -> Response:
    """Create a tag."""
    with transaction() as session:
        made = replies.tag_of(session, service.create(session, given).id)
        return created(made, location=f"/api/v1/catalog/admin/tags/{made.id}")


handler = lambda_handler(app)
