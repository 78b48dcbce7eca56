"""Officers' keys: Ed25519, in PEM files that the service never sees."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.kit.errors import LongwenError
from app.proofs.certificates import Signature, Verifies


class KeyUnusable(LongwenError):
    """The file holds no Ed25519 key of the kind that is needed, or another password opens it."""

    code = "signing_key_unusable"
    zh = "密钥文件不可用：{cause}。需要 Ed25519 密钥的 PEM 文件；有密码的，请核对密码。"
    en = "The key is not usable: {cause}. A PEM file with an Ed25519 key is needed; if it has a password, check that."


def new_key(password: str | None) -> tuple[bytes, bytes]:
    """A private and a public key, in PEM."""
    key = Ed25519PrivateKey.generate()
    guard: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password:
        guard = serialization.BestAvailableEncryption(password.encode())
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, guard)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, public


def is_guarded(private: bytes) -> bool:
    """Whether the key needs a password."""
    return b"ENCRYPTED" in private.split(b"\n", 1)[0]


def sign(private: bytes, password: str | None, signed: bytes) -> Signature:
    """Raises KeyUnusable."""
    try:
        key = serialization.load_pem_private_key(private, password.encode() if password else None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnusable(cause=str(error)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(cause=type(key).__name__)
    return Signature(key.public_key().public_bytes_raw(), key.sign(signed))


def verifier(public: bytes) -> tuple[bytes, Verifies]:
    """The key's 32 bytes, and what tells whether a signature is its own. Raises KeyUnusable."""
    try:
        key = serialization.load_pem_public_key(public)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnusable(cause=str(error)) from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyUnusable(cause=type(key).__name__)

    def verifies(signature: bytes, signed: bytes) -> bool:
        try:
            key.verify(signature, signed)
        except InvalidSignature:
            return False
        return True

    return key.public_bytes_raw(), verifies
