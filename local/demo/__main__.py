"""`make demo`: starts a system of its own, tells a story on it, and ends it."""

import os
import sys
import time
from pathlib import Path

from local.demo.buying_story import BuyingStory
from local.demo.catalogue import ROWS, pictures_zip
from local.demo.catalogue_story import Catalogue, CatalogueStory
from local.demo.client import Refused, Shop
from local.demo.keeping_story import KeepingStory
from local.demo.running import ROOT, throwaway_system
from local.demo.telling import Telling, Unexpected
from local.demo.trace import Trace
from local.owner import OWNER, PASSWORD


def main() -> None:
    """Tell the story; the exit status is 1 if anything was not as expected."""
    sys.stdout.reconfigure(line_buffering=True)  # pyright: ignore[reportAttributeAccessIssue]
    catalogue = chosen_catalogue(Path(os.environ.get("RAVO_DATA", ROOT.parent / "shared" / "data")))
    began = time.monotonic()
    print("Starting the whole system, with nothing in it ...")
    try:
        with throwaway_system() as system:
            print(f"It answers at {system.url} after {time.monotonic() - began:.1f} s.")
            shop = Shop(system.url)
            shop.sign_in(OWNER, PASSWORD)
            trace = Trace(system, shop)
            try:
                telling = Telling(trace)
                CatalogueStory(telling, shop).tell(catalogue)
                bought = BuyingStory(telling, shop, system.stripe.url).tell()
                KeepingStory(telling, shop).tell(bought)
            finally:
                trace.close()
    except (Unexpected, Refused, TimeoutError, OSError) as failure:
        sys.exit(f"\nThis should not have happened: {failure}")
    except KeyboardInterrupt:
        sys.exit("\nEnded early.")
    print(f"\nAll as it should be, in {time.monotonic() - began:.1f} s; everything that was started has ended.")


def chosen_catalogue(data: Path) -> Catalogue:
    """The Luma catalogue with its photographs if the folder has it, otherwise the demo catalogue."""
    rows = data / "luma" / "products.csv"
    if not rows.exists():
        return Catalogue("The demo catalogue", ROWS, "custom", pictures_zip())
    return Catalogue("The Luma catalogue", rows, "magento", pictures_zip(data / "luma" / "images"))


if __name__ == "__main__":
    main()
