"""What the browser tests share: people, signing in, dropping files, and looking for barriers."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

DROP = """([names, texts]) => {
    const data = new DataTransfer();
    names.forEach((name, i) => data.items.add(new File([texts[i]], name, {type: 'text/xml'})));
    const settings = {bubbles: true, cancelable: true, dataTransfer: data};
    for (const kind of ['dragenter', 'dragover', 'drop'])
        document.body.dispatchEvent(new DragEvent(kind, settings));
}"""


@dataclass(frozen=True)
class Person:
    """A user of the running stack; `password` may be the one for the first sign-in."""

    name: str
    email: str
    password: str


def sign_in(page: Page, email: str, password: str, *, at: str = "/") -> None:
    """Fill in the sign-in form that `at` shows to a stranger."""
    page.goto(at)
    page.get_by_label("E-Mail-Adresse").fill(email)
    page.get_by_label("Kennwort", exact=True).fill(password)
    page.get_by_role("button", name="Anmelden").click()


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA, as `rule: element`."""
    page.evaluate(AXE.read_text("utf8"))
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", WCAG
    )["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def drop(page: Page, files: list[Path]) -> None:
    """Drop files onto the page, as from a folder of the desktop."""
    page.evaluate(DROP, [[file.name for file in files], [file.read_text("utf8") for file in files]])
