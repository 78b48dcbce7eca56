"""Which passwords are taken."""

from __future__ import annotations

import pytest

from app.auth.password_policy import KnownPassword, PersonalPassword, WeakPassword, check_password
from tests.auth.people import PASSWORD


@pytest.mark.parametrize(
    "password",
    [PASSWORD, "a-sample-of-2026", "梅花 香自 苦寒来 七步成诗", "kq7Vt-wm3Xz", "0" * 5 + "ten of them, more or less"],
)
def test_a_password_that_is_long_and_uncommon_is_taken(password: str) -> None:
    check_password(password, "secretary", "林晓明")


@pytest.mark.parametrize("password", ["", "123456789", "kq7Vt-wm3", "k" * 129])
def test_a_password_has_ten_to_128_characters(password: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        check_password(password, "secretary", "林晓明")
    assert refused.value.code == "weak_password"


@pytest.mark.parametrize(
    "password",
    [
        "1234567890",
        "qwertyuiop",
        "1qaz2wsx3edc",
        "PASSWORD123",  # whatever the case
        "ｐａｓｓｗｏｒｄ１２３",  # and the width
        "P@ssw0rd1234",  # digits put for letters
        "Password2026",  # and a year behind
        "Qq123456789",
        "aaaaaaaaaaaa",
        "woaini1314520",  # what the list of Western breaches does not know
        "zhongguo2026",
        "longwen2026",
    ],
)
def test_a_password_known_from_breaches_or_soon_guessed_from_one_is_refused(password: str) -> None:
    with pytest.raises(KnownPassword):
        check_password(password, "secretary", "林晓明")


@pytest.mark.parametrize(
    "password",
    ["my-secretary-1", "SECRETARY-of-ours", "我们所以林晓明真行呀", "linxiaoming-1985", "XiaomingLin.1985"],
)
def test_a_password_does_not_name_its_person(password: str) -> None:
    with pytest.raises(PersonalPassword):
        check_password(password, "secretary", "林晓明")


def test_a_short_login_may_stand_in_a_password_by_chance() -> None:
    check_password("light blue horizon", "li", "X")
