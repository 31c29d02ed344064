"""Prices: exact where examples say so, and right to the cent whatever is put together."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ravo.platform.money import CURRENCY_DIGITS, rounded
from ravo.sales.pricing import Item, Offer, Priced, Shipping, Tax, Taxes, price
from ravo.sales.pricing.discounts import spread

ZERO = Decimal(0)
CATEGORIES = [UUID(int=900 + n) for n in range(3)]
PRODUCTS = [UUID(int=500 + n) for n in range(4)]


def d(amount: str) -> Decimal:
    return Decimal(amount)


def item(number: int, unit_price: str, quantity: int = 1, **more: Any) -> Item:
    return Item(UUID(int=number), d(unit_price), quantity, more.pop("product_id", PRODUCTS[number % 4]), **more)


def offer(kind: str, value: str = "0", number: int = 1, **more: Any) -> Offer:
    return Offer(UUID(int=number), f"offer {number}", kind, d(value), **more)


GERMAN = Taxes({"standard": Tax(d("0.19"), included=True), "reduced": Tax(d("0.07"), included=True)})
AMERICAN = Taxes({"standard": Tax(d("0.0825"))})


def sums(priced: Priced) -> tuple[str, str, str, str, str]:
    figures = (priced.subtotal, priced.discount, priced.shipping, priced.tax, priced.total)
    return tuple(f"{figure:f}" for figure in figures)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("items", "more", "expected"),
    [
        ([], {}, ("0", "0", "0", "0", "0")),
        ([item(1, "119.00")], {"taxes": GERMAN}, ("100.00", "0.00", "0.00", "19.00", "119.00")),
        ([item(1, "100.00")], {"taxes": AMERICAN}, ("100.00", "0.00", "0", "8.25", "108.25")),
        # A tenth off what is shown is a tenth off what it is without tax.
        (
            [item(1, "119.00")],
            {"taxes": GERMAN, "offers": [offer("percent", "10")]},
            ("100.00", "10.00", "0.00", "17.10", "107.10"),
        ),
        (
            [item(1, "10.00", 3), item(2, "5.35", 2, tax_class="reduced")],
            {"taxes": GERMAN, "shipping": Shipping(d("4.90"))},
            ("35.21", "0.00", "4.12", "6.27", "45.60"),
        ),
        (
            [item(1, "50.00")],
            {"shipping": Shipping(d("4.90"), free_from=d("50")), "offers": [offer("percent", "20")]},
            ("50.00", "10.00", "0", "0.00", "40.00"),
        ),
        (
            [item(1, "50.00")],
            {"shipping": Shipping(d("4.90")), "offers": [offer("free_shipping")], "taxes": AMERICAN},
            ("50.00", "4.90", "4.90", "4.13", "54.13"),
        ),
        # Three for two: the cheapest of every three pieces.
        (
            [item(1, "30.00", 2), item(2, "10.00", 2), item(3, "20.00", 2)],
            {"offers": [offer("buy_x_get_y", buy_quantity=2, get_quantity=1)]},
            ("120.00", "20.00", "0", "0.00", "100.00"),
        ),
        # More than there is can't be taken off.
        ([item(1, "30.00")], {"offers": [offer("fixed", "50", currency="EUR")]}, ("30.00", "30.00", "0", "0.00", "0.00")),
        ([item(1, "30.00")], {"offers": [offer("fixed", "5", currency="USD")]}, ("30.00", "0.00", "0", "0.00", "30.00")),
        ([item(1, "30.00")], {"offers": [offer("percent", "50", min_subtotal=d("30.01"))]}, ("30.00", "0.00", "0", "0.00", "30.00")),
        ([item(1, "30.00")], {"offers": [offer("percent", "50", min_subtotal=d("30.00"))]}, ("30.00", "15.00", "0", "0.00", "15.00")),
        ([item(1, "30.00", 2)], {"offers": [offer("percent", "50", min_quantity=3)]}, ("60.00", "0.00", "0", "0.00", "60.00")),
        # One after the other, each from what is left.
        (
            [item(1, "100.00")],
            {"offers": [offer("fixed", "10", 2, currency="EUR", priority=1), offer("percent", "10", 1)]},
            ("100.00", "20.00", "0", "0.00", "80.00"),
        ),
        # Alone if that saves more than the others together, and only then.
        (
            [item(1, "100.00")],
            {"offers": [offer("percent", "10", 1), offer("percent", "10", 2), offer("percent", "30", 3, stackable=False)]},
            ("100.00", "30.00", "0", "0.00", "70.00"),
        ),
        (
            [item(1, "100.00")],
            {"offers": [offer("percent", "10", 1), offer("percent", "15", 3, stackable=False), offer("percent", "10", 2)]},
            ("100.00", "19.00", "0", "0.00", "81.00"),
        ),
        # Only what it means.
        (
            [item(1, "10.00", product_id=PRODUCTS[0]), item(2, "20.00", category_ids=frozenset(CATEGORIES[:1])), item(3, "40.00")],
            {"offers": [offer("percent", "50", product_ids=frozenset(PRODUCTS[:1]), category_ids=frozenset(CATEGORIES[:1]))]},
            ("70.00", "15.00", "0", "0.00", "55.00"),
        ),
    ],
)  # fmt: skip
def test_it_costs_what_a_person_would_say(items: list[Item], more: dict[str, Any], expected: tuple[str, ...]) -> None:
    priced = price("EUR", items, **more)

    assert tuple(map(d, sums(priced))) == tuple(map(d, expected))


@pytest.mark.parametrize(
    ("currency", "unit_price", "tax"), [("JPY", "333", "27"), ("EUR", "3.33", "0.27"), ("KWD", "3.333", "0.275")]
)
def test_each_currency_is_rounded_to_its_own_smallest_unit(currency: str, unit_price: str, tax: str) -> None:
    priced = price(currency, [item(1, unit_price)], taxes=AMERICAN)

    assert priced.tax == d(tax)


def test_what_is_split_falls_to_the_largest_remainders() -> None:
    keys = [UUID(int=n) for n in range(3)]

    assert list(spread(d("1.00"), dict.fromkeys(keys, d("10")), "EUR").values()) == [d("0.34"), d("0.33"), d("0.33")]
    assert spread(d("5"), dict.fromkeys(keys, ZERO), "EUR") == {}


amounts = st.integers(0, 20_000)
rates = st.builds(Tax, st.decimals(0, 1, places=4), st.booleans())


@st.composite
def carts(draw: st.DrawFn) -> tuple[str, list[Item], dict[str, Any]]:
    currency = draw(st.sampled_from(["EUR", "JPY", "KWD"]))
    unit = Decimal(1).scaleb(-CURRENCY_DIGITS[currency])
    classes = st.sampled_from(["standard", "reduced", "shipping", "odd"])
    items = [
        Item(
            UUID(int=number),
            draw(amounts) * unit,
            draw(st.integers(1, 12)),
            draw(st.sampled_from(PRODUCTS)),
            draw(st.frozensets(st.sampled_from(CATEGORIES))),
            draw(classes),
        )
        for number in range(draw(st.integers(1, 6)))
    ]
    offers = [
        Offer(
            UUID(int=number),
            f"offer {number}",
            kind := draw(st.sampled_from(["percent", "fixed", "buy_x_get_y", "free_shipping"])),
            draw(st.decimals(0, 100, places=2)) if kind == "percent" else draw(amounts) * unit,
            currency=currency if kind == "fixed" else None,
            buy_quantity=draw(st.integers(1, 3)),
            get_quantity=draw(st.integers(1, 3)),
            min_subtotal=draw(st.none() | st.decimals(0, 50, places=2)),
            min_quantity=draw(st.none() | st.integers(0, 5)),
            stackable=draw(st.booleans()),
            priority=draw(st.integers(0, 2)),
            product_ids=draw(st.frozensets(st.sampled_from(PRODUCTS), max_size=2)),
            category_ids=draw(st.frozensets(st.sampled_from(CATEGORIES), max_size=1)),
        )
        for number in range(draw(st.integers(0, 5)))
    ]
    more = {
        "taxes": Taxes(draw(st.dictionaries(classes, rates))),
        "offers": offers,
        "shipping": Shipping(draw(amounts) * unit, draw(st.none() | st.decimals(0, 300, places=2))),
    }
    return currency, items, more


# How long a busy machine takes to think of a cart says nothing about prices.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(carts())
def test_sums_add_up_to_the_cent_and_nothing_is_negative(cart: tuple[str, list[Item], dict[str, Any]]) -> None:
    currency, items, more = cart
    priced = price(currency, items, **more)

    assert priced.total == priced.subtotal + priced.tax + priced.shipping - priced.discount
    assert min(sums_of(priced)) >= 0
    for line in priced.lines:
        assert line.total == line.net - line.discount + line.tax
        assert 0 <= line.discount <= line.net
        assert min(line.net, line.tax, line.total, line.saved) >= 0
        assert line.saved <= line.shown
    for figure in (*sums_of(priced), *(line.total for line in priced.lines)):
        assert figure == rounded(figure, currency)
    goods_saved = sum(line.saved for line in priced.lines)
    assert sum(each.saved for each in priced.applied) - goods_saved in (ZERO, priced.shipping_shown)


@given(carts(), st.randoms())
def test_the_order_of_lines_and_of_offers_does_not_matter(
    cart: tuple[str, list[Item], dict[str, Any]], dice: Any
) -> None:
    currency, items, more = cart
    shuffled, offers = list(items), list(more["offers"])
    dice.shuffle(shuffled)
    dice.shuffle(offers)

    one, other = price(currency, items, **more), price(currency, shuffled, **(more | {"offers": offers}))

    assert sums(one) == sums(other)
    assert {line.key: line for line in one.lines} == {line.key: line for line in other.lines}


@given(carts())
def test_offers_never_make_it_dearer(cart: tuple[str, list[Item], dict[str, Any]]) -> None:
    currency, items, more = cart

    assert price(currency, items, **more).total <= price(currency, items, **(more | {"offers": []})).total


def sums_of(priced: Priced) -> tuple[Decimal, ...]:
    return (priced.subtotal, priced.discount, priced.shipping, priced.tax, priced.total)
