"""URLs of pictures: stored as `/media/…` paths, shown under the address that this environment serves them from."""

from ravo.platform.settings import settings

PREFIX = "/media/"


def shown(address: str) -> str:
    """Return a stored path as a URL that shoppers can fetch; URLs of pictures elsewhere on the web stay as they are."""
    return f"{_base()}{address.removeprefix(PREFIX)}" if address.startswith(PREFIX) else address


def shown_in(written: str) -> str:
    """Return JSON with the stored paths as URLs for shoppers.

    A text can't contain a match: quotes inside it have backslashes.
    """
    return written.replace(f'"url":"{PREFIX}', f'"url":"{_base()}')


def kept(address: str) -> str:
    """Return a shown URL as it is stored, so that what was read can be written back."""
    base = _base()
    return PREFIX + address.removeprefix(base) if address.startswith(base) else address


def _base() -> str:
    return f"{settings().media_url.rstrip('/')}/"
