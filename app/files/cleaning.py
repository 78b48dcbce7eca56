"""Makes of what somebody sent a picture or a PDF that says nothing but what is on it; run as a program of its own.

What comes in may be made to harm whoever reads it, so it is read by a process that knows no secret, imports nothing of
ours, and is held to a memory, a time and a size. It is called with the file to read, the file to write and the largest
number of pixels, and prints one line of JSON: ``{"media_type": …}``, or ``{"refused": …}`` with one of the reasons
that ``core.REFUSALS`` puts into words.
"""

from __future__ import annotations

import errno
import json
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pi_heif
import pikepdf
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

MEMORY_BYTES_MAX = 1536 * 1024 * 1024
CPU_SECONDS_MAX = 20
WRITTEN_BYTES_MAX = 64 * 1024 * 1024
_FLATE_BYTES_MAX = 64 * 1024 * 1024  # of one compressed stream of a PDF's own structure
_SIDE_MAX = 30_000  # pixels; a scanned scroll is no longer
_QUALITY = 90  # of JPEG and WebP: writing stays legible, and the file is about as large as a telephone makes it

# What a picture is read as, and what it is kept as: browsers do not show HEIF.
_KEPT_AS = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "WEBP": "WEBP", "HEIF": "JPEG"}
_MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_MODES = {
    "JPEG": {"L", "RGB"},
    "PNG": {"1", "L", "LA", "RGB", "RGBA", "I;16"},
    "WEBP": {"RGB", "RGBA"},
}

# What makes a PDF more than paper: scripts, programs to start, files inside, forms that are programs, films.
_ACTIVE_ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/RichMediaExecute", "/Rendition", "/Movie"}
_ACTIVE_KEYS = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EmbeddedFile", "/EF", "/XFA", "/RichMediaContent"}
_ACTIVE_KINDS = {"/EmbeddedFile", "/FileAttachment", "/RichMedia", "/Movie", "/Screen", "/3D"}
# What a PDF tells of who made it, with what and when; a page's own thumbnail may show what was cut from the page.
_TELLING_KEYS = ("/Metadata", "/PieceInfo", "/LastModified", "/Thumb")

# Of a JPEG inside a PDF: Exif and XMP, Photoshop and IPTC, and comments. Colour (2, 14) stays.
_TELLING_SEGMENTS = {0xE1, *range(0xE3, 0xEE), 0xEF, 0xFE}


class Refused(Exception):
    """What was sent is not kept; the text is one of the reasons of ``core.REFUSALS``."""


def clean(source: Path, target: Path, pixels_max: int) -> str:
    """Write the file as it is kept and return its media type; Refused."""
    with source.open("rb") as file:
        is_pdf = file.read(5) == b"%PDF-"
    return _clean_pdf(source, target) if is_pdf else _clean_image(source, target, pixels_max)


def _clean_image(source: Path, target: Path, pixels_max: int) -> str:
    pi_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = None  # looked at below, before a single pixel is read
    try:
        image: Image.Image = Image.open(source, formats=["JPEG", "PNG", "WEBP", "HEIF"])
    except UnidentifiedImageError:
        raise Refused("unknown_kind") from None
    if image.width * image.height > pixels_max or max(image.size) > _SIDE_MAX:
        raise Refused("too_many_pixels")
    kept_as = _KEPT_AS[image.format or ""]
    if image.format in {"PNG", "WEBP"} and getattr(image, "n_frames", 1) > 1:
        raise Refused("animated")
    image.load()
    # Upright first: which way is up is among what is taken away.
    image = _in_plain_colour(ImageOps.exif_transpose(image), kept_as)
    image.info = {}
    options: dict[str, Any] = {"PNG": {}}.get(kept_as, {"quality": _QUALITY})
    image.save(target, format=kept_as, **options)
    return _MEDIA_TYPES[kept_as]


def _in_plain_colour(image: Image.Image, kept_as: str) -> Image.Image:
    """The picture in sRGB and in a mode that the kept form has; a profile tells of the camera, too."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "RGBA", "CMYK"}:
        try:
            ours = ImageCms.createProfile("sRGB")
            theirs = ImageCms.ImageCmsProfile(BytesIO(profile))
            mode = "RGB" if image.mode == "CMYK" else image.mode
            image = ImageCms.profileToProfile(image, theirs, ours, outputMode=mode) or image
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile that cannot be read changes a shade, not what is to be seen
    if image.mode in _MODES[kept_as]:
        return image
    is_see_through = image.mode in {"LA", "PA", "La", "RGBa", "RGBA"} or "transparency" in image.info
    if not is_see_through:
        return image.convert("RGB")
    image = image.convert("RGBA")
    if "RGBA" in _MODES[kept_as]:
        return image
    on_white = image.copy()
    on_white.paste((255, 255, 255, 255), (0, 0, *image.size))
    on_white.alpha_composite(image)
    return on_white.convert("RGB")


def _clean_pdf(source: Path, target: Path) -> str:
    pikepdf.settings.set_qpdf_limits(flate_max_memory=_FLATE_BYTES_MAX, run_length_max_memory=_FLATE_BYTES_MAX)
    try:
        with pikepdf.open(source) as pdf:
            if len(pdf.pages) == 0:
                raise Refused("damaged")
            for one in _dictionaries(pdf):
                _look_at(one)
                for key in _TELLING_KEYS:
                    if key in one:
                        del one[key]
            if "/Info" in pdf.trailer:
                del pdf.trailer["/Info"]
            # Written anew from its objects: what stood before, between and behind them is gone. No password either.
            pdf.save(target, encryption=False, deterministic_id=True, fix_metadata_version=False)
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    except pikepdf.PdfError:
        raise Refused("damaged") from None
    return "application/pdf"


def _dictionaries(pdf: Any) -> Iterator[Any]:
    """Every dictionary of the file, a stream's among them, each once."""
    waiting: list[Any] = [pdf.trailer, *pdf.objects]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Array):
            inside: list[Any] = list(one.as_list())
        elif isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            yield one
            inside = [value for _, value in one.items()]
        else:
            continue
        # What has a number of its own comes by itself.
        waiting += [value for value in inside if isinstance(value, pikepdf.Object) and not value.is_indirect]


def _look_at(one: Any) -> None:
    """Refuse what acts, and take out of a photograph on a page what it tells of itself."""
    if (
        _name(one, "/S") in _ACTIVE_ACTIONS
        or not _ACTIVE_KINDS.isdisjoint({_name(one, "/Type"), _name(one, "/Subtype")})
        or not _ACTIVE_KEYS.isdisjoint(one.keys())
    ):
        raise Refused("active_content")
    if isinstance(one, pikepdf.Stream) and one.get("/Filter") in (
        pikepdf.Name.DCTDecode,
        pikepdf.Array([pikepdf.Name.DCTDecode]),
    ):
        raw = one.read_raw_bytes()
        if (bare := _without_telling_segments(raw)) != raw:
            parameters: Any = one.get("/DecodeParms")
            one.write(bare, filter=pikepdf.Name.DCTDecode, decode_parms=parameters)


def _name(one: Any, key: str) -> str:
    value = one.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _without_telling_segments(jpeg: bytes) -> bytes:
    """A JPEG without Exif, XMP, IPTC and comments, its picture untouched (ITU-T T.81, annex B)."""
    kept, at = [jpeg[:2]], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        if jpeg[at + 1] == 0xFF:  # a filling byte
            at += 1
            continue
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if jpeg[at + 1] not in _TELLING_SEGMENTS:
            kept.append(jpeg[at:end])
        at = end
    return b"".join([*kept, jpeg[at:]])


def main(source: str, target: str, pixels_max: str) -> None:
    """Never raises for what the file does: whatever goes wrong is the file's fault, and one line says it."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES_MAX),
        (resource.RLIMIT_CPU, CPU_SECONDS_MAX),
        (resource.RLIMIT_FSIZE, WRITTEN_BYTES_MAX),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError):  # macOS does not limit memory, and a machine may allow less than this
            resource.setrlimit(what, (most, most))
    try:
        found = {"media_type": clean(Path(source), Path(target), int(pixels_max))}
    except Refused as refusal:
        found = {"refused": str(refusal)}
    except MemoryError:
        found = {"refused": "too_heavy"}
    except OSError as error:
        found = {"refused": "too_heavy" if error.errno == errno.EFBIG else "damaged"}
    except Exception as error:  # noqa: BLE001 - decoders raise what they like at a broken file
        print(type(error).__name__, file=sys.stderr)  # noqa: T201 - for the log of who asked
        found = {"refused": "damaged"}
    print(json.dumps(found))  # noqa: T201 - the answer


if __name__ == "__main__":
    main(*sys.argv[1:])
