"""Understanding text by machine: one protocol, and an adapter for each service that implements it."""

from collections.abc import Sequence
from functools import cache
from typing import Protocol

from ravo.platform.settings import settings

DIMENSIONS = 1536
# How long a job can wait. Callers that keep a shopper waiting pass less.
PATIENCE_SECONDS = 8.0


class AiUnavailable(Exception):
    """The service did not answer, or not sensibly. The caller goes on without it, or tries again later."""


class Ai(Protocol):
    """What we need from any such service."""

    # Vectors of different models can't be compared, so each is stored with the model that made it.
    model: str
    # The cosine similarity from which two texts speak of the same thing.
    similar_from: float

    def embed(self, texts: Sequence[str], *, patience: float = PATIENCE_SECONDS) -> list[list[float]]:
        """Return a vector of 1,536 numbers and length one for each text.

        Raises `AiUnavailable`, at the latest after `patience` seconds.
        """
        ...

    def tags(self, text: str) -> list[str]:
        """Return up to eight words that say what a text is about; raises `AiUnavailable`."""
        ...


@cache
def ai() -> Ai:
    """Return the adapter that the settings choose: OpenAI where there is a key for it, else the offline one."""
    if settings().openai_api_key_secret_arn:
        from ravo.adapters.ai.openai import OpenAi

        return OpenAi()
    from ravo.adapters.ai.offline import OfflineKeywordAi

    return OfflineKeywordAi()
