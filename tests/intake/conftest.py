"""The IMAP server of these tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.dovecot import PROGRAM, WHY_NOT, Dovecot, dovecot


@pytest.fixture(scope="session")
def imap_server() -> Iterator[Dovecot]:
    """A running Dovecot, or a skip that says why there is none."""
    if PROGRAM is None or os.geteuid() != 0:
        pytest.skip(WHY_NOT if PROGRAM is None else "Dovecot is started as root only")
    with dovecot() as running:
        yield running
