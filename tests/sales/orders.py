"""Orders in tests: placed, paid by a shopper at the Stripe stand-in, reported, moved along."""

import hashlib
import hmac
import json
import time
import uuid
from typing import Any

from sqlalchemy import text

from local.demo import shopper
from ravo.platform.secrets import stripe_webhook_secret
from ravo.platform.settings import settings
from tests.gateway import Reply, call
from tests.jobs import scheduled
from tests.sales.carts import SALES, add, new_cart, send_to, ship_by
from tests.sales.terms import shipping

ADMIN = f"{SALES}/admin"


def ready_cart(
    database: Any, *pieces: tuple[str, int], rate: str | None = None, token: str | None = None, **body: Any
) -> Any:
    """A cart that can be ordered: filled, addressed, with a way to send it."""
    cart = new_cart(body=body, token=token)
    for variant, quantity in pieces:
        assert add(cart, variant, quantity, token=token).status == 200
    rate = rate or _some_rate(database)
    for reply in (send_to(cart, token=token), ship_by(cart, rate, token=token)):
        assert reply.status == 200, reply.body
    return reply.data


def _some_rate(database: Any) -> str:
    found = database.scalar(text("SELECT id FROM shipping_rates LIMIT 1"))
    return str(found) if found else shipping(database)


def checkout(cart: Any, key: str | None = None, **request: Any) -> Reply:
    """Order what is in a cart."""
    body = {"cartId": cart["id"]} | request.pop("body", {})
    headers = {"idempotency-key": key or str(uuid.uuid4())}
    return call("sales/store/checkout", "POST", f"{SALES}/checkout", body=body, headers=headers, **request)


def pay_again(order_id: str, **request: Any) -> Reply:
    """Go on with an order's payment."""
    headers = {"idempotency-key": str(uuid.uuid4())}
    return call("sales/store/pay_order", "POST", f"{SALES}/orders/{order_id}/pay", headers=headers, **request)


def pay(placed: Any, card: str = shopper.GOOD_CARD) -> shopper.Tried:
    """Let the shopper's browser pay."""
    return shopper.pay(str(settings().stripe_api_base), placed["payment"]["clientSecret"], card)


def stripe_event(kind: str, about: dict[str, Any], *, event_id: str | None = None, **more: Any) -> dict[str, Any]:
    """An event as Stripe tells it."""
    event = {
        "id": event_id or f"evt_{uuid.uuid4().hex}",
        "object": "event",
        "type": kind,
        "created": int(time.time()),
        "livemode": False,
        "data": {"object": about},
    }
    return event | more


def deliver(
    event: dict[str, Any] | str, *, at: float | None = None, secret: str | None = None, signature: str | None = None
) -> Reply:
    """Deliver a webhook, signed as Stripe signs."""
    body = event if isinstance(event, str) else json.dumps(event)
    stamp = int(at or time.time())
    signed = hmac.new((secret or stripe_webhook_secret()).encode(), f"{stamp}.{body}".encode(), hashlib.sha256)
    headers = {"stripe-signature": f"t={stamp},v1={signed.hexdigest()}" if signature is None else signature}
    path = f"{SALES}/webhooks/stripe"
    return call("sales/webhooks/receive_stripe_event", "POST", path, body=body, headers=headers)


def report(placed: Any, kind: str = "payment_intent.succeeded", **more: Any) -> Reply:
    """Deliver what Stripe reports of an order's payment."""
    about = {"id": placed["payment"]["intentId"], "object": "payment_intent"}
    return deliver(stripe_event(kind, about, **more))


def expire(database: Any, order_id: str) -> None:
    """Let the time to pay an order pass, and the sweep come."""
    database.execute(
        text("UPDATE orders SET expires_at = clock_timestamp() - interval '1 second' WHERE id = :id"), {"id": order_id}
    )
    database.execute(
        text("UPDATE reservations SET expires_at = clock_timestamp() - interval '1 second' WHERE session_id = :id"),
        {"id": f"order:{order_id}"},
    )
    scheduled("sales/schedules/expire_orders", force=True)


def admin_order(order_id: str, token: str) -> Any:
    """An order as staff see it."""
    return call("sales/admin/get_admin_order", "GET", f"{ADMIN}/orders/{order_id}", token=token).data


def move(order_id: str, status: str, token: str, **more: Any) -> Reply:
    """Move an order along."""
    body = {"status": status} | more
    return call("sales/admin/set_order_status", "POST", f"{ADMIN}/orders/{order_id}/status", body=body, token=token)


def refund(order_id: str, token: str, key: str | None = None, **body: Any) -> Reply:
    """Send money back."""
    headers = {"idempotency-key": key or str(uuid.uuid4())}
    path = f"{ADMIN}/orders/{order_id}/refunds"
    return call("sales/admin/refund_order", "POST", path, body=body, headers=headers, token=token)


def cancel(order_id: str, token: str | None) -> Reply:
    """Call an own order off."""
    return call("sales/account/cancel_order", "POST", f"{SALES}/orders/{order_id}/cancel", token=token)


def track(number: str, email: str, **request: Any) -> Reply:
    """Ask where an order is."""
    query = {"orderNumber": number, "email": email}
    return call("sales/store/track_order", "GET", f"{SALES}/orders/track", query=query, **request)
