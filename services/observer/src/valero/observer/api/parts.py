"""How routes get at the Observer's parts."""

from typing import Annotated

from fastapi import Depends, Request

from valero.observer.observatory import Observatory


def find_parts(request: Request) -> Observatory:
    """The parts of the running application."""
    parts: Observatory = request.app.state.observatory
    return parts


Parts = Annotated[Observatory, Depends(find_parts)]
