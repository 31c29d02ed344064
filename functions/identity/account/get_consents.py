"""GET /api/v1/identity/me/consents: the caller's consents."""

from ravo.identity.consents import replies
from ravo.identity.consents.schemas import ConsentReply
from ravo.platform.database import reading
from ravo.platform.http import Answer, Caller, answer, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.get("/api/v1/identity/me/consents", response_model=Answer[list[ConsentReply]], responses=refusals())
async def get_consents(caller: Caller) -> Response:
    """Return for each purpose whether the caller agrees, since when, and to which text."""
    with reading() as session:
        return answer(replies.own_consents(session, caller.id))


handler = lambda_handler(app)
