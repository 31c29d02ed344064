"""The OpenAI adapter against recorded answers."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from ravo.adapters.ai import DIMENSIONS, AiUnavailable, ai
from ravo.platform.settings import forget_settings
from tests.catalog.shop import sell
from tests.gateway import call
from tests.jobs import recorded, run

ANSWERS: dict[str, Any] = {
    "/v1/embeddings": {
        "object": "list",
        "data": [
            {"object": "embedding", "index": 1, "embedding": [0.0, 1.0]},
            {"object": "embedding", "index": 0, "embedding": [1.0, 0.0]},
        ],
        "model": "text-embedding-3-small",
        "usage": {"prompt_tokens": 8, "total_tokens": 8},
    },
    "/v1/chat/completions": {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": '{"tags": ["hoodie", "warm", "trail"]}'},
                "finish_reason": "stop",
            }
        ],
    },
}


@pytest.fixture
def service(migrated: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, dict[str, str], Any]]]:
    """A service that gives the recorded answers, and what it was asked."""
    asked: list[tuple[str, dict[str, str], Any]] = []

    class Recorded(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            asked.append((self.path, dict(self.headers.items()), body))
            answer = json.dumps(ANSWERS.get(self.path)).encode()
            self.send_response(200 if self.path in ANSWERS else 302)
            self.send_header("location", "/elsewhere")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def do_GET(self) -> None:
            asked.append((self.path, dict(self.headers.items()), None))
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    from ravo.platform import aws

    server = HTTPServer(("127.0.0.1", 0), Recorded)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    arn = aws.client("secretsmanager").create_secret(Name="openai", SecretString="sk-tests")["ARN"]
    monkeypatch.setenv("OPENAI_API_KEY_SECRET_ARN", arn)
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{server.server_port}/v1")
    forget_settings()
    ai.cache_clear()
    yield asked
    server.shutdown()
    server.server_close()
    aws.client("secretsmanager").delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
    monkeypatch.undo()
    forget_settings()
    ai.cache_clear()


def test_vectors_come_in_the_order_of_the_texts(service: Any) -> None:
    assert ai().embed(["first", ""]) == [[1.0, 0.0], [0.0, 1.0]]

    path, headers, body = service[0]
    assert (path, headers["authorization"] if "authorization" in headers else headers["Authorization"]) == (
        "/v1/embeddings",
        "Bearer sk-tests",
    )
    assert (body["dimensions"], body["input"]) == (DIMENSIONS, ["first", " "])


def test_products_are_understood_and_searched_for_with_the_shop_s_key(
    service: Any, database: Any, staff_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    meaning = [1.0] + [0.0] * (DIMENSIONS - 1)
    monkeypatch.setitem(ANSWERS, "/v1/embeddings", {"data": [{"index": 0, "embedding": meaning}]})
    sell(staff_token, "HOOD", "Trail Hoodie")
    (created,) = recorded(database, "product.created")

    assert run("catalog/jobs/embed_product", created.detail) == []
    found = call("catalog/store/list_products", "GET", "/api/v1/catalog/products", query={"search": "warm"})

    assert [product["name"] for product in found.data] == ["Trail Hoodie"]
    assert [path for path, _, _ in service] == ["/v1/embeddings", "/v1/chat/completions", "/v1/embeddings"]


def test_tags_are_what_the_model_says(service: Any) -> None:
    assert ai().tags("A hoodie") == ["hoodie", "warm", "trail"]


@pytest.mark.parametrize(
    "answer", [{}, {"data": None}, {"data": [{}]}, {"choices": []}, {"choices": [{"message": {"content": "no JSON"}}]}]
)
def test_an_answer_that_makes_no_sense_is_none(service: Any, monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    monkeypatch.setitem(ANSWERS, "/v1/embeddings", answer)
    monkeypatch.setitem(ANSWERS, "/v1/chat/completions", answer)

    with pytest.raises(AiUnavailable):
        ai().embed(["x"])
    with pytest.raises(AiUnavailable):
        ai().tags("x")


def test_the_key_is_not_taken_elsewhere(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(ANSWERS, "/v1/embeddings")

    with pytest.raises(AiUnavailable):
        ai().embed(["x"])

    assert [path for path, _, _ in service] == ["/v1/embeddings"]
