"""An import while its parts are killed, one after the other: nothing is lost, nothing is doubled."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.demo.client import Shop
from local.owner import OWNER, PASSWORD
from tests.local.running import ROOT, Running, command_line, eventually

PRODUCTS = 3_000
VARIANTS = 4
FINISHED_WITHIN_SECONDS = 240.0
PARTS = {
    "the workers": "local.worker",
    "Redis": "redis-server",
    "PostgreSQL": "postgres -D",
    "the AWS stand-in": "local.stand_in",
}


def catalogue() -> str:
    """Products that take an import some seconds."""
    lines = ["product_sku,name,base_price,sku,size,available,description,categories"]
    for number in range(PRODUCTS):
        for size in range(VARIANTS):
            own = f"Tank {number},19.90" if size == 0 else ","
            rest = f"<p>Number {number}</p>,Women>Tanks" if size == 0 else ","
            lines.append(f"P{number:05},{own},P{number:05}-{size},{size},{number % 7},{rest}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def system(tmp_path: Path) -> Iterator[Running]:
    """A system with nothing but the demo shop in it."""
    running = Running(ROOT, tmp_path / "state")
    try:
        running.wait_until_it_runs()
        yield running
    finally:
        running.end(signal.SIGTERM)


def rows_of(system: Running, statement: str) -> list[Any]:
    import psycopg

    from local.sockets import socket_folder

    with psycopg.connect(f"host={socket_folder(system.state)} user=postgres dbname=postgres") as connection:
        return connection.execute(statement).fetchall()


@pytest.mark.parametrize("part", PARTS)
def test_an_import_outlives_the_death_of(system: Running, part: str, tmp_path: Path) -> None:
    shop = Shop(f"http://127.0.0.1:{system.port}")
    shop.sign_in(OWNER, PASSWORD)
    before = rows_of(system, "SELECT count(*), (SELECT count(*) FROM product_variants) FROM products")[0]
    file = tmp_path / "tanks.csv"
    file.write_text(catalogue())
    import_id = shop.begin_import(file, kind="custom")

    for phase in ("stage", "apply"):
        _wait_for_phase(system, import_id, phase)
        _kill(system, PARTS[part])
        # It is to be missed before it comes back.
        time.sleep(0.3)
        if part == "the workers":
            _let_two_minutes_pass(system, import_id)
    done = eventually(lambda: _finished(system, import_id), within=FINISHED_WITHIN_SECONDS)

    assert done == ("completed", None)
    counted = rows_of(
        system,
        "SELECT (SELECT count(*) FROM products), (SELECT count(*) FROM product_variants),"
        " (SELECT count(*) FROM product_listings WHERE name LIKE 'Tank %'),"
        f" (SELECT count(*) FROM import_rows WHERE import_id = '{import_id}'),"
        f" (SELECT count(*) FROM import_rows WHERE import_id = '{import_id}' AND outcome = 'created')",
    )[0]
    every = PRODUCTS * VARIANTS
    assert counted == (before[0] + PRODUCTS, before[1] + every, PRODUCTS, every, every)
    doubled = "SELECT aggregate_id, version, type FROM outbox_events GROUP BY 1, 2, 3 HAVING count(*) > 1"
    assert rows_of(system, doubled) == []
    eventually(
        lambda: rows_of(system, "SELECT count(*) FROM outbox_events WHERE published_at IS NULL") == [(0,)], within=90
    )
    eventually(lambda: system.get("/api/v1/health/ready")[0] == 200)
    again = shop.begin_import(file, kind="custom")
    eventually(lambda: _finished(system, again) == ("completed", None), within=FINISHED_WITHIN_SECONDS)
    same = rows_of(system, f"SELECT outcome, count(*) FROM import_rows WHERE import_id = '{again}' GROUP BY 1")
    assert same == [("unchanged", every)]


def _kill(system: Running, words: str) -> None:
    if words == PARTS["the workers"]:
        for pid in [pid for pid in system.descendants() if words in command_line(pid)]:
            os.kill(pid, signal.SIGKILL)
    else:
        os.kill(system.child(words), signal.SIGKILL)


def _let_two_minutes_pass(system: Running, import_id: str) -> None:
    """The message that died with its worker shows itself again only much later; what pushes the import on is the schedule."""
    import psycopg

    from local.sockets import socket_folder

    with psycopg.connect(f"host={socket_folder(system.state)} user=postgres dbname=postgres") as connection:
        connection.execute(
            "UPDATE imports SET updated_at = updated_at - interval '3 minutes' WHERE id = %s", (import_id,)
        )
    eventually(lambda: system.get("/_local/fire/ResumeImportsEveryMinute", "POST")[0] == 303)


def _wait_for_phase(system: Running, import_id: str, phase: str) -> None:
    statement = f"SELECT phase, status FROM imports WHERE id = '{import_id}'"

    # Whoever looks may look while the database is away.
    def reached() -> bool:
        try:
            ((now, _),) = rows_of(system, statement)
        except Exception:
            return False
        return now == phase or now == "done"

    eventually(reached, within=60)


def _finished(system: Running, import_id: str) -> tuple[str, str | None] | None:
    try:
        ((status, failure),) = rows_of(system, f"SELECT status, failure FROM imports WHERE id = '{import_id}'")
    except Exception:
        return None
    return (status, failure) if status in ("completed", "failed") else None
