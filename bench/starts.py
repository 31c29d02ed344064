"""The time of each function from its import to its first answer, each start in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.events import request
from bench.report import beside, number, table
from bench.served import Served, served, throwaway_folder
from local.owner import OWNER, PASSWORD
from local.templates import Cloud, Function, read_cloud

ROOT = Path(__file__).parent.parent
STARTS = 2
TARGET = 700.0
NOBODY = "01900000-0000-7000-8000-000000000000"
EUR = {"amount": "10.00", "currency": "EUR"}
# What some functions need to do their work and not only to refuse; the others get requests for what does not exist.
BODIES: dict[str, dict[str, Any]] = {
    "Login": {"email": OWNER, "password": PASSWORD},
    "Register": {"email": "{n}@bench.example", "password": "long enough, isn't it", "firstName": "B", "lastName": "E"},
    "CreateProduct": {"sku": "START-{n}", "name": "Start {n}", "basePrice": EUR},
    "CreateCategory": {"name": "Start {n}"},
    "CreateCollection": {"name": "Start {n}"},
    "CreateTag": {"name": "Start {n}"},
    "CreateImport": {"format": "custom", "validateOnly": True, "csv": "sku,name,base_price\nSTART-1,Start,1\n"},
    "CreateImportUpload": {"filename": "start.csv", "size": 1},
}


def run(only: str = "") -> None:
    """Start every function of the templates, a few times against a running system.

    With a path like `sales/store` only start the functions below it.
    """
    cloud = read_cloud(ROOT)
    rows: list[list[str]] = []
    with throwaway_folder() as folder, served(folder / "state", shop=True) as running:
        shop = running.shop()
        token = shop.post("/identity/login", {"email": OWNER, "password": PASSWORD})["accessToken"]
        product = shop.get("/catalog/products", limit=1)["data"][0]
        # Nobody waits for the functions of a deployment.
        started = [each for each in cloud.functions.values() if "/deploy/" not in each.module]
        for function in (each for each in started if each.module.startswith(only)):
            events = [_event(cloud, function, token, product, number) for number in range(STARTS)]
            rows.append(_row(running, function, events))
    rows.sort(key=lambda row: -float(row[1].replace(",", "")))
    table(
        "Start of each function: import to first answer, slowest first",
        ["function", "first answer ms", "target", "", "of it import", "answer"],
        rows,
        f"The better of {STARTS} starts; the interpreter's own start is not counted. 'done' is a job's answer.",
    )


def _row(running: Served, function: Function, events: list[dict[str, Any]]) -> list[str]:
    starts = [_start(running, function, event) for event in events]
    imported, answered = (min(start[key] for start in starts) * 1000 for key in ("imported", "answered"))
    return [function.name, *beside(answered, TARGET), number(imported), str(starts[0]["status"] or "done")]


def _start(running: Served, function: Function, event: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.start_one", function.module],
        cwd=ROOT,
        env=running.environment | {"PYTHONPATH": f"{ROOT / 'shared'}:{ROOT}", "LOG_LEVEL": "ERROR"},
        input=json.dumps(event),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{function.name} did not start:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _event(cloud: Cloud, function: Function, token: str, product: dict[str, Any], number: int) -> dict[str, Any]:
    """Make an event of the kind that calls this function."""
    route = next((route for route in cloud.routes if route.function == function.name), None)
    if route:
        is_there = "products/{" in route.path and route.method != "DELETE"
        subject = product["id"] if is_there else NOBODY
        path = "/".join(subject if part.startswith("{") else part for part in route.path.split("/"))
        body = json.dumps(BODIES.get(function.name, {})).replace("{n}", f"{number}-{function.name.lower()}")
        query = {"q": "legg"} if "suggest" in path else {}
        wanted = "" if route.method in ("GET", "DELETE") else body
        return request(route.method, path, query, body=wanted, token="" if "/identity/" in path else token)
    if any(mapping.function == function.name for mapping in cloud.mappings):
        return {"Records": [_message(product["id"], "upload" in function.name.lower())]}
    return {}


def _message(product_id: str, is_upload: bool) -> dict[str, Any]:
    envelope: dict[str, Any] = {
        "id": NOBODY,
        "type": "bench.asked",
        "version": 1,
        "occurredAt": "2026-01-01T00:00:00Z",
        "aggregateId": product_id,
        "data": {},
    }
    if is_upload:
        envelope = {"bucket": {"name": "bench"}, "object": {"key": f"uploads/{NOBODY}.csv"}}
    return {
        "messageId": "1",
        "receiptHandle": "1",
        "body": json.dumps({"detail": envelope}),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:000000000000:bench",
        "awsRegion": "eu-central-1",
    }
