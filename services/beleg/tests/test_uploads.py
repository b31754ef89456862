"""The multipart reader by itself: limits hold whatever stands in front of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from valero.beleg.archive import Archive, Incoming
from valero.beleg.uploads import (
    MAX_FILE_BYTES,
    MAX_OVERHEAD_BYTES,
    UploadInvalid,
    UploadTooLarge,
    clean_name,
    receive,
)

KIND = "multipart/form-data; boundary=B"
PART = b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.xml"\r\n\r\n'
OTHER = b'--B\r\nContent-Disposition: form-data; name="note"\r\n\r\n'
END = b"\r\n--B--\r\n"
MEBIBYTE = 1024 * 1024


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path)
    made.prepare()
    return made


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def mebibytes(head: bytes, count: int, tail: bytes = END) -> AsyncIterator[bytes]:
    yield head
    for _ in range(count):
        yield b"x" * MEBIBYTE
    yield tail


async def test_a_file_of_exactly_the_limit_is_taken(archive: Archive) -> None:
    with archive.receive() as incoming:
        await receive(KIND, mebibytes(PART, MAX_FILE_BYTES // MEBIBYTE), incoming)
        assert incoming.size_bytes == MAX_FILE_BYTES


async def test_one_byte_more_is_refused_in_both_languages(archive: Archive) -> None:
    body = mebibytes(PART, MAX_FILE_BYTES // MEBIBYTE, b"x" + END)
    with archive.receive() as incoming:
        with pytest.raises(UploadTooLarge) as refused:
            await receive(KIND, body, incoming)
        assert incoming.size_bytes <= MAX_FILE_BYTES
    assert "25 MiB" in refused.value.detail_de
    assert "25 MiB" in refused.value.detail_en


async def test_rubbish_around_the_file_counts_too(archive: Archive) -> None:
    rubbish = mebibytes(OTHER, (MAX_FILE_BYTES + MAX_OVERHEAD_BYTES) // MEBIBYTE + 1)
    with archive.receive() as incoming:
        with pytest.raises(UploadTooLarge):
            await receive(KIND, rubbish, incoming)
        assert incoming.size_bytes == 0


async def test_other_fields_of_the_form_are_ignored(archive: Archive) -> None:
    body = chunks(OTHER, b"hallo\r\n", PART, b"<x/>", END)
    with archive.receive() as incoming:
        assert await receive(KIND, body, incoming) == "a.xml"
        assert incoming.content() == b"<x/>"


@pytest.mark.parametrize("header", [b"X: " + b"y" * 20_000, b"\r\n".join([b"A: b"] * 100)])
async def test_swollen_part_headers_are_refused(archive: Archive, header: bytes) -> None:
    body = chunks(b"--B\r\n" + header + b"\r\n\r\nx" + END)
    with archive.receive() as incoming, pytest.raises(UploadInvalid):
        await receive(KIND, body, incoming)


@given(content=st.binary(min_size=1, max_size=300), size=st.integers(1, 60))
@settings(max_examples=80, deadline=None)
async def test_bytes_arrive_unchanged_however_they_are_cut(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, size: int
) -> None:
    if b"\r\n--B" in content:
        return
    whole = PART + content + END
    parts = [whole[start : start + size] for start in range(0, len(whole), size)]
    with Incoming(tmp_path_factory.getbasetemp()) as incoming:
        await receive(KIND, chunks(*parts), incoming)
        assert incoming.content() == content


@given(name=st.text(max_size=300))
def test_a_cleaned_name_is_short_visible_and_without_folders(name: str) -> None:
    cleaned = clean_name(name)
    assert 0 < len(cleaned) <= 200
    assert "/" not in cleaned
    assert "\\" not in cleaned
    assert cleaned.isprintable()
    assert cleaned.strip() == cleaned
