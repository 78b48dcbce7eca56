"""What is kept of a file says nothing but what is on it, whatever it was called; what could do harm is not kept."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from app.files import cleaning
from app.files.core import REFUSALS, UnusableFile
from app.files.service import cleaned_as
from tests.files import samples

PIXELS_MAX = 1_000_000

Clean = Callable[[bytes], tuple[str, bytes]]


@pytest.fixture
def clean(tmp_path: Path) -> Clean:
    """What becomes of the bytes, as the service does it: media type, and what is kept."""

    def run(sent: bytes) -> tuple[str, bytes]:
        (tmp_path / "sent").write_bytes(sent)
        media_type = cleaned_as(tmp_path / "sent", tmp_path / "cleaned", PIXELS_MAX)
        return media_type, (tmp_path / "cleaned").read_bytes()

    return run


def refused(clean: Clean, sent: bytes) -> str:
    with pytest.raises(UnusableFile) as refusal:
        clean(sent)
    return refusal.value.reason


def shown(kept: bytes) -> Image.Image:
    return Image.open(io.BytesIO(kept))


def colour(image: Image.Image, x: int, y: int) -> str:
    found = image.convert("RGB").getpixel((x, y))
    assert isinstance(found, tuple)
    return ["red", "green", "blue"][found.index(max(found))]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photograph_loses_its_place_and_author_and_nothing_that_is_seen(clean: Clean, kind: str) -> None:
    sent = samples.photograph(kind)
    assert shown(sent).getexif().get_ifd(0x8825)
    assert samples.AUTHOR.encode() in sent
    media_type, kept = clean(sent)
    assert media_type == f"image/{kind.lower()}"
    image = shown(kept)
    assert (image.format, image.size) == (kind, (40, 20))
    assert not image.getexif()
    assert not {"exif", "xmp", "comment", "icc_profile", "Author"} & image.info.keys()
    assert samples.AUTHOR.encode() not in kept
    assert (colour(image, 5, 10), colour(image, 35, 10)) == ("red", "blue")


def test_a_photograph_held_sideways_is_kept_upright(clean: Clean) -> None:
    _, kept = clean(samples.photograph(orientation=6))
    image = shown(kept)
    assert image.size == (20, 40)
    assert colour(image, 10, 5) == "red"  # the left half of what was stored is the upper half of what was seen


def test_a_telephones_own_form_is_kept_as_one_that_browsers_show(clean: Clean) -> None:
    sent = Path(__file__).with_name("photograph.heic").read_bytes()  # made with pillow-heif, which can write them
    assert shown(sent).getexif().get_ifd(0x8825)
    media_type, kept = clean(sent)
    assert media_type == "image/jpeg"
    assert shown(kept).size == (64, 32)
    assert not shown(kept).getexif()


def test_a_pdf_loses_its_author_and_keeps_its_pages(clean: Clean) -> None:
    sent = samples.saved(
        samples.paper(pages=3, photograph_on_it=True), object_stream_mode=pikepdf.ObjectStreamMode.disable
    )
    media_type, kept = clean(sent)
    assert media_type == "application/pdf"
    with pikepdf.open(io.BytesIO(kept)) as pdf:
        assert len(pdf.pages) == 3
        assert "/Info" not in pdf.trailer
        assert "/Metadata" not in pdf.Root
        (image,) = [one for one in pdf.objects if one.get("/Subtype") == pikepdf.Name.Image]
        raw = image.read_raw_bytes()
    assert samples.AUTHOR.encode() not in raw
    assert not shown(raw).getexif()
    assert shown(raw).tobytes() == shown(samples.photograph()).tobytes()


def test_what_stands_behind_a_picture_or_around_a_pdf_is_not_kept(clean: Clean) -> None:
    for sent in (
        samples.photograph() + samples.ARCHIVE,
        samples.photograph("PNG") + samples.HTML,
        samples.saved(samples.paper()) + samples.HTML,
    ):
        _, kept = clean(sent)
        assert samples.ARCHIVE[:4] not in kept
        assert b"<script>" not in kept


@pytest.mark.parametrize(
    "sent",
    [samples.PROGRAM, samples.HTML, samples.DRAWING, samples.ARCHIVE, b"", b"GIF89a", samples.HTML + b"%PDF-1.7"],
    ids=["program", "page", "drawing", "archive", "nothing", "gif", "page before a pdf"],
)
def test_what_is_neither_picture_nor_pdf_is_refused(clean: Clean, sent: bytes) -> None:
    assert refused(clean, sent) == "unknown_kind"


@pytest.mark.parametrize(
    "make",
    [
        samples.scripted_at_start,
        samples.scripted_on_the_page,
        samples.scripted_under_another_spelling,
        samples.starting_a_program,
        samples.with_a_file_inside,
        samples.with_a_dynamic_form,
    ],
)
def test_a_pdf_that_is_more_than_paper_is_refused(clean: Clean, make: Callable[[], bytes]) -> None:
    assert refused(clean, make()) == "active_content"


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (samples.locked(), "encrypted"),
        (samples.saved(samples.paper())[:80], "damaged"),
        (samples.photograph(width=400, height=400)[:-900], "damaged"),
        (samples.moving(), "animated"),
        (samples.claimed_size(1001, 1000), "too_many_pixels"),
        (samples.claimed_size(40_000, 1), "too_many_pixels"),
        (samples.claimed_size(2**31 - 1, 2**31 - 1), "too_many_pixels"),
    ],
    ids=["locked", "cut pdf", "cut picture", "moving", "one line too many", "too long", "as large as can be written"],
)
def test_what_cannot_be_evidence_is_refused_with_its_reason(clean: Clean, sent: bytes, reason: str) -> None:
    assert refused(clean, sent) == reason


def test_a_pdf_that_grows_in_memory_is_refused_within_its_bounds(clean: Clean) -> None:
    assert refused(clean, samples.inflating_pdf(200)) in {"too_heavy", "damaged"}


def test_the_same_content_gives_the_same_bytes(clean: Clean) -> None:
    for sent in (samples.photograph(), samples.saved(samples.paper())):
        assert clean(sent) == clean(sent)


def test_a_decoder_that_falls_over_takes_nothing_with_it(
    clean: Clean, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashing = tmp_path / "crashing.py"
    crashing.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setattr("app.files.service.CLEANING", crashing)
    assert refused(clean, samples.photograph()) == "too_heavy"


def test_an_installation_without_its_decoders_does_not_blame_the_file(
    clean: Clean, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    incomplete = tmp_path / "incomplete.py"
    incomplete.write_text("import no_such_package\n")
    monkeypatch.setattr("app.files.service.CLEANING", incomplete)
    with pytest.raises(RuntimeError, match="no_such_package"):
        clean(samples.photograph())


def test_the_reader_of_files_knows_no_secret(clean: Clean, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    telling = tmp_path / "telling.py"
    telling.write_text("import os, sys, json\nprint(json.dumps({'media_type': ' '.join(sorted(os.environ))}))\n")
    monkeypatch.setattr("app.files.service.CLEANING", telling)
    monkeypatch.setenv("LONGWEN_SECRET_KEY", "x")
    (tmp_path / "cleaned").touch()
    assert "LONGWEN" not in clean(samples.photograph())[0]


def test_every_reason_has_its_words() -> None:
    text = Path(cleaning.__file__).read_text()
    named = {reason for reason in REFUSALS if f'"{reason}"' in text}
    assert named == REFUSALS.keys()
