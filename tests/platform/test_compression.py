"""Answers in gzip: made of one piece, or of a beginning that was compressed for everyone and the rest."""

import gzip
import json
import zlib
from typing import Any

import pytest
from fastapi import Response
from hypothesis import given
from hypothesis import strategies as st

from ravo.platform.http import compression, packed, prepared, shared_answer
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


@given(st.binary(max_size=5_000), st.binary(max_size=300), st.integers(1, 40))
def test_what_was_packed_and_the_rest_are_one_gzip_file(shared: bytes, rest: bytes, times: int) -> None:
    body, digest = compression.completed(compression.pack(shared * times), rest)

    assert gzip.decompress(body) == shared * times + rest
    # Those who read a stream take one member, and nothing may follow it.
    stream = zlib.decompressobj(31)
    assert stream.decompress(body) == shared * times + rest
    assert (stream.eof, stream.unused_data) == (True, b"")
    assert compression.decompress(body) == shared * times + rest
    assert digest == compression.hash_of(shared * times)


def test_a_rest_as_long_as_a_block_can_be() -> None:
    rest = b"x" * 0xFFFF

    assert gzip.decompress(compression.completed(compression.pack(b"so "), rest).body) == b"so " + rest


def test_a_kept_answer_says_what_one_made_anew_says() -> None:
    again, anew = (send(app_of(endpoint, method="GET"), "GET", headers=GZIP) for endpoint in (kept, made_anew))

    assert json.loads(gzip.decompress(again.body))["data"] == json.loads(gzip.decompress(anew.body))["data"]
    for name in ("etag", "vary", "content-encoding", "content-type", "cache-control"):
        assert again.headers[name] == anew.headers[name]
    assert again.headers["content-length"] == str(len(again.body))


def test_who_takes_no_compression_gets_a_kept_answer_plain() -> None:
    reply = send(app_of(kept, method="GET"), "GET")

    assert len(reply.data) == 200
    assert reply.json["meta"]["requestId"] == reply.headers["x-request-id"]
    assert "content-encoding" not in reply.headers
    assert (reply.headers["vary"], reply.headers["content-length"]) == ("Accept-Encoding", str(len(reply.body)))


def test_who_has_a_kept_answer_gets_no_body() -> None:
    etag = send(app_of(kept, method="GET"), "GET", headers=GZIP).headers["etag"]

    reply = send(app_of(kept, method="GET"), "GET", headers={"if-none-match": etag} | GZIP)

    assert (reply.status, reply.body) == (304, b"")
    assert "content-encoding" not in reply.headers
    assert (reply.headers["etag"], reply.headers["vary"]) == (etag, "Accept-Encoding")
