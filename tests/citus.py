"""Judges one SQL statement by the rules under which the same code runs on one PostgreSQL and on Citus.

The rules: every statement holds each district's table to one district by equality; joins are on the district as well;
times, random values and built JSON come as parameters; no MERGE; no sub-select in VALUES or RETURNING; the district of
a transaction is set by SET LOCAL. Statements that touch no district's table, and those that change the schema, pass.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

import sqlglot
from sqlglot import exp

_PARAMETER = re.compile(r"%\([^)]+\)s|%s")
_TEXT = re.compile(r"'(?:[^']|'')*'")
_JUDGED = re.compile(r"\s*\(*\s*(SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|VALUES|TABLE)\b", re.IGNORECASE)
_SETS_SESSION = re.compile(r"\bset_config\s*\(|^\s*SET\s+(?!LOCAL\b)(SESSION\s+)?app\.", re.IGNORECASE)
_TELLS_TIME_OR_CHANCE = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|random|gen_random_uuid|uuidv[47])\s*\("
    r"|\b(current_date|current_time|current_timestamp|localtime|localtimestamp)\b",
    re.IGNORECASE,
)
_BUILDS_TEXT = re.compile(r"\b(to_char|jsonb?_build_(object|array)|json_object)\s*\(", re.IGNORECASE)
_LOCKS_BY_NUMBER = re.compile(r"\bpg_(try_)?advisory_", re.IGNORECASE)

_SCOPES = (exp.Select, exp.Update, exp.Delete, exp.Insert, exp.Merge)
_DERIVED = (exp.Subquery, exp.Values, exp.Unnest, exp.Lateral)


@functools.lru_cache(maxsize=4096)
def breaches(statement: str, district_tables: frozenset[str]) -> tuple[str, ...]:
    """What is wrong with the statement, as psycopg gets it; empty: nothing."""
    bare = _TEXT.sub("''", statement)
    if _SETS_SESSION.search(bare):
        return ("the district is set by SET LOCAL only",)
    if not _JUDGED.match(statement):
        return ()
    try:
        trees = sqlglot.parse(_PARAMETER.sub(":p", statement).replace("%%", "%"), dialect="postgres")
    except sqlglot.errors.SqlglotError as error:
        return (f"the statement cannot be judged: {error}",)
    found: list[str] = []
    for tree in trees:
        if tree is not None and any(True for _ in _district_uses(tree, district_tables)):
            found += _forbidden_forms(tree, bare)
            found += _unheld(tree, district_tables)
    return tuple(dict.fromkeys(found))


def _forbidden_forms(tree: exp.Expr, bare: str) -> Iterator[str]:
    if tree.find(exp.Merge):
        yield "MERGE"
    if tree.find(exp.Rollup, exp.Cube):
        yield "ROLLUP and CUBE"
    if _TELLS_TIME_OR_CHANCE.search(bare):
        yield "times and random values are parameters"
    if _LOCKS_BY_NUMBER.search(bare):
        yield "no advisory lock in a query over a district's table"
    changing = [_TEXT.sub("''", node.sql(dialect="postgres")) for node in tree.find_all(exp.Update, exp.OnConflict)]
    if any(_BUILDS_TEXT.search(text) for text in changing):
        yield "texts and JSON are built by the program, not in UPDATE"
    given = [node.expression for node in tree.find_all(exp.Insert) if isinstance(node.expression, exp.Values)]
    if any(values.find(exp.Select) for values in given):
        yield "a sub-select in VALUES"
    if any(returning.find(exp.Select) for returning in tree.find_all(exp.Returning)):
        yield "a sub-select in RETURNING"
    listed = [column for node in tree.find_all(exp.In) for column in node.this.find_all(exp.Column)]
    if any(map(_is_district, listed)):
        yield "the district is named by equality, not by IN"


def _unheld(tree: exp.Expr, district_tables: frozenset[str]) -> Iterator[str]:
    """Uses of a district's table that no chain of equalities leads from to one given district."""
    sources = _sources(tree)
    held = {
        id(source)
        for inside in sources.values()
        for source in inside.values()
        # What a derived table is made of is judged by itself.
        if not isinstance(source, exp.Table) or source.name not in district_tables
    }
    links: list[tuple[int, int]] = []
    for scope in tree.find_all(*_SCOPES):
        for equality in _conditions(scope):
            sides = [_source_of(side, sources) for side in (equality.this, equality.expression)]
            if sides[0] is not None and sides[1] is not None:
                links.append((id(sides[0]), id(sides[1])))
            for source, other in zip(sides, (equality.expression, equality.this), strict=True):
                if source is not None and _is_one_value(other):
                    held.add(id(source))
    spreading = True
    while spreading:
        spread = {end for link in links if held.intersection(link) for end in link}
        spreading = not spread <= held
        held |= spread
    for table in _district_uses(tree, district_tables):
        statement = table.find_ancestor(*_SCOPES)
        if isinstance(statement, exp.Insert) and table.find_ancestor(exp.Select) is None:
            target = statement.this
            columns = [column.name for column in target.expressions] if isinstance(target, exp.Schema) else []
            if "district_id" not in columns:
                yield f"an INSERT into {table.name} names district_id"
        elif id(table) not in held:
            yield f"{table.name} is not held to one district by equality"


def _district_uses(tree: exp.Expr, district_tables: frozenset[str]) -> Iterator[exp.Table]:
    named_here = {common.alias for common in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if table.name in district_tables and table.name not in named_here:
            yield table


def _sources(tree: exp.Expr) -> dict[int, dict[str, exp.Expr]]:
    """By scope, what each name in it stands for."""
    found: dict[int, dict[str, exp.Expr]] = {}
    for node in tree.find_all(exp.Table, *_DERIVED):
        scope = node.find_ancestor(*_SCOPES)
        if scope is not None and node.alias_or_name:
            found.setdefault(id(scope), {})[node.alias_or_name] = node
    return found


def _conditions(scope: exp.Expr) -> Iterator[exp.EQ]:
    """The equalities that must all hold in this scope: of WHERE, and of the joins' ON."""
    where = scope.args.get("where")
    pending = [where.this] if where is not None else []
    joins = [join for join in scope.find_all(exp.Join) if join.find_ancestor(*_SCOPES) is scope]
    pending += [join.args["on"] for join in joins if join.args.get("on") is not None]
    while pending:
        condition = pending.pop()
        if isinstance(condition, exp.And):
            pending += [condition.this, condition.expression]
        elif isinstance(condition, exp.Paren):
            pending.append(condition.this)
        elif isinstance(condition, exp.EQ):
            yield condition


def _source_of(side: exp.Expr, sources: dict[int, dict[str, exp.Expr]]) -> exp.Expr | None:
    """The source whose district the column is; None where it is something else."""
    if not isinstance(side, exp.Column) or not _is_district(side):
        return None
    scope: exp.Expr | None = side.find_ancestor(*_SCOPES)
    if not side.table:
        inside = list(sources.get(id(scope), {}).values())
        return inside[0] if len(inside) == 1 else None
    while scope is not None:
        if (source := sources.get(id(scope), {}).get(side.table)) is not None:
            return source
        scope = scope.find_ancestor(*_SCOPES)
    return None


def _is_district(column: exp.Column) -> bool:
    return bool(column.name == "district_id")


def _is_one_value(side: exp.Expr) -> bool:
    return side.find(exp.Column, exp.Select, exp.Any, exp.All) is None
