"""Symmetric encryption, with a key for each purpose. Only the functions that use it import the library."""

import os

_NONCE_BYTES = 12


def derive_key(material: bytes, purpose: bytes) -> bytes:
    """Derive a key of 32 bytes for one purpose (HKDF with SHA-256, RFC 5869), of no use for any other."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(material)


def encrypt(key: bytes, content: bytes) -> bytes:
    """Encrypt with AES-256-GCM; the same content looks different each time."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, None)


def decrypt(key: bytes, sealed: bytes) -> bytes:
    """Decrypt what `encrypt` made. Raises `ValueError` for what was changed or encrypted with another key."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
    except InvalidTag as error:
        raise ValueError("not what was encrypted with this key") from error
