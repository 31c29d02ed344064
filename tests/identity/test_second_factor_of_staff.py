"""Where the shop requires a second factor of its staff, nothing is done without one."""

from typing import Any

import pytest
from sqlalchemy import text

from ravo.platform import tokens
from ravo.platform.ids import uuid7
from ravo.platform.settings import forget_settings
from tests.gateway import Reply, call
from tests.identity.second_factors import Ada

pytestmark = pytest.mark.usefixtures("own_settings")

CATEGORY = ("catalog/admin/create_category", "POST", "/api/v1/catalog/admin/categories")


def as_staff(*, kind: Any = "user", second_factor: bool = False, permission: str = "products:write") -> Reply:
    token = tokens.sign(
        uuid7(), session_id=uuid7(), roles=["admin"], permissions=[permission], kind=kind, second_factor=second_factor
    )
    return call(*CATEGORY, body={"name": "Women"}, token=token)


@pytest.fixture
def required(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop whose staff need a second factor."""
    monkeypatch.setenv("STAFF_SECOND_FACTOR", "required")
    forget_settings()


def test_where_it_is_required_staff_do_nothing_without_a_second_factor(database: Any, required: None) -> None:
    refused = as_staff()

    assert (refused.status, refused.error["code"]) == (403, "FORBIDDEN")
    assert "second factor" in refused.error["message"]
    assert database.scalar(text("SELECT count(*) FROM categories")) == 0
    assert database.scalar(text("SELECT count(*) FROM audit_log")) == 0
    assert as_staff(second_factor=True).status == 201


def test_it_is_required_where_nothing_is_said(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STAFF_SECOND_FACTOR")
    forget_settings()

    assert as_staff().status == 403


def test_a_second_factor_gives_no_permission(database: Any, required: None) -> None:
    refused = as_staff(second_factor=True, permission="orders:read")

    assert (refused.status, refused.error["message"]) == (403, "You may not do this.")


def test_machines_are_not_locked_out(database: Any, required: None) -> None:
    assert as_staff(kind="key").status == 201


def test_staff_can_set_it_up_where_it_is_required(ada: Ada, database: Any, required: None) -> None:
    role = text(
        "INSERT INTO user_roles (user_id, role_id) SELECT u.id, r.id FROM users u, roles r WHERE r.name = 'admin'"
    )
    database.execute(role)
    assert call(*CATEGORY, body={"name": "Women"}, token=ada.login().data["accessToken"]).status == 403

    ada.turn_on()

    token = ada.login(ada.code()).data["accessToken"]
    assert call(*CATEGORY, body={"name": "Women"}, token=token).status == 201


def test_it_is_optional_where_the_shop_says_so(database: Any) -> None:
    assert as_staff().status == 201
