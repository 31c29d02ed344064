"""The first signing key of a deployment: the private half into the secret, the public half where every function may read it."""

from ravo.platform import aws, tokens
from ravo.platform.settings import settings


def ensure_signing_key() -> bool:
    """Make the key where the secret still holds none; tells whether it did. On a laptop the environment brings the key."""
    here = settings()
    if not here.signing_key_secret_arn or not here.verification_keys_parameter or here.signing_key:
        return False
    secrets = aws.client("secretsmanager")
    current = secrets.get_secret_value(SecretId=here.signing_key_secret_arn)["SecretString"]
    made = not current.startswith("-----BEGIN")
    if made:
        current = tokens.new_signing_key()
        secrets.put_secret_value(SecretId=here.signing_key_secret_arn, SecretString=current)
    # Written each time: a deployment that broke off between the two halves is mended by the next.
    aws.client("ssm").put_parameter(
        Name=here.verification_keys_parameter, Value=tokens.published_keys(current), Type="String", Overwrite=True
    )
    return made
