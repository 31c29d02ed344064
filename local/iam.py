"""IAM's decision: whether grants allow an action on a resource."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Grant:
    """One statement of a policy, which it is named after; actions and resources may have IAM's wildcards."""

    policy: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    denies: bool = False

    def covers(self, action: str, resource: str) -> bool:
        """Whether the statement covers an action on a resource."""
        return any(_fits(each, action, ignore_case=True) for each in self.actions) and any(
            _fits(each, resource) for each in self.resources
        )


def granted(grants: Iterable[Grant], action: str, resource: str) -> Grant | None:
    """Return the grant that allows an action on a resource, or None.

    What no grant allows is denied, and so is what one grant denies.
    """
    allowing: Grant | None = None
    for grant in grants:
        if grant.covers(action, resource):
            if grant.denies:
                return None
            allowing = allowing or grant
    return allowing


def _fits(pattern: str, value: str, *, ignore_case: bool = False) -> bool:
    return bool(_expression(pattern, ignore_case).fullmatch(value))


@lru_cache(maxsize=4096)
def _expression(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    """Translate IAM's wildcards.

    A star stands for any text, also across slashes and colons, a question mark for one character.
    """
    said = "".join({"*": ".*", "?": "."}.get(character) or re.escape(character) for character in pattern)
    return re.compile(said, re.IGNORECASE | re.DOTALL if ignore_case else re.DOTALL)
