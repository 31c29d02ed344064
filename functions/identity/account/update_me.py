"""PATCH /api/v1/identity/me: change the caller's name or language."""

from ravo.identity.profile import service as profile
from ravo.identity.profile.replies import profile_of
from ravo.identity.profile.schemas import Profile, ProfileChange
from ravo.platform.database import transaction
from ravo.platform.errors import NotFound, VersionConflict
from ravo.platform.http import Answer, Caller, answer, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.patch(
    "/api/v1/identity/me",
    response_model=Answer[Profile],
    responses=refusals(NotFound, VersionConflict),
)
async def update_me(change: ProfileChange, caller: Caller) -> Response:
    """Change the fields that are sent; `version` guards against a change that someone else made meanwhile."""
    with transaction() as session:
        return answer(profile_of(profile.change_profile(session, caller.id, change)))


handler = lambda_handler(app)
