"""Importing in tests: a file in, the import's end out."""

import os
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from tests.gateway import Reply, call
from tests.jobs import drain

DATA = Path(os.environ.get("RAVO_DATA") or Path(__file__).parents[3] / "shared" / "data")
IMPORTS = "/api/v1/catalog/admin/imports"
HEADER = "product_sku,name,base_price,sku,size,color,available,description,categories,tags"
GOOD = f"""{HEADER}
HOOD,Trail Hoodie,59.90,HOOD-S,S,Red,3,<p>Warm.</p>,Women>Hoodies,warm|trail
HOOD,,,HOOD-M,M,Red,0,,,
TEE,Day Tee,20,TEE-1,,,5,<p>Light.</p>,Women>Tees,
"""


def begin(token: str, **given: Any) -> Reply:
    """Ask for an import."""
    return call("catalog/admin/create_import", "POST", IMPORTS, body=given, token=token)


def progress(token: str, import_id: str) -> Any:
    """How far an import is."""
    return call("catalog/admin/get_import", "GET", f"{IMPORTS}/{import_id}", token=token).data


def import_csv(database: Session, token: str, csv: str, kind: str = "custom", **given: Any) -> Any:
    """Import text to the end; returns the import as staff see it."""
    reply = begin(token, format=kind, csv=csv, **given)
    assert reply.status == 202, reply.body
    drain(database)
    return progress(token, reply.data["id"])


def import_file(database: Session, token: str, body: bytes, kind: str, **given: Any) -> Any:
    """Import a file's bytes to the end, by an upload."""
    uploaded = upload(database, token, body)
    reply = begin(token, format=kind, uploadId=uploaded, **given)
    assert reply.status == 202, reply.body
    drain(database)
    return progress(token, reply.data["id"])


def upload(database: Session, token: str, body: bytes, name: str = "rows.csv") -> str:
    """Send a file as its presigned request says, and let S3's word of it arrive."""
    import json
    import urllib.request

    from tests.gateway import context, function
    from tests.jobs import sqs_event

    path = "/api/v1/catalog/admin/import-uploads"
    asked = call(
        "catalog/admin/create_import_upload", "POST", path, body={"filename": name, "size": len(body)}, token=token
    )
    assert asked.status == 201, asked.body
    request = urllib.request.Request(
        asked.data["url"], data=body, method=asked.data["method"], headers=asked.data["headers"]
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200
    key = asked.data["url"].partition("?")[0].split("/", 4)[4]
    event = sqs_event([{"bucket": {"name": os.environ["UPLOADS_BUCKET"]}, "object": {"key": key}}])
    assert function("catalog/uploads/receive_upload").handler(event, context("ReceiveUpload")) == {
        "batchItemFailures": []
    }
    assert json.loads(event["Records"][0]["body"])["detail"]["object"]["key"] == key
    return str(asked.data["uploadId"])


def rows(token: str, import_id: str, outcome: str | None = None) -> dict[int, str]:
    """Reasons by line, of the rows with an outcome."""
    query = {"limit": "100"} | ({"outcome": outcome} if outcome else {})
    reply = call("catalog/admin/list_import_rows", "GET", f"{IMPORTS}/{import_id}/rows", query=query, token=token)
    assert reply.status == 200, reply.body
    return {row["line"]: row["reason"] or row["outcome"] for row in reply.data}


def outcome(done: Any, what: str) -> tuple[int, ...]:
    """How many products or variants were created, updated, left unchanged, and rejected."""
    counts = done[what]
    return tuple(counts[name] for name in ("created", "updated", "unchanged", "rejected"))
