"""GET /api/v1/identity/admin/api-keys: the keys of machines."""

from ravo.identity.api_keys import replies
from ravo.identity.api_keys.schemas import KeyReply
from ravo.platform.database import reading
from ravo.platform.http import Listing, PageNumber, allowed, create_app, lambda_handler, listing

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/identity/admin/api-keys",
    response_model=Listing[KeyReply],
    dependencies=[allowed("keys:read")],
)
async def list_api_keys(paging: PageNumber) -> Response:
    """List keys, the newest first, without their secrets."""
    with reading() as session:
        return listing(*replies.page_of_keys(session, paging))


handler = lambda_handler(app)
