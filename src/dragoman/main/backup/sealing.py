"""The values that only the installation's key opens: the key under a passphrase, sealing anew, and what to do when
they are lost."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from psycopg import Connection

from dragoman.kit import clock
from dragoman.kit.errors import N_, Invalid, Unavailable
from dragoman.main.backup import queries
from dragoman.main.backup.archive import LockedKey
from dragoman.platform.secrets import Keys

COST = {"n": 2**17, "r": 8, "p": 1}
"""scrypt's parameters as OWASP's Password Storage Cheat Sheet gives them: 128 MiB of memory a guess."""
SHORTEST = 12
CONTEXT = b"dragoman backup key 1"


def mark(keys: Keys) -> str:
    """What tells one installation's key from another's without telling anything of it."""
    return keys.sign("backup", "which key")


def opens(keys: Keys, marked: str) -> bool:
    """Whether what was sealed with the key of this mark opens with `keys`, be it with a former one of them."""
    return keys.verify("backup", "which key", marked)


def check_passphrase(passphrase: str) -> str:
    """Raise Invalid for a passphrase that could be guessed."""
    if len(passphrase) < SHORTEST:
        raise Invalid(
            N_("The passphrase must have at least {n} characters: whoever guesses it has the secret key."), n=SHORTEST
        )
    return passphrase


def lock(keys: Keys, passphrase: str) -> LockedKey:
    """The key, and former ones that still open something, as they may lie in a file."""
    salt, nonce = os.urandom(16), os.urandom(12)
    derived = Scrypt(salt, 32, **COST).derive(check_passphrase(passphrase).encode())
    sealed = nonce + AESGCM(derived).encrypt(nonce, b"".join((keys.secret, *keys.former)), CONTEXT)
    return LockedKey(salt=base64.b64encode(salt).decode(), sealed=base64.b64encode(sealed).decode(), **COST)


def unlock(locked: LockedKey, passphrase: str) -> Keys:
    """The key of the file; raises Invalid for a wrong passphrase."""
    sealed = base64.b64decode(locked.sealed)
    try:
        derived = Scrypt(base64.b64decode(locked.salt), 32, n=locked.n, r=locked.r, p=locked.p)
        plain = AESGCM(derived.derive(passphrase.encode())).decrypt(sealed[:12], sealed[12:], CONTEXT)
        first, *others = [plain[at : at + 32] for at in range(0, len(plain), 32)]
        return Keys(first, others)
    except (InvalidTag, ValueError) as error:
        raise Invalid(N_("This is not the passphrase the backup was made with. Nothing was changed.")) from error


@dataclass(frozen=True, slots=True)
class Sealed:
    """Columns that hold sealed values, the context they were sealed with, how people call a row (`name`), and what
    the row becomes when they can't be opened any more."""

    table: str
    columns: tuple[str, ...]
    context: str
    name: str
    kind: str
    lost: Callable[[], dict[str, Any]]

    def context_of(self, workspace: UUID, row: UUID) -> str:
        """What a row's values were sealed with."""
        return self.context.format(workspace=workspace, id=row)


def _mailbox_lost() -> dict[str, Any]:
    words = N_("A stored password can't be opened: the secret key has changed. Enter it anew.")
    return {"error": words, "error_at": clock.now()}


SEALED = (
    Sealed("mailboxes", ("imap_password", "smtp_password"), "mailbox:{id}", "address", "mailbox", _mailbox_lost),
    Sealed(
        "people", ("totp_secret",), "{id}", "email", "person",
        lambda: {"totp_secret": None, "totp_confirmed_at": None, "totp_last_step": None},
    ),
    Sealed(
        "sign_in_providers", ("client_secret",), "sign-in provider {workspace}", "label", "provider",
        lambda: {"active": False},
    ),
    Sealed("webhooks", ("secret", "old_secret"), "webhook:{id}", "name", "webhook", lambda: {"active": False}),
    Sealed("imports", ("secret",), "import:{id}", "identity", "import", lambda: {"secret": ""}),
    Sealed(
        "translation_providers", ("secret",), "translator:{id}", "name", "translator",
        lambda: {"secret": "", "active": False},
    ),
)  # fmt: skip
"""Every sealed column there is; a test compares it with the models."""

RECOVERY = ("recovery_codes", "code_hash")
"""Hashes keyed with the installation's key: they can be neither opened nor sealed anew."""

PASSING = ("api_answers", "body")
"""Answers of the API kept for a day: with another key they are dropped, and a repeated request is a new one."""

TO_DO = {
    "mailbox": N_("Mailbox {name}: enter its passwords anew."),
    "person": N_("{name}: the second factor is off; set it up anew."),
    "provider": N_("Sign-in by {name} is switched off: enter its client secret anew."),
    "webhook": N_("Webhook {name} is switched off: give it a new secret."),
    "import": N_("Import from {name}: give its token anew to let it go on."),
    "translator": N_("Translation by {name} is switched off: enter its key anew."),
    "second_factor": N_("Recovery codes for the second factor ({name}) are void: make new ones."),
}
"""What a person must do about a lost secret, by kind."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A secret that must be entered anew: `kind` of TO_DO, whose it is, and the row's id as text."""

    kind: str
    name: str
    id: str = ""


def count(connection: Connection[Any], tables: list[queries.Table], workspace: UUID) -> int:
    """How many sealed values a workspace has, at whatever schema."""
    have = {(table.name, column) for table in tables for column in table.columns}
    keyed = [(one.table, column) for one in SEALED for column in one.columns] + [RECOVERY]
    return sum(queries.count_filled(connection, *one, workspace) for one in keyed if one in have)


def settle(connection: Connection[Any], workspace: UUID, keys: Keys, former: Keys | None) -> list[Loss]:
    """Make the (entered) workspace's secrets right for `keys`: sealed anew from `former` ones, else given up.

    Returns what was given up. Nothing is given up that `keys` can open.
    """
    losses = []
    for one in SEALED:
        gone = set()
        for column in one.columns:
            for row, value in queries.sealed_values(connection, one.table, column):
                context = one.context_of(workspace, row)
                if opened(keys, value, context) is not None:
                    continue
                plain = opened(former, value, context) if former else None
                if plain is None:
                    gone.add(row)
                else:
                    queries.put(connection, one.table, row, **{column: keys.seal(plain, context=context)})
        for row in sorted(gone):
            queries.put(connection, one.table, row, **one.lost())
            losses.append(Loss(one.kind, queries.name_of(connection, one.table, one.name, row), str(row)))
    queries.drop_answers(connection)
    codes = queries.drop_recovery_codes(connection)
    return [*losses, Loss("second_factor", str(codes))] if codes else losses


def opened(keys: Keys, value: str, context: str) -> str | None:
    """A sealed value's plain text; None when these keys can't open it."""
    try:
        return keys.open(value, context=context)
    except Unavailable:
        return None
