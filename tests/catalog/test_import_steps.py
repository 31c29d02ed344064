"""How an import gets its file and goes on: step by step, each once, whatever is lost on the way."""

import os
from typing import Any

import pytest

from tests.catalog.importing import GOOD, begin, import_csv, outcome, progress
from tests.gateway import call, context, function
from tests.jobs import drain, recorded, run, scheduled


@pytest.mark.parametrize("given", [{}, {"csv": "sku\n", "uploadId": "018f0000-0000-7000-8000-000000000000"}])
def test_rows_come_either_inline_or_by_upload(database: Any, staff_token: str, given: dict[str, str]) -> None:
    reply = begin(staff_token, format="custom", **given)

    assert (reply.status, reply.error["message"]) == (422, "Send either csv or uploadId.")


def test_an_unknown_upload_is_refused(database: Any, staff_token: str) -> None:
    reply = begin(staff_token, format="custom", uploadId="018f0000-0000-7000-8000-000000000000")

    assert (reply.status, reply.error["code"]) == (404, "NOT_FOUND")


def test_an_import_waits_for_a_file_that_is_still_on_its_way(database: Any, staff_token: str) -> None:
    path = "/api/v1/catalog/admin/import-uploads"
    asked = call(
        "catalog/admin/create_import_upload", "POST", path, body={"filename": "a.csv", "size": 5}, token=staff_token
    )
    waiting = begin(staff_token, format="custom", uploadId=asked.data["uploadId"])
    drain(database)
    assert progress(staff_token, waiting.data["id"])["status"] == "queued"

    from ravo.platform import storage

    key = asked.data["url"].partition("?")[0].split("/", 4)[4]
    storage.write(os.environ["UPLOADS_BUCKET"], key, b"sku\nA", content_type="text/csv")
    # The word of its arrival was lost; the schedule finds the file.
    scheduled("catalog/schedules/resume_imports", force=True)
    drain(database)

    assert progress(staff_token, waiting.data["id"])["status"] == "completed"


def test_an_import_that_waited_begins_when_its_file_arrives(database: Any, staff_token: str) -> None:
    path = "/api/v1/catalog/admin/import-uploads"
    body = GOOD.encode()
    asked = call(
        "catalog/admin/create_import_upload",
        "POST",
        path,
        body={"filename": "a.csv", "size": len(body)},
        token=staff_token,
    )
    waiting = begin(staff_token, format="custom", uploadId=asked.data["uploadId"])
    drain(database)
    before = len(recorded(database))

    from ravo.platform import storage

    key = asked.data["url"].partition("?")[0].split("/", 4)[4]
    storage.write(os.environ["UPLOADS_BUCKET"], key, body, content_type="text/csv")
    arrived = {"bucket": {"name": os.environ["UPLOADS_BUCKET"]}, "object": {"key": key}}
    assert run("catalog/uploads/receive_upload", arrived) == []
    assert [event.type for event in recorded(database)[before:]] == ["import.advanced"]

    drain(database)
    assert progress(staff_token, waiting.data["id"])["status"] == "completed"


def test_a_step_that_comes_twice_or_late_does_nothing(database: Any, staff_token: str) -> None:
    done = import_csv(database, staff_token, GOOD)
    steps = [event.detail for event in recorded(database, "import.advanced")]

    assert run("catalog/jobs/import_chunk", *steps, *reversed(steps)) == []

    assert progress(staff_token, done["id"]) == done
    assert len(recorded(database, "import.advanced")) == len(steps)


def test_a_stalled_import_goes_on_from_its_own_rows(database: Any, staff_token: str) -> None:
    reply = begin(staff_token, format="custom", csv=GOOD)
    first = recorded(database, "import.advanced")[0]
    assert run("catalog/jobs/import_chunk", first.detail) == []
    # The next step's message is lost with its queue.
    scheduled("catalog/schedules/resume_imports", force=True)

    for event in recorded(database, "import.advanced")[2:]:
        assert run("catalog/jobs/import_chunk", event.detail) == []
    drain(database)

    done = progress(staff_token, reply.data["id"])
    assert (done["status"], outcome(done, "variants")) == ("completed", (3, 0, 0, 0))


def test_an_import_that_no_push_moves_ends_as_failed(database: Any, staff_token: str) -> None:
    reply = begin(staff_token, format="custom", csv=GOOD)

    for _ in range(11):
        scheduled("catalog/schedules/resume_imports", force=True)

    done = progress(staff_token, reply.data["id"])
    assert (done["status"], done["failure"]) == ("failed", "A step failed repeatedly. The log says why.")


def test_a_sweep_asks_valkey_first_and_leaves_the_database_asleep(database: Any, staff_token: str) -> None:
    from sqlalchemy import event

    from ravo.platform.database import engine

    scheduled("catalog/schedules/resume_imports", force=True)
    statements: list[str] = []
    event.listen(engine(), "before_cursor_execute", lambda *a: statements.append(a[2]))
    scheduled("catalog/schedules/resume_imports")
    assert statements == []

    begin(staff_token, format="custom", csv=GOOD)
    statements.clear()
    scheduled("catalog/schedules/resume_imports")
    assert statements != []


def test_a_file_nobody_asked_for_is_passed_over(database: Any) -> None:
    from tests.jobs import sqs_event

    event = sqs_event([{"bucket": {"name": "any"}, "object": {"key": "uploads/stray.csv"}}])

    assert function("catalog/uploads/receive_upload").handler(event, context("x")) == {"batchItemFailures": []}
    assert recorded(database) == []
