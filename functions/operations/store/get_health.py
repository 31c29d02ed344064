"""GET /api/v1/health: whether this code runs."""

from typing import Literal

from ravo.platform.http import Answer, answer, anyone, create_app, lambda_handler, refusals
from ravo.platform.schemas import Reply

from fastapi import Response

app = create_app()


class Health(Reply):
    status: Literal["ok"] = "ok"


@app.get("/api/v1/health", response_model=Answer[Health], responses=refusals(), dependencies=[anyone])
async def get_health() -> Response:
    """Report liveness: this answers whenever code can run, whatever else is down."""
    return answer(Health())


handler = lambda_handler(app)
