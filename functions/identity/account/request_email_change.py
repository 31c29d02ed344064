"""POST /api/v1/identity/me/email: ask for another mail address."""

from ravo.identity.accounts import emails, mailed
from ravo.identity.accounts.errors import PasswordMissing, WrongPassword
from ravo.identity.accounts.replies import link_mailed
from ravo.identity.accounts.schemas import EmailChange, LinkMailed
from ravo.identity.limits import proofs
from ravo.identity.second_factor.errors import NotProven
from ravo.platform.database import transaction
from ravo.platform.errors import NotFound, granted
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
    """Mail a link to the new address and a notice to the old one. Nothing changes before the link is used; whether the address is free is not told here."""
    with transaction() as session:
        outcome = emails.ask(
            session,
            by=caller,
            new_email=change.new_email,
            current_password=change.current_password,
            code=change.code,
        )
    granted(outcome)
    return link_mailed(change.new_email, mailed.CHANGE)


handler = lambda_handler(app, limited=proofs)
