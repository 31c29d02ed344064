"""Categories, tags and collections, as staff keep them around their products."""

from typing import Any

from tests.catalog.shop import ADMIN, NOWHERE, PRODUCTS, category, create, names, page_of, sell
from tests.gateway import Reply, call


def test_categories_move_with_all_below_them_and_with_their_products(database: Any, staff_token: str) -> None:
    women, men = category(staff_token, "Women"), category(staff_token, "Men")
    tops = category(staff_token, "Tops", women)
    tanks = category(staff_token, "Tanks", tops)
    sell(staff_token, "T", "Tank", categoryIds=[tanks["id"]])

    def move(which: Any, **body: Any) -> Reply:
        path = f"{ADMIN}/categories/{which['id']}"
        body = {"version": which["version"]} | body
        return call("catalog/admin/update_category", "PATCH", path, body=body, token=staff_token)

    moved = move(tops, parentId=men["id"], slug="upper")

    assert (moved.status, moved.data["path"], moved.data["version"]) == (200, "men/upper", 2)
    assert names(category="men") == ["Tank"]
    assert names(category="women") == []
    assert [c["path"] for c in page_of("tank").data["categories"]] == ["men/upper/tanks"]
    cycle = move(moved.data, parentId=tanks["id"])
    assert (cycle.status, cycle.error["message"]) == (
        409,
        "A category can't be moved below itself. Choose another parent.",
    )
    assert move(tops, name="Late").error["code"] == "VERSION_CONFLICT"
    assert move(moved.data, parentId=None).data["path"] == "upper"
    assert move(women, parentId=NOWHERE).status == 422
    assert move({"id": NOWHERE, "version": 1}, name="x").status == 404


def test_a_category_in_use_can_not_be_deleted(database: Any, staff_token: str) -> None:
    women = category(staff_token, "Women")
    tops = category(staff_token, "Tops", women)
    product = create(staff_token, "T", "Tank", categoryIds=[tops["id"]])

    def delete(which: Any) -> int:
        return call(
            "catalog/admin/delete_category", "DELETE", f"{ADMIN}/categories/{which['id']}", token=staff_token
        ).status

    assert (delete(women), delete(tops)) == (409, 409)
    call("catalog/admin/delete_product", "DELETE", f"{PRODUCTS}/{product['id']}", token=staff_token)
    assert (delete(tops), delete(women), delete(women)) == (204, 204, 404)
    listed = call("catalog/admin/list_admin_categories", "GET", f"{ADMIN}/categories", token=staff_token)
    assert (listed.data, listed.json["pagination"]["total"]) == ([], 0)


def test_siblings_have_slugs_of_their_own(database: Any, staff_token: str) -> None:
    category(staff_token, "Tops", category(staff_token, "Women"))
    category(staff_token, "Tops", category(staff_token, "Men"))

    clash = call(
        "catalog/admin/create_category", "POST", f"{ADMIN}/categories", body={"name": "Men"}, token=staff_token
    )

    assert (clash.status, clash.error["message"]) == (409, "This slug is already in use. Choose another.")
    orphan = {"name": "X", "parentId": NOWHERE}
    assert (
        call("catalog/admin/create_category", "POST", f"{ADMIN}/categories", body=orphan, token=staff_token).status
        == 422
    )


def test_tags_are_renamed_and_deleted_with_what_wears_them(database: Any, staff_token: str) -> None:
    made = call("catalog/admin/create_tag", "POST", f"{ADMIN}/tags", body={"name": "Summer"}, token=staff_token)
    assert (made.status, made.data["slug"]) == (201, "summer")
    sell(staff_token, "T", "Tank", tags=["Summer"])
    path = f"{ADMIN}/tags/{made.data['id']}"

    renamed = call(
        "catalog/admin/update_tag", "PATCH", path, body={"name": "Heatwave", "version": 1}, token=staff_token
    )

    assert (renamed.data["name"], renamed.data["productCount"], renamed.data["version"]) == ("Heatwave", 1, 2)
    assert names(search="heatwave") == ["Tank"]
    late = call("catalog/admin/update_tag", "PATCH", path, body={"name": "x", "version": 1}, token=staff_token)
    assert late.error["code"] == "VERSION_CONFLICT"
    taken = call("catalog/admin/create_tag", "POST", f"{ADMIN}/tags", body={"name": "Summer"}, token=staff_token)
    assert taken.status == 409
    assert [t["name"] for t in call("catalog/admin/list_tags", "GET", f"{ADMIN}/tags", token=staff_token).data] == [
        "Heatwave"
    ]
    assert call("catalog/admin/delete_tag", "DELETE", path, token=staff_token).status == 204
    assert call("catalog/admin/delete_tag", "DELETE", path, token=staff_token).status == 404
    assert page_of("tank").data["tags"] == []


def test_collections_are_ordered_by_hand(database: Any, staff_token: str) -> None:
    first, second = sell(staff_token, "A", "Alpha"), sell(staff_token, "B", "Beta")
    body = {"name": "Best of", "productIds": [second["id"], first["id"]]}

    made = call("catalog/admin/create_collection", "POST", f"{ADMIN}/collections", body=body, token=staff_token)

    assert (made.status, made.data["slug"], made.data["productIds"]) == (201, "best-of", [second["id"], first["id"]])
    path = f"{ADMIN}/collections/{made.data['id']}"
    change = {"version": 1, "productIds": [first["id"]], "isActive": False}
    changed = call("catalog/admin/update_collection", "PATCH", path, body=change, token=staff_token)
    assert (changed.data["productIds"], changed.data["isActive"], changed.data["version"]) == ([first["id"]], False, 2)
    assert call("catalog/store/get_collection", "GET", "/api/v1/catalog/collections/best-of").status == 404
    late = call("catalog/admin/update_collection", "PATCH", path, body=change, token=staff_token)
    assert late.error["code"] == "VERSION_CONFLICT"
    unknown = {"name": "Other", "productIds": [NOWHERE]}
    assert (
        call("catalog/admin/create_collection", "POST", f"{ADMIN}/collections", body=unknown, token=staff_token).status
        == 422
    )
    taken = call("catalog/admin/create_collection", "POST", f"{ADMIN}/collections", body=body, token=staff_token)
    assert taken.status == 409
    listed = call("catalog/admin/list_admin_collections", "GET", f"{ADMIN}/collections", token=staff_token)
    assert [(c["slug"], c["productCount"]) for c in listed.data] == [("best-of", 1)]
    assert call("catalog/admin/delete_collection", "DELETE", path, token=staff_token).status == 204
    assert call("catalog/admin/delete_collection", "DELETE", path, token=staff_token).status == 404
