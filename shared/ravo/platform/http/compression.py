"""Compression: of an answer as a whole, or once for everyone of what all their answers share, with the rest added as it is.

A gzip file (RFC 1952) is a deflate stream (RFC 1951) and a checksum that can be gone on with. A stream that was flushed ends
at a whole byte, where a last block of plain bytes may follow: so the rest costs nothing but its own checksum.
"""

import hashlib
import struct
import zlib
from typing import NamedTuple

from isal import isal_zlib

COMPRESS_FROM = 1024
# Intel's library makes gzip of the same size in a third of the time that zlib takes, on ARM too: a page of products is
# compressed in less time than it takes to ask the cache for it. CloudFront may compress harder.
_LEVEL = 1
_GZIP_WINDOW = 16 + isal_zlib.MAX_WBITS
_BARE_WINDOW = -isal_zlib.MAX_WBITS

# Deflate, no flags, no time, an unknown system.
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_GZIP_END = struct.Struct("<II")
_PLAIN_BLOCK = struct.Struct("<BHH")
_LAST_AND_PLAIN, _LONGEST_BLOCK = 1, 0xFFFF
# A hash of what is packed, its checksum and its length.
_PACKED = struct.Struct(">12sIQ")


class Completed(NamedTuple):
    """An answer in gzip, and the hash of what it shares with others."""

    body: bytes
    hash: str


def compress(body: bytes) -> bytes:
    """Make gzip of an answer."""
    return isal_zlib.compress(body, _LEVEL, _GZIP_WINDOW)


def decompress(body: bytes) -> bytes:
    """Return what an answer in gzip says."""
    return isal_zlib.decompress(body, _GZIP_WINDOW)


def hash_of(shared: bytes) -> str:
    """Return a hash that tells versions of an answer apart."""
    return _hash(shared).hex()


def pack(shared: bytes) -> bytes:
    """Compress the beginning of answers, to be kept until `completed`."""
    stream = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _BARE_WINDOW)
    deflated = stream.compress(shared) + stream.flush(isal_zlib.Z_SYNC_FLUSH)
    return _PACKED.pack(_hash(shared), zlib.crc32(shared), len(shared)) + deflated


def completed(packed: bytes, rest: bytes) -> Completed:
    """Make an answer of a packed beginning and its own rest, of at most 64 KiB."""
    digest, checksum, length = _PACKED.unpack_from(packed)
    block = _PLAIN_BLOCK.pack(_LAST_AND_PLAIN, len(rest), len(rest) ^ _LONGEST_BLOCK) + rest
    end = _GZIP_END.pack(zlib.crc32(rest, checksum), (length + len(rest)) & 0xFFFF_FFFF)
    return Completed(b"".join((_GZIP_HEAD, memoryview(packed)[_PACKED.size :], block, end)), digest.hex())


def _hash(shared: bytes) -> bytes:
    return hashlib.blake2b(shared, digest_size=12).digest()
