"""What a browser says of itself (RFC 9110, 10.1.5), in words that people recognise a device by.

It is a claim, not a fact: good enough to see "that was my telephone", never to decide anything.
"""

from dataclasses import dataclass

# The first that matches counts: Edge and Opera call themselves Chrome, and Chrome calls itself
# Safari; Android calls itself Linux, and an iPhone "like Mac OS X".
PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("python", "Python"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Words:
    """One text in both languages."""

    de: str
    en: str


def in_words(agent: str) -> Words:
    """`Firefox auf Windows` for a User-Agent header; what is not recognised is said to be so."""
    program, system = _first(PROGRAMS, agent), _first(SYSTEMS, agent)
    if program and system:
        return Words(f"{program} auf {system}", f"{program} on {system}")
    if program or system:
        return Words(program or system, program or system)
    return Words("Unbekanntes Gerät", "Unknown device")


def _first(names: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for mark, name in names if mark.lower() in agent.lower()), "")
