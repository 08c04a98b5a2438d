"""The one family of errors that people may see: a status, a translatable sentence, the fields it speaks of."""

from __future__ import annotations

from collections.abc import Mapping


def N_(message: str) -> str:
    """Mark a constant for translation; it is translated where it is shown."""
    return message


class DeskError(Exception):
    """Something a person should read. `message` is a gettext id whose `{names}` the `values` fill.

    `fields` maps a form field to the message that belongs beside it.
    """

    status = 400

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values
        self.fields = dict(fields or {})

    def __str__(self) -> str:
        return self.message.format(**self.values) if self.values else self.message


class Invalid(DeskError):
    """Bad input; nothing was changed. Shown beside the fields it names."""

    status = 422

    def __init__(
        self,
        message: str = N_("Please check the marked fields."),
        *,
        fields: Mapping[str, str] | None = None,
        **values: object,
    ) -> None:
        super().__init__(message, fields=fields, **values)


class SignInNeeded(DeskError):
    """Nobody is signed in, or the session has ended."""

    status = 401

    def __init__(self, message: str = N_("Please sign in to go on.")) -> None:
        super().__init__(message)


class Forbidden(DeskError):
    """Known, but not allowed; says which permission is missing."""

    status = 403

    def __init__(
        self, message: str = N_("Your role does not allow this. Ask an administrator."), **values: object
    ) -> None:
        super().__init__(message, fields=None, **values)


class NotFound(DeskError):
    """It does not exist here, or the actor may not know that it does."""

    status = 404

    def __init__(self, message: str = N_("This does not exist, or was moved."), **values: object) -> None:
        super().__init__(message, fields=None, **values)


class Conflict(DeskError):
    """The thing has changed since it was read; the newest state must be read first."""

    status = 409


class TooMany(DeskError):
    """A limit was reached; `retry_after` is in seconds."""

    status = 429

    def __init__(self, retry_after: int) -> None:
        super().__init__(N_("Too many attempts. Please try again in {seconds} seconds."), seconds=retry_after)
        self.retry_after = retry_after


class Unavailable(DeskError):
    """A part the desk needs (database, mail server) does not answer for now."""

    status = 503
