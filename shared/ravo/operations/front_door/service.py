"""A new secret for CloudFront and the APIs, step by step: first accepted, then sent, then the old one is retired.

The functions read the accepted values at run time (`ravo.platform.origin`), so no step needs a deployment. A deployment
that runs meanwhile does no harm: it sends the value that the secret names as `sent`, which is accepted throughout.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from ravo.operations.front_door.errors import FrontDoorUnproven
from ravo.platform import aws
from ravo.platform.observability import count
from ravo.platform.origin import HEADER, OriginSecret
from ravo.platform.secrets import KEPT_FOR_SECONDS
from ravo.platform.settings import settings
from ravo.platform.time import now

# How long a value is used before another follows.
AGE = timedelta(days=30)
# When every function has read the secret again, with as much time on top to be sure.
READ_BY_ALL = timedelta(seconds=2 * KEPT_FOR_SECONDS)


def rotate(*, begin: bool = False) -> str:
    """Take the step that is due, and return which: `begun`, `sent`, `switched`, `retired`, `waits` or `nothing`.

    `begin` does not wait until the value is old. The step that is due follows from the secret and the distribution, so
    the next run continues where the last one ended.
    """
    here = settings()
    if not here.origin_secret_arn or not here.front_door_parameter or here.origin_secret:
        return "nothing"
    known, moment = _kept(), now()
    if known.since is None:
        # The value that the first deployment generated has no known age.
        known = _keep(known.model_copy(update={"since": moment}))
    if len(known.accepted) == 1 and (begin or _age(known, moment) >= AGE):
        _keep(known.model_copy(update={"next": secrets.token_urlsafe(36), "since": moment}))
        count("OriginSecretRotated")
        return "begun"
    if known.next and _age(known, moment) < READ_BY_ALL:
        return "waits"
    wanted, identity = known.next or known.sent, _distribution()
    if _tell(identity, wanted):
        return "sent"
    if len(known.accepted) == 1:
        return "nothing"
    if not _is_deployed(identity):
        return "waits"
    return _go_on(known, moment)


def _go_on(known: OriginSecret, moment: datetime) -> str:
    """Go on once all of CloudFront sends the wanted value: name it as sent, and on a later run retire the old one."""
    if known.next:
        _keep(OriginSecret(sent=known.next, previous=known.sent, since=moment))
        return "switched"
    if _age(known, moment) < READ_BY_ALL:
        return "waits"
    _keep(OriginSecret(sent=known.sent, since=known.since))
    return "retired"


def _age(known: OriginSecret, moment: datetime) -> timedelta:
    return moment - (known.since or moment)


def _kept() -> OriginSecret:
    """Read the secret, bypassing every cache."""
    held = aws.client("secretsmanager").get_secret_value(SecretId=settings().origin_secret_arn)["SecretString"]
    return OriginSecret.read(held)


def _keep(document: OriginSecret) -> OriginSecret:
    aws.client("secretsmanager").put_secret_value(
        SecretId=settings().origin_secret_arn, SecretString=document.model_dump_json(exclude_none=True)
    )
    return document


def _distribution() -> str:
    return str(aws.client("ssm").get_parameter(Name=settings().front_door_parameter)["Parameter"]["Value"])


def _tell(identity: str, wanted: str) -> bool:
    """Make CloudFront send the wanted value to every origin; returns whether any had another value.

    Another change at the same moment makes this one fail.
    """
    cloudfront = aws.client("cloudfront")
    said = cloudfront.get_distribution_config(Id=identity)
    headers = [header for header in _headers(said["DistributionConfig"]) if _proves(header)]
    if not headers:
        raise FrontDoorUnproven(identity)
    if all(header["HeaderValue"] == wanted for header in headers):
        return False
    for header in headers:
        header["HeaderValue"] = wanted
    cloudfront.update_distribution(Id=identity, IfMatch=said["ETag"], DistributionConfig=said["DistributionConfig"])
    return True


def _headers(config: dict[str, Any]) -> list[dict[str, str]]:
    return [
        header for origin in config["Origins"]["Items"] for header in origin.get("CustomHeaders", {}).get("Items", [])
    ]


def _proves(header: dict[str, str]) -> bool:
    return header["HeaderName"].lower() == HEADER


def _is_deployed(identity: str) -> bool:
    return bool(aws.client("cloudfront").get_distribution(Id=identity)["Distribution"]["Status"] == "Deployed")
