"""POST /api/v1/identity/me/email: request a change of the mail address."""

from ravo.identity.credentials.errors import PasswordMissing, WrongPassword
from ravo.identity.email_changes import service as email_changes
from ravo.identity.email_changes.schemas import EmailChange
from ravo.identity.email_tokens import service as email_tokens
from ravo.identity.email_tokens.http import link_mailed
from ravo.identity.email_tokens.schemas import LinkMailed
from ravo.identity.reauthentication.errors import NotProven
from ravo.identity.reauthentication.http import proofs
from ravo.platform.database import transaction
from ravo.platform.errors import NotFound, raise_if_refused
from ravo.platform.http import Answer, Caller, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/me/email",
    status_code=202,
    response_model=Answer[LinkMailed],
    responses=refusals(NotFound, WrongPassword, NotProven, PasswordMissing),
)
async def request_email_change(change: EmailChange, caller: Caller) -> Response:
    """Mail a link to the new address and a notice to the old one.

    Nothing changes before the link is used; the answer does not reveal whether the address is free.
    """
    with transaction() as session:
        outcome = email_changes.request(
            session,
            by=caller,
            new_email=change.new_email,
            current_password=change.current_password,
            code=change.code,
        )
    raise_if_refused(outcome)
    return link_mailed(change.new_email, email_tokens.CHANGE)


handler = lambda_handler(app, limited=proofs)
