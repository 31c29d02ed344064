"""From what someone typed to the products they mean."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ravo.adapters.ai import AiUnavailable, ai
from ravo.catalog.queries import search as queries
from ravo.catalog.queries.browse import Filters, Sort
from ravo.catalog.schemas.shop import ProductSummary
from ravo.catalog.search import spelling
from ravo.platform.observability import count

_WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 12
# A shopper rather gets what the words alone find.
PATIENCE_SECONDS = 1.5


@dataclass(frozen=True)
class Found:
    """A page of what was found. `searched_for` are the words after correction, what facets are counted for."""

    products: Sequence[ProductSummary]
    total: int
    searched_for: queries.Wanted


def search_products(session: Session, typed: str, filters: Filters, sort: Sort, *, limit: int, offset: int) -> Found:
    """Find products for what someone typed: all its words first, and where nothing has them all, any of them."""
    words = words_of(typed)
    corrected = spelling.correct(words, queries.candidates_for(session, words)) if words else []
    wanted = queries.Wanted(words=tuple(corrected), vector=_vector_of(corrected), similar_from=ai().similar_from)
    products, total = queries.page_of_matches(session, wanted, filters, sort, limit=limit, offset=offset)
    if not total and len(corrected) > 1:
        wanted = wanted.any_word()
        products, total = queries.page_of_matches(session, wanted, filters, sort, limit=limit, offset=offset)
    return Found(products, total, wanted)


def words_of(typed: str) -> list[str]:
    """Return the words of a search, in lower case and without accents, as the search columns have them."""
    decomposed = unicodedata.normalize("NFD", typed.lower())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return list(dict.fromkeys(_WORD.findall(plain)))[:MOST_WORDS]


def _vector_of(words: Sequence[str]) -> tuple[float, ...] | None:
    """What the words mean; without it the search is by text alone, which is no reason to fail."""
    if not words:
        return None
    try:
        return tuple(ai().embed([" ".join(words)], patience=PATIENCE_SECONDS)[0])
    except AiUnavailable:
        count("SearchWithoutMeaning")
        return None
