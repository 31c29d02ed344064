"""What comes out of searching."""

from ravo.platform.schemas import Reply


class Suggestion(Reply):
    """Something that a shopper may have in mind. `kind` is `product`, `category` or `term`; `slug` is empty for a term."""

    kind: str
    text: str
    slug: str
