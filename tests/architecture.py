"""The laws of the house, as functions over one source file each: they say what breaks the law, in words.

``tests/test_architecture.py`` puts every file before them, and made-up files that must be found out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import TypeAlias

# What a file of a room is, by its name. A room may split a file; the part keeps to the laws of the whole.
STANDARD = {"api": "api", "jobs": "jobs", "schemas": "schemas", "service": "service", "store": "store",
            "tables": "tables", "core": "core", "__init__": "core"}  # fmt: skip

# Packages under app/ that are no rooms.
NOT_ROOMS = frozenset({"kit", "cli", "web"})

# What each kind of file may import of the own room, and of rooms further down. (Which are further down is said by the
# layers of import-linter.) ``document``: what files of data look like, in Pydantic.
OWN = {
    "api": {"api", "schemas", "service", "core"},  # routes that are many share their parameters
    "jobs": {"service", "core"},
    "schemas": {"schemas", "core"},
    "document": {"document", "core"},
    "service": {"service", "store", "core", "document"},
    "store": {"store", "tables", "core"},
    "tables": set(),
    "core": {"core"},
}
LOWER = {
    "api": set(),
    "jobs": set(),
    "schemas": {"core", "schemas"},
    "document": {"core"},
    "service": {"service", "core"},
    "store": {"tables", "core"},
    "tables": set(),
    "core": {"core"},
}
# Every route needs its caller and permission, and every verb its actor.
FROM_ANYWHERE = {
    "api": {"app.auth.api", "app.auth.api_entering", "app.auth.core"},
    "jobs": {"app.auth.core", "app.auth.core_districts"},
}

# The parts of kit that decide and compute, and touch nothing.
PURE_KIT = frozenset(
    {
        "app.kit.errors",
        "app.kit.words",
        "app.kit.calendar",
        "app.kit.digests",
        "app.kit.matters",
        "app.kit.sheets",
        "app.kit.sheet_columns",
        "app.kit.sheet_faults",
        "app.kit.sheet_records",
    }
)

FRAMEWORKS = {
    "fastapi": {"api"},
    "starlette": {"api"},
    "sqlalchemy": {"store", "tables"},
    "psycopg": {"store"},
    "pydantic": {"schemas", "document", "api"},
    "pydantic_core": {"document", "schemas"},
}
# What pages are made of.
WEB = {"fastapi", "starlette", "pydantic"}
# A connection is what services and jobs are handed; naming its type is not using the library.
CONNECTION_KINDS = {"api", "jobs", "service"}

_CLOCKS = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "localtime", "gmtime", "ctime", "strftime"},
}
_SQL_CLOCK = re.compile(
    r"\b(CURRENT_DATE|CURRENT_TIME|CURRENT_TIMESTAMP|LOCALTIME|LOCALTIMESTAMP)\b|\b(now|clock_timestamp|"
    r"statement_timestamp|transaction_timestamp|timeofday)\s*\(\s*\)"
)
_SQL_WRITE = re.compile(r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|COPY|TRUNCATE)\s+\"?([a-z_]+)\"?")
_WRITES = re.compile(r"(^|_)(insert|update|delete|upsert)(_|$)")
# Who helps a member in an assistance case (帮扶人) is called a helper, by the design.
_PEOPLE_WHO_HELP = frozenset({"name_helper", "propose_helper", "no_helper", "helper_is_member", "helper_request"})
_NAMES_OF_NOTHING = re.compile(r"(^|_)(utils?|helpers?|managers?|base|common|misc)(_|$)")

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One file: its path from the project's root, its text, and the kinds of the files that are no standard ones."""

    path: str
    text: str
    kinds: dict[str, str] = field(default_factory=dict)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def room(self) -> str | None:
        parts = PurePosixPath(self.path).parts
        return parts[1] if len(parts) == 3 and parts[0] == "app" and parts[1] not in NOT_ROOMS else None

    @property
    def kind(self) -> str | None:
        """What the file is in its room; None outside rooms, or where nobody has said."""
        return kind_of(self.path.removesuffix(".py").replace("/", "."), self.kinds)

    @cached_property
    def imports(self) -> list[Import]:
        """Everything imported, at any depth of the file: ``from a import b`` is both ``a`` and ``a.b``."""
        found = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [Import(alias.name, None, node.lineno) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                found += [Import(node.module or "", alias.name, node.lineno) for alias in node.names]
        return found

    @cached_property
    def strings(self) -> list[tuple[str, int]]:
        """Texts in the code, without docstrings."""
        documented = [
            node.body[0].value
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Module | ast.ClassDef | Function)
            and node.body
            and isinstance(node.body[0], ast.Expr)
            and isinstance(node.body[0].value, ast.Constant)
        ]
        return [
            (node.value, node.lineno)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in documented
        ]

    @cached_property
    def calls(self) -> list[ast.Call]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]


@dataclass(frozen=True)
class Import:
    """``import module`` or ``from module import name``."""

    module: str
    name: str | None
    line: int

    @property
    def modules(self) -> Iterator[str]:
        """The modules that it may mean, the nearer first."""
        if self.name:
            yield f"{self.module}.{self.name}"
        yield self.module


def kind_of(module: str, kinds: dict[str, str]) -> str | None:
    """The kind of a room's module; None if it is none. A part may say by its name what it is: ``reading_store``."""
    parts = module.split(".")
    if len(parts) != 3 or parts[0] != "app" or parts[1] in NOT_ROOMS:
        return None
    if (kind := STANDARD.get(parts[2]) or kinds.get(f"{parts[1]}/{parts[2]}.py")) is not None:
        return kind
    words = parts[2].split("_")
    return next((word for word in (words[0], words[-1]) if word in OWN), None)


def foreign_imports(source: Source) -> Iterator[str]:
    """A room's file imports what its kind may: of its own room, of lower ones, and of kit."""
    if source.room is None or source.kind is None:
        return
    for imported in source.imports:
        kind, module = _kind_imported(imported, source)
        if kind is None or module in FROM_ANYWHERE.get(source.kind, ()):
            continue
        own = module.split(".")[1] == source.room
        if kind not in (OWN if own else LOWER)[source.kind]:
            yield f"line {imported.line}: {source.kind} imports {module}"


def _kind_imported(imported: Import, source: Source) -> tuple[str | None, str]:
    for module in imported.modules:
        if (kind := kind_of(module, source.kinds)) is not None:
            return kind, module
    return None, imported.module


def tables_and_stores_elsewhere(source: Source) -> Iterator[str]:
    """Outside the rooms nobody imports a store, and tables only ``app/tables.py``, which is the sum of them."""
    if source.room is not None:
        return
    for imported in source.imports:
        kind, module = _kind_imported(imported, source)
        if kind == "store" or (kind == "tables" and source.path != "app/tables.py"):
            yield f"line {imported.line}: imports {module}"


def impure_cores(source: Source) -> Iterator[str]:
    """A core decides: of kit it imports what is pure, and of other packages nothing that reads or writes."""
    if source.kind != "core":
        return
    for imported in source.imports:
        package = imported.module.split(".")[0]
        module = next((module for module in imported.modules if module in PURE_KIT), None)
        if package == "app" and imported.module.split(".")[1:2] == ["kit"] and module is None:
            if (imported.module, imported.name) != ("app.kit.clock", "business_day"):
                yield f"line {imported.line}: a core imports {imported.module}"
        elif package in {"os", "io", "pathlib", "socket", "time", "random", "secrets", "subprocess", "logging"}:
            yield f"line {imported.line}: a core imports {imported.module}"
    for call in source.calls:
        if isinstance(call.func, ast.Name) and call.func.id in {"open", "print", "input"}:
            yield f"line {call.lineno}: a core calls {call.func.id}"


def misplaced_frameworks(source: Source, homes: dict[str, set[str]]) -> Iterator[str]:
    """A framework is imported by the kinds of files that it belongs to. ``homes``: by framework, further files."""
    for imported in source.imports:
        package = imported.module.split(".")[0]
        if package not in FRAMEWORKS or source.kind in FRAMEWORKS[package] or source.path in homes.get(package, ()):
            continue
        if source.path.startswith("app/web/") and package in WEB:
            continue
        is_connection = (imported.module, imported.name) == ("sqlalchemy", "Connection")
        if is_connection and (source.kind in CONNECTION_KINDS or source.room is None):
            continue
        yield f"line {imported.line}: {package} ({imported.name or imported.module})"


def clocks(source: Source, compares: frozenset[str] = frozenset()) -> Iterator[str]:
    """The time is an argument. ``compares``: files that ask for the database's time to compare it with the clock's."""
    if source.path == "app/kit/clock.py":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if node.attr in _CLOCKS.get(owner, ()):
                yield f"line {node.lineno}: {owner}.{node.attr}"
            if owner == "func" and (_SQL_CLOCK.search(f"{node.attr}()") or node.attr.startswith(("current_", "local"))):
                yield f"line {node.lineno}: func.{node.attr}"
    for imported in source.imports:
        if imported.module == "time" and imported.name in _CLOCKS["time"]:
            yield f"line {imported.line}: from time import {imported.name}"
    for text, line in source.strings if source.path not in compares else ():
        if match := _SQL_CLOCK.search(text):
            yield f"line {line}: {match[0]} in SQL"


def foreign_writes(source: Source, owners: dict[str, str]) -> Iterator[str]:
    """A room writes its own tables only. ``owners``: by table, its room."""
    foreign: dict[str, str] = {}
    for imported in source.imports:
        parts = imported.module.split(".")
        if len(parts) == 3 and parts[0] == "app" and parts[2] == "tables" and parts[1] != source.room:
            foreign |= {alias: table for alias, table in _names_of(source, imported).items() if table in owners}
    for call in source.calls:
        written = _written(call)
        if written in foreign:
            yield f"line {call.lineno}: writes {foreign[written]} of {owners[foreign[written]]}"
    for text, line in source.strings:
        for table in _SQL_WRITE.findall(text):
            if owners.get(table, source.room) != source.room:
                yield f"line {line}: writes {table} of {owners[table]}"


def _names_of(source: Source, imported: Import) -> dict[str, str]:
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and node.lineno == imported.line
        for alias in node.names
    }


def _written(call: ast.Call) -> str:
    """The name that ``insert(name)`` or ``name.insert()`` writes to; "" where the call writes nothing."""
    function = call.func
    called = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    if not _WRITES.search(called):
        return ""
    if not call.args and isinstance(function, ast.Attribute):
        return function.value.id if isinstance(function.value, ast.Name) else ""
    first = call.args[0] if call.args else None
    if isinstance(first, ast.Attribute) and first.attr == "c":
        first = first.value
    return first.id if isinstance(first, ast.Name) else ""


def commits(source: Source) -> Iterator[str]:
    """One transaction a request or job, and ``kit.db`` ends it."""
    if source.path in {"app/kit/db.py", "app/kit/migrate.py"}:
        return
    for call in source.calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"commit", "rollback", "begin"}:
            yield f"line {call.lineno}: .{call.func.attr}()"


def lengths(source: Source, lines_max: int, function_lines_max: int) -> Iterator[str]:
    lines = len(source.text.splitlines())
    if lines >= lines_max:
        yield f"{lines} lines"
    for node in ast.walk(source.tree):
        if isinstance(node, Function) and (length := (node.end_lineno or 0) - node.lineno + 1) >= function_lines_max:
            yield f"line {node.lineno}: {node.name} has {length} lines"


def empty_names(source: Source) -> Iterator[str]:
    """A name tells what a thing is for."""
    stem = PurePosixPath(source.path).stem
    if _NAMES_OF_NOTHING.search(stem):
        yield f"a module called {stem}"
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ClassDef | Function) or _snake(node.name) in _PEOPLE_WHO_HELP:
            continue
        if _NAMES_OF_NOTHING.search(_snake(node.name)):
            yield f"line {node.lineno}: {node.name}"


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def unlisted(source: Source) -> Iterator[str]:
    """A room has the standard files, parts named after them, and others only with a kind and a reason."""
    if source.room is not None and source.kind is None:
        yield "neither a standard file of a room nor listed with a reason"


def built_at_import(source: Source) -> Iterator[str]:
    """Settings, pools and applications are made when they are asked for."""
    for statement in source.tree.body:
        for node in ast.walk(statement) if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr) else ():
            made = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if made in {"FastAPI", "Settings", "create_engine", "Database", "create_app"}:
                yield f"line {statement.lineno}: {made}()"


def unreasoned_rules(pyproject: str) -> Iterator[str]:
    """Each of ruff's rules that is switched off has its reason beside it."""
    section, ignoring = "", False
    for number, line in enumerate(pyproject.splitlines(), 1):
        code, _, reason = line.partition("#")
        if heading := re.match(r"\[+([a-z][^\]]*)\]", line):
            section = heading[1]
        elif section == "tool.ruff.lint":
            ignoring = bool(re.match(r"(extend-)?ignore\b", line)) or (ignoring and code.strip() != "]")
        switched_off = section == "tool.ruff.lint.per-file-ignores" or (section == "tool.ruff.lint" and ignoring)
        codes = re.findall(r'"[A-Z]+\d*"', code)
        if switched_off and codes and not reason.strip():
            yield f"line {number}: {', '.join(codes)}"


Law: TypeAlias = Callable[[Source], Iterator[str]]
