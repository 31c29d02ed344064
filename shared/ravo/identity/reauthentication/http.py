"""How often someone who is signed in may try to prove it again."""

from collections.abc import Sequence

from ravo.platform import limits
from ravo.platform.http.limits import CountedRequest
from ravo.platform.limits import Counter


def proofs(request: CountedRequest) -> Sequence[Counter]:
    """Count a user's proofs: someone who finds an open browser must not be able to guess the password there."""
    return [Counter(limits.PROOF, request.caller)]
