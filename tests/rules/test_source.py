"""Rule files are read strictly: nothing hostile, nothing ambiguous, and the line of everything is known."""

from __future__ import annotations

import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest

from app.rules.faults import FaultList
from app.rules.source import BYTES_MAX, DEPTH_MAX, read_source, read_text


def codes_of(text: str) -> list[str]:
    faults = FaultList()
    read_text(text, "file.yaml", faults)
    return [fault.code for fault in faults.found]


def test_plain_values_follow_yaml_1_2() -> None:
    faults = FaultList()
    text = "on: no\nyes: off\nnull_: ~\nflag: true\nold: 012\nday: 2026-01-01\nhalf: 2.5\ntime: 12:30\nquoted: '7'\n"
    source = read_text(text, "file.yaml", faults)
    assert faults.found == []
    assert source is not None
    assert source.data == {
        "on": "no",
        "yes": "off",
        "null_": None,
        "flag": True,
        "old": 12,
        "day": "2026-01-01",
        "half": Decimal("2.5"),
        "time": "12:30",
        "quoted": "7",
    }


def test_the_line_of_every_key_and_element_is_known() -> None:
    source = read_text("# a comment\na:\n  b:\n    - 1\n    - c: 2\n", "file.yaml", FaultList())
    assert source is not None
    assert source.line(("a",)) == 2
    assert source.line(("a", "b", 1, "c")) == 5
    assert source.line(("a", "b", 7, "unknown")) == 3, "the nearest key around it"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &x 1\nb: 2\n", "alias"),
        ("a: 1\nb: *a\n", "alias"),
        ("&k a: 1\n", "key_not_text"),
        ("a: !!str 1\n", "tag"),
        ("a: !ruby/object:X {}\n", "tag"),
        ("%YAML 1.1\n---\na: 1\n", "directive"),
        ("%TAG ! tag:example.com,2026:\n---\na: 1\n", "directive"),
        ("a: 1\n---\nb: 2\n", "many_documents"),
        ("? [x, y]\n: 1\n", "key_not_text"),
        ("a: 0x1F\n", "number_form"),
        ("a: .inf\n", "number_form"),
        ("a: 1e9\n", "number_form"),
        (f"a: {'9' * 5000}\n", "number_form"),
        ("- 1\n- 2\n", "not_a_mapping"),
        ("", "not_a_mapping"),
        ("a: [1, 2\n", "yaml_syntax"),
        ("a:\n\t- b\n", "yaml_syntax"),
        ('a: "\\UFFFFFFFF"\n', "yaml_syntax"),
        ("a: \x01\n", "yaml_syntax"),
        ("a: 1\na: 2\n", "duplicate_key"),
        ("<<: {a: 1}\n<<: {b: 2}\n", "duplicate_key"),
        ("a: " + "[" * (DEPTH_MAX + 2), "too_deep"),
    ],
)
def test_what_is_hostile_or_unclear_is_refused(text: str, code: str) -> None:
    assert codes_of(text) == [code]


def test_a_second_value_under_a_key_does_not_replace_the_first() -> None:
    source = read_text("a: 1\na: {b: 2}\nc: 3\n", "file.yaml", FaultList())
    assert source is not None
    assert source.data == {"a": 1, "c": 3}


def test_deep_nesting_takes_neither_time_nor_memory(tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text("a: " + "[" * 200_000, encoding="utf-8")
    tracemalloc.start()
    faults = FaultList()
    assert read_source(path, "deep.yaml", faults) is None
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [fault.code for fault in faults.found] == ["too_deep"]
    assert peak < 20_000_000


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"a: 1\n" + b"#" * BYTES_MAX)
    faults = FaultList()
    assert read_source(path, "large.yaml", faults) is None
    assert [fault.code for fault in faults.found] == ["too_large"]


def test_a_file_that_is_not_utf_8_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "gbk.yaml"
    path.write_bytes("a: 1\nb: 组织\n".encode("gbk"))
    faults = FaultList()
    assert read_source(path, "gbk.yaml", faults) is None
    assert [(fault.code, fault.line) for fault in faults.found] == [("not_utf8", 2)]


def test_a_byte_order_mark_is_let_pass(tmp_path: Path) -> None:
    path = tmp_path / "mark.yaml"
    path.write_bytes("a: 组织\n".encode("utf-8-sig"))
    source = read_source(path, "mark.yaml", FaultList())
    assert source is not None
    assert source.data == {"a": "组织"}


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    faults = FaultList()
    assert read_source(tmp_path / "none.yaml", "none.yaml", faults) is None
    assert [fault.code for fault in faults.found] == ["not_readable"]
