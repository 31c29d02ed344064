"""GET /api/v1/docs: the API's documentation, to read and to try."""

from ravo.platform.http import anyone, create_app, lambda_handler, refusals
from ravo.platform.http.responses import public

from fastapi import Response
from fastapi.openapi.docs import get_swagger_ui_html

app = create_app()
# The page loads its viewer from a public CDN of packages; nothing else on it may run.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' https://cdn.jsdelivr.net; style-src 'unsafe-inline'"
    " https://cdn.jsdelivr.net; img-src data: https://fastapi.tiangolo.com; connect-src 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)


@app.get("/api/v1/docs", responses=refusals(), dependencies=[anyone], response_class=Response)
async def get_docs() -> Response:
    """Return a page with every operation and its schemas, and a form to call it."""
    page = get_swagger_ui_html(openapi_url="/api/v1/openapi.json", title="Ravo API")
    page.headers["cache-control"] = public(300)
    page.headers["content-security-policy"] = CONTENT_POLICY
    return page


handler = lambda_handler(app)
