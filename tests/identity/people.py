"""People in tests: registered and signed in through the API."""

from typing import Any

from tests.gateway import Reply, call

IDENTITY = "/api/v1/identity"
PASSWORD = "correct horse battery"


def register(email: str = "ada@example.com", *, cookies: list[str] | None = None, **more: Any) -> Reply:
    """Open an account."""
    body = {"email": email, "password": PASSWORD} | more
    return call("identity/store/register", "POST", f"{IDENTITY}/register", body=body, cookies=cookies)


def login(email: str = "ada@example.com", password: str = PASSWORD, **request: Any) -> Reply:
    """Sign in."""
    body = {"email": email, "password": password}
    return call("identity/store/login", "POST", f"{IDENTITY}/login", body=body, **request)


def refresh(cookie: str, **request: Any) -> Reply:
    """Go on with a session."""
    return call("identity/store/refresh", "POST", f"{IDENTITY}/refresh", cookies=[cookie], **request)


def me(token: str | None, **request: Any) -> Reply:
    """The own account."""
    return call("identity/account/get_me", "GET", f"{IDENTITY}/me", token=token, **request)


def cookie_of(reply: Reply) -> str:
    """The refresh cookie as a browser sends it back."""
    return reply.cookies[0].partition(";")[0]


def device_of(reply: Reply) -> str:
    """The device cookie as a browser sends it back."""
    return reply.cookies[1].partition(";")[0]


def logout(cookie: str) -> Reply:
    """End a session."""
    return call("identity/store/logout", "POST", f"{IDENTITY}/logout", cookies=[cookie])
