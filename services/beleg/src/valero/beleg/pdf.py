"""The e-invoice inside a PDF: the XML that ZUGFeRD and Factur-X embed (rules BE-3, BE-11).

A PDF can hold bombs in any of its layers, so it is opened in a process that may neither take much
memory nor long; whatever happens there, the upload only hears that there is no invoice in it.
"""

import contextlib
import logging
import resource
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from valero.beleg.invoice import Unreadable

NAMES: Final = ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml")
"""In lower case: Factur-X and ZUGFeRD 2.1, XRechnung as reference profile, ZUGFeRD 1 and 2.0."""

MOST_XML: Final = 25 * 1024 * 1024
MEMORY: Final = 768 * 1024 * 1024
CPU_SECONDS: Final = 10
WALL_SECONDS: Final = 40.0

_FOUND, _NOTHING = b"found\n", b"nothing\n"

_BROKEN: Final = Unreadable(
    de="Das PDF ist beschädigt, verschlüsselt oder zu aufwendig, um darin nach einer E-Rechnung zu "
    "suchen. Bitte von Hand buchen oder beim Lieferanten die E-Rechnung als XML-Datei anfordern.",
    en="The PDF is damaged, encrypted or too costly to look for an e-invoice in it. Please book it "
    "by hand or ask the supplier for the e-invoice as an XML file.",
)


def embedded_xml(data: bytes) -> bytes | None:
    """The embedded XML; None if there is none. Blocks. Raises Unreadable for a broken PDF."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "valero.beleg.pdf"],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _BROKEN from error
    if done.stdout.startswith(_FOUND):
        return done.stdout.removeprefix(_FOUND)
    if done.stdout == _NOTHING:
        return None
    raise _BROKEN


def main() -> None:
    """Inside the bounded process: a PDF on standard input, its XML on standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable()
    found = next(_invoices(sys.stdin.buffer.read()), None)
    if found is None:
        sys.stdout.buffer.write(_NOTHING)
    elif len(found) <= MOST_XML:
        sys.stdout.buffer.write(_FOUND + found)


def _invoices(data: bytes) -> Iterator[bytes]:
    from pypdf import PdfReader  # here, because only this process needs it

    reader = PdfReader(BytesIO(data))
    with contextlib.closing(reader):
        for attachment in reader.attachment_list:
            if (attachment.name or "").lower() in NAMES:
                yield attachment.content


if __name__ == "__main__":
    main()
