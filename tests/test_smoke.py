def test_ready(database, staff_token):
    from tests.gateway import call

    r = call("operations/store/get_readiness", "GET", "/api/v1/health/ready")
    assert r.status == 200, r.body
    body = {
        "sku": "HOOD-1",
        "name": "Trail Hoodie",
        "description": "<p>Warm <script>x</script></p>",
        "basePrice": {"amount": "59.90", "currency": "EUR"},
        "matrix": {"sizes": ["S", "M"], "colors": ["Red", "Blue"]},
        "tags": ["warm"],
    }
    r = call("catalog/admin/create_product", "POST", "/api/v1/catalog/admin/products", body=body, token=staff_token)
    print(r.body)
    assert r.status == 201
    i = r.data["id"]
    r = call("catalog/admin/publish_product", "POST", f"/api/v1/catalog/admin/products/{i}/publish", token=staff_token)
    assert r.status == 200, r.body
    r = call(
        "catalog/store/list_products", "GET", "/api/v1/catalog/products", query={"search": "hodie", "facets": "true"}
    )
    print(r.json)
    assert r.status == 200 and r.json["pagination"]["total"] == 1, r.body
    r = call("catalog/store/get_product", "GET", "/api/v1/catalog/products/trail-hoodie")
    assert r.status == 200, r.body
    assert "script" not in r.data["description"]
    r = call("catalog/store/list_recommendations", "GET", f"/api/v1/catalog/products/{i}/recommendations")
    assert r.status == 200, r.body
