"""Texts that an answer carries in both languages."""

from pydantic import BaseModel


class TextOut(BaseModel):
    """One text in both languages."""

    de: str
    en: str
