"""POST /api/v1/identity/verify-email: prove a mail address by the link that was mailed to it."""

from ravo.identity.email_tokens.errors import LinkUnusable
from ravo.identity.email_tokens.http import links
from ravo.identity.email_tokens.schemas import LinkToken
from ravo.identity.email_verification import service as email_verification
from ravo.platform.database import transaction
from ravo.platform.http import anyone, create_app, lambda_handler, no_content, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/verify-email",
    status_code=204,
    responses=refusals(LinkUnusable),
    dependencies=[anyone],
)
async def verify_email(link: LinkToken) -> Response:
    """Prove the mail address with the token of a mailed link.

    It works once, for 24 hours, and only while the account still has that address.
    """
    with transaction() as session:
        email_verification.verify(session, link.token)
        return no_content()


handler = lambda_handler(app, limited=links)
