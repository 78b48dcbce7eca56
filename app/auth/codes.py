"""One-time codes: which step a code belongs to, and what recovery codes look like."""

from __future__ import annotations

from datetime import datetime

import pyotp

from app.auth.core_districts import login_key
from app.kit.errors import ErrorKind, LongwenError

ISSUER = "龙文积分"
STEPS_ASIDE = 1  # a clock may be half a minute off
RECOVERY_CODES = 10
RECOVERY_CODE_LETTERS = 16  # 80 bits in base32
_SECONDS = 30


class FactorExists(LongwenError):
    """A factor in use is not replaced by whoever holds a log-in."""

    kind = ErrorKind.CONFLICT
    code = "second_factor_exists"
    zh = "动态码已启用。需要更换时，请区安全管理员先重置。"
    en = "A second factor is in use. To replace it, have the district's security administrator reset it first."


class WrongCode(LongwenError):
    """The authenticator shows another: it took in another secret, or its clock is wrong."""

    code = "wrong_code"
    zh = "动态码不正确。请核对验证器中的密钥和手机时间后重试。"
    en = "The code is wrong. Check the secret in the authenticator and the phone's clock, and try again."


class FactorNotBegun(LongwenError):
    """There is nothing to confirm."""

    kind = ErrorKind.CONFLICT
    code = "second_factor_not_begun"
    zh = "尚未开始启用动态码。请先取得密钥：POST /api/v1/me/second-factor。"
    en = "No second factor is being set up. Get a secret first: POST /api/v1/me/second-factor."


def step_of(secret: str, code: str, at: datetime, last_step: int | None) -> int | None:
    """The step (30 seconds since 1970) that the code belongs to; None if it is wrong, or not newer than the last."""
    try:
        step = pyotp.TOTP(secret, interval=_SECONDS).verify_and_get_timecode(
            bare(code), for_time=at, valid_window=STEPS_ASIDE
        )
    except pyotp.OTPVerificationError:
        return None
    return step if last_step is None or step > last_step else None


def address_of(secret: str, login: str) -> str:
    """The otpauth address that an authenticator scans. ``login`` is written with its district."""
    return pyotp.TOTP(secret, interval=_SECONDS).provisioning_uri(name=login, issuer_name=ISSUER)


def bare(code: str) -> str:
    """A code without the blanks and hyphens that it is shown with, whatever its case and width."""
    return "".join(one for one in login_key(code) if one.isalnum())


def spaced(code: str) -> str:
    """A recovery code as it is shown: four groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def is_recovery_code(code: str) -> bool:
    return len(bare(code)) == RECOVERY_CODE_LETTERS
