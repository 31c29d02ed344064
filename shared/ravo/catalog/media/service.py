"""Where pictures are found: kept as `/media/…` paths in the database, shown under the address that this environment serves them from."""

from ravo.platform.settings import settings

PREFIX = "/media/"


def shown(address: str) -> str:
    """Return a kept address as shoppers can fetch it; pictures elsewhere on the web stay where they are."""
    return f"{_base()}{address.removeprefix(PREFIX)}" if address.startswith(PREFIX) else address


def shown_in(written: str) -> str:
    """Return JSON with the kept addresses in it as shoppers can fetch them. In a text the quotes would have backslashes before them."""
    return written.replace(f'"url":"{PREFIX}', f'"url":"{_base()}')


def kept(address: str) -> str:
    """Return a shown address as it is kept, so that what was read can be written back."""
    base = _base()
    return PREFIX + address.removeprefix(base) if address.startswith(base) else address


def _base() -> str:
    return f"{settings().media_url.rstrip('/')}/"
