"""Lists in pages: by cursor, so that a page costs the same however far one has read."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python
from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from valero.kit.errors import FieldError, Invalid

T = TypeVar("T")
R = TypeVar("R")

LARGEST_PAGE = 500


class CursorInvalid(Invalid):
    """The value of `after` is not one that this list gave out."""


@dataclass(frozen=True)
class PageQuery:
    """The query parameters of every list; declare as `page: Paging`."""

    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 100
    after: Annotated[str | None, Query(description="`next` of the page before")] = None
    total: Annotated[bool, Query(description="also count all items")] = False


Paging = Annotated[PageQuery, Depends()]


class Page(BaseModel, Generic[T]):
    """One page; `next` is null on the last one, `total` unless asked for."""

    items: list[T]
    next: str | None = None
    total: int | None = None


@dataclass(frozen=True)
class Rows(Generic[R]):
    """One page as read from the database."""

    items: Sequence[R]
    next: str | None
    total: int | None

    def page(self, convert: Callable[[R], T]) -> Page[T]:
        """The same page with every row converted for the API."""
        return Page(items=[convert(row) for row in self.items], next=self.next, total=self.total)


async def read(
    session: AsyncSession,
    statement: Select[R],
    page: PageQuery,
    *,
    by: Sequence[InstrumentedAttribute[Any]],
    descending: bool = False,
) -> Rows[R]:
    """The page of `statement` (one mapped class, no order of its own) that `page` asks for.

    Ordered by the columns `by`, which together must be unique and not null; an index over them
    makes every page equally fast. Raises CursorInvalid.
    """
    total = None
    if page.total:
        total = await session.scalar(select(func.count()).select_from(statement.subquery()))
    position = tuple_(*by)
    if page.after is not None:
        seen = decode_cursor(page.after, *(column.type.python_type for column in by))
        statement = statement.where(position < seen if descending else position > seen)
    order = [column.desc() if descending else column.asc() for column in by]
    found = (await session.scalars(statement.order_by(*order).limit(page.limit + 1))).all()
    items = found[: page.limit]
    more = len(found) > page.limit
    cursor = encode_cursor(*(getattr(items[-1], column.key) for column in by)) if more else None
    return Rows(items=items, next=cursor, total=total)


def encode_cursor(*values: Any) -> str:
    """An opaque text that stands for a position in a list."""
    content = json.dumps(to_jsonable_python(values), separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *types: type[Any]) -> tuple[Any, ...]:
    """The values in `cursor`, checked to be of `types`. Raises CursorInvalid for anything else."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        expected: Any = tuple[types]  # type: ignore[valid-type]
        content: tuple[Any, ...] = TypeAdapter(expected).validate_python(values)
    except (binascii.Error, UnicodeError, ValueError, RecursionError, ValidationError) as error:
        raise CursorInvalid(
            de="Die Fortsetzungsmarke ist ungültig.",
            en="The cursor is invalid.",
            errors=[FieldError("/after", "cursor", "Ungültige Marke.", "Invalid cursor.", "query")],
        ) from error
    return content
