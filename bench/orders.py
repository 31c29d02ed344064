"""A whole order on the running system, placed, paid and mailed: the processor time of each part of the system."""

import os
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.journey import ADDRESS
from bench.report import number, table
from bench.served import Served, served, throwaway_folder
from local.demo.client import Shop
from local.demo.shopper import pay

WARM_UP, ORDERS = 5, 30
# By then, the queues have long finished the work of a paid order.
SETTLED_AFTER_SECONDS = 6.0
IDLE_SECONDS = 10.0
# Parts by a text in their command line; the first match counts.
PARTS = {
    "local.worker": "workers",
    "local.stand_in": "AWS stand-in",
    "local.stripe_stand_in": "Stripe stand-in",
    "local.provider_stand_in": "sign-in stand-in",
    "postgres": "database",
    "redis": "cache",
    "bench.serve": "gateway and pollers",
}

type Seconds = defaultdict[str, float]


def run() -> None:
    """Start a shop, watch it idle, let a guest order and pay, and print each part's processor time."""
    with throwaway_folder() as folder, served(folder / "state", shop=True) as running:
        guest, variants = Shop(running.url), _variants(Shop(running.url))
        for _ in range(WARM_UP):
            _order(running, guest, variants)
        time.sleep(SETTLED_AFTER_SECONDS)
        idle = _spent(running)
        time.sleep(IDLE_SECONDS)
        parts, functions, began = _spent(running), _functions(running), time.monotonic()
        idle = _less(parts, idle)
        for _ in range(ORDERS):
            _order(running, guest, variants)
        time.sleep(SETTLED_AFTER_SECONDS)
        took, after = _less(_spent(running), parts), _functions(running)
        resting = (time.monotonic() - began) / IDLE_SECONDS
    _print_parts(took, idle, resting)
    _print_functions(functions, after)


def _print_parts(took: Seconds, idle: Seconds, resting: float) -> None:
    rows = [
        [
            name,
            number(max(0.0, seconds - idle[name] * resting) * 1000 / ORDERS),
            number(idle[name] * 1000 / IDLE_SECONDS),
        ]
        for name, seconds in sorted(took.items())
    ]
    total = [sum(float(row[place]) for row in rows) for place in (1, 2)]
    table(
        "Processor time of a whole paid order, milliseconds",
        ["part", "an order", "a second of rest"],
        [*rows, ["all", *map(number, total)]],
        "What the system takes in the same time without orders is taken off.",
    )


def _print_functions(before: dict[str, Any], after: dict[str, Any]) -> None:
    rows: list[tuple[float, list[str]]] = []
    for name, spent in after.items():
        known = before.get(name, {"calls": 0, "processor": 0.0})
        calls, seconds = spent["calls"] - known["calls"], spent["processor"] - known["processor"]
        if calls:
            rows.append((seconds, [name, number(calls / ORDERS), number(seconds * 1000 / ORDERS)]))
    table(
        "The same by function",
        ["function", "calls an order", "ms an order"],
        [row for _, row in sorted(rows, reverse=True)],
        f"All functions: {number(sum(seconds for seconds, _ in rows) * 1000 / ORDERS)} ms.",
    )


def _variants(guest: Shop) -> Iterator[str]:
    """Yield variants that are in stock, one after the other."""
    found: list[str] = []
    for product in guest.get("/catalog/products", inStock="true", limit=50)["data"]:
        details = guest.get(f"/catalog/products/{product['slug']}")["data"]
        found += [variant["id"] for variant in details["variants"] if variant["stock"] == "in_stock"]
    while True:
        yield from found


def _order(running: Served, guest: Shop, variants: Iterator[str]) -> None:
    cart = guest.post("/sales/carts", {})
    at = f"/sales/carts/{cart['id']}"
    guest.post(f"{at}/items", {"variantId": next(variants), "quantity": 1})
    guest.put(f"{at}/address", {"email": "shopper@bench.example", "shippingAddress": ADDRESS})
    rates = guest.get(f"{at}/shipping-options")["data"]
    guest.put(f"{at}/shipping", {"shippingRateId": rates[0]["id"]})
    placed = guest.post("/sales/checkout", {"cartId": cart["id"]}, key=str(uuid4()))
    pay(running.environment["STRIPE_API_BASE"], placed["payment"]["clientSecret"])


def _functions(running: Served) -> dict[str, Any]:
    return _state(running)["spent"]


def _state(running: Served) -> dict[str, Any]:
    return Shop(running.url).send("GET", f"{running.url}/_local/state.json").document


def _spent(running: Served) -> Seconds:
    """Return the seconds that each part has used; those of the pollers are a figure of their own."""
    spent: Seconds = defaultdict(float)
    for pid in _tree(running.pid):
        part = _part(pid)
        if part:
            spent[part] += _seconds(pid)
    return spent


def _less(after: Seconds, before: Seconds) -> Seconds:
    return defaultdict(float, {name: seconds - before[name] for name, seconds in after.items()})


def _tree(root: int) -> Iterator[int]:
    """Yield a process and everything that it has started. This only works on Linux."""
    yield root
    for task in Path(f"/proc/{root}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from _tree(int(child))


def _part(pid: int) -> str | None:
    command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return next((part for piece, part in PARTS.items() if piece in command), None)


def _seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    # utime, stime, and those of children that have ended.
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
