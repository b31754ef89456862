"""Types of fields and callers that several routes of fibu share."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from valero.kit.auth import Principal, require
from valero.kit.money import Amount

Reader = Annotated[Principal, require("fibu:read")]
Poster = Annotated[Principal, require("fibu:post")]
Configurer = Annotated[Principal, require("fibu:configure")]

PRINTABLE = r"^[^\x00]*$"
"""PostgreSQL stores everything but the zero character."""

Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=PRINTABLE)]
RequiredWord = Annotated[Word, StringConstraints(min_length=1)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
AccountNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{4,9}$")]
Unsigned = Annotated[Amount, Field(ge=0)]
Words = Annotated[str | None, Query(max_length=200, pattern=PRINTABLE)]
Ids = Annotated[Sequence[UUID], Query(alias="id", max_length=200)]
DocumentIds = Annotated[Sequence[UUID], Query(alias="document_id", max_length=200)]
"""`?id=...&id=...`: several at once, for callers that compose answers."""


class Strict(BaseModel):
    """Input: a misspelt field is an error, not silently without effect."""

    model_config = ConfigDict(extra="forbid")
