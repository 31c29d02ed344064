"""A person's data: the whole of it on asking, and none of it after being forgotten, anywhere, with books that still balance."""

import json
import os
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sqlalchemy import text

from ravo.operations.doctor.service import find_drift
from ravo.platform import aws, migrations, valkey
from tests.conftest import token_for
from tests.gateway import Reply, call
from tests.identity.people import IDENTITY, PASSWORD, cookie_of, login, refresh, register
from tests.jobs import drain, recorded, run, scheduled
from tests.mails import mailbox
from tests.sales.carts import add, goods, new_cart, send_to
from tests.sales.orders import admin_order, checkout, move, pay, ready_cart, refund, report

EMAIL = "zephyrine.canary@example.com"
PERSON = {"firstName": "Zephyrine", "lastName": "Quackenbush", "line1": "Canary Lane 77", "city": "Budgerigar", "phone": "+49 30 7777123"}  # fmt: skip
AGENT, NETWORK = "CanaryBrowser/9", "203.0.113.199"
# Whatever stands of the person in a text, these would show it.
CANARY = ("zephyrine", "quackenbush", "canary lane", "budgerigar", "7777123", "canarybrowser", NETWORK)


def export(token: str | None) -> Reply:
    return call("identity/account/export_my_data", "POST", f"{IDENTITY}/me/export", token=token)


def own_requests(token: str) -> Any:
    path = f"{IDENTITY}/me/privacy-requests"
    return call("identity/account/list_my_privacy_requests", "GET", path, token=token).data


def ask(token: str, **body: Any) -> Reply:
    path = f"{IDENTITY}/admin/privacy-requests"
    return call("identity/admin/create_privacy_request", "POST", path, body=body, token=token)


def download(link: str) -> Reply:
    query = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    return call("identity/store/download_personal_data", "GET", f"{IDENTITY}/personal-data", query=query)


def link_in(mail: Any) -> str:
    (link,) = re.findall(r"http\S+/personal-data\?token=\S+", mail.text)
    return link


@pytest.fixture
def canary(database: Any) -> dict[str, Any]:
    """A person who signed up, proved the address, and has something in each table of the account."""
    session = call(
        "identity/store/register", "POST", f"{IDENTITY}/register", address=NETWORK, headers={"user-agent": AGENT},
        body={"email": EMAIL, "password": PASSWORD, "firstName": "Zephyrine", "lastName": "Quackenbush"},
    )  # fmt: skip
    user = {"user": session.data["user"]["id"]}
    for statement in (
        "UPDATE users SET email_verified_at = now() WHERE id = :user",
        "INSERT INTO addresses (id, user_id, label, address) VALUES (uuid7(), :user, 'Quackenbush', '{\"line1\": \"Canary Lane 77\"}')",
        "INSERT INTO consents (id, user_id, purpose, granted, source) VALUES (uuid7(), :user, 'marketing_mail', true, 'registration')",
        "INSERT INTO oauth_accounts (id, user_id, provider, subject, email) VALUES (uuid7(), :user, 'google', '7777123', 'zephyrine@elsewhere.example')",
        "INSERT INTO mailed_tokens (id, user_id, purpose, hash, email, expires_at) VALUES (uuid7(), :user, 'verify_email', '\\x00', 'zephyrine@old.example', now())",
    ):
        database.execute(text(statement), user)
    return {"token": session.data["accessToken"], "cookie": cookie_of(session), "id": user["user"]}


def buy(database: Any, staff_token: str, variant: str, **request: Any) -> Any:
    """Order and pay, as the canary or as a guest with its address."""
    cart = ready_cart(database, (variant, 1), **request)
    assert send_to(cart, email=EMAIL, token=request.get("token"), **PERSON).status == 200
    placed = checkout(cart, token=request.get("token")).data
    pay(placed)
    report(placed)
    drain(database)
    return placed


def finish(order: str, staff_token: str) -> None:
    for status, more in (
        ("processing", {"note": "Zephyrine rang: leave it at Canary Lane"}), ("packed", {}),
        ("shipped", {"carrier": "dhl", "trackingNumber": "T-7777123"}), ("delivered", {}),
    ):  # fmt: skip
        assert move(order, status, staff_token, **more).status == 200


def hits(database: Any) -> list[str]:
    """Every place that still shows the canary: tables, buckets, the table of first answers, Valkey."""
    shown: list[str] = []
    for table in sorted(migrations.table_names()):
        rows = "\n".join(database.scalars(text(f"SELECT t::text FROM {table} t"))).lower()
        shown += [f"table {table}: {word}" for word in CANARY if word in rows]
    s3 = aws.client("s3")
    for bucket in (os.environ["UPLOADS_BUCKET"], os.environ["MEDIA_BUCKET"]):
        for each in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            body = s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read().decode("latin-1").lower()
            shown += [f"bucket {bucket}/{each['Key']}: {word}" for word in CANARY if word in body + each["Key"]]
    answers = json.dumps(aws.client("dynamodb").scan(TableName=os.environ["IDEMPOTENCY_TABLE"])["Items"], default=str)
    shown += [f"first answers: {word}" for word in CANARY if word in answers.lower()]
    for key in valkey.execute("KEYS", "*"):
        kept = f"{key!r} {valkey.execute('DUMP', key)!r}".lower()
        # A limit knows a network address for as long as it counts.
        counts = NETWORK in kept and 0 < valkey.execute("TTL", key) <= 120
        shown += [f"valkey {key!r}: {word}" for word in CANARY if word in kept and not (word == NETWORK and counts)]
    return shown


@pytest.fixture
def wiretap(aws: None) -> Any:
    """A queue that hears whatever goes over the bus."""
    from ravo.platform import aws as clients

    sqs, events, bus = clients.client("sqs"), clients.client("events"), os.environ["EVENT_BUS"]
    url = sqs.create_queue(QueueName="wiretap")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = json.dumps({"source": [{"prefix": "ravo."}]})
    events.put_rule(Name="wiretap", EventBusName=bus, EventPattern=pattern)
    events.put_targets(Rule="wiretap", EventBusName=bus, Targets=[{"Id": "wiretap", "Arn": arn}])

    def heard() -> list[str]:
        bodies: list[str] = []
        while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            bodies += [message["Body"] for message in found]
            for message in found:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    yield heard
    events.remove_targets(Rule="wiretap", EventBusName=bus, Ids=["wiretap"])
    events.delete_rule(Name="wiretap", EventBusName=bus)
    sqs.delete_queue(QueueUrl=url)


def test_who_is_forgotten_is_nowhere_and_the_books_balance(
    database: Any, staff_token: str, canary: Any, wiretap: Any
) -> None:
    first, second, third = goods(staff_token, sizes=("S", "M", "L"))
    box = mailbox()
    own = buy(database, staff_token, first, token=canary["token"])
    guest = buy(database, staff_token, second)
    under_way = buy(database, staff_token, third)
    finish(own["orderId"], staff_token)
    finish(guest["orderId"], staff_token)
    assert refund(own["orderId"], staff_token, amount={"amount": "1.00", "currency": "EUR"}, reason="Quackenbush insists").status == 202  # fmt: skip
    basket = new_cart(token=canary["token"])
    add(basket, first, token=canary["token"])
    assert export(canary["token"]).status == 202
    drain(database)
    assert hits(database)
    sums = database.execute(text("SELECT id, total_amount, tax_amount FROM orders ORDER BY id")).all()

    asked = ask(token_for("privacy:write"), kind="erasure", userId=canary["id"])
    drain(database)

    assert asked.status == 202
    (state,) = database.execute(text("SELECT status, summary FROM privacy_requests WHERE kind = 'erasure'")).mappings()
    assert state["status"] == "done"
    assert (state["summary"]["orders"], state["summary"]["ordersUnderWay"], state["summary"]["accounts"]) == (2, 1, 1)
    # What is under way is still sent to somebody, and erased when it has ended.
    assert {hit.partition(":")[0] for hit in hits(database)} == {"table carts", "table orders"}
    for status, more in (("processing", {}), ("packed", {}), ("shipped", {"carrier": "dhl", "trackingNumber": "T-7777123"}), ("delivered", {})):  # fmt: skip
        assert move(under_way["orderId"], status, staff_token, **more).status == 200
    drain(database)
    scheduled("operations/schedules/apply_retention")

    assert hits(database) == []
    assert not [body for body in wiretap() for word in CANARY if word in body.lower()]
    assert database.execute(text("SELECT id, total_amount, tax_amount FROM orders ORDER BY id")).all() == sums
    assert find_drift() == []
    kept = admin_order(own["orderId"], staff_token)
    assert (kept["email"], kept["shippingAddress"]["country"], kept["shippingAddress"]["line1"]) == ("erased@erased.invalid", "DE", "")  # fmt: skip
    told = [mail.subject for mail in box.take() if mail.to == EMAIL]
    assert "Your data at Ravo is being erased" in told
    (entry,) = database.execute(text("SELECT * FROM audit_log WHERE change = 'erase'")).mappings()
    assert (entry["entity"], entry["entity_id"], entry["after"]["orders"]) == ("users", canary["id"], 2)


def test_who_is_to_be_forgotten_is_shut_out_at_once(database: Any, canary: Any) -> None:
    ask(token_for("privacy:write"), kind="erasure", userId=canary["id"])

    assert login(EMAIL).status == 401
    assert refresh(canary["cookie"]).status == 401
    assert export(canary["token"]).status == 401


def test_a_guest_is_forgotten_by_a_proven_address_and_nobody_else_is(
    database: Any, staff_token: str, canary: Any
) -> None:
    (variant,) = goods(staff_token)
    cart = ready_cart(database, (variant, 1))
    send_to(cart, email="Guest@Example.com", firstName="Guest")
    theirs = checkout(cart).data["orderId"]
    mine = checkout(ready_cart(database, (variant, 1), token=canary["token"]), token=canary["token"]).data["orderId"]
    for order in (theirs, mine):
        assert move(order, "cancelled", staff_token).status == 200

    assert ask(token_for("privacy:write"), kind="erasure", email="guest@example.com").status == 202
    drain(database)

    assert admin_order(theirs, staff_token)["email"] == "erased@erased.invalid"
    assert admin_order(mine, staff_token)["email"] == "ada@example.com"
    assert database.scalar(text("SELECT email FROM privacy_requests")) is None
    assert database.scalar(text("SELECT count(*) FROM users")) == 1


def test_an_address_that_was_not_proven_reaches_no_guests_order(database: Any, staff_token: str) -> None:
    (variant,) = goods(staff_token)
    order = checkout(ready_cart(database, (variant, 1))).data["orderId"]
    thief = register("ada@example.com").data
    box = mailbox()

    export(thief["accessToken"])
    ask(token_for("privacy:write"), kind="erasure", userId=thief["user"]["id"])
    kinds = [event for event in recorded(database) if event.type == "personal_data.export_requested"]
    run("operations/jobs/copy_personal_data", kinds[0].detail)
    (mail,) = [each for each in box.take() if "personal-data" in each.text]
    copied = requests.get(download(link_in(mail)).headers["location"], timeout=60).json()
    drain(database)

    assert copied["orders"] == []
    assert admin_order(order, staff_token)["email"] == "ada@example.com"


def test_a_copy_holds_everything_and_its_link_ends(database: Any, staff_token: str, canary: Any) -> None:
    (variant,) = goods(staff_token)
    buy(database, staff_token, variant)
    box = mailbox()

    asked = export(canary["token"])
    drain(database)

    assert (asked.status, asked.data["status"]) == (202, "requested")
    (mail,) = [each for each in box.take() if "personal-data" in each.text]
    assert (mail.to, mail.subject) == (EMAIL, "Your data at Ravo")
    reply = download(link_in(mail))
    assert (reply.status, reply.headers["cache-control"]) == (303, "private, no-store")
    whole = requests.get(reply.headers["location"], timeout=60).json()
    assert whole["format"] == "ravo.personal-data.1"
    assert (whole["account"][0]["email"], whole["addresses"][0]["address"]["line1"]) == (EMAIL, "Canary Lane 77")
    assert (whole["consents"][0]["purpose"], whole["otherProviders"][0]["provider"]) == ("marketing_mail", "google")
    assert (len(whole["orders"]), whole["orders"][0]["shipping_address"]["city"]) == (1, "Budgerigar")
    assert (whole["sessions"][0]["network_address"], len(whole["orderItems"]), len(whole["payments"])) == (
        NETWORK,
        1,
        1,
    )
    assert {each["kind"] for each in whole["mails"]} >= {"sales.order_placed", "sales.order_paid"}
    assert "password" not in json.dumps(whole).lower()
    (mine,) = own_requests(canary["token"])
    assert (mine["kind"], mine["status"]) == ("export", "done")

    again = export(canary["token"])
    assert (again.status, again.error["code"]) == (409, "CONFLICT")
    database.execute(text("UPDATE privacy_requests SET expires_at = now() - interval '1 second'"))
    assert download(link_in(mail)).status == 404
    scheduled("operations/schedules/apply_retention")
    gone = aws.client("s3").list_objects_v2(Bucket=os.environ["UPLOADS_BUCKET"], Prefix=f"personal-data/{mine['id']}")
    assert gone["KeyCount"] == 0
    assert own_requests(canary["token"])[0]["status"] == "expired"


def test_a_copy_told_twice_is_mailed_once(database: Any, canary: Any) -> None:
    box = mailbox()
    export(canary["token"])
    (event,) = recorded(database, "personal_data.export_requested")

    assert run("operations/jobs/copy_personal_data", event.detail, event.detail) == []
    assert run("operations/jobs/copy_personal_data", event.detail) == []

    assert len(box.take()) == 1


@pytest.mark.parametrize("token", ["x", "x" * 200, "../../etc/passwd"])
def test_a_made_up_link_opens_nothing(database: Any, token: str) -> None:
    reply = download(f"/?token={token}")

    assert (reply.status, reply.error["message"]) == (404, "This link is no longer good. Ask for another copy.")


def test_staff_ask_for_an_account_or_an_address_not_both_and_see_what_was_asked(database: Any, canary: Any) -> None:
    writer, reader = token_for("privacy:write"), token_for("privacy:read")
    unknown = "01936b7e-8c1a-7def-9a3b-2f4c5d6e7f80"

    assert ask(writer, kind="export").status == 422
    assert ask(writer, kind="export", userId=canary["id"], email=EMAIL).status == 422
    assert ask(writer, kind="burn", email=EMAIL).status == 422
    assert ask(writer, kind="erasure", userId=unknown).status == 404
    assert ask(reader, kind="erasure", userId=canary["id"]).status == 403
    assert database.scalar(text("SELECT count(*) FROM privacy_requests")) == 0

    for number in range(3):
        assert ask(writer, kind="export", email=f"guest{number}@example.com").status == 202
    path = f"{IDENTITY}/admin/privacy-requests"
    first = call("identity/admin/list_privacy_requests", "GET", path, query={"limit": 2}, token=reader)
    rest = call(
        "identity/admin/list_privacy_requests", "GET", path, token=reader,
        query={"limit": 2, "cursor": first.json["pagination"]["nextCursor"]},
    )  # fmt: skip
    assert (len(first.data), len(rest.data), rest.json["pagination"]["hasNext"]) == (2, 1, False)
    ids = [each["id"] for each in (*first.data, *rest.data)]
    assert ids == sorted(ids, reverse=True)


def test_a_ledgers_facts_stay_when_its_words_go(database: Any, staff_token: str) -> None:
    from sqlalchemy.exc import DBAPIError

    (variant,) = goods(staff_token)
    checkout(ready_cart(database, (variant, 1)))

    with pytest.raises(DBAPIError, match="is a ledger"), database.begin_nested():
        database.execute(text("UPDATE order_events SET kind = 'other'"))
    with pytest.raises(DBAPIError, match="is a ledger"), database.begin_nested():
        database.execute(text("UPDATE order_events SET note = 'other words'"))
