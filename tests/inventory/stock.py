"""Stock in tests, through the API."""

from typing import Any

from tests.catalog.shop import sell
from tests.gateway import Reply, call

INVENTORY = "/api/v1/inventory"
ADMIN = f"{INVENTORY}/admin"


def variants(token: str, sku: str = "TEE", sizes: tuple[str, ...] = ("S", "M"), **more: Any) -> list[str]:
    """Put a product on sale and return its variants' ids."""
    product = sell(
        token, sku, f"{sku} shirt", variants=[{"sku": f"{sku}-{size}", "size": size} for size in sizes], **more
    )
    path = f"/api/v1/catalog/admin/products/{product['id']}/variants"
    listed = call("catalog/admin/list_variants", "GET", path, query={"limit": "100"}, token=token)
    return [variant["id"] for variant in listed.data]


def adjust(token: str, variant_id: str, **given: Any) -> Reply:
    """Count or move stock."""
    path = f"{ADMIN}/stock/{variant_id}/adjustments"
    body = {"reason": "received"} | given
    return call("inventory/admin/adjust_stock", "POST", path, body=body, token=token)


def reserve(items: dict[str, int] | list[tuple[str, int]], session: str = "session-1", **request: Any) -> Reply:
    """Hold pieces."""
    pairs = items.items() if isinstance(items, dict) else items
    body = {"sessionId": session, "items": [{"variantId": v, "quantity": q} for v, q in pairs]}
    return call("inventory/store/create_reservation", "POST", f"{INVENTORY}/reservations", body=body, **request)


def release(reservation_id: str) -> Reply:
    """Give back."""
    path = f"{INVENTORY}/reservations/{reservation_id}"
    return call("inventory/store/delete_reservation", "DELETE", path)


def check(variant_id: str, quantity: int) -> tuple[int, bool]:
    """How many could be had, and whether that is enough."""
    body = {"items": [{"variantId": variant_id, "quantity": quantity}]}
    (checked,) = call("inventory/store/check_stock", "POST", f"{INVENTORY}/check", body=body).data
    return checked["available"], checked["sufficient"]


def stock(token: str, **query: str) -> dict[str, tuple[int, int, int]]:
    """On hand, reserved and available by SKU."""
    reply = call("inventory/admin/list_stock", "GET", f"{ADMIN}/stock", query=query, token=token)
    return {row["sku"]: (row["onHand"], row["reserved"], row["available"]) for row in reply.data}
