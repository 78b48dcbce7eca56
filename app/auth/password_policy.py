"""Which passwords are taken: long enough, not the person's own name, and none that is known or soon guessed.

The breached-password list is that of zxcvbn (30,000, from public breaches), which comes with the package; zxcvbn also
finds them behind capitals, digits put for letters, years, and runs on the keyboard.
"""

from __future__ import annotations

from functools import cache

from pypinyin import lazy_pinyin
from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from app.auth.core_districts import login_key
from app.kit.errors import LongwenError

LENGTH_MIN = 10
LENGTH_MAX = 128  # more only costs the hash function time
_JUDGED_LENGTH_MAX = 72  # as much as zxcvbn looks at; what is longer is judged by its beginning
# "Very guessable" by zxcvbn's scale: fewer than a million guesses.
_SCORE_MIN = 2
_NAME_LENGTH_MIN = 3  # shorter ones stand in too many words to be found
_PINYIN_LENGTH_MIN = 4
# What the list, made of Western breaches, does not know: words that passwords here are made of.
_WORDS_HERE = (
    "woaini", "5201314", "1314520", "1314", "520", "zhongguo", "dangyuan", "dangwu", "dangjian", "zhibu", "shuji",
    "longwen", "zhangzhou", "fujian", "guanliyuan", "mima", "xitong", "jifen", "xingji",
)  # fmt: skip


class WeakPassword(LongwenError):
    """The password is too short or too long."""

    code = "weak_password"
    zh = "密码应有 10 至 128 个字符。"
    en = "A password has 10 to 128 characters."


class PersonalPassword(WeakPassword):
    """Whoever knows the person would try it."""

    code = "personal_password"
    zh = "密码不能包含登录名、姓名或姓名的拼音。"
    en = "A password does not contain the login, the person's name or its pinyin."


class KnownPassword(WeakPassword):
    """It stands in a list of breached passwords, or is made from one in a way that is tried first."""

    code = "known_password"
    zh = "此密码在已泄露的常用密码之中，或很容易由其推出。请换一个，例如几个不相干的词。"
    en = (
        "The password is among known breached ones or easily made from one. Take another, such as a few unrelated"
        " words."
    )


class SamePassword(WeakPassword):
    """A change that changes nothing."""

    code = "same_password"
    zh = "新密码须与当前密码不同。"
    en = "The new password is the present one."


def check_password(password: str, login: str, name: str) -> None:
    """WeakPassword, in one of its kinds. ``login`` is in its one form, without the district."""
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        raise WeakPassword(field="password")
    key = login_key(password)
    own = _own_words(login, name)
    if any(word in key for word in own):
        raise PersonalPassword(field="password")
    judged = key[:_JUDGED_LENGTH_MAX]
    if key in _breached() or zxcvbn(judged, user_inputs=[*_WORDS_HERE, *own])["score"] < _SCORE_MIN:
        raise KnownPassword(field="password")


def _own_words(login: str, name: str) -> list[str]:
    words = [word for word in (login, login_key(name)) if len(word) >= _NAME_LENGTH_MIN or not word.isascii()]
    syllables = [login_key(syllable) for syllable in lazy_pinyin(name)]
    spelt = ("".join(order) for order in (syllables, [*syllables[1:], *syllables[:1]]))
    return words + [word for word in spelt if len(word) >= _PINYIN_LENGTH_MIN]


@cache
def _breached() -> frozenset[str]:
    return frozenset(FREQUENCY_LISTS["passwords"])
