"""The keys that verify people's tokens, kept on disk: the Observer answers while `auth` is down."""

import asyncio
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from valero.kit.auth import FetchKeys


def kept_on_disk(fetch: FetchKeys, path: Path) -> FetchKeys:
    """`fetch`, or what it last fetched. Raises OSError if neither is to be had."""

    async def fetch_or_recall() -> Mapping[str, Any]:
        try:
            document = await fetch()
        except (httpx.HTTPError, OSError, ValueError):
            return await asyncio.to_thread(_recall, path)
        if document.get("keys"):
            await asyncio.to_thread(_keep, path, document)
        return document

    return fetch_or_recall


def _recall(path: Path) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(path.read_bytes())
    return document


def _keep(path: Path, document: Mapping[str, Any]) -> None:
    content = json.dumps(document, sort_keys=True).encode()
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    draft.replace(path)
