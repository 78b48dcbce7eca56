"""Log lines as an operator's collector reads them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from app.kit.log import configure_logging


@pytest.fixture
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("_restored")
def test_our_lines_and_those_of_libraries_have_one_form(capfd: pytest.CaptureFixture[str]) -> None:
    configure_logging(as_json=True)
    with structlog.contextvars.bound_contextvars(request_id="request-0001"):
        structlog.get_logger("ours").info("开始", branch=1)
        logging.getLogger("theirs").warning("busy: %s", 2)
        logging.getLogger("theirs").debug("not told")
        structlog.get_logger("ours").error("failed", exc_info=ValueError("why"))
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["开始", "busy: 2", "failed"]
    assert [line["level"] for line in lines] == ["info", "warning", "error"]
    assert all(line["request_id"] == "request-0001" and line["timestamp"].endswith("Z") for line in lines)
    assert "ValueError: why" in lines[2]["exception"]


@pytest.mark.usefixtures("_restored")
def test_a_person_reads_plain_lines(capfd: pytest.CaptureFixture[str]) -> None:
    configure_logging(as_json=False)
    structlog.get_logger("ours").info("started", port=8000)
    assert "port=8000" in capfd.readouterr().err
