"""One file from a multipart/form-data request (RFC 7578) into the archive's anteroom, streamed.

Memory stays at one network chunk. Size, number of files and completeness are checked on the way;
whatever goes wrong, the caller's `Incoming` is dropped as a whole.
"""

import asyncio
import unicodedata
from collections.abc import AsyncIterable
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from valero.beleg.archive import Incoming
from valero.kit import errors

FIELD: Final = "file"
MAX_FILE_BYTES: Final = 25 * 1024 * 1024
MAX_OVERHEAD_BYTES: Final = 64 * 1024
MAX_NAME_LENGTH: Final = 200
NAMELESS: Final = "beleg"


class UploadTooLarge(errors.TooLarge):
    """The file exceeds MAX_FILE_BYTES; it was not stored."""


class UploadInvalid(errors.Invalid):
    """The request does not carry exactly one complete, non-empty file."""


class Upload:
    """Parser callbacks that let the content of the one file part through."""

    def __init__(self, incoming: Incoming) -> None:
        self.incoming = incoming
        self.filename: str | None = None
        self.complete = False
        self._in_file = False
        self._header = b""
        self._value = b""
        self._disposition = b""

    def on_part_begin(self) -> None:
        self._in_file = False
        self._disposition = b""

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def on_header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def on_headers_finished(self) -> None:
        options = parse_options_header(self._disposition)[1]
        if options.get(b"name") != FIELD.encode() or b"filename" not in options:
            return
        if self.filename is not None:
            raise UploadInvalid(
                de="Bitte nur eine Datei je Anfrage hochladen.",
                en="Please upload one file per request.",
            )
        self._in_file = True
        self.filename = clean_name(options[b"filename"].decode("utf-8", "replace"))

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if not self._in_file:
            return
        if self.incoming.size_bytes + end - start > MAX_FILE_BYTES:
            raise too_large()
        self.incoming.write(data[start:end])

    def on_end(self) -> None:
        self.complete = True


async def receive(content_type: str, body: AsyncIterable[bytes], incoming: Incoming) -> str:
    """Write the one file of the request into `incoming`; the answer is its cleaned name.

    Raises UploadTooLarge, or UploadInvalid for anything but one complete, non-empty file.
    """
    upload = Upload(incoming)
    parser = _parser(content_type, upload)
    received = 0
    try:
        async for chunk in body:
            received += len(chunk)
            if received > MAX_FILE_BYTES + MAX_OVERHEAD_BYTES:
                raise too_large()
            await asyncio.to_thread(parser.write, chunk)
    except FormParserError as error:
        raise _unreadable() from error
    if not upload.complete:
        raise UploadInvalid(
            de="Die Übertragung wurde abgebrochen, es wurde nichts gespeichert. Bitte erneut "
            "hochladen.",
            en="The transfer was cut off, nothing was stored. Please upload again.",
        )
    if upload.filename is None:
        raise UploadInvalid(
            de=f"Die Anfrage enthält keine Datei im Feld „{FIELD}“.",
            en=f'The request has no file in the field "{FIELD}".',
            errors=(missing_file(),),
        )
    if incoming.size_bytes == 0:
        raise UploadInvalid(
            de="Die Datei ist leer und wurde nicht gespeichert. Bitte die richtige Datei wählen.",
            en="The file is empty and was not stored. Please choose the right file.",
        )
    return upload.filename


def clean_name(name: str) -> str:
    """A file name fit for display: no folders, no control or direction characters, not too long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = " ".join(last.split())
    kept = "".join(char for char in plain if unicodedata.category(char)[0] != "C")
    return kept[:MAX_NAME_LENGTH].strip() or NAMELESS


def too_large() -> UploadTooLarge:
    """The refusal of a file over the limit."""
    limit = MAX_FILE_BYTES // (1024 * 1024)
    return UploadTooLarge(
        de=f"Die Datei ist größer als {limit} MiB und wurde nicht gespeichert. Bitte eine kleinere "
        "Fassung anfordern oder Anhänge getrennt hochladen.",
        en=f"The file is larger than {limit} MiB and was not stored. Please ask for a smaller "
        "version or upload attachments separately.",
    )


def missing_file() -> errors.FieldError:
    """The pointer to the missing form field."""
    return errors.FieldError(
        pointer=f"/{FIELD}", code="missing", de="Bitte eine Datei wählen.", en="Choose a file."
    )


def _parser(content_type: str, upload: Upload) -> MultipartParser:
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise _unreadable()
    try:
        return MultipartParser(
            boundary,
            {
                "on_part_begin": upload.on_part_begin,
                "on_header_field": upload.on_header_field,
                "on_header_value": upload.on_header_value,
                "on_header_end": upload.on_header_end,
                "on_headers_finished": upload.on_headers_finished,
                "on_part_data": upload.on_part_data,
                "on_end": upload.on_end,
            },
        )
    except FormParserError as error:
        raise _unreadable() from error


def _unreadable() -> UploadInvalid:
    return UploadInvalid(
        de="Die Anfrage ist kein lesbares multipart/form-data mit einer Datei.",
        en="The request is not readable multipart/form-data with a file.",
    )
