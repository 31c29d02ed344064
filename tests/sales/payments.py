"""Payments in tests: what staff see of them, and the books compared with what the provider knows."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

from ravo.adapters import stripe
from tests.gateway import call
from tests.sales.orders import ADMIN, admin_order, pay


def status(placed: Any, token: str) -> str:
    """What staff see of how far an order is."""
    return admin_order(placed["orderId"], token)["status"]


def discrepancies(token: str, of: Any = None) -> list[tuple[str, str | None, str | None]]:
    """What the books do not explain, of all payments or of an order's."""
    rows = _all_discrepancies(token)
    return [
        (row["kind"], row["expected"] and row["expected"]["amount"], row["actual"] and row["actual"]["amount"])
        for row in rows
        if of is None or row["intentId"] == of["payment"]["intentId"]
    ]


def _all_discrepancies(token: str) -> list[Any]:
    """All pages: a reconciliation finds what the stand-in remembers of other tests too, and that may be hundreds."""
    path, rows, more = f"{ADMIN}/payments/discrepancies", list[Any](), True
    while more:
        query = {"limit": "100", "page": str(len(rows) // 100 + 1)}
        listed = call("sales/admin/list_payment_discrepancies", "GET", path, query=query, token=token)
        rows += listed.data
        more = len(rows) < listed.json["pagination"]["total"]
    return rows


def stray_payment(order_id: Any, amount: str = "10.00", currency: str = "EUR") -> dict[str, Any]:
    """A payment at Stripe that was made past us, and paid."""
    intent = stripe.create_intent(
        order_id=order_id,
        order_number="STRAY-STRAY",
        amount=Decimal(amount),
        currency=currency,
        email=None,
        idempotency_key=str(uuid.uuid4()),
    )
    made = {"payment": {"clientSecret": intent.client_secret, "intentId": intent.id}}
    assert pay(made).status == "succeeded"
    return made


def reconcile(database: Any) -> Any:
    """Reconcile as if all that is there were old enough to be looked at; the stand-in remembers what other tests did."""
    from ravo.sales.reconciliation import service as reconciliation

    reconciliation.LEFT_ALONE, before = timedelta(minutes=-1), reconciliation.LEFT_ALONE
    try:
        return reconciliation.reconcile(force=False)
    finally:
        reconciliation.LEFT_ALONE = before
