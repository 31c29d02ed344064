"""What the bench makes and asks is what the shop takes."""

import csv
import json

import pytest
from sqlalchemy import text

from bench import floor, functions, goods, importing, load, queues, sizes, starts
from bench.events import handler_of
from local.system import System
from local.templates import read_cloud
from ravo.catalog.imports.formats import FORMATS, parse
from tests.conftest import ROOT


@pytest.fixture
def shop(database):
    """Sixty generated products; what `fill` commits is a savepoint here."""
    assert list(goods.fill(database, start=1, end=60)) == [60]
    goods.understand(database, products=30)
    return database


def test_generated_products_have_six_variants_and_are_all_listed(shop):
    counted = shop.execute(
        text(
            "SELECT (SELECT count(*) FROM product_variants), (SELECT count(*) FROM product_listings), "
            "(SELECT count(*) FROM product_categories), (SELECT count(*) FROM product_tags), "
            "(SELECT count(*) FROM product_embeddings)"
        )
    ).one()
    assert tuple(counted) == (360, 60, 60, 60, 30)


@pytest.mark.parametrize("case", functions.cases(60), ids=lambda case: case.name)
def test_every_measured_request_is_answered(shop, case):
    handler = handler_of(case.module)
    for event in case.events[:3]:
        assert functions._call(case, handler, event) > 0


def test_the_floor_sends_what_the_function_sent(migrated):
    from ravo.platform.database import reading

    with floor.recorded() as sent, reading() as session:
        session.execute(text("SELECT CAST(:n AS integer)"), {"n": 7})
    assert [parameters for _, parameters in sent] == [{"n": 7}]
    bare = floor.Floor()
    try:
        assert bare.take(sent) > 0
    finally:
        bare.close()


def test_the_generated_file_is_one_that_the_import_takes(tmp_path):
    file = tmp_path / "generated.csv"
    importing.write(file, 20_000)
    with file.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert 20_000 <= file.stat().st_size < 27_000
    assert len(rows) % 6 == 0
    assert [problem for row in rows for problem in parse(FORMATS["custom"], {}, row).problems] == []


def test_every_function_has_an_event_of_the_kind_that_calls_it():
    cloud = read_cloud(ROOT)
    product = {"id": "01900000-0000-7000-8000-000000000001"}
    kinds = {"requestContext": 0, "Records": 0, "": 0}
    for function in cloud.functions.values():
        event = starts._event(cloud, function, "token", product, 0)
        kinds[next(iter(kinds.keys() & event.keys()), "")] += 1
    assert kinds["requestContext"] == len({route.function for route in cloud.routes})
    assert kinds["Records"] == len({mapping.function for mapping in cloud.mappings})


def test_the_queues_that_are_watched_are_those_that_hear_the_event():
    hearing = queues.listening(read_cloud(ROOT), queues.KIND)
    assert {mapping.function for mapping in hearing} == {"ShowStock", "AlertLowStock"}
    assert queues.listening(read_cloud(ROOT), "nothing.happened") == []


def test_the_bodies_are_for_functions_that_there_are():
    assert set(starts.BODIES) <= set(read_cloud(ROOT).functions)


def test_a_counting_path_is_never_the_same():
    counting = load.Load("/list?maxPrice={n}", "x-{n}", 1.0, 1)
    first, second = counting.next_request(), counting.next_request()
    assert first != second
    assert b"{n}" not in first


def test_the_sizes_are_of_what_was_built(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sizes, "BUILT", tmp_path)
    stack = tmp_path / "CatalogStack"
    (stack / "Layer" / "python").mkdir(parents=True)
    (stack / "Layer" / "python" / "package.py").write_bytes(b"x" * 3_000_000)
    (stack / "ListProducts").mkdir()
    (stack / "ListProducts" / "list.py").write_bytes(b"x" * 20_000)
    (stack / "template.yaml").write_text("{}")
    (tmp_path / "template.yaml").write_text("{}")
    sizes.run()
    printed = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["CatalogStack/Layer", "3.00", "<=", "200"] in printed
    assert ["CatalogStack/ListProducts", "0.02", "<=", "1.00"] in printed


def test_what_was_not_built_is_said_to_be_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sizes, "BUILT", tmp_path / "nothing")
    sizes.run()
    assert "not built" in capsys.readouterr().out


def test_a_start_prints_what_it_took(tmp_path, services):
    system = System(ROOT, port=1, state=tmp_path)
    served = starts.Served("", system.environment() | {"VALKEY_URL": services["redis"].url}, 0, 0)
    health = next(route for route in system.cloud.routes if route.function == "GetHealth")
    event = starts.request("GET", health.path)
    start = starts._start(served, system.cloud.functions["GetHealth"], event)
    system.stop()
    assert json.dumps(start["status"]) == "200"
    assert 0 < start["imported"] < start["answered"]
