"""Limits at the doors that guessing would go through: by network, and at sign-in by account, without shutting its owner out."""

from collections.abc import Sequence

from pydantic import ValidationError

from ravo.identity import devices
from ravo.identity.schemas import Credentials
from ravo.platform import limits
from ravo.platform.http.limits import CountedRequest, by_network
from ravo.platform.limits import Counter

registrations = by_network(limits.REGISTRATION)
resets = by_network(limits.RESET)
key_exchanges = by_network(limits.KEY_EXCHANGE)
links = by_network(limits.LINK)
second_factors = by_network(limits.SECOND_FACTOR)
providers = by_network(limits.OAUTH)


def sign_ins(request: CountedRequest) -> Sequence[Counter]:
    """Count a try to sign in against its network, and against the account that it is for, whether or not there is one.

    Tries are counted, not failures, and before the password is looked at: what is asked all at once gets no further than
    what is asked in turn. A device that signed in to the account before has limits of its own, so whoever uses up the
    account's limits shuts out none but other strangers.
    """
    network = Counter(limits.SIGN_IN, request.network)
    try:
        # As the endpoint reads it, so that no way to write an address is another account.
        email = Credentials.model_validate(request.body()).email
    except ValidationError:
        return [network]
    account = devices.account_key(email)
    device = devices.device_for(account, request.event)
    if device:
        who = f"device:{device}"
        return [network, Counter(limits.DEVICE, who), Counter(limits.DEVICE_BY_HOUR, who)]
    who = f"account:{account}"
    return [network, Counter(limits.ACCOUNT, who), Counter(limits.ACCOUNT_BY_HOUR, who)]


def proofs(request: CountedRequest) -> Sequence[Counter]:
    """Count who is signed in and proves it again: whoever found an open browser shall not guess the password there."""
    return [Counter(limits.PROOF, request.caller)]
