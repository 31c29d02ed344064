"""The keys that sign access tokens: the first of a deployment, and one after another from then on, so that no good
token is ever refused.

The private halves are a secret (`ravo.platform.keyring`), the public halves a parameter that every function may read. A
key is published before it is kept, and kept before it signs; what has no private half never signs, and is taken back by
the next run. So it does not matter between which two steps a run ends.
"""

from datetime import timedelta

from ravo.platform import aws, tokens
from ravo.platform.keyring import Keyring
from ravo.platform.observability import count
from ravo.platform.secrets import KEPT_FOR_SECONDS
from ravo.platform.settings import settings
from ravo.platform.time import now

# A key is followed by another after so long.
AGE = timedelta(days=30)
# From when a key is published until it signs. Functions have read it after five minutes; the rest is for the schedule,
# which looks every hour and mends what is published, should a deployment at the same moment have written over it.
PUBLISHED_BEFORE = timedelta(hours=2)
# From when a key no longer signs until it is published no more: its last tokens have ended, whatever the clocks say.
PUBLISHED_AFTER = tokens.LIFE + timedelta(seconds=2 * KEPT_FOR_SECONDS)


def ensure_signing_key() -> bool:
    """Make the key where the secret still holds none; tells whether it did.

    On a laptop the environment brings the key.
    """
    if not _are_ours():
        return False
    ring = _kept()
    made = ring is None
    if ring is None:
        ring = Keyring.of(tokens.new_signing_key(), signs_from=now())
        _keep(ring)
    # Each time: a deployment that broke off between the two halves is mended by the next.
    _publish(ring)
    return made


def rotate(*, begin: bool = False) -> str:
    """Take the step that is due, and say which: `begun`, `retired`, `mended` or `nothing`.

    `begin` does not wait until the key is old. A key that follows is published at once and signs in two hours; the one
    before it is forgotten when its tokens have ended.
    """
    if not _are_ours():
        return "nothing"
    ring = _kept()
    if ring is None:
        ensure_signing_key()
        return "begun"
    moment = now()
    needed = ring.still_needed(moment, after=PUBLISHED_AFTER)
    if len(needed.keys) == 1 and (begin or needed.keys[0].signs_from + AGE <= moment):
        following = needed.followed_by(tokens.new_signing_key(), signs_from=moment + PUBLISHED_BEFORE)
        _publish(following)
        _keep(following)
        count("SigningKeyRotated")
        return "begun"
    mended = _publish(needed)
    if needed != ring:
        _keep(needed)
        return "retired"
    return "mended" if mended else "nothing"


def replace() -> str:
    """Put a new key in the place of all others at once, because one has leaked: what they signed is refused from now
    on.

    For as long as functions keep what they read, five minutes, some tokens of the new key are refused too.
    """
    if not _are_ours():
        return "nothing"
    ring = Keyring.of(tokens.new_signing_key(), signs_from=now())
    _publish(ring)
    _keep(ring)
    count("SigningKeyReplaced")
    return "replaced"


def _are_ours() -> bool:
    here = settings()
    return bool(here.signing_key_secret_arn and here.verification_keys_parameter and not here.signing_key)


def _kept() -> Keyring | None:
    """Read the secret, past every cache; what a first deployment generated is no key yet."""
    held = aws.client("secretsmanager").get_secret_value(SecretId=settings().signing_key_secret_arn)["SecretString"]
    try:
        return Keyring.read(held)
    except ValueError:
        return None


def _keep(ring: Keyring) -> None:
    aws.client("secretsmanager").put_secret_value(
        SecretId=settings().signing_key_secret_arn, SecretString=ring.model_dump_json()
    )


def _publish(ring: Keyring) -> bool:
    """Publish the public halves, and tell whether something else was published before."""
    name = settings().verification_keys_parameter
    wanted = tokens.published_keys(*ring.pems)
    store = aws.client("ssm")
    if store.get_parameter(Name=name)["Parameter"]["Value"] == wanted:
        return False
    store.put_parameter(Name=name, Value=wanted, Type="String", Overwrite=True)
    return True
