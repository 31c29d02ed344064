"""A new value for what CloudFront shows the APIs, step by step: accepted first, sent then, and only then is the old one
forgotten.

The functions read the accepted values at run time (`ravo.platform.origin`), so no step needs a deployment, and one that
runs meanwhile changes nothing: it sends the value that the secret names as `sent`, which is accepted all the while.
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

# A value is followed by another after so long.
AGE = timedelta(days=30)
# When every function has read what the secret says, with as much again to be sure.
READ_BY_ALL = timedelta(seconds=2 * KEPT_FOR_SECONDS)


def rotate(*, begin: bool = False) -> str:
    """Take the step that is due, and say which: `begun`, `sent`, `switched`, `retired`, `waits` or `nothing`.

    `begin` does not wait until the value is old. Each step is seen from what the secret and the distribution say; a run
    that ended anywhere is taken up by the next.
    """
    here = settings()
    if not here.origin_secret_arn or not here.front_door_parameter or here.origin_secret:
        return "nothing"
    known, moment = _kept(), now()
    if known.since is None:
        # What the first deployment generated says nothing of its age.
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
    """Every place of CloudFront sends the wanted value: name it as sent, and the next time forget the one before."""
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
    """Read the secret, past every cache."""
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
    """Have every origin be shown the wanted value, and tell whether one was not.

    Another change at the same moment fails this one.
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
