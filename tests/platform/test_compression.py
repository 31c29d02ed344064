"""Answers in gzip: finished for one caller, or once for all who ask."""

import gzip
import json
from typing import Any

import pytest
from fastapi import Response

from ravo.platform.http import packed, prepared, shared_answer
from tests.platform.things import app_of, send

FRAGMENT = b'"data":%b' % json.dumps([{"name": f"Mat {number}"} for number in range(200)]).encode()
GZIP = {"accept-encoding": "br, gzip"}


@pytest.fixture(autouse=True)
def _fresh(database: Any) -> None:
    pass


async def kept() -> Response:
    return shared_answer(packed(FRAGMENT), cache="public")


async def made_anew() -> Response:
    return prepared(FRAGMENT, cache="public")


def test_a_kept_answer_says_what_one_made_anew_says() -> None:
    again, anew = (send(app_of(endpoint, method="GET"), "GET", headers=GZIP) for endpoint in (kept, made_anew))

    assert json.loads(gzip.decompress(again.body))["data"] == json.loads(gzip.decompress(anew.body))["data"]
    for name in ("etag", "vary", "content-encoding", "content-type", "cache-control"):
        assert again.headers[name] == anew.headers[name]
    assert again.headers["content-length"] == str(len(again.body))


def test_who_takes_no_compression_gets_a_kept_answer_plain() -> None:
    reply = send(app_of(kept, method="GET"), "GET")

    assert len(reply.data) == 200
    assert reply.json["meta"]["requestId"]
    assert "content-encoding" not in reply.headers
    assert (reply.headers["vary"], reply.headers["content-length"]) == ("Accept-Encoding", str(len(reply.body)))


def test_who_has_a_kept_answer_gets_no_body() -> None:
    etag = send(app_of(kept, method="GET"), "GET", headers=GZIP).headers["etag"]

    reply = send(app_of(kept, method="GET"), "GET", headers={"if-none-match": etag} | GZIP)

    assert (reply.status, reply.body) == (304, b"")
    assert "content-encoding" not in reply.headers
    assert (reply.headers["etag"], reply.headers["vary"]) == (etag, "Accept-Encoding")
