"""The door before S3: what a presigned request may do, and what outlives the stand-in."""

import json
import os
import signal
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from local import resources
from local.cloud import Bucket, Cloud, Queue, Rule
from local.objects import Objects
from local.outside import Moto
from local.presigned import EXPIRED, MALFORMED, MISMATCH, NOT_SIGNED, refusal
from local.resources import Aws
from local.s3 import S3Door
from ravo.platform import aws, storage

ORIGIN = "http://shop.example"
FILES = "ravo-local-files"
RULE = {"AllowedOrigins": [ORIGIN], "AllowedMethods": ["PUT"], "AllowedHeaders": ["content-type"], "MaxAge": 60}


class S3:
    """The stand-in and the door before it."""

    def __init__(self, folder: Path) -> None:
        bucket = Bucket(FILES, True, (RULE,))
        created = {"source": ["aws.s3"], "detail-type": ["Object Created"]}
        target = {"Id": "heard", "Arn": "arn:aws:sqs:eu-central-1:123456789012:heard"}
        cloud = Cloud(
            buckets=[bucket],
            queues=[Queue("heard", 1, None, None)],
            rules=[Rule("created", "default", created, (target,))],
        )
        self.objects = Objects(folder / "objects")
        self.moto = Moto(folder, furnish=lambda: resources.make(Aws(self.moto.private_url), cloud, self.objects))
        self.door = S3Door(Aws(self.moto.url), self.moto.url, self.objects)
        self.door.use([bucket])

    def heard(self, *, wait: int = 0) -> list[str]:
        """The keys that the bus told of since the last time."""
        sqs = Aws(self.moto.url).client("sqs")
        url = sqs.get_queue_url(QueueName="heard")["QueueUrl"]
        keys: list[str] = []
        while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=wait).get("Messages"):
            keys += [json.loads(message["Body"])["detail"]["object"]["key"] for message in found]
            for message in found:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return keys


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    s3 = S3(tmp_path_factory.mktemp("s3"))
    s3.moto.start()
    s3.door.start()
    yield s3
    s3.door.stop()
    s3.moto.stop()


@pytest.fixture
def s3(running: S3, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    """Our own clients, pointed at the door."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", running.door.url)
    aws.forget_clients()
    yield running
    aws.forget_clients()


class Answer:
    def __init__(self, got: HTTPResponse) -> None:
        self.status = got.status
        self.headers = {name.lower(): value for name, value in got.getheaders()}
        self.body = got.read()


def send(method: str, url: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        connection.request(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, body, headers or {})
        return Answer(connection.getresponse())
    finally:
        connection.close()


def stored(key: str) -> bytes | None:
    if storage.size_of(FILES, key) is None:
        return None
    with storage.open_from(FILES, key) as stream:
        return stream.read()


def test_a_presigned_upload_sent_as_it_says_is_stored_and_told_of(s3: S3) -> None:
    s3.heard()
    upload = storage.presign_upload(FILES, "uploads/ä file.csv", content_type="text/csv", size=5)
    assert send(upload.method, upload.url, b"a,b\n1", upload.headers).status == 200
    assert stored("uploads/ä file.csv") == b"a,b\n1"
    assert s3.heard() == ["uploads/ä file.csv"]
    found = s3.objects.find(FILES, "uploads/ä file.csv")
    assert found
    assert found[0] == b"a,b\n1"
    assert found[1]["ContentType"] == "text/csv"


@pytest.mark.parametrize(
    ("change", "body", "code"),
    [
        ({"content-type": "text/html"}, b"12345", "SignatureDoesNotMatch"),
        ({"content-length": "6"}, b"123456", "SignatureDoesNotMatch"),
        ({"content-length": "4"}, b"1234", "SignatureDoesNotMatch"),
        ({"x-amz-copy-source": "/other/file"}, b"12345", "AccessDenied"),
    ],
    ids=["another type", "larger", "smaller", "a copy"],
)
def test_a_presigned_upload_sent_otherwise_is_refused_and_stores_nothing(
    s3: S3, change: dict[str, str], body: bytes, code: str
) -> None:
    upload = storage.presign_upload(FILES, "uploads/refused", content_type="text/csv", size=5)
    answer = send("PUT", upload.url, body, upload.headers | change)
    assert answer.status == 403
    assert f"<Code>{code}</Code>".encode() in answer.body
    assert answer.headers["content-type"] == "application/xml"
    assert stored("uploads/refused") is None


def test_an_upload_for_one_key_stores_under_no_other(s3: S3) -> None:
    upload = storage.presign_upload(FILES, "uploads/mine", content_type="text/csv", size=1)
    assert send("PUT", upload.url.replace("uploads/mine", "uploads/yours"), b"1", upload.headers).status == 403
    assert send("DELETE", upload.url, b"1", upload.headers).status == 403
    assert stored("uploads/yours") is None


def test_what_has_expired_is_refused(s3: S3) -> None:
    client = aws.client("s3")
    url = client.generate_presigned_url("put_object", Params={"Bucket": FILES, "Key": "late"}, ExpiresIn=-1)
    answer = send("PUT", url, b"1")
    assert (answer.status, b"Request has expired" in answer.body) == (403, True)
    assert stored("late") is None


def test_a_refusal_comes_before_the_body_where_the_client_waits_for_it(s3: S3) -> None:
    upload = storage.presign_upload(FILES, "large", content_type="text/csv", size=1 << 30)
    parts = urlsplit(upload.url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    connection.putrequest("PUT", f"{parts.path}?{parts.query}")
    for name, value in {"expect": "100-continue", "content-type": "text/html", "content-length": str(1 << 30)}.items():
        connection.putheader(name, value)
    connection.endheaders()
    with connection.getresponse() as answer:
        assert answer.status == 403
    connection.close()


def test_without_a_signature_nothing_is_read_or_written(s3: S3) -> None:
    storage.write(FILES, "private", b"1", content_type="text/plain")
    assert [send(method, f"{s3.door.url}/{FILES}/private").status for method in ("GET", "HEAD", "DELETE")] == [403] * 3
    assert send("PUT", f"{s3.door.url}/{FILES}/private", b"2").status == 403
    assert stored("private") == b"1"


def test_a_download_has_the_name_and_the_range_that_were_asked_for(s3: S3) -> None:
    storage.write(FILES, "exports/1", b"0123456789", content_type="text/csv")
    answer = send(
        "GET", storage.presign_download(FILES, "exports/1", filename="all.csv"), headers={"range": "bytes=3-5"}
    )
    assert (answer.status, answer.body) == (206, b"345")
    assert answer.headers["content-disposition"] == 'attachment; filename="all.csv"'


def test_a_browser_of_the_shop_may_upload_and_no_other(s3: S3) -> None:
    upload = storage.presign_upload(FILES, "uploads/browser", content_type="text/csv", size=1)
    asked = {"access-control-request-method": "PUT"}
    # Twice: the second time for a key that exists.
    for _ in range(2):
        preflight = send("OPTIONS", upload.url, headers={"origin": ORIGIN} | asked)
        assert (preflight.status, preflight.headers["access-control-allow-origin"]) == (200, ORIGIN)
        answer = send("PUT", upload.url, b"1", upload.headers | {"origin": ORIGIN})
        assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, ORIGIN)
    foreign = send("OPTIONS", upload.url, headers={"origin": "http://evil.example"} | asked)
    assert (foreign.status, "access-control-allow-origin" in foreign.headers) == (403, False)


def test_a_large_upload_passes_through_in_pieces(s3: S3) -> None:
    size, piece = 48 * 1024 * 1024, bytes(64 * 1024)
    upload = storage.presign_upload(FILES, "uploads/large", content_type="text/csv", size=size)
    tracemalloc.start()
    try:
        answer = send("PUT", upload.url, iter([piece] * (size // len(piece))), upload.headers)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (answer.status, storage.size_of(FILES, "uploads/large")) == (200, size)
    assert peak < 8 * 1024 * 1024
    storage.delete(FILES, ["uploads/large"])


def test_objects_outlive_the_stand_in_and_are_not_told_of_again(s3: S3) -> None:
    storage.write(FILES, "media/a", b"one", content_type="image/png", cache_control="max-age=7")
    storage.write(FILES, "media/a/b", b"two", content_type="image/png")
    storage.write(FILES, "media/gone", b"3", content_type="image/png")
    storage.write(FILES, "media/listed&gone", b"4", content_type="image/png")
    storage.delete(FILES, ["media/gone"])
    aws.client("s3").delete_objects(Bucket=FILES, Delete={"Objects": [{"Key": "media/listed&gone"}]})
    aws.client("s3").copy_object(Bucket=FILES, Key="media/copy", CopySource=f"{FILES}/media/a")
    assert "media/a" in s3.heard()

    os.kill(s3.moto.pid, signal.SIGKILL)
    while s3.moto.alive:
        time.sleep(0.01)
    s3.moto.start()

    back = aws.client("s3").get_object(Bucket=FILES, Key="media/a")
    assert (back["Body"].read(), back["ContentType"], back["CacheControl"]) == (b"one", "image/png", "max-age=7")
    assert [stored(key) for key in ("media/a/b", "media/copy")] == [b"two", b"one"]
    assert [stored(key) for key in ("media/gone", "media/listed&gone")] == [None, None]
    assert s3.heard(wait=1) == []
    storage.write(FILES, "media/new", b"5", content_type="image/png")
    assert s3.heard(wait=1) == ["media/new"]


def test_who_calls_while_the_stand_in_is_away_waits_for_it(s3: S3) -> None:
    os.kill(s3.moto.pid, signal.SIGKILL)
    while s3.moto.alive:
        time.sleep(0.01)
    upload = storage.presign_upload(FILES, "uploads/patient", content_type="text/csv", size=1)
    parts = urlsplit(upload.url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    connection.request("PUT", f"{parts.path}?{parts.query}", b"1", upload.headers)
    s3.moto.start()
    with connection.getresponse() as answer:
        assert answer.status == 200
    connection.close()
    assert stored("uploads/patient") == b"1"


SIGNED = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
QUERY = (
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=local%2F20261123%2Feu-central-1%2Fs3%2Faws4_request"
    "&X-Amz-Date=20261123T120000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=00"
)


@pytest.mark.parametrize(
    ("query", "headers", "after", "why"),
    [
        (QUERY, {}, 899, MISMATCH),
        (QUERY, {}, 901, EXPIRED),
        (QUERY, {"x-amz-acl": "public-read"}, 0, NOT_SIGNED),
        (QUERY.replace("X-Amz-Expires=900", "X-Amz-Expires=soon"), {}, 0, MALFORMED),
        (QUERY.replace("X-Amz-Date", "X-Amz-Day"), {}, 0, MALFORMED),
    ],
)
def test_a_presigned_request_is_refused_for(query: str, headers: dict[str, str], after: int, why: object) -> None:
    now = SIGNED + timedelta(seconds=after)
    assert refusal("GET", f"/files/a?{query}", {"host": "x"} | headers, secret="local", now=now) == why
