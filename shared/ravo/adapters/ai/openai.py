"""OpenAI, or any service with its protocol: embeddings and tags over HTTPS, with only the standard library."""

import json
import urllib.request
from collections.abc import Sequence
from typing import Any, cast

from ravo.adapters.ai import DIMENSIONS, PATIENCE_SECONDS, AiUnavailable
from ravo.adapters.outgoing import opener
from ravo.platform.secrets import SecretMissing, openai_api_key
from ravo.platform.settings import settings

EMBEDDING_MODEL = "text-embedding-3-small"
TAG_MODEL = "gpt-4o-mini"
TAGS = 8
# About 8,000 tokens, which is what the embedding model takes.
LONGEST_TEXT = 24_000


class OpenAi:
    """Two calls of the REST API; the SDK would add thirty megabytes to the layer for them."""

    model = EMBEDDING_MODEL
    similar_from = 0.35

    def embed(self, texts: Sequence[str], *, patience: float = PATIENCE_SECONDS) -> list[list[float]]:
        """Request the texts' vectors in one call."""
        answer = _post(
            "embeddings",
            {
                "model": EMBEDDING_MODEL,
                "dimensions": DIMENSIONS,
                "input": [text[:LONGEST_TEXT] or " " for text in texts],
            },
            patience,
        )
        try:
            ordered = sorted(answer["data"], key=lambda item: item["index"])
            return [item["embedding"] for item in ordered]
        except (KeyError, TypeError) as error:
            raise AiUnavailable("an answer without embeddings") from error

    def tags(self, text: str) -> list[str]:
        """Request words; a JSON schema constrains the answer."""
        answer = _post("chat/completions", _tag_request(text[:LONGEST_TEXT]))
        try:
            said = json.loads(answer["choices"][0]["message"]["content"])
            return [str(tag).lower()[:40] for tag in said["tags"]][:TAGS]
        except (KeyError, TypeError, IndexError, ValueError) as error:
            raise AiUnavailable("an answer without tags") from error


def _tag_request(text: str) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {"tags": {"type": "array", "items": {"type": "string"}}},
        "required": ["tags"],
        "additionalProperties": False,
    }
    return {
        "model": TAG_MODEL,
        "messages": [
            {
                "role": "system",
                "content": f"Give up to {TAGS} short lower-case search tags for this activewear product.",
            },
            {"role": "user", "content": text},
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "tags", "strict": True, "schema": schema},
        },
    }


def _post(path: str, body: dict[str, Any], patience: float = PATIENCE_SECONDS) -> dict[str, Any]:
    base = settings().openai_base_url or "https://api.openai.com/v1"
    try:
        key = openai_api_key()
    except SecretMissing as error:
        raise AiUnavailable("no key") from error
    request = urllib.request.Request(  # noqa: S310  (the address only comes from the settings)
        f"{base.rstrip('/')}/{path}",
        data=json.dumps(body).encode(),
        headers={
            "authorization": f"Bearer {key}",
            "content-type": "application/json",
        },
    )
    try:
        with opener().open(request, timeout=patience) as response:
            return cast("dict[str, Any]", json.load(response))
    except (OSError, ValueError) as error:
        raise AiUnavailable(type(error).__name__) from error
