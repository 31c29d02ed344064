"""Every act of staff is on record: asked of each route by which they change something, in a shop that has one of everything."""

import json
import re
from typing import Any

import pytest
from sqlalchemy import text

from tests.architecture.conftest import WholeShop
from tests.architecture.test_functions import ENDPOINTS, ROUTED, accesses, route_of
from tests.architecture.test_who_may import sample
from tests.catalog.shop import category
from tests.conftest import token_for
from tests.gateway import ROOT, call
from tests.identity.staff import member
from tests.whole_shop import aimed

# These need more than a shop: a payment to give back, and rules on a bus. Tests of their own look at the record.
ELSEWHERE = {"RefundOrder": "tests/sales/test_refunds.py", "ReplayEvent": "tests/operations/test_history.py"}
ELSEWHERE["ReplayEvents"] = ELSEWHERE["ReplayEvent"]
# Where the sample makes what this shop has already, or asks for what its things can't do.
CHANGED = {
    "SetOrderStatus": {"status": "cancelled", "carrier": None, "trackingNumber": None},
    "SetUserRoles": {"roles": ["customer"]},
    "CreateProduct": {"sku": "OTHER", "name": "Other"},
    "CreateTaxRate": {"country": "FR"},
    "CreateShippingZone": {"name": "France", "places": [{"country": "FR"}]},
    "CreatePromotion": {"code": "OTHER"},
}

ACTS = [
    entry
    for entry in ENDPOINTS
    if ROUTED[entry.name].method != "GET"
    and entry.name not in ELSEWHERE
    and type(accesses(route_of(entry.module).dependant)[0]).__name__ == "_Allowed"
]
SECRET_COLUMNS = {"hash", "password_hash", "code_hash", "token_hash", "secret"}
SECRET = re.compile(r"\$argon2|ravo_[a-z0-9]{8}_|\\\\x[0-9a-f]{64}")


def do(entry: Any, url: str, token: str) -> Any:
    """Send the sample, on whatever version the thing is by now."""
    body = json.loads(sample(entry).get("body") or "null")
    if entry.name in CHANGED:
        body |= CHANGED[entry.name]
    for version in range(1, 8):
        sent = body | {"version": version} if body and "version" in body else body
        reply = call(entry.module, ROUTED[entry.name].method, url, body=sent, token=token)
        if reply.status != 409 or reply.error["code"] != "VERSION_CONFLICT":
            return reply
    return reply


@pytest.mark.parametrize("entry", ACTS, ids=lambda entry: entry.name)
def test_an_act_of_staff_is_on_record_with_who_did_what_and_no_secret(entry: Any, whole_shop: WholeShop) -> None:
    database, shop = whole_shop.session, whole_shop.things
    if entry.name == "DeleteCategory":
        shop["categories"] = category(token_for("*"), "Empty")["id"]
    if entry.name == "EnableUser":
        database.execute(text("UPDATE users SET disabled_at = now() WHERE id = :id"), {"id": shop["users"]})
    owner = member(database, role="super_admin")

    reply = do(entry, aimed(ROUTED[entry.name].path, shop), owner.token)

    assert 200 <= reply.status < 300, reply.body
    written = database.execute(
        text("SELECT * FROM audit_log WHERE request_id = :request"), {"request": reply.headers["x-request-id"]}
    ).mappings()
    told = [dict(row) for row in written]
    assert told
    assert {(row["actor_id"], row["actor_kind"], row["action"]) for row in told} == {(owner.id, "user", entry.name)}
    images = [image for row in told for image in (row["before"], row["after"]) if image]
    assert {image[name] for image in images for name in SECRET_COLUMNS & image.keys()} <= {"(secret)", None}
    assert not SECRET.search(json.dumps(images))
    if entry.name in ("CreateApiKey", "IssueGiftCard"):
        shown_once = reply.data["key" if entry.name == "CreateApiKey" else "code"]
        assert shown_once not in json.dumps(images)


def test_what_is_looked_at_elsewhere_is_there() -> None:
    assert set(ELSEWHERE) <= {entry.name for entry in ENDPOINTS}
    for name, path in ELSEWHERE.items():
        written = (ROOT / path).read_text()
        assert f'"{name}"' in written and "audit_log" in written, name
