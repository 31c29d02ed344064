"""API Gateway's choice among routes that all fit."""

import pytest

from local.cloud import Route
from local.routing import Router

PATHS = [
    "/products",
    "/products/{id}",
    "/products/{id}/variants",
    "/products/search",
    "/files/{path+}",
    "$default",
]


@pytest.fixture(scope="module")
def router() -> Router:
    return Router([Route("GET", path, path) for path in PATHS] + [Route("ANY", "/any/{id}", "any")])


@pytest.mark.parametrize(
    ("path", "function", "parameters"),
    [
        ("/products", "/products", {}),
        ("/products/7", "/products/{id}", {"id": "7"}),
        ("/products/search", "/products/search", {}),
        ("/products/7/variants", "/products/{id}/variants", {"id": "7"}),
        ("/files/a/b.png", "/files/{path+}", {"path": "a/b.png"}),
        ("/products/", "$default", {}),
        ("/products/7/more/and/more", "$default", {}),
        ("/files/", "$default", {}),
        ("/", "$default", {}),
    ],
)
def test_the_route_that_says_most_about_the_path_wins(
    router: Router, path: str, function: str, parameters: dict[str, str]
) -> None:
    match = router.find("GET", path)
    assert match
    assert (match.route.function, match.parameters) == (function, parameters)


def test_a_route_for_any_method_gives_way_to_one_for_this_method() -> None:
    router = Router([Route("ANY", "/a/{x}", "any"), Route("GET", "/a/{x}", "get")])
    chosen = [match.route.function for method in ("GET", "PUT") if (match := router.find(method, "/a/1"))]
    assert chosen == ["get", "any"]


def test_a_method_that_no_route_has_finds_nothing(router: Router) -> None:
    assert Router([Route("GET", "/a", "a")]).find("POST", "/a") is None


def test_a_fixed_beginning_wins_over_a_variable_one_whatever_follows() -> None:
    router = Router([Route("GET", "/{a}/b", "late"), Route("GET", "/a/{b}", "early")])
    match = router.find("GET", "/a/b")
    assert match
    assert match.route.function == "early"
