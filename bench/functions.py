"""The times of the shop's reads inside a function: cached, uncached, and against the bare statements of that run."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench import goods
from bench.events import Handler, context, handler_of, request
from bench.floor import Floor, Statement, recorded
from bench.report import Times, beside, number, table
from bench.services import database_and_cache

SMALL, LARGE = 1_000, 100_000
# The products with a vector at the large size; 100,000 vectors would take longer than all measurements together.
EMBEDDED = 10_000
REQUESTS = 25
SECONDS_PER_CASE = 3.0
CALLS_PER_CASE = 400
LIST = "/api/v1/catalog/products"


@dataclass(frozen=True)
class Case:
    """One kind of request, with the targets in milliseconds: p50 at 1,000 products, p95 at 100,000."""

    name: str
    module: str
    events: Sequence[dict[str, Any]]
    small: float | None = None
    large: float | None = None


@dataclass
class Measured:
    """The times of one kind of request."""

    cached: list[float] = field(default_factory=list[float])
    uncached: list[float] = field(default_factory=list[float])
    bare: list[float] = field(default_factory=list[float])
    statements: set[int] = field(default_factory=set[int])


def run() -> None:
    """Fill a shop to 1,000 products and measure, to 100,000 and measure again."""
    with database_and_cache():
        fill(1, SMALL, embedded=SMALL)
        _measure(SMALL)
        fill(SMALL + 1, LARGE, embedded=EMBEDDED)
        _measure(LARGE)
        _forget()


def fill(start: int, end: int, *, embedded: int) -> None:
    """Fill the shop with the products from number `start` to `end`, and give the first of them their vectors."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.orm import Session

    from ravo.platform.secrets import database_url

    began = time.monotonic()
    engine = create_engine(database_url())
    with Session(engine) as session:
        for count in goods.fill(session, start=start, end=end):
            print(f"  {count:,} products ...", end="\r", flush=True)
        session.execute(text("DELETE FROM product_embeddings"))
        goods.understand(session, products=embedded)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()
    print(f"  {end:,} products with 6 variants each, {embedded:,} vectors, made in {time.monotonic() - began:.0f} s")


def cases(size: int) -> list[Case]:
    """The kinds of request that are measured.

    Each requests different things in turn, so that no single page decides.
    """
    chosen = random.Random(size)
    listing = "catalog/store/list_products"
    pages = [{"page": page} for page in range(1, REQUESTS + 1)]
    garments = [word.lower() for word in goods.GARMENTS]
    names = [f"{first}{last}" for first in goods.FIRST for last in goods.LAST]
    slugs = [f"g-{chosen.randint(1, size)}" for _ in range(REQUESTS)]

    def lists(queries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        return [request("GET", LIST, query) for query in queries]

    return [
        Case("list", listing, lists(pages), 3, 50),
        Case("list in a category, by price", listing, lists([{"category": f"women/{g}", "sort": "price_asc"} for g in garments]), 3, 50),
        Case("list, three filters", listing, lists([{"sizes": "M", "colors": c, "inStock": "true"} for c in goods.COLOURS]), 3, 50),
        Case("list with facets", listing, lists([{"facets": "true", "page": n} for n in range(1, 6)]), 5, 150),
        Case("list with facets, in a category", listing, lists([{"facets": "true", "category": g} for g in garments]), 5, 150),
        Case("search, a rare word", listing, lists([{"search": chosen.choice(names)} for _ in range(REQUESTS)]), 3, 50),
        Case("search, two words", listing, lists([{"search": f"{a} {g}"} for a in goods.ACTIVITIES for g in garments]), 3, 50),
        Case("search, a word of every twelfth", listing, lists([{"search": word} for word in garments]), 3, 50),
        Case("search, misspelt", listing, lists([{"search": word} for word in ("hodie", "leggins", "runing shorts", "jaket", "sweatshrit")]), 3, 50),
        Case("detail", "catalog/store/get_product", [request("GET", f"{LIST}/{slug}") for slug in slugs], 1.5, 50),
        Case("categories", "catalog/store/list_categories", [request("GET", "/api/v1/catalog/categories")], 3, 150),
    ]  # fmt: skip


def _measure(size: int) -> None:
    from ravo.platform import valkey

    floor = Floor()
    rows: list[list[str]] = []
    p95 = size == LARGE
    for case in cases(size):
        handler = handler_of(case.module)
        measured = _measure_case(case, handler, floor, lambda: valkey.execute("FLUSHDB"))
        uncached, cached, bare = (Times.of(m) for m in (measured.uncached, measured.cached, measured.bare))
        target = case.large if p95 else case.small
        rows.append(
            [
                case.name,
                number(uncached.p50),
                *(beside(uncached.p95, target) if p95 else [number(uncached.p95), *beside(uncached.p50, target)[1:]]),
                "-".join(str(n) for n in sorted({min(measured.statements), max(measured.statements)})),
                number(bare.p50),
                number(bare.p95),
                f"{uncached.p50 / bare.p50:.1f}",
                number(cached.p50),
                *([number(cached.p95), *beside(cached.p50, 1.0)[1:]]),
            ]
        )
    floor.close()
    goal = "p95 target" if p95 else "p50 target"
    table(
        f"Functions at {size:,} products, milliseconds inside the function",
        ["request", "p50", "p95", goal, "", "statements", "bare p50", "bare p95", "ratio", "cached p50", "p95", "p50 target", ""],
        rows,
        "uncached: the cache is emptied before every call; it answers, so building includes its lock and the storing.",
        "bare: the same statements and values through psycopg alone; ratio: uncached p50 to bare p50.",
    )  # fmt: skip


def _measure_case(case: Case, handler: Handler, floor: Floor, empty: Callable[[], object]) -> Measured:
    measured = Measured()
    sent = [_statements(case, handler, event, empty) for event in case.events]
    # The driver prepares a statement when it is sent for the sixth time.
    for turn in range(8):
        place = turn % len(case.events)
        empty()
        _call(case, handler, case.events[place])
        floor.take(sent[place])
    deadline = time.monotonic() + SECONDS_PER_CASE
    for turn in range(CALLS_PER_CASE):
        if time.monotonic() > deadline and turn >= 2 * REQUESTS:
            break
        place = turn % len(case.events)
        empty()
        measured.uncached.append(_call(case, handler, case.events[place]))
        measured.bare.append(floor.take(sent[place]))
        measured.statements.add(len(sent[place]))
    empty()
    for turn in range(-len(case.events), CALLS_PER_CASE):
        took = _call(case, handler, case.events[turn % len(case.events)])
        if turn >= 0:
            measured.cached.append(took)
    return measured


def _statements(case: Case, handler: Handler, event: dict[str, Any], empty: Callable[[], object]) -> list[Statement]:
    empty()
    with recorded() as sent:
        _call(case, handler, event)
    return sent


def _call(case: Case, handler: Handler, event: dict[str, Any]) -> float:
    about = context(case.module)
    began = time.perf_counter()
    answer = handler(event, about)
    took = time.perf_counter() - began
    if answer["statusCode"] != 200:
        raise RuntimeError(f"{case.name} answered {answer['statusCode']}: {answer.get('body', '')[:300]}")
    return took


def _forget() -> None:
    from ravo.platform import database, valkey

    database.forget_connection()
    valkey.forget_connection()
