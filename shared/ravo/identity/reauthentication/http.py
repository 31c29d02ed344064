"""How often someone who is signed in may try to prove it again."""

from collections.abc import Sequence

from ravo.platform import limits
from ravo.platform.http.limits import CountedRequest
from ravo.platform.limits import Counter


def proofs(request: CountedRequest) -> Sequence[Counter]:
    """Count who is signed in and proves it again: whoever found an open browser shall not guess the password there."""
    return [Counter(limits.PROOF, request.caller)]
