"""The keys that sign access tokens: made at the first deployment, and rotated so that no valid token is ever refused.

The private halves are a secret (`ravo.platform.keyring`), the public halves a parameter that every function may read. A
key is published before it is kept, and kept before it signs. A public half without a private half never signs, and the
next run removes it. So it does not matter between which two steps a run ends.
"""

from datetime import timedelta

from ravo.platform import aws, tokens
from ravo.platform.keyring import Keyring
from ravo.platform.observability import count
from ravo.platform.secrets import KEPT_FOR_SECONDS
from ravo.platform.settings import settings
from ravo.platform.time import now

# How long a key signs before another follows.
AGE = timedelta(days=30)
# From when a key is published until it signs. Functions have read it after five minutes. The rest is for the schedule,
# which runs every hour and repairs what is published, in case a deployment at the same moment has overwritten it.
PUBLISHED_BEFORE = timedelta(hours=2)
# From when a key no longer signs until it is no longer published: its last tokens have expired by then, even if clocks
# differ.
PUBLISHED_AFTER = tokens.LIFE + timedelta(seconds=2 * KEPT_FOR_SECONDS)


def ensure_signing_key() -> bool:
    """Make the first key if the secret holds none yet; returns whether it did.

    On a laptop the environment brings the key.
    """
    if not _are_ours():
        return False
    ring = _kept()
    made = ring is None
    if ring is None:
        ring = Keyring.of(tokens.new_signing_key(), signs_from=now())
        _keep(ring)
    # Done every time: the next deployment repairs one that broke off between the two halves.
    _publish(ring)
    return made


def rotate(*, begin: bool = False) -> str:
    """Take the step that is due, and return which: `begun`, `retired`, `mended` or `nothing`.

    `begin` does not wait until the key is old. A new key is published at once and signs after two hours; the one before
    it is removed when its tokens have expired.
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
    """Replace all keys by a new one at once, because one has leaked: what they signed is refused from now on.

    For the five minutes that functions cache the keys, some tokens of the new key are refused too.
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
    """Read the secret, bypassing every cache; the value that a first deployment generated is no key yet."""
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
    """Publish the public halves; returns whether something else was published before."""
    name = settings().verification_keys_parameter
    wanted = tokens.published_keys(*ring.pems)
    store = aws.client("ssm")
    if store.get_parameter(Name=name)["Parameter"]["Value"] == wanted:
        return False
    store.put_parameter(Name=name, Value=wanted, Type="String", Overwrite=True)
    return True
