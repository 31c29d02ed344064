"""POST /api/v1/identity/forgot-password: have a link mailed that sets a password."""

from ravo.identity.accounts import credentials, mailed
from ravo.identity.accounts.replies import link_mailed
from ravo.identity.accounts.schemas import Forgotten, LinkMailed
from ravo.identity.limits import resets
from ravo.platform.database import transaction
from ravo.platform.http import Answer, anyone, create_app, lambda_handler

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/forgot-password",
    status_code=202,
    response_model=Answer[LinkMailed],
    dependencies=[anyone],
)
async def forgot_password(forgotten: Forgotten) -> Response:
    """Mail a link to whoever has an account with this address. The answer is the same whether there is one."""
    with transaction() as session:
        credentials.forget(session, forgotten.email)
        return link_mailed(forgotten.email, mailed.RESET)


handler = lambda_handler(app, limited=resets)
