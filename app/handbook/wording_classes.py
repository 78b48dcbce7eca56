"""What classes of members have otherwise: of one item, or of the whole edition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from app.handbook.comparing import changes_for_profile
from app.handbook.glossary import Glossary, listed, say
from app.handbook.sentences import Sentence, Topic, chain
from app.handbook.telling import Change, Verb, told_classes
from app.rules.core import STANDARD, Item, Regime
from app.rules.name import Name

_Difference = tuple[Name, Name | None]  # a phrase with where it comes from


def class_sentences(words: Glossary, regime: Regime, item: Item) -> Iterator[Sentence]:
    """What other classes have otherwise in the item; of a special class, what it has otherwise than the usual one."""
    regimes = words.edition.regimes
    if regime.profile != STANDARD and STANDARD in regimes:
        found = _differences(words, regime.profile, item)
        if found:
            who = words.class_of_members(STANDARD)
            text = say("以上与“{who}”不同的是：{what}。", "Other than for '{who}' is: {what}.",
                       who=who, what=_joined(found))  # fmt: skip
            yield Sentence(Topic.CLASSES, f"classes.{STANDARD}", text, _bases(found))
        return
    by_class = {code: _differences(words, code, item) for code in regimes if code != regime.profile}
    followers = [code for code in regimes if _follows(code, by_class)]
    grouped: dict[tuple[_Difference, ...], list[str]] = {}
    for code, differences in by_class.items():
        if differences and code not in followers:
            grouped.setdefault(tuple(differences), []).append(code)
    for same, codes in grouped.items():
        text = say("{who}：{what}。", "{who}: {what}.",
                   who=told_classes(words, codes, followers), what=_joined(same))  # fmt: skip
        yield Sentence(Topic.CLASSES, f"classes.{'.'.join(codes)}", text, _bases(same))


def _joined(found: Sequence[_Difference]) -> Name:
    return listed([phrase for phrase, _ in found], "；", "; ")


def _bases(found: Sequence[_Difference]) -> Name | None:
    bases = dict.fromkeys(basis for _, basis in found if basis is not None)
    return listed(bases, "；", "; ") if bases else None


def _follows(code: str, by_class: Mapping[str, Sequence[_Difference]]) -> bool:
    """Whether an overlaid class has only what its profile and the overlay have each for themselves."""
    parts = code.split("+")
    return len(parts) > 1 and set(by_class.get(code, ())) == {one for part in parts for one in by_class.get(part, ())}


def _differences(words: Glossary, profile: str, item: Item) -> list[_Difference]:
    """What a class has otherwise than the usual one, in the item and in the ceilings above it."""
    other = words.edition.regimes[profile].items.get(item.code)
    usual = words.edition.regimes[STANDARD].items.get(item.code)
    if other is not None and usual is not None and other.retired and not usual.retired:
        return [(Name("不适用本项，不记录也不扣分", "the item does not apply to them"), _why_not(words, profile, item))]
    places = (f"items.{item.code}", *(f"nodes.{name}" for name in chain(item)))
    return [
        (_told(change), change.new_basis)
        for change in changes_for_profile(words.edition, STANDARD, profile, item.code)
        if change.place.startswith(tuple(f"{place}." for place in places)) and change.verb is not Verb.CITED
    ]


def _why_not(words: Glossary, profile: str, item: Item) -> Name | None:
    """The ground on which a class does not have the item: that of its profile, else of the branch."""
    own = profile.split("+", maxsplit=1)[0]
    of_profile = words.edition.regimes[own].items[item.code].retired if own in words.edition.regimes else False
    known = words.edition_citation(f"profiles.{own}") if of_profile else None
    return known or words.edition_citation(f"overlays.{profile.rsplit('+', maxsplit=1)[-1]}")


def _told(change: Change) -> Name:
    what = change.what
    if change.place.startswith("nodes."):
        what = say("{subject}的{what}", "{what} of {subject}", subject=change.subject, what=change.what)
    if change.new is None:
        return say("没有{what}", "not {what}", what=what)
    return say("{what}为“{new}”", "{what}: '{new}'", what=what, new=change.new)
