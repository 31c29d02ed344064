"""Pages of others: what knows a browser by its cookie alone answers pages of the shop's own, and whatever is no browser."""

from typing import Any

import pytest
from sqlalchemy import text

from ravo.platform.settings import forget_settings
from tests.gateway import Reply, call
from tests.identity.accounts import send
from tests.identity.people import IDENTITY, cookie_of, refresh, register

FOREIGN = [
    "https://evil.example", "null", "http://localhost:8001", "https://localhost:8000", "http://localhost:8000.evil.example",
    "http://blog.shop.example", "https://shop.example:444",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _allowed(database: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("ALLOWED_ORIGINS", "https://shop.example, https://office.example")
    forget_settings()
    yield
    monkeypatch.undo()
    forget_settings()


def logout(cookie: str, **request: Any) -> Reply:
    return send("store/logout", "POST", "logout", cookies=[cookie], **request)


def pass_second_factor(**request: Any) -> Reply:
    path, body = f"{IDENTITY}/login/second-factor", {"oneTimePassword": "123456"}
    return call("identity/store/pass_second_factor", "POST", path, body=body, **request)


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_page_of_another_host_neither_goes_on_with_a_session_nor_ends_it(database: Any, origin: str) -> None:
    cookie, headers = cookie_of(register()), {"origin": origin}

    replies = [logout(cookie, headers=headers), refresh(cookie, headers=headers), pass_second_factor(headers=headers)]

    assert [(reply.status, reply.error["message"]) for reply in replies] == [
        (403, "Only pages of the shop's own may ask for this.")
    ] * 3
    assert [reply.cookies for reply in replies] == [[], [], []]
    assert database.scalar(text("SELECT count(*) FROM sessions WHERE ended_at IS NOT NULL")) == 0
    assert database.scalar(text("SELECT count(*) FROM refresh_tokens WHERE used_at IS NOT NULL")) == 0


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "http://localhost:8000"}, {"origin": "https://shop.example"}, {"origin": "https://office.example"}],
)
def test_pages_of_the_shop_s_own_and_what_is_no_browser_are_answered(database: Any, headers: dict[str, str]) -> None:
    again = refresh(cookie_of(register()), headers=headers)

    assert again.status == 200
    assert pass_second_factor(headers=headers).status == 401
    assert logout(cookie_of(again), headers=headers).status == 204
