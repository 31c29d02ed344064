"""A small shop for tests, made and read through the API."""

from typing import Any

from tests.gateway import Reply, call

ADMIN = "/api/v1/catalog/admin"
STORE = "/api/v1/catalog"
PRODUCTS = f"{ADMIN}/products"
NOWHERE = "018f0000-0000-7000-8000-000000000000"


def eur(amount: str) -> dict[str, str]:
    """An amount in euros."""
    return {"amount": amount, "currency": "EUR"}


def create(token: str, sku: str, name: str, price: str = "50.00", **more: Any) -> Any:
    """Make a draft."""
    body = {"sku": sku, "name": name, "basePrice": eur(price), "description": "<p>Good.</p>"} | more
    reply = call("catalog/admin/create_product", "POST", f"{ADMIN}/products", body=body, token=token)
    assert reply.status == 201, reply.body
    return reply.data


def publish(token: str, product_id: str, **body: Any) -> Reply:
    """Put a product on sale."""
    path = f"{ADMIN}/products/{product_id}/publish"
    return call("catalog/admin/publish_product", "POST", path, body=body or None, token=token)


def sell(token: str, sku: str, name: str, price: str = "50.00", **more: Any) -> Any:
    """Make a product and put it on sale."""
    product = create(token, sku, name, price, **more)
    published = publish(token, product["id"])
    assert published.status == 200, published.body
    return published.data


def change(token: str, product: Any, **body: Any) -> Reply:
    """Change a product on the version that it was read at."""
    path = f"{ADMIN}/products/{product['id']}"
    body = {"version": product["version"]} | body
    return call("catalog/admin/update_product", "PATCH", path, body=body, token=token)


def read(token: str, product: Any) -> Any:
    """A product as staff see it."""
    return call("catalog/admin/get_admin_product", "GET", f"{PRODUCTS}/{product['id']}", token=token).data


def variants_of(token: str, product: Any) -> Any:
    """A product's variants as staff see them."""
    return call("catalog/admin/list_variants", "GET", f"{PRODUCTS}/{product['id']}/variants", token=token).data


def add_variant(token: str, product: Any, **body: Any) -> Reply:
    """Add a variant to a product."""
    return call("catalog/admin/create_variant", "POST", f"{PRODUCTS}/{product['id']}/variants", body=body, token=token)


def change_variant(token: str, product: Any, variant: Any, **body: Any) -> Reply:
    """Change a variant on the version that it was read at."""
    path = f"{PRODUCTS}/{product['id']}/variants/{variant['id']}"
    body = {"version": variant["version"]} | body
    return call("catalog/admin/update_variant", "PATCH", path, body=body, token=token)


def category(token: str, name: str, parent: Any = None) -> Any:
    """Make a category."""
    body = {"name": name, "parentId": parent["id"] if parent else None}
    return call("catalog/admin/create_category", "POST", f"{ADMIN}/categories", body=body, token=token).data


def listed(**query: Any) -> Any:
    """The list of products, as its JSON."""
    reply = call("catalog/store/list_products", "GET", f"{STORE}/products", query=query)
    assert reply.status == 200, reply.body
    return reply.json


def names(**query: Any) -> list[str]:
    """The names of a list of products, in its order."""
    return [product["name"] for product in listed(**query)["data"]]


def page_of(id_or_slug: str, **request: Any) -> Reply:
    """A product's page."""
    return call("catalog/store/get_product", "GET", f"{STORE}/products/{id_or_slug}", **request)
