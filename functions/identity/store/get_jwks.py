"""GET /.well-known/jwks.json: the public keys that access tokens are verified with."""

from ravo.platform.http import anyone, create_app, lambda_handler, refusals
from ravo.platform.http.responses import public
from ravo.platform.secrets import verification_keys

from fastapi import Response
from pydantic import BaseModel

app = create_app()


class KeySet(BaseModel):
    """A JSON Web Key Set (RFC 7517); it has no envelope, since libraries expect it without one."""

    keys: list[dict[str, str]]


@app.get("/.well-known/jwks.json", response_model=KeySet, responses=refusals(), dependencies=[anyone])
async def get_jwks() -> Response:
    """Return the public keys that verify access tokens, as a JSON Web Key Set."""
    return Response(verification_keys(), headers={"cache-control": public(300)}, media_type="application/json")


handler = lambda_handler(app)
