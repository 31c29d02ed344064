"""GET /api/v1/identity/personal-data: the copy that a mailed link leads to."""

from typing import Annotated

from ravo.identity.email_tokens.http import links
from ravo.identity.privacy import http, service
from ravo.identity.privacy.errors import CopyGone
from ravo.platform.database import reading
from ravo.platform.http import anyone, create_app, lambda_handler, refusals

from fastapi import Query, Response

app = create_app()


@app.get(
    "/api/v1/identity/personal-data",
    status_code=303,
    response_class=Response,
    responses=refusals(CopyGone),
    dependencies=[anyone],
)
async def download_personal_data(token: Annotated[str, Query(min_length=1, max_length=200)]) -> Response:
    """Redirect to the file of a mailed link, while the link is valid."""
    with reading() as session:
        return http.redirect(service.link_of_copy(session, token))


handler = lambda_handler(app, limited=links)
