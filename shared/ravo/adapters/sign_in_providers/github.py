"""GitHub, by OAuth 2: it has no id tokens, so who someone is and which mail address is proven are asked with the access
token.
"""

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
        """Return where a browser goes; nobody comes back signed in without having been asked as whom."""
        return codes.address(self._authorization, attempt, client_id=settings().github_client_id, scope=SCOPE)

    def person(self, attempt: Attempt, code: str) -> Person:
        """Return whom a code stands for; GitHub's number for them, since names change hands there."""
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
    """Return the address that is the person's first and was proven."""
    if not isinstance(emails, list):
        raise ProviderUnavailable("no list of mail addresses")
    for each in cast("list[Any]", emails):
        entry = cast("dict[str, Any]", each) if isinstance(each, dict) else {}
        if entry.get("primary") is True and entry.get("verified") is True:
            return str(entry.get("email") or "") or None
    return None
