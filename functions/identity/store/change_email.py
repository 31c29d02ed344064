"""POST /api/v1/identity/change-email: change the mail address, by the link that was mailed to the new one."""

from ravo.identity.accounts.errors import EmailTaken
from ravo.identity.email_changes import service as email_changes
from ravo.identity.email_tokens.errors import LinkUnusable
from ravo.identity.email_tokens.http import links
from ravo.identity.email_tokens.schemas import LinkToken
from ravo.platform.database import transaction
from ravo.platform.http import Visitor, create_app, lambda_handler, no_content, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/change-email",
    status_code=204,
    responses=refusals(LinkUnusable, EmailTaken),
)
async def change_email(link: LinkToken, visitor: Visitor) -> Response:
    """Give the account its new address, which the link proves.

    All sessions end, except the one that sends this request, if any.
    """
    with transaction() as session:
        email_changes.confirm(session, link.token, by=visitor)
        return no_content()


handler = lambda_handler(app, limited=links)
