"""Requests per second through the gateway of the whole system.

Its workers, database and cache, and the client are all on this machine.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench import goods
from bench.report import beside, number, table
from bench.served import Served, served, throwaway_folder

ROOT = Path(__file__).parent.parent
PRODUCTS = 1_000
CONNECTIONS = (1, 8, 32)
SECONDS = 4.0
LIST = "/api/v1/catalog/products"


@dataclass(frozen=True)
class Ask:
    """A request, and how many answers a second are wanted at any number of connections above one."""

    name: str
    path: str
    target: float
    language: str = "en"


# A maximum price above all products changes the question and not the answer, so the cache has never seen it. A
# product's page is cached by preferred languages, and falls back to English where it has none of them.
ASKS = (
    Ask("list, cached", LIST, 1500),
    Ask("list, uncached", f"{LIST}?maxPrice={{n}}", 500),
    Ask("detail, cached", f"{LIST}/g-77", 1800),
    Ask("detail, uncached", f"{LIST}/g-{{product}}", 1000, language="{languages}"),
    Ask("health (no database, no cache)", "/api/v1/health", 0),
)


def run() -> None:
    """Fill a running system with 1,000 products and load it."""
    rows: list[list[str]] = []
    with throwaway_folder() as folder, served(folder / "state") as running:
        _fill(running)
        before = max(running.memory())
        for ask in ASKS:
            rows += [_row(running, ask, connections) for connections in CONNECTIONS]
        after = running.memory()
    memory = ", ".join(f"{size:.0f}" for size in after)
    table(
        f"Through the gateway, {PRODUCTS:,} products",
        ["request", "connections", "a second", "target", "", "p50 ms", "p95 ms", "not 200"],
        rows,
        "The client is bench.load: one process, asyncio on uvloop; it shares the cores with all that it asks.",
        f"Memory of the {len(after)} workers after it: {memory} MB (target 130); the largest before: {before:.0f} MB.",
    )


def _row(running: Served, ask: Ask, connections: int) -> list[str]:
    port = urlsplit(running.url).port
    command = [sys.executable, "-m", "bench.load", str(port), str(connections), str(SECONDS), ask.path, ask.language]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    target = ask.target if connections > 1 and ask.target else None
    rate = beside(found["rate"], target, more_is_better=True)
    return [ask.name, str(connections), *rate, number(found["p50"]), number(found["p95"]), str(found["failed"])]


def _fill(running: Served) -> None:
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session

    engine = create_engine(running.environment["DATABASE_URL"])
    with Session(engine) as session:
        for _ in goods.fill(session, start=1, end=PRODUCTS):
            pass
        goods.understand(session, products=PRODUCTS)
    engine.dispose()
