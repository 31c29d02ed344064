"""PUT /api/v1/identity/me/consents: give or withdraw consent to purposes."""

from ravo.identity.consents import replies
from ravo.identity.consents import service as consents
from ravo.identity.consents.schemas import ConsentChange, ConsentReply
from ravo.platform.database import transaction
from ravo.platform.errors import NotFound
from ravo.platform.http import Answer, Caller, answer, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.put(
    "/api/v1/identity/me/consents",
    response_model=Answer[list[ConsentReply]],
    responses=refusals(NotFound),
)
async def update_consents(change: ConsentChange, caller: Caller) -> Response:
    """Give or withdraw consent to the purposes that are sent; the others stay.

    A consent that does not change is not recorded again.
    """
    with transaction() as session:
        return answer(replies.consents_of(consents.record(session, caller.id, change)))


handler = lambda_handler(app)
