"""What shoppers are shown of a product, its card and its pages: written together when it changes, and compared with what they would be."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.catalog.projections import queries as facts
from ravo.catalog.projections.cards import card_of
from ravo.catalog.projections.pages import pages_of

COMPARED_AT_ONCE = 100

_WRITE = text(
    """
    WITH page_now AS (
        SELECT product_id, locale, page FROM unnest(
            CAST(:pages_of AS uuid[]), CAST(:locales AS text[]), CAST(:pages AS text[])
        ) AS made (product_id, locale, page)
    ),
    gone AS (
        DELETE FROM product_pages
        WHERE product_id = ANY(:ids) AND (product_id, locale) NOT IN (SELECT product_id, locale FROM page_now)
    ),
    pages AS (
        INSERT INTO product_pages AS written (product_id, locale, page) SELECT product_id, locale, page FROM page_now
        ON CONFLICT (product_id, locale) DO UPDATE SET page = excluded.page WHERE written.page <> excluded.page
    )
    INSERT INTO product_cards AS written (product_id, card)
    SELECT product_id, card FROM unnest(CAST(:ids AS uuid[]), CAST(:cards AS text[])) AS made (product_id, card)
    ON CONFLICT (product_id) DO UPDATE SET card = excluded.card WHERE written.card <> excluded.card
    """
)
_SOME = text(
    """
    SELECT product_id, card, coalesce(pages, '{}') AS pages
    FROM product_listings
    LEFT JOIN product_cards USING (product_id)
    CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(locale, page) AS pages FROM product_pages WHERE product_id = product_listings.product_id
    ) written
    WHERE product_id > :after ORDER BY product_id LIMIT :limit
    """
)


class Shown(NamedTuple):
    """What is shown of a product: JSON, the pages by their languages."""

    card: str | None
    pages: dict[str, str]


def write(session: Session, product_ids: Sequence[UUID]) -> None:
    """Write anew what is shown of those of these products that are listed, in the transaction that changed them.

    Their listings must be locked: two that change a product at once would each write it without the change of the other.
    """
    made = _made(session, product_ids)
    if not made:
        return
    pages = [(product_id, locale, page) for product_id, shown in made.items() for locale, page in shown.pages.items()]
    ids, locales, texts = (list(each) for each in zip(*pages, strict=True))
    values = {"ids": list(made), "cards": [shown.card for shown in made.values()]}
    session.execute(_WRITE, values | {"pages_of": ids, "locales": locales, "pages": texts})


def outdated(session: Session) -> Iterator[UUID]:
    """Yield the listed products of which something is shown that would be another if it was written now, or missing."""
    after = UUID(int=0)
    while rows := session.execute(_SOME, {"after": after, "limit": COMPARED_AT_ONCE}).all():
        made = _made(session, [row.product_id for row in rows])
        yield from (row.product_id for row in rows if Shown(row.card, row.pages) != made.get(row.product_id))
        after = rows[-1].product_id


def _made(session: Session, product_ids: Sequence[UUID]) -> dict[UUID, Shown]:
    return {row.id: Shown(card_of(row), pages_of(row)) for row in facts.of_listed(session, product_ids)}
