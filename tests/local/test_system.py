"""The whole system as a process: side by side with another, mended while it runs, and ended without a trace."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from local.demo import shopper
from local.demo.buying_story import ADDRESS, EMAIL, ORDERS, SALES
from local.demo.client import API, Shop
from local.demo.terms import CODE, set_terms
from local.owner import OWNER, PASSWORD
from tests.local.running import READY, Running, alive, command_line, copy_of_the_tree, eventually

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes as Linux shows them")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Running]]:
    """Two copies of the project, running side by side."""
    folder = tmp_path_factory.mktemp("system")
    both = tuple(Running(copy_of_the_tree(folder / name), folder / f"{name}-state") for name in ("one", "two"))
    try:
        for running in both:
            running.wait_until_it_runs()
        yield both[0], both[1]
    finally:
        for running in both:
            running.end()


@pytest.fixture(scope="module")
def system(pair: tuple[Running, Running]) -> Running:
    return pair[0]


@pytest.mark.thorough
def test_two_copies_run_side_by_side_and_share_nothing(pair: tuple[Running, Running]) -> None:
    one, two = pair
    assert [running.get(READY)[0] for running in pair] == [200, 200]
    assert one.state != two.state
    assert not one.descendants() & two.descendants()
    body = json.dumps({"email": "a@b.example", "password": "a long enough one", "firstName": "A", "lastName": "B"})
    first, again = (one.get("/api/v1/identity/register", "POST", body.encode()) for _ in range(2))
    other = two.get("/api/v1/identity/register", "POST", body.encode())
    assert [status for status, _ in (first, other)] == [201, 201], first
    assert again[0] == 409


def test_a_second_one_on_the_same_folder_is_refused_with_the_process_that_has_it(system: Running) -> None:
    status, _, said = system.told("run")
    assert status == 1
    assert f"process {system.process.pid} already uses {system.state}" in said
    status, _, said = system.told("reset")
    assert (status, str(system.process.pid) in said) == (1, True)
    assert system.get(READY)[0] == 200


@pytest.mark.thorough
def test_once_it_is_ready_its_owner_can_sign_in_and_there_is_a_shop(system: Running, tmp_path: Path) -> None:
    fresh = Running(system.tree, tmp_path / "fresh")
    try:
        early = eventually(lambda: fresh.get(READY)[0], within=60)
        eventually(lambda: fresh.get(READY)[0] == 200, within=60)
        owner = json.dumps({"email": OWNER, "password": PASSWORD}).encode()
        assert fresh.get("/api/v1/identity/login", "POST", owner)[0] == 200
        assert fresh.json("/api/v1/catalog/products")["pagination"]["total"] > 0
        assert early == 503
    finally:
        fresh.end()


def test_a_port_that_somebody_has_is_named(system: Running, tmp_path: Path) -> None:
    stranger = Running(system.tree, tmp_path / "stranger")
    stranger.end()
    stranger.port = system.port
    status, _, said = stranger.told("run")
    assert (status, f"port {system.port}" in said) == (1, True), said


def test_a_function_is_invoked_in_the_system_that_runs(system: Running, tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text('{"force": true}')
    status, out, said = system.told("invoke", "SweepOutbox", "--event", str(event))
    assert (status, json.loads(out)) == (0, None)
    assert f"process {system.process.pid}" in said
    assert "schedule ran" in said
    assert system.json("/_local/state.json")["invocations"][0]["function"] == "SweepOutbox"
    status, _, said = system.told("invoke", "NoSuchThing", "--event", str(event))
    assert (status, "There is no function NoSuchThing" in said) == (1, True)


def test_another_site_s_page_can_fire_and_invoke_nothing(system: Running) -> None:
    from http.client import HTTPConnection

    connection = HTTPConnection("127.0.0.1", system.port, timeout=10)
    for path in ("/_local/fire/SweepOutboxEveryMinute", "/_local/invoke/SweepOutbox"):
        connection.request("POST", path, b"{}", {"origin": "http://evil.example"})
        with connection.getresponse() as answer:
            assert answer.status == 405
            answer.read()
    connection.close()
    assert system.get("/_local/fire/SweepOutboxEveryMinute", "POST")[0] == 303


def test_an_order_goes_from_the_cart_to_a_payment_that_stripe_reports_through_the_gateway(system: Running) -> None:
    guest = Shop(f"http://localhost:{system.port}")
    staff = Shop(guest.url)
    staff.sign_in(OWNER, PASSWORD)
    variant = next(level for level in staff.get("/inventory/admin/stock", limit=100)["data"] if level["available"] > 5)
    cart = guest.post(f"{SALES}/carts", {"locale": "de"})
    path = f"{SALES}/carts/{cart['id']}"
    guest.post(f"{path}/items", {"variantId": variant["variantId"]})
    guest.post(f"{path}/discounts", {"code": CODE})
    guest.put(f"{path}/address", {"email": EMAIL, "shippingAddress": ADDRESS})
    option = guest.get(f"{path}/shipping-options")["data"][0]
    total = guest.put(f"{path}/shipping", {"shippingRateId": option["id"]})["totals"]["total"]

    placed = guest.post(f"{SALES}/checkout", {"cartId": cart["id"], "expectedTotal": total}, key=str(uuid4()))
    stripe = next(service for service in system.json("/_local/state.json")["services"] if "Stripe" in service["name"])
    assert shopper.pay(stripe["url"], placed["payment"]["clientSecret"]) == shopper.Tried("succeeded")

    def order() -> dict[str, Any]:
        return staff.get(f"{ORDERS}/{placed['orderId']}")["data"]

    eventually(lambda: order()["status"] == "payment_confirmed")
    assert order()["charged"] == placed["totals"]["total"] == total
    (left,) = [
        level
        for level in staff.get("/inventory/admin/stock", search=variant["sku"])["data"]
        if level["sku"] == variant["sku"]
    ]
    assert (left["onHand"], left["reserved"]) == (variant["onHand"] - 1, 0)


def test_what_the_demo_shop_charges_is_entered_once_and_left_as_staff_change_it(system: Running) -> None:
    staff = Shop(f"http://localhost:{system.port}")
    staff.sign_in(OWNER, PASSWORD)

    def terms() -> list[Any]:
        return [staff.get(f"{SALES}/admin/{what}")["data"] for what in ("tax-rates", "shipping-zones", "promotions")]

    before = terms()
    assert [len(each) for each in before] == [4, 3, 2]
    austria = next(rate for rate in before[0] if rate["country"] == "AT")
    changed = json.dumps({"percent": "10", "version": austria["version"]}).encode()
    path = f"{API}{SALES}/admin/tax-rates/{austria['id']}"
    assert staff.send("PATCH", staff.url + path, changed, {"content-type": "application/json"}).status == 200
    before = terms()
    set_terms(staff)
    assert terms() == before


@pytest.mark.thorough
@pytest.mark.parametrize("words", ["postgres -D", "redis-server", "local.stand_in"])
def test_a_part_killed_is_started_again_and_the_system_is_ready_again(system: Running, words: str) -> None:
    victim = system.child(words)
    os.kill(victim, signal.SIGKILL)
    eventually(lambda: "ended; starting it again" in system.printed())
    eventually(lambda: system.get(READY)[0] == 200)
    assert system.child(words) != victim


@pytest.mark.thorough
def test_the_stripe_stand_in_killed_is_started_again(system: Running) -> None:
    words = "local.stripe_stand_in"
    victim = system.child(words)
    os.kill(victim, signal.SIGKILL)
    # No endpoint's readiness waits for it.
    eventually(lambda: [pid for pid in system.descendants() - {victim} if words in command_line(pid)])
    assert system.get(READY)[0] == 200


@pytest.mark.thorough
def test_all_workers_killed_at_once_are_replaced(system: Running) -> None:
    workers = set(system.json("/_local/state.json")["environments"])
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    eventually(lambda: not workers & set(system.json("/_local/state.json")["environments"]))
    assert system.get(READY)[0] == 200


def test_changed_code_and_templates_are_taken_up_as_they_are_saved(system: Running) -> None:
    file = system.tree / "functions" / "operations" / "store" / "get_health.py"
    path = "/api/v1/health"
    assert b"reloaded" not in system.get(path)[1]
    file.write_text(
        file.read_text() + '\n\ndef handler(event, context):\n    return {"statusCode": 200, "body": "reloaded"}\n'
    )
    eventually(lambda: system.get(path) == (200, b"reloaded"))

    template = system.tree / "functions" / "operations" / "template.yaml"
    template.write_text(template.read_text().replace('Path: "/api/v1/health"}', 'Path: "/api/v1/moved"}'))
    eventually(lambda: system.get("/api/v1/moved") == (200, b"reloaded"))
    assert system.get(path)[0] == 404

    template.write_text("Resources: [")
    eventually(lambda: "not reloaded" in system.printed())
    assert system.get("/api/v1/moved") == (200, b"reloaded")


@pytest.mark.thorough
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_however_it_ends_no_process_of_it_is_left(pair: tuple[Running, Running], number: signal.Signals) -> None:
    one, two = pair
    # The third one starts on what the second one left, with a process for each function.
    running = {signal.SIGTERM: one, signal.SIGINT: two}.get(number) or Running(two.tree, two.state, "--isolated")
    try:
        running.wait_until_it_runs()
        assert running.get(READY)[0] == 200
        below = running.descendants()
        assert len(below) > 5
    finally:
        status = running.end(number)
    assert status == (-9 if number == signal.SIGKILL else 0)
    eventually(lambda: not alive(below), within=10)


@pytest.mark.thorough
def test_a_function_is_invoked_where_no_system_runs(pair: tuple[Running, Running], tmp_path: Path) -> None:
    _, ended = pair
    ended.end()
    event = tmp_path / "event.json"
    event.write_text('{"force": true}')
    status, out, said = ended.told("invoke", "SweepOutbox", "--event", str(event))
    assert (status, json.loads(out)) == (0, None), said
    assert "In the system" not in said
