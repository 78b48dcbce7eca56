"""The slips with the codes: one self-contained page to print and cut, made once and kept nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from app.surveys.core import PROMISE_EN, PROMISE_ZH, Survey, printed_code

_TEMPLATES = files("app.surveys") / "templates"


def slips(survey: Survey, codes: Sequence[str], district: str, address: str) -> str:
    """``district`` is its code, which a phone asks for; ``address`` is where the question sheet is."""
    environment = Environment(
        loader=FunctionLoader(lambda name: (_TEMPLATES / name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("slips.html.j2").render(
        survey=survey,
        codes=[printed_code(one) for one in codes],
        district=district,
        address=address,
        promise_zh=PROMISE_ZH,
        promise_en=PROMISE_EN,
    )
