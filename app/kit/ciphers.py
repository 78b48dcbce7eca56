"""Encryption of single fields, and the keyed hash by which an encrypted field is found again."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.kit.digests import keyed_digest
from app.kit.errors import ErrorKind, LongwenError

_NONCE_BYTES = 12


class WrongKey(LongwenError):
    """Personal data was encrypted under another secret key."""

    kind = ErrorKind.UNAVAILABLE
    code = "wrong_key"
    zh = (
        "已加密的个人信息不能用现在的密钥解开。请把原来的密钥放回 LONGWEN_SECRET_KEY 或密钥文件；"
        "恢复备份时密钥须一并带来。"
    )
    en = (
        "The encrypted personal data does not open with this secret key. Put the original one back in"
        " LONGWEN_SECRET_KEY or its file; a backup is restored together with its key."
    )


class FieldCipher(Protocol):
    """Turns a field into bytes at rest and back, and into a hash that only the holder of the key can make."""

    def encrypt(self, text: str, context: bytes) -> bytes: ...

    def decrypt(self, data: bytes, context: bytes) -> str: ...

    def lookup(self, text: str, context: bytes) -> bytes: ...


@dataclass(frozen=True)
class AesFieldCipher:
    """AES-256-GCM under keys derived from one secret; ``context`` binds a value to its district and column."""

    cipher_key: bytes
    lookup_key: bytes

    @classmethod
    def from_secret(cls, secret: str) -> AesFieldCipher:
        """ValueError if the secret is shorter than 32 characters."""
        if len(secret) < 32:
            raise ValueError("the secret key needs at least 32 characters; make one with: openssl rand -base64 48")
        return cls(_derive(secret, b"longwen field cipher"), _derive(secret, b"longwen field lookup"))

    def encrypt(self, text: str, context: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self.cipher_key).encrypt(nonce, text.encode(), context)

    def decrypt(self, data: bytes, context: bytes) -> str:
        """Raises WrongKey if the data was encrypted under another key, was changed, or belongs elsewhere."""
        try:
            return AESGCM(self.cipher_key).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], context).decode()
        except InvalidTag as error:
            raise WrongKey from error

    def lookup(self, text: str, context: bytes) -> bytes:
        return keyed_digest(self.lookup_key, context + b"\0" + text.encode())


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
