"""Accounts in tests, through the API: the links that mails carry, and what people do with their accounts."""

import re
from typing import Any

from local.mail import Mail
from tests.gateway import Reply, call
from tests.identity.people import IDENTITY, PASSWORD, register
from tests.jobs import drain
from tests.mails import Mailbox

NEW_PASSWORD = "seven quiet mornings"
TOKEN = re.compile(r"[?&]token=([\w-]+)")


def token_in(mail: Mail) -> str:
    """What the link of a mail carries."""
    (token,) = set(TOKEN.findall(mail.text))
    return token


def send(path: str, method: str, url: str, **request: Any) -> Reply:
    """Call one of identity's functions."""
    return call(f"identity/{path}", method, f"{IDENTITY}/{url}", **request)


def joined(database: Any, box: Mailbox, email: str = "ada@example.com", **more: Any) -> tuple[str, str]:
    """Open an account; returns its access token and what the mail's link to verify it carries."""
    token = register(email, **more).data["accessToken"]
    drain(database)
    (mail,) = [mail for mail in box.take() if mail.to == email and "token=" in mail.text]
    return token, token_in(mail)


def verify(link: str) -> Reply:
    """Use the link that proves a mail address."""
    return send("store/verify_email", "POST", "verify-email", body={"token": link})


def forget(email: str = "ada@example.com", **request: Any) -> Reply:
    """Say that the password is forgotten."""
    return send("store/forgot_password", "POST", "forgot-password", body={"email": email}, **request)


def reset_link(database: Any, box: Mailbox, email: str = "ada@example.com") -> str:
    """Forget the password; returns what the mail's link carries."""
    box.take()
    assert forget(email).status == 202
    drain(database)
    (mail,) = [mail for mail in box.take() if "token=" in mail.text]
    return token_in(mail)


def reset(link: str, password: str = NEW_PASSWORD) -> Reply:
    """Set a password by a link."""
    return send("store/reset_password", "POST", "reset-password", body={"token": link, "newPassword": password})


def change_password(token: str | None, current: str = PASSWORD, new: str = NEW_PASSWORD) -> Reply:
    """Change the password."""
    body = {"currentPassword": current, "newPassword": new}
    return send("account/change_password", "POST", "me/password", body=body, token=token)


def ask_for(token: str | None, email: str, password: str = PASSWORD, **more: Any) -> Reply:
    """Ask for another mail address."""
    body = {"newEmail": email, "currentPassword": password} | more
    return send("account/request_email_change", "POST", "me/email", body=body, token=token)


def confirm(link: str, token: str | None = None) -> Reply:
    """Use the link that changes the mail address."""
    return send("store/change_email", "POST", "change-email", body={"token": link}, token=token)


def sessions(token: str | None, **query: Any) -> Reply:
    """The own sessions."""
    return send("account/list_sessions", "GET", "me/sessions", token=token, query=query)


def close(token: str | None, body: Any = None) -> Reply:
    """Close the account."""
    sent = {"currentPassword": PASSWORD} if body is None else body
    return send("account/close_account", "DELETE", "me", body=sent, token=token)
