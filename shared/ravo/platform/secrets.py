"""Secrets and parameters: given in the environment on a laptop, fetched and kept for five minutes on AWS."""

import json
from urllib.parse import quote

from ravo.platform.settings import settings

KEPT_FOR_SECONDS = 300


class SecretMissing(RuntimeError):
    """A secret or parameter is neither given nor can it be fetched; the message names its setting, or where it should be."""


def fetch_secret(arn: str) -> str:
    """Fetch a Secrets Manager secret's text, cached for five minutes so that a rotation is soon seen. Raises `SecretMissing`."""
    from aws_lambda_powertools.utilities import parameters

    try:
        return str(parameters.get_secret(arn, max_age=KEPT_FOR_SECONDS))
    except parameters.GetParameterError as error:
        raise SecretMissing(arn) from error


def database_url() -> str:
    """Return the SQLAlchemy URL of the database."""
    here = settings()
    if here.database_url:
        return here.database_url.get_secret_value()
    if not here.database_secret_arn or not here.database_host:
        raise SecretMissing("DATABASE_URL, or DATABASE_SECRET_ARN with DATABASE_HOST")
    login: dict[str, str] = json.loads(fetch_secret(here.database_secret_arn))
    return (
        f"postgresql+psycopg://{quote(login['username'])}:{quote(login['password'], safe='')}"
        f"@{here.database_host}/{here.database_name}?sslmode=require"
    )


def signing_key() -> str:
    """Return the PEM of the private key that signs access tokens; only functions that sign may read it."""
    here = settings()
    if here.signing_key:
        return here.signing_key.get_secret_value()
    if not here.signing_key_secret_arn:
        raise SecretMissing("SIGNING_KEY or SIGNING_KEY_SECRET_ARN")
    return fetch_secret(here.signing_key_secret_arn)


def verification_keys() -> str:
    """Return the published key set (JWKS as JSON) that access tokens are verified with."""
    here = settings()
    if here.verification_keys:
        return here.verification_keys
    if not here.verification_keys_parameter:
        raise SecretMissing("VERIFICATION_KEYS or VERIFICATION_KEYS_PARAMETER")
    from aws_lambda_powertools.utilities import parameters

    try:
        return str(parameters.get_parameter(here.verification_keys_parameter, max_age=KEPT_FOR_SECONDS))
    except parameters.GetParameterError as error:
        raise SecretMissing(here.verification_keys_parameter) from error
