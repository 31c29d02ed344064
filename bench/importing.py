"""Imports through the API, from the request to the last row, and the memory of the processes that do the work."""

import csv
import os
import time
from pathlib import Path

from bench import goods
from bench.machine import forget_peak, resident
from bench.report import beside, table
from bench.served import Served, served, throwaway_folder
from local.demo.__main__ import chosen_catalogue

ROOT = Path(__file__).parent.parent
LARGE_FILE = 100_000_000
SMALL_FILE = 10_000_000
WITHIN_SECONDS = 400.0


def run() -> None:
    """Import a catalogue twice, then only validate a file of 10 MB and one of 100 MB."""
    catalogue = chosen_catalogue(Path(os.environ.get("RAVO_DATA", ROOT.parent / "shared" / "data")))
    rows: list[list[str]] = []
    with throwaway_folder() as folder, served(folder / "state") as running:
        rows.append(_import(running, f"{catalogue.name}, first", catalogue.rows, catalogue.kind, target=10))
        rows.append(_import(running, "the same again, unchanged", catalogue.rows, catalogue.kind, target=10))
        rows.append(
            _import(running, "the same, with its pictures", catalogue.rows, catalogue.kind, pictures=catalogue.pictures)
        )
        for size in (SMALL_FILE, LARGE_FILE):
            file = folder / "generated.csv"
            write(file, size)
            name = f"generated, {file.stat().st_size / 1e6:.0f} MB, checked only"
            rows.append(_import(running, name, file, "custom", validate_only=True))
    table(
        "Imports through the API",
        ["file", "rows", "seconds", "target", "", "rows/s", "workers before", "most meanwhile", "after"],
        rows,
        "Memory is the resident size of the largest worker process in MB; the database, Redis and the AWS stand-in are apart.",
    )


def _import(
    running: Served,
    name: str,
    file: Path,
    kind: str,
    *,
    pictures: bytes | None = None,
    validate_only: bool = False,
    target: float | None = None,
) -> list[str]:
    shop, workers = running.shop(), running.workers()
    before = max(running.memory())
    for pid in workers:
        forget_peak(pid)
    began = time.monotonic()
    import_id = shop.begin_import(file, kind=kind, pictures=pictures, validate_only=validate_only)
    state = shop.finish_import(import_id, within=WITHIN_SECONDS)
    took = time.monotonic() - began
    count = state["variants"]["rows"]
    most = max(resident(pid, peak=True) for pid in workers)
    memory = [f"{size:.0f} MB" for size in (before, most, max(running.memory()))]
    return [name, f"{count:,}", *beside(took, target, unit=" s"), f"{count / took:,.0f}", *memory]


def write(file: Path, size: int) -> None:
    """Write rows of about a kilobyte, six variants for each product, until the file has its size."""
    columns = ["product_sku", "name", "base_price", "description", "categories", "features", "sku", "size", "color"]
    text = "<p>" + "It holds its shape, dries on the way home and asks for nothing but a cold wash. " * 11 + "</p>"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*columns, "available"])
        number = 0
        while stream.tell() < size:
            number += 1
            garment = goods.GARMENTS[number % len(goods.GARMENTS)]
            product = [f"B-{number}", f"Bench {garment} {number}", "49.90", text, f"Women>{garment}", "Pockets|Lined"]
            for place in range(6):
                variant = [f"B-{number}-{place}", goods.SIZES[place % 3], goods.COLOURS[place // 3], "7"]
                writer.writerow([*product, *variant])
