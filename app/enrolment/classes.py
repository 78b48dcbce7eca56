"""Classes of members as a roster names them: by the words of the rule book that the branch goes by."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.enrolment.refusals import UnknownClass
from app.kit.words import any_of
from app.roster.core import EXEMPT, NO_GROUPS, BranchForm, OrganisationView
from app.rules.adoption import Adopted, NoEditionInForce
from app.rules.core import STANDARD, Edition, overlaid
from app.rules.name import Name

# The service's own words. They hold before there is a rule book, and beside its words where it has the same class.
_OWN_NAMES = {
    STANDARD: Name("普通党员", "Member"),
    "probationary": Name("预备党员", "Probationary member"),
    "floating": Name("流动党员", "Member away from home"),
}
_NO_GROUPS_NAME = Name("支部不设党小组", "branch without groups")


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes that a row may name, by code in the book's order.

    Who is exempt is not among them: that is told by the ground and the days of the exemption.
    """

    names: Mapping[str, Name]

    @classmethod
    def of(cls, edition: Edition) -> Classes:
        codes = [code for code in edition.profiles if code != EXEMPT]
        return cls({code: edition.class_names.get(code, _OWN_NAMES.get(code, Name(code, code))) for code in codes})

    @property
    def choices(self) -> tuple[str, ...]:
        """What a list offers: the Chinese names, or the code of a class that shares its name with another."""
        shared = Counter(_folded(name.zh) for name in self.names.values())
        return tuple(name.zh if shared[_folded(name.zh)] == 1 else code for code, name in self.names.items())

    def find(self, word: str) -> str | None:
        """The code of the class that the word stands for; None if it stands for none, or for two.

        A code goes before a name, and the book's own names before the service's words.
        """
        sought = _folded(word)
        own = {code: name for code, name in _OWN_NAMES.items() if code in self.names}
        for found in (
            [code for code in self.names if _folded(code) == sought],
            [code for code, name in self.names.items() if sought in (_folded(name.zh), _folded(name.en))],
            [code for code, name in own.items() if sought in (_folded(name.zh), _folded(name.en))],
        ):
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def named(self, profile: str) -> Name:
        """What a membership's profile is called, with the property of the branch."""
        plain = next((code for code in self.names if overlaid(code, NO_GROUPS) == profile), None)
        name = self.names.get(plain or profile, Name(profile, profile))
        if plain is None:
            return name
        return Name(f"{name.zh}，{_NO_GROUPS_NAME.zh}", f"{name.en}, {_NO_GROUPS_NAME.en}")


def plain_class(classes: ClassesInForce, branch: OrganisationView, profile: str) -> str:
    """The class that a word, a code or a membership's profile stands for in the branch, without the branch's property.

    Raises UnknownClass.
    """
    plain = STANDARD if profile == NO_GROUPS else profile.removesuffix(f"+{NO_GROUPS}")
    there = classes.at(branch.path, None if branch.form is None else BranchForm(branch.form))
    found = there.find(plain)
    if found is None:
        raise UnknownClass(value=profile[:40], known=any_of(there.choices), field="profile")
    return found


SERVICE_CLASSES = Classes(_OWN_NAMES)


@dataclass(frozen=True, slots=True)
class ClassesInForce:
    """The classes of every branch of a district on a day, by the digest of the edition that it goes by."""

    adopted: Adopted
    day: date
    by_digest: Mapping[str, Classes]

    def at(self, path: str, form: BranchForm | None = None) -> Classes:
        """The classes of a branch; the service's own where no edition is in force."""
        try:
            return self.by_digest[self.adopted.digest_on(path, self.day, form)]
        except NoEditionInForce:
            return SERVICE_CLASSES

    def everywhere(self, root: str) -> tuple[Classes, ...]:
        """The classes of all books that anybody under ``root`` goes by, those of the district's own first."""
        return (self.at(root), *(self.at(one.path, one.form) for one in self.adopted.adoptions_on(self.day)))

    def choices(self, root: str) -> tuple[str, ...]:
        """What the template of a district offers."""
        return tuple(dict.fromkeys(choice for classes in self.everywhere(root) for choice in classes.choices))


def _folded(word: str) -> str:
    """Full-width and half-width forms, and letters of either case, are one."""
    return " ".join(unicodedata.normalize("NFKC", word).casefold().split())
