"""POST /api/v1/identity/me/password: change the caller's password."""

from ravo.identity.credentials import service as credentials
from ravo.identity.credentials.errors import PasswordMissing, WrongPassword
from ravo.identity.credentials.schemas import PasswordChange
from ravo.identity.passwords.errors import WeakPassword
from ravo.identity.reauthentication.http import proofs
from ravo.platform.database import transaction
from ravo.platform.errors import NotFound
from ravo.platform.http import Caller, create_app, lambda_handler, no_content, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/me/password",
    status_code=204,
    responses=refusals(NotFound, WrongPassword, PasswordMissing, WeakPassword),
)
async def change_password(change: PasswordChange, caller: Caller) -> Response:
    """Change the password; this session stays, all others end, and a mail confirms the change."""
    with transaction() as session:
        credentials.change(
            session, by=caller, current_password=change.current_password, new_password=change.new_password
        )
        return no_content()


handler = lambda_handler(app, limited=proofs)
