"""Readers, loaded once a test process: their encoders take a second."""

from __future__ import annotations

import pytest

from dragoman.understanding.reader import FULL, LIGHT, Reader


@pytest.fixture(scope="session")
def light() -> Reader:
    """The light setting."""
    return Reader(LIGHT)


@pytest.fixture(scope="session")
def full() -> Reader:
    """The full setting."""
    return Reader(FULL)
