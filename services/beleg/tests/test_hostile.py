"""Rule BE-11: hostile input costs little time and memory and is refused with a sentence."""

import resource
import threading
import time
from collections.abc import Callable

import pytest

from valero.beleg.reading import read, read_in_own_thread
from valero.beleg.sample import Sample, SampleLine, dump
from valero.beleg.uploads import MAX_FILE_BYTES
from valero.beleg.xmltree import MAX_LINES

SECONDS = 20
MEBIBYTES = 700


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 12))
    return f'<!DOCTYPE x [<!ENTITY a0 "lol">{entities}]><x>&a11;</x>'.encode()


def laughing_attribute() -> bytes:
    return laughs().replace(b"<x>&a11;</x>", b'<x y="&a11;"/>')


def laughing_parameters() -> bytes:
    entities = "".join(
        f'<!ENTITY % a{level} "{f"&#37;a{level - 1};" * 10}">' for level in range(1, 12)
    )
    return f'<!DOCTYPE x [<!ENTITY % a0 "x">{entities}%a11;]><x/>'.encode()


def quadratic() -> bytes:
    return f'<!DOCTYPE x [<!ENTITY a "{"A" * 1_000_000}">]><x>{"&a;" * 100_000}</x>'.encode()


def local_file() -> bytes:
    return b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


def remote_dtd() -> bytes:
    return b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>'


def harmless_dtd_in_an_invoice() -> bytes:
    return dump(Sample(number="1")).replace(b"?>", b'?><!DOCTYPE x [<!ENTITY n "1">]>', 1)


def deep() -> bytes:
    return b"<a>" * 4_000_000


def wide() -> bytes:
    return b"<a>" + b"<a/>" * (MAX_FILE_BYTES // 4 - 2)


def many_attributes() -> bytes:
    return b"<a " + b" ".join(b'a%d=""' % number for number in range(2_000_000)) + b"/>"


def many_names() -> bytes:
    return b"<a>" + b"".join(b"<a%d/>" % number for number in range(700_000)) + b"</a>"


def long_text() -> bytes:
    return b"<a>" + b"A" * (MAX_FILE_BYTES - 10) + b"</a>"


def long_number() -> bytes:
    return dump(Sample(number="9" * 90_000))


def hidden_encoding() -> bytes:
    return b'<?xml version="1.0" encoding="UTF-7"?>+ADw-x/+AD4-'


def hidden_far_encoding() -> bytes:
    return b'<?xml version="1.0" ' + b" " * 500 + b'encoding="UTF-7"?>+ADw-x/+AD4-'


def broken_encoding() -> bytes:
    return b'<?xml version="1.0" encoding="UTF-8"?><x>\xff\xfe\xfa</x>'


def unknown_encoding() -> bytes:
    return b'<?xml version="1.0" encoding="klingon"?><x/>'


def too_many_lines() -> bytes:
    one = dump(Sample(number="1", lines=(SampleLine(name="a"),))).decode()
    start = one.index("<ram:IncludedSupplyChainTradeLineItem>")
    end = one.index("<ram:ApplicableHeaderTradeAgreement>")
    return (one[:start] + one[start:end] * (MAX_LINES + 1) + one[end:]).encode()


HOSTILE = [
    *(laughs, laughing_attribute, laughing_parameters, quadratic, local_file, remote_dtd),
    *(harmless_dtd_in_an_invoice, deep, wide, many_attributes, many_names, long_text),
    *(long_number, hidden_encoding, hidden_far_encoding, broken_encoding, unknown_encoding),
    too_many_lines,
]


@pytest.mark.parametrize("make", HOSTILE, ids=lambda make: make.__name__)
def test_hostile_xml_is_refused_in_bounded_time_and_memory(make: Callable[[], bytes]) -> None:
    data = make()
    started = time.perf_counter()
    reading = read_in_own_thread(data)
    assert reading.invoice is None
    assert reading.problem_de
    assert reading.problem_en
    assert "root:" not in reading.problem_en
    assert len(reading.problem_de) < 500
    assert time.perf_counter() - started < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < MEBIBYTES * 1024


def test_the_largest_allowed_invoice_is_read_in_bounded_time() -> None:
    one = dump(Sample(number="1", lines=(SampleLine(name="a"),))).decode()
    start = one.index("<ram:IncludedSupplyChainTradeLineItem>")
    end = one.index("<ram:ApplicableHeaderTradeAgreement>")
    data = (one[:start] + one[start:end] * MAX_LINES + one[end:]).encode()
    started = time.perf_counter()
    reading = read(data)
    assert reading.invoice is not None
    assert len(reading.invoice.lines) == MAX_LINES
    assert time.perf_counter() - started < SECONDS


@pytest.mark.parametrize("make", [hidden_encoding, hidden_far_encoding, unknown_encoding])
def test_an_encoding_that_hides_markup_is_refused_before_parsing(make: Callable[[], bytes]) -> None:
    assert "Zeichenkodierung" in (read(make()).problem_de or "")


def test_a_dtd_is_refused_even_if_harmless() -> None:
    assert "DOCTYPE" in (read(harmless_dtd_in_an_invoice()).problem_de or "")


def test_a_zip_bomb_is_not_opened_at_all() -> None:
    head = b"PK\x03\x04"
    started = time.perf_counter()
    assert read(head + b"\x00" * (MAX_FILE_BYTES - len(head))).invoice is None
    assert time.perf_counter() - started < 1


def test_the_largest_pdf_of_nothing_is_given_up_in_time() -> None:
    head = b"%PDF-1.7\n"
    started = time.perf_counter()
    assert read(head + b"\x00" * (MAX_FILE_BYTES - len(head))).invoice is None
    assert time.perf_counter() - started < 45


def test_reading_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    read_in_own_thread(dump(Sample(number="1")))
    assert threading.active_count() == before
