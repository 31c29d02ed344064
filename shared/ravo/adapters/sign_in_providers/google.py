"""Google, by OpenID Connect: an id token names the person.

It counts only if Google signed it for us and for this attempt.
"""

import time
from typing import TYPE_CHECKING, Any, cast

from ravo.adapters.sign_in_providers import Attempt, Person, ProviderUnavailable, codes, wire
from ravo.platform.observability import logger
from ravo.platform.secrets import google_client_secret
from ravo.platform.settings import settings

if TYPE_CHECKING:
    from joserfc.jwk import KeySet, KeySetSerialization

SCOPE = "openid email"
LEEWAY_SECONDS = 60
KEYS_KEPT_SECONDS = 3600.0

# By URL: when the keys were fetched, and the keys.
_kept: dict[str, tuple[float, "KeySet"]] = {}


class Google:
    """The endpoints are those of Google's discovery document; another base address has them under the same paths."""

    def __init__(self) -> None:
        base = settings().google_base_url
        self._authorization = f"{base or 'https://accounts.google.com'}/o/oauth2/v2/auth"
        self._token = f"{base or 'https://oauth2.googleapis.com'}/token"
        self._keys = f"{base or 'https://www.googleapis.com'}/oauth2/v3/certs"
        # Google's own documents have it both ways.
        self._issuers = [base] if base else ["https://accounts.google.com", "accounts.google.com"]

    def address(self, attempt: Attempt) -> str:
        """Return the URL where a browser goes; Google asks people with several accounts which one to use."""
        return codes.address(
            self._authorization,
            attempt,
            client_id=settings().google_client_id,
            scope=SCOPE,
            nonce=attempt.nonce,
        )

    def person(self, attempt: Attempt, code: str) -> Person:
        """Return the person that a code stands for, by the id token that Google gives for it."""
        tokens = codes.tokens(
            self._token,
            attempt,
            code,
            client_id=settings().google_client_id,
            client_secret=google_client_secret(),
        )
        claims = self._verified(tokens.get("id_token"), attempt)
        # Google's own documents have it as a boolean and as a word.
        proven = claims.get("email_verified") is True or claims.get("email_verified") == "true"
        return Person(str(claims["sub"]), str(claims.get("email") or "") or None if proven else None)

    def _verified(self, id_token: Any, attempt: Attempt) -> dict[str, Any]:
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwt import JWTClaimsRegistry

        registry = JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "values": self._issuers},
            aud={"essential": True, "value": settings().google_client_id},
            nonce={"essential": True, "value": attempt.nonce},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            try:
                token = jwt.decode(id_token, self._key_set(), algorithms=["RS256"])
            except (JoseError, ValueError):
                # Google changes its keys; one that we don't know may be new.
                token = jwt.decode(id_token, self._key_set(anew=True), algorithms=["RS256"])
            registry.validate(token.claims)
        except (JoseError, ValueError, TypeError, AttributeError, KeyError) as error:
            logger().warning("id token not valid", error=type(error).__name__)
            raise ProviderUnavailable("an id token that is not valid") from error
        return token.claims

    def _key_set(self, *, anew: bool = False) -> "KeySet":
        from joserfc.jwk import KeySet

        fetched, keys = _kept.get(self._keys, (0.0, None))
        if keys is None or anew or time.monotonic() - fetched > KEYS_KEPT_SECONDS:
            keys = KeySet.import_key_set(cast("KeySetSerialization", wire.ask(self._keys)))
            _kept[self._keys] = (time.monotonic(), keys)
        return keys
