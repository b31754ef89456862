"""Write every service's `openapi.json` from its code: `python tools/openapi.py [NAME ...]`.

The files are committed, so that a change of an interface is seen in review;
`tests/test_openapi.py` compares.
"""

import importlib
import json
import sys

from valero.kit import catalogue


def render(service: str) -> str:
    """The OpenAPI document of one service, as it is committed."""
    app = importlib.import_module(f"valero.{service}.app").create()
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    root = catalogue.root()
    for service in sys.argv[1:] or catalogue.load(root / "services.toml").services:
        (root / "services" / service / "openapi.json").write_text(render(service), "utf8")
        print(f"services/{service}/openapi.json")


if __name__ == "__main__":
    main()
