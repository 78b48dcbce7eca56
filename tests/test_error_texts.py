"""Every refusal is told in both languages, whole: no fact is left out of its text, and none is missing where it is
raised.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

import app
from app.kit.errors import BatchRefused, LongwenError, NotFound

ROOT = Path(app.__file__).parent
_CHINESE = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")
# What an English text has to call by its Chinese name, since that is what stands there.
_CALLED = re.compile("说明")


class _Fact:
    """Something that fits wherever a text puts a fact."""

    def __format__(self, form: str) -> str:
        return "x"

    def __getattr__(self, name: str) -> _Fact:
        return self


@cache
def refusals() -> tuple[type[LongwenError], ...]:
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)

    def below(kind: type[LongwenError]) -> Iterator[type[LongwenError]]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    every: list[type[LongwenError]] = [LongwenError, *below(LongwenError)]
    found = dict.fromkeys(every)  # who inherits from two is met twice
    return tuple(one for one in found if one.__module__.startswith("app."))


def facts_of(kind: type[LongwenError]) -> set[str]:
    """The facts that the texts name."""
    return {
        name.split(".")[0].split("[")[0]
        for text in (kind.zh, kind.en)
        for _, name, _, _ in Formatter().parse(text)
        if name is not None
    }


def test_every_refusal_is_told_whole_in_both_languages() -> None:
    assert len(refusals()) > 300
    amiss = []
    for kind in refusals():
        given = dict.fromkeys(facts_of(kind), _Fact())
        zh, en = kind.zh.format(**given), kind.en.format(**given)
        chinese = _CHINESE.search(_CALLED.sub("", en))
        if not zh.strip() or not en.strip() or {"{", "}"} & {*zh, *en} or chinese or not _CHINESE.search(zh):
            amiss.append((kind.__qualname__, zh, en))
    assert amiss == []


def calls() -> Iterator[tuple[Path, ast.Call, str]]:
    """Every call in the service by the last name of what is called."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = node.func
                name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)
                if name is not None:
                    yield path, node, name
            elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name | ast.Attribute):
                name = node.exc.attr if isinstance(node.exc, ast.Attribute) else node.exc.id
                yield path, ast.Call(node.exc, [], [], lineno=node.lineno, col_offset=0), name


def test_whoever_refuses_gives_every_fact_that_the_text_names() -> None:
    """Of refusals that are made in the usual way: by class, with their facts as keywords."""
    usual: dict[str, list[set[str]]] = {}
    for kind in refusals():
        if kind.__init__ is LongwenError.__init__ and kind.text in (LongwenError.text, NotFound.text):
            usual.setdefault(kind.__name__, []).append(facts_of(kind))
    classes = Counter(
        node.name
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    )
    seen, missing = 0, []
    for path, call, name in calls():
        is_refusal = name in usual and classes[name] == len(usual[name])
        if is_refusal and not any(one.arg is None for one in call.keywords):
            seen += 1
            given = {one.arg for one in call.keywords}
            if not any(facts <= given for facts in usual[name]):
                missing.append((f"{path.relative_to(ROOT)}:{call.lineno}", name, usual[name]))
    assert seen > 300
    assert missing == []


def test_a_text_with_a_fact_that_nobody_gives_is_no_text() -> None:
    """What the test above finds would end as a failure of the service."""
    with pytest.raises(KeyError):
        NotFound()
    assert facts_of(BatchRefused) == {"count"}
