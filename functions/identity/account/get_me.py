"""GET /api/v1/identity/me: the caller's account."""

from ravo.identity.profile import service as profile
from ravo.identity.profile.replies import profile_of
from ravo.identity.profile.schemas import Profile
from ravo.platform.database import reading
from ravo.platform.errors import NotFound
from ravo.platform.http import Answer, Caller, answer, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.get("/api/v1/identity/me", response_model=Answer[Profile], responses=refusals(NotFound))
async def get_me(caller: Caller) -> Response:
    """Return the caller's account with roles and permissions."""
    with reading() as session:
        return answer(profile_of(profile.profile(session, caller.id)))


handler = lambda_handler(app)
