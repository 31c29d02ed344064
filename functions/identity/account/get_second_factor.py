"""GET /api/v1/identity/me/second-factor: whether the caller's account has a second factor."""

from ravo.identity.second_factor import service
from ravo.identity.second_factor.http import state_of
from ravo.identity.second_factor.schemas import SecondFactorState
from ravo.platform.database import reading
from ravo.platform.http import Answer, Caller, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.get("/api/v1/identity/me/second-factor", response_model=Answer[SecondFactorState], responses=refusals())
async def get_second_factor(caller: Caller) -> Response:
    """Return whether a second factor is on, since when, and how many recovery codes are left."""
    with reading() as session:
        return state_of(service.state(session, caller.id))


handler = lambda_handler(app)
