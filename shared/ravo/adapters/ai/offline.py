"""The adapter that needs no service: vectors of hashed words, tags by frequency. It knows spelling, not meaning."""

import hashlib
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from ravo.adapters.ai import DIMENSIONS, PATIENCE_SECONDS

TAGS = 8
_WORD = re.compile(r"[a-z]{3,}")
_MARKUP = re.compile(r"<[^>]*>|&[a-z#0-9]+;")
_FILLER = frozenset(
    [
        "about",
        "after",
        "all",
        "also",
        "and",
        "any",
        "are",
        "but",
        "can",
        "each",
        "for",
        "from",
        "has",
        "have",
        "its",
        "just",
        "like",
        "made",
        "more",
        "most",
        "not",
        "one",
        "only",
        "our",
        "out",
        "over",
        "she",
        "than",
        "that",
        "the",
        "their",
        "them",
        "they",
        "this",
        "too",
        "very",
        "was",
        "way",
        "when",
        "will",
        "with",
        "without",
        "you",
        "your",
    ]
)


class OfflineKeywordAi:
    """Feature hashing (Weinberger et al., 2009) of words and of their trigrams into a signed vector."""

    model = "offline-hashed-words-1"
    similar_from = 0.45

    def embed(self, texts: Sequence[str], *, patience: float = PATIENCE_SECONDS) -> list[list[float]]:  # noqa: ARG002  (there is nothing to wait for)
        """Hash each text's words and trigrams into a vector of length one.

        A text without words gives a fixed direction.
        """
        return [_hashed(text) for text in texts]

    def tags(self, text: str) -> list[str]:
        """Return the most frequent words that carry meaning; of equally frequent ones the earlier comes first."""
        return [word for word, _ in Counter(_words(text)).most_common(TAGS)]


def _hashed(text: str) -> list[float]:
    # Of its 1,536 numbers, a search has only twenty that are not zero; only these are worth a calculation.
    found: dict[int, float] = {}
    for feature, weight in _features(text):
        number = int.from_bytes(hashlib.blake2b(feature.encode(), digest_size=8).digest())
        place = number % DIMENSIONS
        found[place] = found.get(place, 0.0) + (weight if number >> 63 else -weight)
    length = math.hypot(*found.values())
    if not length:
        found, length = {0: 1.0}, 1.0
    vector = [0.0] * DIMENSIONS
    for place, value in found.items():
        vector[place] = value / length
    return vector


def _features(text: str) -> Iterator[tuple[str, float]]:
    for word, times in Counter(_words(text)).items():
        weight = 1 + math.log(times)
        yield word, weight
        padded = f"^{word}$"
        grams = [padded[start : start + 3] for start in range(len(padded) - 2)]
        # All trigrams of a word together weigh half of the word itself.
        for gram in grams:
            yield f"#{gram}", weight * 0.7 / math.sqrt(len(grams))


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFD", _MARKUP.sub(" ", text)).encode("ascii", "ignore").decode().lower()
    return [_singular(word) for word in _WORD.findall(plain) if word not in _FILLER]


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
