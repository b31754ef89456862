"""Factories of test data: name what matters to the test, get the rest."""

import itertools
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def factory(make: Callable[..., T], **defaults: Any) -> Callable[..., T]:
    """A function that calls `make` with `defaults` and what its caller overrides.

    A callable default is called with a running number, e.g. `number=lambda n: f"RE-{n:04}"`.
    """
    numbers = itertools.count(1)

    def build(**overrides: Any) -> T:
        number = next(numbers)
        values = {
            name: value(number) if callable(value) else value
            for name, value in defaults.items()
            if name not in overrides
        }
        return make(**values, **overrides)

    return build
