"""GitHub, by OAuth 2: without id tokens, the person and the proven mail address are fetched with the access token."""

from typing import Any, cast

from ravo.adapters.sign_in_providers import Attempt, Person, ProviderUnavailable, codes, wire
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
        """Return the URL where a browser goes; GitHub always asks people which account to use."""
        return codes.address(self._authorization, attempt, client_id=settings().github_client_id, scope=SCOPE)

    def person(self, attempt: Attempt, code: str) -> Person:
        """Return the person that a code stands for, by GitHub's number: names can change hands there."""
        tokens = codes.tokens(
            self._token,
            attempt,
            code,
            client_id=settings().github_client_id,
            client_secret=github_client_secret(),
        )
        token = tokens.get("access_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise ProviderUnavailable("no access token")
        user = wire.ask(self._user, token=token)
        subject = cast("dict[str, Any]", user).get("id") if isinstance(user, dict) else None
        if not isinstance(subject, int):
            raise ProviderUnavailable("a user without a number")
        return Person(str(subject), _proven(wire.ask(f"{self._user}/emails", token=token)))


def _proven(emails: object) -> str | None:
    """Return the person's primary address, if it was proven."""
    if not isinstance(emails, list):
        raise ProviderUnavailable("no list of mail addresses")
    for each in cast("list[Any]", emails):
        entry = cast("dict[str, Any]", each) if isinstance(each, dict) else {}
        if entry.get("primary") is True and entry.get("verified") is True:
            return str(entry.get("email") or "") or None
    return None
