"""GET /api/v1/openapi.json: the description of the whole API."""

from pathlib import Path

from ravo.platform.http import anyone, create_app, lambda_handler, refusals
from ravo.platform.http.responses import public

from fastapi import Response

app = create_app()
# Built ahead, since no function contains the others.
DOCUMENT = Path(__file__).parent.parent / "openapi.json"


@app.get("/api/v1/openapi.json", responses=refusals(), dependencies=[anyone])
async def get_openapi() -> Response:
    """Return this document, in OpenAPI 3.1."""
    return Response(DOCUMENT.read_bytes(), headers={"cache-control": public(300)}, media_type="application/json")


handler = lambda_handler(app)
