"""GET /api/v1/identity/admin/api-keys/{id}: a machine's key."""

from uuid import UUID

from ravo.identity.api_keys import replies
from ravo.identity.api_keys.errors import KeyNotFound
from ravo.identity.api_keys.schemas import KeyReply
from ravo.platform.database import reading
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/identity/admin/api-keys/{id}",
    response_model=Answer[KeyReply],
    responses=refusals(KeyNotFound),
    dependencies=[allowed("keys:read")],
)
async def get_api_key(id: UUID) -> Response:
    """Return a key without its secret."""
    with reading() as session:
        return answer(replies.key_of(session, id))


handler = lambda_handler(app)
