"""What a file is, judged by its content; its name and claimed type are worth nothing."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What we can do with a file."""

    CII = "cii"
    UBL = "ubl"
    XML = "xml"
    """XML, but no e-invoice known to us."""
    PDF = "pdf"
    IMAGE = "image"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Format:
    """A kind with its media type (IANA)."""

    kind: Kind
    media_type: str


XML = Format(Kind.XML, "application/xml")
PDF = Format(Kind.PDF, "application/pdf")
OTHER = Format(Kind.OTHER, "application/octet-stream")

HEAD_BYTES = 1024
"""So much of the file `detect` needs."""

_SIGNATURES = (
    (b"\xff\xd8\xff", Format(Kind.IMAGE, "image/jpeg")),
    (b"\x89PNG\r\n\x1a\n", Format(Kind.IMAGE, "image/png")),
    (b"II*\x00", Format(Kind.IMAGE, "image/tiff")),
    (b"MM\x00*", Format(Kind.IMAGE, "image/tiff")),
    (b"GIF87a", Format(Kind.IMAGE, "image/gif")),
    (b"GIF89a", Format(Kind.IMAGE, "image/gif")),
    (b"PK\x03\x04", Format(Kind.OTHER, "application/zip")),
)
_XML_STARTS = (b"<", b"\xff\xfe<\x00", b"\xfe\xff\x00<", b"<\x00", b"\x00<")
_HEIC_BRANDS = (b"ftypheic", b"ftypheix", b"ftypmif1")


def detect(head: bytes) -> Format:
    """The format of a file that begins with `head`; XML is told apart further by its root."""
    for signature, found in _SIGNATURES:
        if head.startswith(signature):
            return found
    if b"%PDF-" in head[:HEAD_BYTES]:
        return PDF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Format(Kind.IMAGE, "image/webp")
    if head[4:12] in _HEIC_BRANDS:
        return Format(Kind.IMAGE, "image/heic")
    if head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n").startswith(_XML_STARTS):
        return XML
    return OTHER
