"""Signing in by another provider in tests: the browser's part, and providers that misbehave."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import text

from tests.gateway import Reply, call
from tests.identity.people import IDENTITY, register

SHOP = "http://localhost:8000"
PROVIDERS = ["google", "github"]


def start(provider: str, query: Any = (), **request: Any) -> Reply:
    """Ask to be sent off."""
    return call("identity/store/start_oauth", "GET", f"{IDENTITY}/oauth/{provider}", query=query, **request)


def choose(address: str, person: str) -> dict[str, str]:
    """Choose someone on the provider's page, and return what the browser is to bring back."""
    with urllib.request.urlopen(address) as page:
        assert b"Who signs in to the shop?" in page.read()
    return brought(_location(address, urlencode({"person": person})))


def finish(provider: str, query: Any, cookies: list[str], **request: Any) -> Reply:
    """Come back."""
    path = f"{IDENTITY}/oauth/{provider}/callback"
    return call("identity/store/finish_oauth", "GET", path, query=query, cookies=cookies, **request)


def sign_in(provider: str, person: str, query: Any = (), **request: Any) -> Reply:
    """Go there and back; of the shop's cookies the way back has the attempt's alone, as strict ones are not sent on it."""
    off = start(provider, query, **request)
    assert off.status == 302
    return finish(provider, choose(off.headers["location"], person), [cookie_of(off, "__Secure-ravo_oauth")])


def unlink(token: str, provider: str, **proof: Any) -> Reply:
    """Take a provider off."""
    path = f"{IDENTITY}/me/oauth-accounts/{provider}"
    return call("identity/account/remove_oauth_account", "DELETE", path, body=proof, token=token)


def brought(location: str) -> dict[str, str]:
    """What the address that a browser is sent to says."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def cookie_of(reply: Reply, name: str) -> str:
    """A cookie as a browser sends it back."""
    (found,) = [cookie.partition(";")[0] for cookie in reply.cookies if cookie.startswith(f"{name}=")]
    return found


def everything(database: Any) -> list[Any]:
    """All that signing in may write."""
    tables = ("users", "user_roles", "oauth_accounts", "sessions", "refresh_tokens", "outbox_events")
    return [sorted(map(str, database.execute(text(f"SELECT * FROM {table}")))) for table in tables]


def verified(database: Any, email: str = "mia@people.example") -> Reply:
    """Register with a mail address that was proven."""
    reply = register(email)
    database.execute(text("UPDATE users SET email_verified_at = now() WHERE email = :email"), {"email": email})
    return reply


def reason(reply: Reply) -> str:
    """Why someone came out without a session."""
    assert reply.status == 303
    assert not any(
        cookie.startswith(("__Secure-ravo_refresh=", "__Secure-ravo_challenge=")) for cookie in reply.cookies
    )
    return brought(reply.headers["location"])["error"]


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _location(address: str, form: str) -> str:
    opener = urllib.request.build_opener(_NoRedirects)
    with pytest.raises(urllib.error.HTTPError) as sent:
        opener.open(address, data=form.encode())
    with sent.value as redirect:
        assert redirect.code == 302
        return str(redirect.headers["location"])


type Answering = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def misbehaving(answer: Answering) -> Generator[str]:
    """A provider that answers everything so, on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            answer(self)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def handle(self) -> None:
            # Whoever asked may have gone.
            with suppress(OSError):
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def saying(body: bytes | Any, status: int = 200, **headers: str) -> Answering:
    """Answer so."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer
