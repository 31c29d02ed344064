"""Text that people send: slugs made from names, HTML made safe."""

import re
import unicodedata

_NOT_SLUG = re.compile(r"[^a-z0-9]+")
LONGEST_SLUG = 160


def slug_of(name: str) -> str:
    """Make a slug: lower-case ASCII letters, digits and single hyphens; `item` for a name without any."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _NOT_SLUG.sub("-", plain).strip("-")[:LONGEST_SLUG].strip("-") or "item"


def safe_html(html: str) -> str:
    """Keep the tags that lay out text; drop scripts, styles, handlers and foreign protocols."""
    import nh3

    return nh3.clean(html, link_rel="noopener noreferrer nofollow", url_schemes={"http", "https", "mailto"}).strip()
