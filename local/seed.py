"""The demo shop: its owner, what it charges, and a small catalogue. Only for laptops."""

import os

from local.demo.catalogue import ROWS, pictures_zip
from local.demo.client import Shop
from local.demo.terms import set_terms
from local.owner import OWNER, PASSWORD
from local.owner import main as make_owner

IMPORTED_WITHIN_SECONDS = 60.0


def main() -> None:
    """Create the demo owner if there is none, and fill an empty shop. Refuses outside a laptop."""
    from ravo.platform.settings import settings

    make_owner()
    if _shop_is_empty():
        fill(Shop(settings().public_url))


def fill(shop: Shop) -> None:
    """Enter what the shop charges, and import the demo catalogue through the API like any other.

    The catalogue comes last: staff may have changed a shop that has one, so such a shop is not touched from then on.
    """
    shop.sign_in(OWNER, PASSWORD)
    set_terms(shop)
    import_id = shop.begin_import(ROWS, kind="custom", pictures=pictures_zip())
    shop.finish_import(import_id, within=IMPORTED_WITHIN_SECONDS)


def _shop_is_empty() -> bool:
    from sqlalchemy import text

    from ravo.platform.database import reading

    with reading() as session:
        return not session.scalar(text("SELECT EXISTS (SELECT FROM products)"))


if __name__ == "__main__":
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    main()
