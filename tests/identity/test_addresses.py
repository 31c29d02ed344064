"""Addresses that people keep: right for their country, twenty at most, one where things go and one who pays."""

from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from ravo.platform import postal
from ravo.platform.addresses import Address
from ravo.platform.countries import COUNTRIES
from tests.catalog.shop import NOWHERE
from tests.gateway import Reply
from tests.identity.accounts import send
from tests.identity.people import register

HOME = {
    "firstName": "Ada", "lastName": "Berg", "line1": "Hauptstraße 1", "city": "Berlin", "postalCode": "10827",
    "country": "DE",
}  # fmt: skip


@pytest.fixture
def token(database: Any) -> str:
    return register().data["accessToken"]


def keep(token: str | None, **body: Any) -> Reply:
    return send("account/create_address", "POST", "me/addresses", body={"address": HOME} | body, token=token)


def kept(token: str | None) -> Any:
    return send("account/list_addresses", "GET", "me/addresses", token=token).data


def change(token: str | None, address_id: str, **body: Any) -> Reply:
    return send("account/update_address", "PATCH", f"me/addresses/{address_id}", body=body, token=token)


def remove(token: str | None, address_id: str) -> Reply:
    return send("account/delete_address", "DELETE", f"me/addresses/{address_id}", token=token)


def test_an_address_is_kept_changed_and_deleted(token: str) -> None:
    made = keep(token, label="Home", isDefaultShipping=True)

    assert made.status == 201
    assert made.headers["location"] == f"/api/v1/identity/me/addresses/{made.data['id']}"
    assert made.data["address"] == HOME | {"company": "", "line2": "", "region": "", "phone": ""}
    assert (made.data["label"], made.data["version"]) == ("Home", 1)
    assert (made.data["isDefaultShipping"], made.data["isDefaultBilling"]) == (True, False)
    assert kept(token) == [made.data]

    moved = change(token, made.data["id"], version=1, address=HOME | {"line1": "Nebenstraße 2"}, isDefaultBilling=True)

    assert (moved.status, moved.data["version"], moved.data["label"]) == (200, 2, "Home")
    assert moved.data["address"]["line1"] == "Nebenstraße 2"
    assert (moved.data["isDefaultShipping"], moved.data["isDefaultBilling"]) == (True, True)
    assert change(token, made.data["id"], version=1, label="Late").error["code"] == "VERSION_CONFLICT"
    assert kept(token) == [moved.data]
    assert [remove(token, made.data["id"]).status for _ in range(2)] == [204, 404]
    assert kept(token) == []


def test_there_is_one_default_of_each_kind(token: str) -> None:
    first = keep(token, isDefaultShipping=True, isDefaultBilling=True).data
    second = keep(token, isDefaultShipping=True).data
    third = keep(token).data

    def defaults() -> list[tuple[bool, bool]]:
        return [(each["isDefaultShipping"], each["isDefaultBilling"]) for each in reversed(kept(token))]

    assert defaults() == [(False, True), (True, False), (False, False)]
    assert change(token, third["id"], version=1, isDefaultShipping=True, isDefaultBilling=True).status == 200
    assert defaults() == [(False, False), (False, False), (True, True)]
    assert change(token, third["id"], version=2, isDefaultShipping=False).status == 200
    assert defaults() == [(False, False), (False, False), (False, True)]
    # Who lost a default was changed by that, and a change made on what stood before is told so.
    assert change(token, second["id"], version=1, label="x").error["code"] == "VERSION_CONFLICT"
    assert change(token, first["id"], version=3, label="x").status == 200


def test_a_change_that_is_refused_takes_no_default_away(token: str) -> None:
    keep(token, isDefaultShipping=True)
    other = keep(token).data

    assert change(token, other["id"], version=9, isDefaultShipping=True).status == 409
    assert change(token, NOWHERE, version=1, isDefaultShipping=True).status == 404

    assert [each["isDefaultShipping"] for each in kept(token)] == [False, True]


def test_a_strangers_address_is_not_there(token: str) -> None:
    theirs = keep(register("eve@example.com").data["accessToken"], label="Hers").data

    assert change(token, theirs["id"], version=1, label="Mine").status == 404
    assert remove(token, theirs["id"]).status == 404
    assert kept(token) == []
    assert keep(None).status == 401


def test_nobody_keeps_more_than_twenty(database: Any, token: str) -> None:
    add = "INSERT INTO addresses (id, user_id, address) SELECT uuid7(), id, '{}' FROM users, generate_series(1, 19)"
    database.execute(text(add))

    assert keep(token).status == 201
    late = keep(token)

    assert (late.status, late.error["message"]) == (409, "An account keeps 20 addresses at most.")
    assert len(kept(token)) == 20


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ({"postalCode": ""}, "address.postalCode", "is needed in DE"),
        ({"postalCode": "1082"}, "address.postalCode", "is no postal code of DE, which look like 26133"),
        ({"city": " "}, "address.city", "is needed in DE"),
        ({"country": "XX"}, "address.country", "XX is no country that ISO 3166-1 knows"),
        ({"country": "US"}, "address.region", "is needed in US"),
        ({"country": "US", "region": "XX"}, "address.region", "is no region of US by ISO 3166-2"),
        ({"country": "US", "region": "CA"}, "address.postalCode", "does not lie in US-CA"),
        ({"country": "CH"}, "address.postalCode", "is no postal code of CH, which look like 2544"),
        ({"userId": NOWHERE}, "address.userId", "Extra inputs are not permitted"),
    ],
)
def test_what_is_wrong_with_an_address_is_told_at_its_part(
    token: str, wrong: dict[str, str], field: str, message: str
) -> None:
    reply = keep(token, address=HOME | wrong)

    assert (reply.status, reply.error["details"]) == (422, [{"field": field, "message": message}])
    assert kept(token) == []


@pytest.mark.parametrize("more", [{"userId": NOWHERE}, {"id": NOWHERE}, {"version": 7}, {"label": "x" * 61}])
def test_a_field_that_nobody_may_set_is_refused(token: str, more: Any) -> None:
    assert keep(token, **more).status == 422
    assert kept(token) == []


@pytest.mark.parametrize(
    ("given", "region", "postal_code"),
    [
        ({"country": "US", "region": "ca", "postalCode": "94601"}, "CA", "94601"),
        ({"country": "GB", "postalCode": " sw1a  1aa"}, "", "SW1A 1AA"),
        ({"country": "CA", "region": "ON", "postalCode": "k1a 0b1"}, "ON", "K1A 0B1"),
        ({"country": "JP", "region": "13", "postalCode": "154-0023"}, "13", "154-0023"),
        ({"country": "ES", "region": "B", "postalCode": "08001"}, "B", "08001"),
        ({"country": "IE", "postalCode": ""}, "", ""),
        ({"country": "HK", "city": "", "postalCode": ""}, "", ""),
        ({"country": "US", "region": "AE", "postalCode": "09001"}, "AE", "09001"),
    ],
)
def test_each_country_has_its_own_addresses(token: str, given: Any, region: str, postal_code: str) -> None:
    reply = keep(token, address=HOME | given)

    assert reply.status == 201, reply.body
    assert (reply.data["address"]["region"], reply.data["address"]["postalCode"]) == (region, postal_code)


def test_there_are_rules_for_every_country_and_their_examples_keep_them() -> None:
    for country in sorted(COUNTRIES):
        rules = postal.rules_of(country)
        assert not rules.example or rules.postal_code is None or rules.postal_code.fullmatch(rules.example), country
        assert all(0 < len(code) <= 8 and code.isalnum() and code.isupper() | code.isdigit() for code in rules.regions)


def test_what_is_no_country_is_told_alone() -> None:
    with pytest.raises(ValidationError) as refused:
        Address.model_validate(HOME | {"country": "ZZ", "region": "CA", "postalCode": "1"})

    assert [error["loc"] for error in refused.value.errors()] == [("country",)]


def test_keeping_an_address_costs_the_same_however_many_there_are(token: str, statements: list[str]) -> None:
    counts: list[int] = []
    for _ in range(3):
        statements.clear()
        assert keep(token, isDefaultShipping=True).status == 201
        counts.append(len(statements))

    assert counts == [5, 5, 5]
    statements.clear()
    assert len(kept(token)) == 3
    assert len(statements) == 1
