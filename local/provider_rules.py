"""The rules of Google and GitHub: the client, its address, PKCE, codes that work once, and tokens."""

import base64
import hashlib
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from local.provider_people import PEOPLE, Person

CODE_SECONDS = 60.0
TOKEN_SECONDS = 600
# The shop's client at both providers; its secret is only for laptops.
CLIENT_ID = "laptop"

type Answering = Callable[[], Any]


class Refused(Exception):
    """The reason of a refusal, by the names of RFC 6749 where it has one."""


@dataclass(frozen=True)
class Code:
    """The sign-in that a code stands for."""

    person: Person
    challenge: str
    nonce: str
    until: float


class Provider(ABC):
    """What both providers have in common."""

    name = ""
    refusal_status = 400
    used_code = "invalid_grant"

    def __init__(self, secret: str, redirect_uri: str) -> None:
        self._secret = secret
        self._redirect_uri = redirect_uri
        self._codes: dict[str, Code] = {}

    def check(self, asked: dict[str, str]) -> None:
        """Refuse a wrong request of the shop before any person is asked anything."""
        wanted = {
            "client_id": CLIENT_ID,
            "redirect_uri": self._redirect_uri,
            "response_type": "code",
            "code_challenge_method": "S256",
        }
        for field, value in wanted.items():
            if asked.get(field) != value:
                raise Refused(f"{field} is {asked.get(field)!r} and not {value!r}")
        for field in ("state", "code_challenge", "scope"):
            if not asked.get(field):
                raise Refused(f"{field} is missing")

    def sent_back(self, asked: dict[str, str], person: str) -> str:
        """Return where the browser goes with the answer of the chosen person; nobody says no."""
        self.check(asked)
        if person not in PEOPLE:
            return f"{self._redirect_uri}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"
        code = secrets.token_urlsafe(16)
        until = time.monotonic() + CODE_SECONDS
        self._codes[code] = Code(PEOPLE[person], asked["code_challenge"], asked.get("nonce", ""), until)
        return f"{self._redirect_uri}?{urlencode({'code': code, 'state': asked['state']})}"

    def tokens(self, given: dict[str, str]) -> dict[str, Any]:
        """Exchange a code for tokens, once."""
        if (given.get("client_id"), given.get("client_secret")) != (CLIENT_ID, self._secret):
            raise Refused("invalid_client")
        code = self._codes.pop(given.get("code", ""), None)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if not code or code.until < time.monotonic() or code.challenge != challenge:
            raise Refused(self.used_code)
        if given.get("grant_type") != "authorization_code" or given.get("redirect_uri") != self._redirect_uri:
            raise Refused(self.used_code)
        return self.granted(code)

    @abstractmethod
    def granted(self, code: Code) -> dict[str, Any]:
        """Return the tokens of a valid code."""


class ByGoogle(Provider):
    """Google: an id token, signed with a key that is created at each start."""

    name = "Google"

    def __init__(self, issuer: str, secret: str, redirect_uri: str) -> None:
        from joserfc.jwk import RSAKey

        super().__init__(secret, redirect_uri)
        self._issuer = issuer
        self._key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)

    def keys(self) -> dict[str, Any]:
        """Return the key set with which id tokens are verified."""
        return {"keys": [self._key.as_dict(private=False)]}

    def granted(self, code: Code) -> dict[str, Any]:
        from joserfc import jwt

        issued = int(time.time())
        claims = {
            "iss": self._issuer,
            "aud": CLIENT_ID,
            "sub": str(code.person.number),
            "email": code.person.email,
            "email_verified": code.person.proven,
            "nonce": code.nonce,
            "iat": issued,
            "exp": issued + TOKEN_SECONDS,
        }
        id_token = jwt.encode({"alg": "RS256", "kid": self._key.kid}, claims, self._key)
        access_token = secrets.token_urlsafe(16)
        return {
            "access_token": access_token,
            "id_token": id_token,
            "token_type": "Bearer",  # nosec B105
            "expires_in": TOKEN_SECONDS,
        }


class ByGithub(Provider):
    """GitHub: an access token with which to look up the person, and refusals with a status of 200."""

    name = "GitHub"
    refusal_status = 200
    used_code = "bad_verification_code"

    def __init__(self, secret: str, redirect_uri: str) -> None:
        super().__init__(secret, redirect_uri)
        self._people: dict[str, Person] = {}

    def granted(self, code: Code) -> dict[str, Any]:
        access_token = f"gho_{secrets.token_urlsafe(16)}"
        self._people[access_token] = code.person
        return {"access_token": access_token, "token_type": "bearer", "scope": "user:email"}  # nosec B105

    def user(self, token: str) -> dict[str, Any]:
        """Return the person of a token."""
        person = self._known(token)
        return {"id": person.number, "login": person.email.partition("@")[0], "email": None}

    def emails(self, token: str) -> list[dict[str, Any]]:
        """Return the mail addresses of a token's person: one that counts, and one that should not."""
        person = self._known(token)
        return [
            {"email": f"old-{person.email}", "primary": False, "verified": True, "visibility": None},
            {"email": person.email, "primary": True, "verified": person.proven, "visibility": "private"},
        ]

    def _known(self, token: str) -> Person:
        person = self._people.get(token)
        if person is None:
            raise Refused("Bad credentials")
        return person
