"""The first chapter: a catalogue is imported, searched and filtered; a product goes off sale and on again."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.demo.client import Shop
from local.demo.telling import Telling, expect, money

IMPORTED_WITHIN_SECONDS = 120.0
# What people type, and what they would expect as the first result.
SEARCHES = {"hodie": "hood", "leggins": "legging", "running shorts": "short"}
PUBLIC = "/catalog/products"
ADMIN = "/catalog/admin/products"


@dataclass(frozen=True)
class Catalogue:
    """What is imported."""

    name: str
    rows: Path
    kind: str
    pictures: bytes


class CatalogueStory:
    """Told by staff who import a catalogue, and by people who look at it."""

    def __init__(self, telling: Telling, shop: Shop) -> None:
        self._telling = telling
        self._say = telling.say
        self._shop = shop

    def tell(self, catalogue: Catalogue) -> None:
        """Tell the chapter. Raises `Unexpected` at the first thing that is not as expected."""
        counts = self._import(catalogue)
        self._import_again(catalogue, counts)
        for typed, expected in SEARCHES.items():
            self._search(typed, expected)
        self._narrow()
        product = self._look_at_product()
        self._unpublish(product)
        self._publish(product)

    def _import(self, catalogue: Catalogue) -> dict[str, Any]:
        size, zipped = catalogue.rows.stat().st_size / 1e6, len(catalogue.pictures) / 1e6
        about = f"{catalogue.name}: {size:.1f} MB of rows in the {catalogue.kind} format, {zipped:.1f} MB of pictures"
        with self._telling.step("Import a catalogue", about):
            state = self._run_import(catalogue, catalogue.pictures)
            self._say(_table_of(state))
            for note in state["notes"]:
                self._say(f"    note: {note}")
            expect(state["products"]["created"] > 0, "no product was created")
            expect(state["variants"]["rejected"] == 0, "rows were rejected")
        return state

    def _import_again(self, catalogue: Catalogue, first: dict[str, Any]) -> None:
        with self._telling.step("Import the same file again", "nothing may change"):
            state = self._run_import(catalogue, None)
            self._say(_table_of(state))
            for what in ("products", "variants"):
                expect(state[what]["unchanged"] == first[what]["created"], f"{what} changed, though the file did not")

    def _run_import(self, catalogue: Catalogue, pictures: bytes | None) -> dict[str, Any]:
        began = time.monotonic()
        import_id = self._shop.begin_import(catalogue.rows, kind=catalogue.kind, pictures=pictures)
        shown: list[tuple[str, int]] = []

        def watch(state: dict[str, Any]) -> None:
            self._telling.trace.look()
            if (now := (state["phase"], state["progress"])) not in shown:
                shown.append(now)
                self._say(f"    {time.monotonic() - began:5.1f} s  {state['phase']:<8} {state['progress']:>3} %")

        return self._shop.finish_import(import_id, within=IMPORTED_WITHIN_SECONDS, watch=watch)

    def _search(self, typed: str, expected: str) -> None:
        with self._telling.step("Search", f'someone types "{typed}"'):
            began = time.monotonic()
            found = self._shop.get(PUBLIC, search=typed, limit=3)
            took = (time.monotonic() - began) * 1000
            names = [product["name"] for product in found["data"]]
            self._say(f"    {found['pagination']['total']} found in {took:.0f} ms: {', '.join(names)}")
            expect(bool(names) and expected in names[0].lower(), f'"{typed}" does not find what was meant')

    def _narrow(self) -> None:
        with self._telling.step("Narrow a list down", "facets tell what there is, filters choose from it"):
            everything = self._shop.get(PUBLIC, facets="true", limit=1)
            facets = everything["facets"]
            for name in ("categories", "sizes", "colors", "features"):
                shown = [f"{value.get('name', value.get('value'))} {value['count']}" for value in facets[name][:6]]
                self._say(f"    {name:<11} {', '.join(shown)}")
            category, size = facets["categories"][0], facets["sizes"][0]["value"]
            chosen = {"category": category["path"], "sizes": size, "sort": "price_asc"}
            found = self._shop.get(PUBLIC, **chosen, limit=3)
            total, all_of_them = found["pagination"]["total"], everything["pagination"]["total"]
            self._say(f"    {category['name']} in size {size}, the cheapest first: {total} of {all_of_them}")
            for product in found["data"]:
                self._say(f"      {product['name']:<36} {money(product['price'])}")
            expect(0 < total < all_of_them, "the filters do not narrow the list down")

    def _look_at_product(self) -> dict[str, Any]:
        with self._telling.step("Look at a product", "and at its picture, through the gateway"):
            first = next(product for product in self._shop.get(PUBLIC, limit=20)["data"] if product["image"])
            product = self._shop.get(f"{PUBLIC}/{first['slug']}")["data"]
            categories = ", ".join(category["path"] for category in product["categories"])
            self._say(f"    {product['name']}, {money(product['price'])}, {len(product['variants'])} variants")
            self._say(f"    in {categories}")
            picture = self._shop.send("GET", product["images"][0]["url"])
            kind, size = picture.headers.get("content-type", ""), len(picture.body)
            self._say(f"    {product['images'][0]['url']}: {picture.status}, {kind}, {size:,} bytes")
            expect(picture.status == 200 and kind.startswith("image/"), "the picture does not answer")
        return product

    def _unpublish(self, product: dict[str, Any]) -> None:
        with self._telling.step("Take it off sale", product["name"]):
            before = self._total()
            changed = self._shop.post(f"{ADMIN}/{product['id']}/unpublish")
            self._say(f"    status {changed['status']}, version {changed['version']}")
            self._telling.report()
            answer = self._shop.send("GET", f"{self._shop.url}/api/v1{PUBLIC}/{product['slug']}")
            after = self._total()
            self._say(f"    its page answers {answer.status}; the list holds {after} of {before}")
            expect(answer.status == 404 and after == before - 1, "a product off sale is still shown")

    def _publish(self, product: dict[str, Any]) -> None:
        with self._telling.step("Put it back on sale", product["name"]):
            before = self._total()
            changed = self._shop.post(f"{ADMIN}/{product['id']}/publish")
            self._say(f"    status {changed['status']}, version {changed['version']}")
            self._telling.report()
            answer = self._shop.send("GET", f"{self._shop.url}/api/v1{PUBLIC}/{product['slug']}")
            after = self._total()
            self._say(f"    its page answers {answer.status}; the list holds {after}")
            expect(answer.status == 200 and after == before + 1, "a product on sale is not shown")

    def _total(self) -> int:
        return self._shop.get(PUBLIC, limit=1)["pagination"]["total"]


def _table_of(state: dict[str, Any]) -> str:
    columns = ("rows", "created", "updated", "unchanged", "rejected")
    lines = ["    " + " " * 10 + "".join(f"{column:>11}" for column in columns)]
    lines += [
        f"    {what:<10}" + "".join(f"{state[what][column]:>11}" for column in columns)
        for what in ("products", "variants")
    ]
    return "\n".join(lines)
