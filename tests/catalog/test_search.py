"""Search: by words and by meaning, whatever the accents, tolerant of a slip of the finger."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ravo.catalog.search.spelling import correct, distance
from tests.catalog.shop import STORE, listed, names, sell
from tests.gateway import call
from tests.jobs import drain, recorded, run


@pytest.fixture
def shop(database: Any, staff_token: str) -> None:
    """A few products, embedded and tagged."""
    sell(
        staff_token, "HOOD", "Trail Hoodie", description="<p>A warm hoodie for cold mornings.</p>", features=["Fleece"]
    )
    sell(staff_token, "TEE", "Café Tee", description="<p>Light cotton. Goes under a hoodie.</p>")
    sell(staff_token, "LEG", "Core Leggings", description="<p>Tight and soft, for yoga and running.</p>")
    sell(staff_token, "SHORT", "Dash Short", description="<p>Made for running.</p>", tags=["Running"])
    drain(database)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("hoodie", ["Trail Hoodie", "Café Tee"]),
        ("HOODIES", ["Trail Hoodie", "Café Tee"]),
        ("hodie", ["Trail Hoodie", "Café Tee"]),
        ("leggins", ["Core Leggings"]),
        ("cafe", ["Café Tee"]),
        ("CAFÉ", ["Café Tee"]),
        ("HOOD", ["Trail Hoodie", "Café Tee"]),
        ("hood", ["Trail Hoodie", "Café Tee"]),
        ("running short", ["Dash Short"]),
    ],
)
def test_a_search_finds_what_was_meant_the_best_first(shop: None, typed: str, expected: list[str]) -> None:
    assert names(search=typed)[: len(expected)] == expected


def test_words_that_nothing_has_together_find_what_has_any(shop: None) -> None:
    assert {"Trail Hoodie", "Core Leggings"} <= set(names(search="fleece leggings"))


@pytest.mark.parametrize(
    "typed",
    ["zzzzqqqq", "'; DROP TABLE products; --", "<script>alert(1)</script>", "!!!", "& | ! ( ) : *", "\\", "%_%"],
)
def test_a_search_for_nothing_sensible_is_an_answer_without_an_error(shop: None, typed: str) -> None:
    assert listed(search=typed, facets="true")["pagination"]["page"] == 1
    assert len(names()) == 4


def test_a_blank_search_is_no_search(shop: None) -> None:
    assert listed(search="  ")["pagination"]["total"] == 4


def test_a_search_can_be_filtered_sorted_and_counted(shop: None) -> None:
    found = listed(search="hoodie", sort="name", facets="true", features="Fleece")

    assert [product["name"] for product in found["data"]] == ["Trail Hoodie"]
    assert found["facets"]["features"] == [{"value": "Fleece", "count": 1}]
    assert names(search="hoodie", sort="name") == ["Café Tee", "Trail Hoodie"]


def test_facets_of_a_search_count_what_it_finds(shop: None, staff_token: str) -> None:
    sell(staff_token, "SECRET", "Secret Hoodie", visibility="search", features=["Fleece"])

    found = listed(search="secret hoodie", facets="true")

    assert [product["sku"] for product in found["data"]] == ["SECRET"]
    assert found["facets"]["features"] == [{"value": "Fleece", "count": 1}]
    assert found["pagination"]["total"] == 1


def test_meaning_finds_what_words_alone_do_not(shop: None) -> None:
    # No product says «pullover»; the offline model knows letters, so a near spelling of a feature is near in meaning.
    assert "Trail Hoodie" in names(search="fleecy")


def test_a_word_that_is_too_far_from_any_stays_as_it_is(shop: None, statements: list[str]) -> None:
    # It shares letters with "hoodie", and three of six are other ones; the second word finds what there is.
    assert names(search="hxxxie trail") == ["Trail Hoodie"]

    assert len(statements) == 3


def test_suggestions_are_what_begins_like_that(shop: None) -> None:
    reply = call("catalog/store/suggest_searches", "GET", f"{STORE}/search/suggest", query={"q": "Hood"})

    assert ("product", "Trail Hoodie", "trail-hoodie") in [(s["kind"], s["text"], s["slug"]) for s in reply.data]
    assert ("term", "hoodie", "") in [(s["kind"], s["text"], s["slug"]) for s in reply.data]
    nothing = call("catalog/store/suggest_searches", "GET", f"{STORE}/search/suggest", query={"q": "!"})
    assert nothing.data == []
    assert call("catalog/store/suggest_searches", "GET", f"{STORE}/search/suggest").status == 422


def test_a_product_is_tagged_by_what_it_is_about(shop: None, staff_token: str) -> None:
    found = call(
        "catalog/admin/list_admin_products",
        "GET",
        "/api/v1/catalog/admin/products",
        query={"search": "LEG"},
        token=staff_token,
    )
    path = f"/api/v1/catalog/admin/products/{found.data[0]['id']}"

    assert "yoga" in call("catalog/admin/get_admin_product", "GET", path, token=staff_token).data["autoTags"]


def test_a_text_that_has_not_changed_is_not_asked_about_again(shop: None, database: Any, statements: list[str]) -> None:
    created = recorded(database, "product.created")[0].detail

    assert run("catalog/jobs/embed_product", created) == []

    assert not any("INSERT INTO product_embeddings" in statement for statement in statements)


@pytest.fixture
def broken_ai(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An AI service that nobody answers at."""
    from ravo.adapters.ai import ai
    from ravo.platform.settings import forget_settings

    monkeypatch.setenv(
        "OPENAI_API_KEY_SECRET_ARN", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:openai-abcdef"
    )
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9")
    forget_settings()
    ai.cache_clear()
    yield
    monkeypatch.undo()
    forget_settings()
    ai.cache_clear()


def test_products_are_made_sold_and_found_by_words_while_ai_is_down(
    database: Any, staff_token: str, broken_ai: None
) -> None:
    product = sell(staff_token, "HOOD", "Trail Hoodie")
    created = recorded(database, "product.created")[0].detail

    assert run("catalog/jobs/embed_product", created) == ["0"]

    assert names(search="hoodie") == ["Trail Hoodie"]
    path = f"{STORE}/products/{product['id']}/recommendations"
    assert call("catalog/store/list_recommendations", "GET", path).data == []


words = st.text("abcd", max_size=7)


@given(words, words)
def test_distance_is_symmetric_and_zero_only_for_the_same_word(left: str, right: str) -> None:
    assert distance(left, right) == distance(right, left)
    assert (distance(left, right) == 0) == (left == right)
    assert abs(len(left) - len(right)) <= distance(left, right) <= max(len(left), len(right))


@given(words, st.integers(0, 5))
def test_two_neighbours_swapped_are_one_slip(word: str, at: int) -> None:
    swapped = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]

    assert distance(word, swapped) <= 1


def test_a_short_word_is_not_bent_into_another() -> None:
    assert correct(["tea"], {"tea": ["tee"]}) == ["tea"]
    assert correct(["hodie", "xyz"], {"hodie": ["hoodie", "body"]}) == ["hoodie", "xyz"]
