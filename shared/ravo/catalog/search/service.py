"""Search: from the words that someone typed to the products that they mean."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from ravo.adapters.ai import AiUnavailable, ai
from ravo.catalog.listings.queries import Filters, Listed, Sort
from ravo.catalog.search import queries, spelling
from ravo.platform.observability import count

_WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 12
# After this time, shoppers get what the words find without their meaning.
PATIENCE_SECONDS = 1.5


@dataclass(frozen=True)
class Found(Listed):
    """A page of matches. `searched_for` holds the words after correction; facets are counted for these."""

    searched_for: queries.Wanted


def search_products(session: Session, typed: str, filters: Filters, sort: Sort, *, limit: int, offset: int) -> Found:
    """Find products for what someone typed: all its words first, then all of them corrected, then any of them."""

    def found(wanted: queries.Wanted, *, correcting: bool = False) -> queries.Matches:
        return queries.page_of_matches(
            session, wanted, filters, sort, limit=limit, offset=offset, correcting=correcting
        )

    words = words_of(typed)
    wanted = _wanted(words)
    matches = found(wanted, correcting=True)
    if matches.spellings:
        # The vector of the first words stays: models cope with typing errors, and another call would make the shopper
        # wait twice.
        wanted = replace(wanted, words=tuple(spelling.correct(words, matches.spellings)))
        matches = found(wanted)
    if not matches.total and len(words) > 1:
        wanted = wanted.any_word()
        matches = found(wanted)
    return Found(matches.products, matches.total, wanted)


def words_of(typed: str) -> list[str]:
    """Return the words of a search, in lower case and without accents, as the search columns have them."""
    decomposed = unicodedata.normalize("NFD", typed.lower())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return list(dict.fromkeys(_WORD.findall(plain)))[:MOST_WORDS]


def _wanted(words: Sequence[str]) -> queries.Wanted:
    """Add the words' meaning as a vector. Without it the search is only by text, which is no reason to fail."""
    if not words:
        return queries.Wanted(())
    try:
        (vector,) = ai().embed([" ".join(words)], patience=PATIENCE_SECONDS)
    except AiUnavailable:
        count("SearchWithoutMeaning")
        return queries.Wanted(tuple(words))
    return queries.Wanted(tuple(words), tuple(vector), model=ai().model, similar_from=ai().similar_from)
