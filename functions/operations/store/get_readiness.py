"""GET /api/v1/health/ready: whether everything that requests depend on answers."""

from ravo.operations.readiness import service as readiness
from ravo.operations.readiness.schemas import Readiness
from ravo.platform.errors import UpstreamUnavailable
from ravo.platform.http import Answer, answer, anyone, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/health/ready",
    response_model=Answer[Readiness],
    responses=refusals(UpstreamUnavailable),
    dependencies=[anyone],
)
async def get_readiness() -> Response:
    """Report whether the database, the cache and the event bus answer now; 503 names those that do not."""
    return answer(readiness.check())


handler = lambda_handler(app)
