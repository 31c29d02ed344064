"""A shop with one thing of each kind that an address can name."""

from itertools import pairwise
from typing import Any

from sqlalchemy import text

from ravo.platform import tokens
from tests.catalog.importing import import_csv
from tests.catalog.shop import category, sell
from tests.gateway import call
from tests.identity.staff import create_key, create_role, member
from tests.inventory.stock import adjust, reserve
from tests.jobs import recorded
from tests.sales.carts import add, new_cart
from tests.sales.managing import CARD, SALE, TAX, ZONE, made, offer
from tests.sales.orders import checkout, ready_cart


def fill(database: Any, staff_token: str) -> dict[str, str]:
    """Make one thing of each kind; returns its id by the word before it in addresses."""
    owner = member(database, role="super_admin").token
    women = category(staff_token, "Women")
    product = sell(staff_token, "HOOD", "Trail Hoodie", categoryIds=[women["id"]], tags=["Warm"])
    admin = "/api/v1/catalog/admin"
    best = {"name": "Best", "productIds": [product["id"]]}
    collection = call("catalog/admin/create_collection", "POST", f"{admin}/collections", body=best, token=staff_token)
    variants = call(
        "catalog/admin/list_variants", "GET", f"{admin}/products/{product['id']}/variants", token=staff_token
    )
    tags = call("catalog/admin/list_tags", "GET", f"{admin}/tags", token=staff_token)
    imported = import_csv(database, staff_token, "sku,available\nNONE,1\n")
    variant = variants.data[0]["id"]
    adjust(staff_token, variant, delta=5)
    places = call("inventory/admin/list_locations", "GET", "/api/v1/inventory/admin/locations", token=staff_token)
    exported = call("catalog/admin/create_export", "POST", f"{admin}/exports", token=staff_token)
    zone = made(staff_token, "shipping_zone", ZONE)["id"]
    rate = offer(staff_token, zone).data["id"]
    order = checkout(ready_cart(database, (variant, 1), rate=rate)).data
    cart = new_cart()
    line = add(cart, variant).data["lines"][0]["id"]
    sale = made(staff_token, "promotion", SALE)["id"]
    address = {"firstName": "Ada", "lastName": "Berg", "line1": "1 Road", "city": "Wien", "postalCode": "1010"}
    kept = call(
        "identity/account/create_address", "POST", "/api/v1/identity/me/addresses",
        body={"address": address | {"country": "AT"}}, token=owner,
    )  # fmt: skip
    return {
        # Whose addresses and sessions these are.
        "token": owner,
        "addresses": kept.data["id"],
        "sessions": str(tokens.verify(owner).session_id),
        "carts": cart["id"],
        "items": line,
        "orders": order["orderId"],
        "discounts": sale,
        "promotions": sale,
        "tax-rates": made(staff_token, "tax_rate", TAX)["id"],
        "shipping-zones": zone,
        "rates": rate,
        "gift-cards": made(staff_token, "gift_card", CARD)["id"],
        "products": product["id"],
        "variants": variant,
        "stock": variant,
        "locations": places.data[0]["id"],
        "reservations": reserve({variant: 1}).data["id"],
        "categories": women["id"],
        "collections": collection.data["id"],
        "tags": tags.data[0]["id"],
        "imports": imported["id"],
        "exports": exported.data["id"],
        "events": recorded(database)[0].detail["id"],
        "oauth": "google",
        "oauth-accounts": "google",
        "users": str(member(database, role="editor").id),
        "roles": create_role(owner, "packers", "stock:read").data["id"],
        "api-keys": create_key(owner, "stock:read").data["id"],
        "audit-log": str(database.scalar(text("SELECT id FROM audit_log LIMIT 1"))),
    }


def aimed(path: str, shop: dict[str, str]) -> str:
    """Write an address with the ids of what is there in place of its parameters."""
    parts = path.split("/")
    return "/".join([parts[0], *(shop[before] if part.startswith("{") else part for before, part in pairwise(parts))])
