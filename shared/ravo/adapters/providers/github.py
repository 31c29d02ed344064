"""GitHub, by OAuth 2: it has no id tokens, so who someone is and which mail address is proven are asked with the access token."""

from typing import Any, cast

from ravo.adapters.providers import Attempt, Person, ProviderUnavailable, wire
from ravo.platform.secrets import github_client_secret
from ravo.platform.settings import settings

SCOPE = "user:email"


class Github:
    """The endpoints are those of GitHub's documentation; another base address has them under the same paths."""

    def __init__(self) -> None:
        base = settings().github_base_url
        self._authorization = f"{base or 'https://github.com'}/login/oauth/authorize"
        self._token = f"{base or 'https://github.com'}/login/oauth/access_token"
        self._user = f"{base or 'https://api.github.com'}/user"

    def address(self, attempt: Attempt) -> str:
        """Return where a browser goes; nobody comes back signed in without having been asked as whom."""
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        return str(
            prepare_grant_uri(
                self._authorization,
                client_id=settings().github_client_id,
                response_type="code",
                redirect_uri=attempt.redirect_uri,
                scope=SCOPE,
                state=attempt.state,
                code_challenge=create_s256_code_challenge(attempt.verifier),
                code_challenge_method="S256",
                prompt="select_account",
            )
        )

    def person(self, attempt: Attempt, code: str) -> Person:
        """Return whom a code stands for; GitHub's number for them, since names change hands there."""
        from authlib.oauth2.rfc6749.parameters import prepare_token_request

        form = prepare_token_request(
            "authorization_code",
            code=code,
            redirect_uri=attempt.redirect_uri,
            code_verifier=attempt.verifier,
            client_id=settings().github_client_id,
            client_secret=github_client_secret(),
        )
        token = wire.token_from(self._token, form).get("access_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise ProviderUnavailable("no access token")
        user = wire.ask(self._user, token=token)
        subject = cast("dict[str, Any]", user).get("id") if isinstance(user, dict) else None
        if not isinstance(subject, int):
            raise ProviderUnavailable("a user without a number")
        return Person(str(subject), _proven(wire.ask(f"{self._user}/emails", token=token)))


def _proven(emails: Any) -> str | None:
    """Return the address that is the person's first and was proven."""
    if not isinstance(emails, list):
        raise ProviderUnavailable("no list of mail addresses")
    for each in cast("list[Any]", emails):
        entry = cast("dict[str, Any]", each) if isinstance(each, dict) else {}
        if entry.get("primary") is True and entry.get("verified") is True:
            return str(entry.get("email") or "") or None
    return None
