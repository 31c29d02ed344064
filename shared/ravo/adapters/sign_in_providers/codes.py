"""What providers share: the URL where a browser gets a code (RFC 6749, 4.1, with PKCE), and its exchange for tokens."""

from typing import Any, cast

from ravo.adapters.sign_in_providers import Attempt, CodeRefused, ProviderUnavailable, wire
from ravo.platform.observability import logger


def address(url: str, attempt: Attempt, *, client_id: str, scope: str, **more: str) -> str:
    """Return the URL where a browser goes; the provider always asks people which account to use."""
    from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
    from authlib.oauth2.rfc7636 import create_s256_code_challenge

    return str(
        prepare_grant_uri(
            url,
            client_id=client_id,
            response_type="code",
            redirect_uri=attempt.redirect_uri,
            scope=scope,
            state=attempt.state,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
            prompt="select_account",
            **more,
        )
    )


def tokens(url: str, attempt: Attempt, code: str, *, client_id: str, client_secret: str) -> dict[str, Any]:
    """Exchange a code for tokens. Raises `CodeRefused` or `ProviderUnavailable`."""
    from authlib.oauth2.rfc6749.parameters import prepare_token_request

    form = prepare_token_request(
        "authorization_code",
        code=code,
        redirect_uri=attempt.redirect_uri,
        code_verifier=attempt.verifier,
        client_id=client_id,
        client_secret=client_secret,
    )
    said = wire.ask(url, form=form)
    if not isinstance(said, dict):
        raise ProviderUnavailable("tokens that are no object")
    answer = cast("dict[str, Any]", said)
    if "error" in answer:
        # `invalid_grant` is about the code; anything else is about us, and worth a look.
        logger().warning("provider refused a code", url=url, error=str(answer["error"])[:64])
        raise CodeRefused(str(answer["error"])[:64])
    return answer
