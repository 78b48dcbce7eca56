"""Files as people send them, and as people send them who mean no good. Everything on them is invented."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pi_heif
import pikepdf
from PIL import Image, PngImagePlugin

AUTHOR = "某拍摄者"  # what must not be left of a file
PLACE = (24.0, 31.0, 12.0)
_ORIENTATION, _ARTIST, _PLACE = 0x0112, 0x013B, 0x8825

pi_heif.register_heif_opener()


def picture(width: int = 40, height: int = 20, mode: str = "RGB") -> Image.Image:
    """Red on its left half, blue on its right."""
    made = Image.new(mode, (width, height), "red" if mode != "L" else 76)
    made.paste("blue" if mode != "L" else 29, (width // 2, 0, width, height))
    return made


def told(orientation: int = 1) -> Image.Exif:
    """What a telephone writes along: who, where, and which way is up."""
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    exif[_ARTIST] = AUTHOR
    exif.get_ifd(_PLACE).update({1: "N", 2: PLACE, 3: "E", 4: PLACE})
    return exif


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    output = io.BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def photograph(kind: str = "JPEG", *, orientation: int = 1, width: int = 40, height: int = 20) -> bytes:
    """With a place, an author and a text in it, in every way that the kind has."""
    options: dict[str, Any] = {"exif": told(orientation), "xmp": f"<x:xmpmeta>{AUTHOR}</x:xmpmeta>".encode()}
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_itxt("Author", AUTHOR)
        options = {"exif": told(orientation), "pnginfo": text}
    if kind == "JPEG":
        options["comment"] = AUTHOR.encode()
    return encoded(picture(width, height), kind, **options)


def paper(*, pages: int = 1, photograph_on_it: bool = False) -> pikepdf.Pdf:
    """A PDF with an author in each of the places where one stands."""
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page()
    pdf.docinfo["/Author"] = AUTHOR
    with pdf.open_metadata() as metadata:
        metadata["dc:creator"] = [AUTHOR]
    if photograph_on_it:
        stream = pdf.make_stream(
            photograph(),
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=40,
            Height=20,
            ColorSpace=pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Name.DCTDecode,
        )
        pdf.pages[0].add_resource(stream, pikepdf.Name.XObject)
    return pdf


def saved(pdf: pikepdf.Pdf, **options: Any) -> bytes:
    output = io.BytesIO()
    pdf.save(output, **options)
    return output.getvalue()


def script(text: str = "app.alert(1)") -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=text)


def scripted_at_start() -> bytes:
    pdf = paper()
    pdf.Root.OpenAction = script()
    return saved(pdf)


def scripted_on_the_page() -> bytes:
    pdf = paper()
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=pdf.make_indirect(script())
    )
    pdf.pages[0].Annots = pikepdf.Array([link])
    return saved(pdf)


def scripted_under_another_spelling() -> bytes:
    """A name may be written with any of its letters as a number."""
    return saved(_with_action("/JavaScript"), compress_streams=False).replace(b"/JavaScript", b"/J#61vaScript")


def starting_a_program() -> bytes:
    return saved(_with_action("/Launch"))


def with_a_file_inside() -> bytes:
    pdf = paper()
    pdf.attachments["list.exe"] = b"MZ"
    return saved(pdf)


def with_a_dynamic_form() -> bytes:
    pdf = paper()
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(), XFA=pdf.make_stream(b"<xdp/>"))
    return saved(pdf)


def locked() -> bytes:
    return saved(paper(), encryption=pikepdf.Encryption(owner="owner", user="user"))


def _with_action(kind: str) -> pikepdf.Pdf:
    pdf = paper()
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name(kind))
    return pdf


def claimed_size(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is this large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def inflating_pdf(megabytes: int) -> bytes:
    """A PDF whose table of objects is a stream that grows a thousandfold when it is opened."""
    packed = zlib.compress(b"\0" * megabytes * 1024**2, 9)
    stream = (
        b"1 0 obj\n<< /Type /XRef /Size 4 /W [1 4 2] /Root 2 0 R /Filter /FlateDecode /Length "
        + str(len(packed)).encode()
        + b" >>\nstream\n"
        + packed
        + b"\nendstream\nendobj\n"
    )
    head = b"%PDF-1.7\n"
    return head + stream + b"startxref\n" + str(len(head)).encode() + b"\n%%EOF\n"


def moving() -> bytes:
    return encoded(picture(), "PNG", save_all=True, append_images=[picture(mode="RGB").rotate(180)])


HTML = b"<!DOCTYPE html><script>alert(1)</script>"
PROGRAM = b"MZ\x90\x00" + b"\0" * 200 + b"PE\0\0"
ARCHIVE = b"PK\x03\x04" + b"\0" * 60
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
