"""Changes of a rule book put into words: what changes, from what to what, for whom, and on which grounds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.handbook import phrases
from app.handbook.basis import place_of_key
from app.handbook.differing import ABSENT, ORDER, Difference, Place, stands_at
from app.handbook.glossary import NOTHING, Glossary, listed, say, without_shared_parts
from app.handbook.labels import WHAT, raw, value_words, what
from app.rules.core import Edition, Regime, overlaid
from app.rules.lines import Band
from app.rules.name import Name


class Verb(StrEnum):
    """What happened to a place."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    CITED = "cited"  # only where the value comes from
    MOVED = "moved"  # only the order


@dataclass(frozen=True, slots=True)
class Change:
    """One change: where, of what, from what to what, and where both come from.

    ``place`` is its key in the compiled book (``items.ORG-A01.bounds.year``). ``profiles`` are the classes of members
    that it concerns, empty for all whom the place concerns.
    """

    verb: Verb
    place: str
    subject: Name
    what: Name
    old: Name | None
    new: Name | None
    old_basis: Name | None
    new_basis: Name | None
    profiles: tuple[str, ...]
    text: Name


@dataclass(frozen=True)
class Found:
    """A difference with the regimes around it and its citations as they are written in the book.

    ``is_of_class``: it is not one of two editions, but of a class of members from the usual one.
    """

    difference: Difference
    old_regime: Regime | None
    new_regime: Regime | None
    old_cited: str
    new_cited: str
    profiles: tuple[str, ...] = ()
    is_of_class: bool = False

    @property
    def place(self) -> Place:
        return self.difference.place


@dataclass(frozen=True)
class Teller:
    """Puts differences into words, those of the old edition and of the new one."""

    old: Glossary
    new: Glossary

    def told(self, found: Found) -> Change:
        one, place = found.difference, found.place
        old = value_words(self.old, found.old_regime, place, one.old)
        new = value_words(self.new, found.new_regime, place, one.new)
        if _keeps_name(one):  # which the subject tells already
            old, new = (
                phrases.band_test(words, value) if isinstance(value, Band) else NOTHING
                for words, value in ((self.old, one.old), (self.new, one.new))
            )
        old_cited, new_cited = without_shared_parts(found.old_cited, found.new_cited)
        old_basis, new_basis = self.old.citation(old_cited), self.new.citation(new_cited)
        verb = self._verb(found, old, new)
        if is_citation(place):
            old_basis = self.old.citation(one.old if isinstance(one.old, str) else _cited(one.old)) or NOTHING
            new_basis = self.new.citation(one.new if isinstance(one.new, str) else _cited(one.new)) or NOTHING
        elif verb is Verb.CHANGED:
            old, new = _told_apart(old, new, one)
        change = Change(
            verb=verb,
            place=".".join(place),
            subject=self._subject(found),
            what=self._what(found),
            old=None if verb in (Verb.ADDED, Verb.CITED) else old,
            new=None if verb in (Verb.REMOVED, Verb.CITED) else new,
            old_basis=old_basis,
            new_basis=new_basis,
            profiles=found.profiles,
            text=NOTHING,
        )
        return _with_text(change, self.new, found.is_of_class)

    def _what(self, found: Found) -> Name:
        """What of its subject changes; of a citation, the value that it belongs to."""
        place = found.place
        if place[-1] == "citation":
            return what(place[:1]) if len(place) == 2 or place[0] != "items" else WHAT["article"]
        if "citations" not in place:
            return what(place)
        key = place[-1].split("#")[0]
        regime = found.new_regime or found.old_regime
        at = (*place[:2], *place_of_key(key))
        value = ABSENT if regime is None or place[0] != "items" else stands_at(regime, at)
        label = what(tuple(key.split(".")))
        if value is ABSENT:
            return label
        words = self.new if found.new_regime is not None else self.old
        return say("{what}“{value}”", "{what} '{value}'", what=label, value=value_words(words, regime, at, value))

    @staticmethod
    def _verb(found: Found, old: Name, new: Name) -> Verb:
        one = found.difference
        if found.place[-1] == ORDER:
            return Verb.MOVED
        if is_citation(found.place) or (old == new and found.old_cited != found.new_cited):
            return Verb.CITED
        if one.old is ABSENT or one.old is None:
            return Verb.ADDED
        return Verb.REMOVED if one.new is ABSENT or one.new is None else Verb.CHANGED

    def _subject(self, found: Found) -> Name:
        """What the change is about: an item, a line, a band …, or the book as a whole."""
        place = found.place
        words = self.new if found.difference.new is not ABSENT else self.old
        regime = found.new_regime or found.old_regime
        section, code = place[0], place[1] if len(place) > 1 else ""
        if section == "items" and code != ORDER:
            return words.item(code)
        if section == "profiles" and code != ORDER:
            return say("党员类型“{name}”", "class of members '{name}'", name=words.class_of_members(code))
        if section in ("nodes", "dimensions", "across", "bands", "lines") and regime is not None and code != ORDER:
            found_at = stands_at(found.new_regime or regime, place[:2])
            found_at = stands_at(found.old_regime or regime, place[:2]) if found_at is ABSENT else found_at
            label = getattr(found_at, "label", getattr(found_at, "name", code))
            kind = _alone(what((section,)))
            return say("{kind}“{label}”", "{kind} '{label}'", kind=kind, label=label)
        if section in ("sources", "units", "class_names"):
            return say("{what}{code}", "{what} {code}", what=_alone(what((section,))), code=code)
        if section == "stars":
            return _star_subject(words.edition, place)
        return Name("细则总则", "The book")


def _keeps_name(one: Difference) -> bool:
    """Whether it is a band that came, went, or is called what it was."""
    names = {value.name for value in (one.old, one.new) if isinstance(value, Band)}
    return len(names) == 1


def _alone(kind: Name) -> Name:
    """A kind of thing before its own name: 'line X', not 'a line X'."""
    return replace(kind, en=re.sub("^(a|an|the) ", "", kind.en))


def _star_subject(edition: Edition, place: Place) -> Name:
    sheet = Name("星级标准", "The star sheet")
    at = stands_at(edition.stars, place[1:3]) if len(place) > 2 else ABSENT
    name = getattr(at, "name", None)
    if len(place) == 1:
        return sheet
    key = place[2] if place[1] == "citations" and len(place) > 2 else ".".join(place[1:])
    if isinstance(name, Name):
        return say("{sheet}·{code}{name}", "{sheet}, {code} {name}", sheet=sheet, code=place[2], name=name)
    return say("{sheet}·{key}", "{sheet}, {key}", sheet=sheet, key=key)


def _cited(value: Any) -> str:
    """The text of a citation that stands in a list with its key."""
    return str(value[1]) if isinstance(value, tuple) and len(value) == 2 else ""


def _told_apart(old: Name, new: Name, one: Difference) -> tuple[Name, Name]:
    """Phrases that differ in both languages, with every field where they would not."""
    if old.zh != new.zh and old.en != new.en:
        return old, new
    if old == new:
        return raw(one.old), raw(one.new)
    return Name(f"{old.zh}（{old.en}）", f"{old.en} ({old.zh})"), Name(f"{new.zh}（{new.en}）", f"{new.en} ({new.zh})")


_TEXTS = {
    Verb.ADDED: ("{subject}：新增{what}：{new}", "{subject}: {what}, new: {new}"),
    Verb.REMOVED: ("{subject}：取消{what}（原为：{old}）", "{subject}: {what}, no more: {old}"),
    Verb.CHANGED: ("{subject}：{what}由“{old}”改为“{new}”", "{subject}: {what}: '{old}' becomes '{new}'"),
    Verb.CITED: ("{subject}：{what}的依据改变", "{subject}: {what}: another citation"),
    Verb.MOVED: ("{subject}：{what}由“{old}”改为“{new}”", "{subject}: {what}: '{old}' becomes '{new}'"),
}
_WHOLE_TEXTS = {
    Verb.ADDED: ("新增{subject}：{new}", "{subject} added: {new}"),
    Verb.CHANGED: ("{subject}由“{old}”改为“{new}”", "{subject}: '{old}' becomes '{new}'"),
    Verb.REMOVED: ("删除{subject}（原为：{old}）", "{subject} removed (it was: {old})"),
}
_RETIRED = {
    True: ("{subject}：停用，已有积分保留，不再记录", "{subject}: retired; what was recorded stays, no more is"),
    False: ("{subject}：恢复使用", "{subject}: in use again"),
}


_NOT_THEIRS = {
    True: ("{subject}：对{who}不适用", "{subject}: not for {who}"),
    False: ("{subject}：对{who}适用", "{subject}: for {who} too"),
}
_OF_CLASS = (
    "{subject}：对{who}，{what}为“{new}”，对其他党员为“{old}”",
    "{subject}: for {who}, {what}: '{new}'; for the others '{old}'",
)


def _inside(value: Name) -> Name:
    """A phrase as it stands within quotation marks of its own sentence."""
    return replace(value, zh=value.zh.replace("“", "‘").replace("”", "’"))


def _with_text(change: Change, words: Glossary, is_of_class: bool) -> Change:
    """The change with its sentence."""
    parts = change.place.split(".")
    is_whole = len(parts) == 2 and parts[0] in (
        "items", "lines", "bands", "dimensions", "across", "nodes", "sources", "units", "class_names", "profiles",
    )  # fmt: skip
    zh, en = _TEXTS[change.verb]
    if is_whole and change.verb in _WHOLE_TEXTS:
        zh, en = _WHOLE_TEXTS[change.verb]
    if is_of_class:
        zh, en = _OF_CLASS
    if parts[0] == "items" and parts[-1] == "retired" and change.new is not None:
        zh, en = (_NOT_THEIRS if change.profiles else _RETIRED)[change.new.en == "yes"]
    who = told_classes(words, change.profiles)
    old, new = _inside(change.old or NOTHING), _inside(change.new or NOTHING)
    text = say(zh, en, subject=change.subject, what=change.what, old=old, new=new, who=who)
    if change.profiles and "{who}" not in zh:
        text = say("{text}（只对{who}）", "{text} (only for {who})", text=text, who=who)
    return replace(change, text=Name(f"{text.zh}。", f"{text.en[:1].upper()}{text.en[1:]}."))


def told_classes(words: Glossary, codes: Sequence[str], also: Sequence[str] = ()) -> Name:
    """The classes of members by name; an overlay is named only where it does not go with the profile.

    ``also`` are classes that are not named, and to which the same applies.
    """
    overlays = [key.partition(".")[2] for key, _ in words.edition.citations if key.startswith("overlays.")]
    known = {*codes, *also}
    named, left_out = list(codes), []
    profiles = [code for code in codes if code not in overlays and "+" not in code]
    for overlay in overlays:
        if overlay in codes:
            named = [code for code in named if not code.endswith(f"+{overlay}")]
        pairs = [overlaid(code, overlay) for code in profiles]
        if profiles and all(pair in known for pair in pairs):
            named = [code for code in named if code not in pairs]
        elif profiles and not any(pair in known for pair in pairs):
            left_out.append(words.class_of_members(overlay))
    told = listed([words.class_of_members(code) for code in named])
    if not left_out:
        return told
    return say("{who}，{without}除外", "{who}, not {without}", who=told, without=listed(left_out))


def is_citation(place: Place) -> bool:
    return place[-1] == "citation" or "citations" in place
