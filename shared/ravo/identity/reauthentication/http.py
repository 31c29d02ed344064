"""How often someone who is signed in may try to prove it again."""

from collections.abc import Sequence

from ravo.platform import limits
from ravo.platform.http.admission import Asking
from ravo.platform.limits import Claim


def proofs(asking: Asking) -> Sequence[Claim]:
    """Count who is signed in and proves it again: whoever found an open browser shall not guess the password there."""
    return [Claim(limits.PROOF, asking.caller)]
