"""What comes out of searching."""

from ravo.platform.schemas import Reply


class Suggestion(Reply):
    """Something that a shopper may mean. `kind` is `product`, `category` or `term`; a term has no slug."""

    kind: str
    text: str
    slug: str
