"""Closing an account: by who can prove to be its owner, at once, and never the last owner of the shop."""

from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.identity.super_admins import service as super_admins
from ravo.identity.super_admins.errors import LastOwner
from ravo.platform.ids import uuid7
from tests.at_once import connections, in_transactions_at_once
from tests.identity.accounts import close, joined, sessions, verify
from tests.identity.people import cookie_of, login, me, refresh, register
from tests.jobs import recorded
from tests.mails import mailbox

PROMOTE = """
    INSERT INTO user_roles (user_id, role_id) SELECT users.id, roles.id FROM users, roles
    WHERE users.email = :email AND roles.name = 'super_admin'
"""


def test_a_closed_account_is_left_at_once_and_its_erasure_is_asked_for(database: Any) -> None:
    other = register()
    here = login()
    token = here.data["accessToken"]

    assert close(token).status == 204

    assert me(token).status == 401
    assert login().status == 401
    assert [refresh(cookie_of(each)).status for each in (other, here)] == [401, 401]
    request = database.execute(text("SELECT * FROM privacy_requests")).mappings().one()
    user = here.data["user"]["id"]
    assert (str(request["user_id"]), request["kind"], request["status"]) == (user, "erasure", "requested")
    assert request["requested_by"] == request["user_id"]
    (event,) = recorded(database, "erasure.requested")
    assert (event.detail["aggregateId"], event.detail["data"]) == (str(request["id"]), {})
    assert close(token).status == 401


def test_the_address_of_a_closed_account_is_free_again(database: Any) -> None:
    close(register().data["accessToken"])

    assert register().status == 201


def test_links_of_a_closed_account_are_good_for_nothing(database: Any) -> None:
    token, link = joined(database, mailbox())

    close(token)

    assert verify(link).status == 422


@pytest.mark.parametrize(
    "body", [{}, {"currentPassword": None}, {"currentPassword": "wrong password"}, {"userId": "x"}, []]
)
def test_without_the_password_nothing_is_closed(database: Any, body: Any) -> None:
    token = register().data["accessToken"]

    refused = close(token, body)

    assert refused.status == 422
    assert me(token).status == 200
    assert recorded(database, "erasure.requested") == []
    assert len(sessions(token).data) == 1
    assert close(None).status == 401


def test_who_has_no_password_has_to_have_come_in_just_now(database: Any) -> None:
    token = register().data["accessToken"]
    database.execute(text("UPDATE users SET password_hash = NULL"))
    database.execute(text("UPDATE sessions SET created_at = now() - interval '6 minutes'"))

    late = close(token, {})

    assert (late.status, late.error["code"]) == (403, "FORBIDDEN")
    assert me(token).status == 200
    database.execute(text("UPDATE sessions SET created_at = now() - interval '4 minutes'"))
    assert close(token, {}).status == 204


def test_the_last_owner_stays(database: Any) -> None:
    token = register().data["accessToken"]
    register("eve@example.com")
    database.execute(text(PROMOTE), {"email": "ada@example.com"})

    alone = close(token)

    assert (alone.status, alone.error["message"]) == (
        409,
        "The shop would be left without a super admin who can sign in. Make another one first.",
    )
    assert me(token).status == 200
    database.execute(text(PROMOTE), {"email": "eve@example.com"})
    database.execute(text("UPDATE users SET disabled_at = now() WHERE email = 'eve@example.com'"))
    assert close(token).status == 409
    database.execute(text("UPDATE users SET disabled_at = NULL"))
    assert close(token).status == 204


def test_of_two_owners_who_leave_at_once_one_stays(migrated: None) -> None:
    ids = [uuid7(), uuid7()]

    def leave(user: UUID, session: Session) -> None:
        super_admins.ensure_another(session, user)
        session.execute(text("UPDATE users SET deleted_at = now() WHERE id = :id"), {"id": user})
        session.execute(text("SELECT pg_sleep(0.2)"))

    with connections() as engine:
        with engine.begin() as connection:
            for n, user in enumerate(ids):
                values = {"id": user, "email": f"owner{n}@example.com"}
                insert = text("INSERT INTO users (id, email, password_hash) VALUES (:id, :email, '-')")
                connection.execute(insert, values)
                connection.execute(text(PROMOTE), {"email": values["email"]})
        try:
            outcomes = in_transactions_at_once(engine, *(partial(leave, user) for user in ids), refusing=LastOwner)
        finally:
            with engine.begin() as connection:
                connection.execute(text("DELETE FROM users WHERE id = ANY(:ids)"), {"ids": ids})

    assert sorted(isinstance(each, LastOwner) for each in outcomes) == [False, True]
