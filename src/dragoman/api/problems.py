"""What went wrong, in words: RFC 9457 problem details, in the language the caller asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, OperationalError
from starlette.exceptions import HTTPException

from dragoman.accounts.tokens.service import Unauthorised
from dragoman.kit.errors import N_, DeskError, Forbidden, TooMany
from dragoman.platform import i18n, logs
from dragoman.platform.i18n import gettext as _

log = logs.get(__name__)
TYPE = "urn:dragoman:problem:"
MEDIA_TYPE = "application/problem+json"
REALM = 'Bearer realm="Dragoman"'

KINDS: dict[int, tuple[str, str, str]] = {
    400: ("malformed", N_("The request can't be read"), N_("Send the body as JSON, in UTF-8.")),
    401: ("unauthorised", N_("No valid access token"), N_("Send an access token as “Authorization: Bearer drg_…”.")),
    403: ("forbidden", N_("Not allowed"), N_("The access token does not allow this.")),
    404: ("not-found", N_("Not found"), N_("There is nothing at this address. Check it against the documentation.")),
    405: ("method", N_("Method not allowed"), N_("This address does not take that method. See the header Allow.")),
    409: ("conflict", N_("Conflict"), N_("Something else changed this at the same moment. Read it again and repeat.")),
    412: ("changed", N_("It has changed"), N_("This has changed since it was read. Read it again and repeat.")),
    413: ("too-large", N_("Too large"), N_("This is larger than the desk takes.")),
    414: ("address-too-long", N_("Address too long"), N_("This address is too long.")),
    415: ("media-type", N_("Not JSON"), N_("Send the body as JSON, with “Content-Type: application/json”.")),
    422: ("invalid", N_("Invalid values"), N_("Some values can't be used; nothing was changed. See “errors”.")),
    429: ("too-many", N_("Too many requests"), N_("Wait as many seconds as the header Retry-After says.")),
    500: ("fault", N_("A fault of the desk"), N_("Nothing was changed. Tell the operator: {reference}.")),
    503: ("unavailable", N_("Not available"), N_("The database does not answer; nothing was changed. Try again soon.")),
}  # fmt: skip

FAULTS: dict[str, str] = {
    "missing": N_("This is required."),
    "extra_forbidden": N_("This is not known here."),
    "string_type": N_("This must be a text."),
    "string_unicode": N_("This text is not valid Unicode."),
    "string_too_long": N_("At most {max_length} characters."),
    "string_too_short": N_("At least {min_length} characters."),
    "string_pattern_mismatch": N_("This does not have the right form."),
    "literal_error": N_("Use one of these: {expected}."),
    "enum": N_("Use one of these: {expected}."),
    "bool_type": N_("This must be true or false."),
    "bool_parsing": N_("This must be true or false."),
    "int_type": N_("This must be a whole number."),
    "int_parsing": N_("This must be a whole number."),
    "int_parsing_size": N_("This number is too large."),
    "int_from_float": N_("This must be a whole number."),
    "greater_than_equal": N_("At least {ge}."),
    "less_than_equal": N_("At most {le}."),
    "list_type": N_("This must be a list."),
    "too_long": N_("At most {max_length} of these."),
    "too_short": N_("At least {min_length} of these."),
    "uuid_type": N_("This is not an id: ids look like 0192f3a4-5b6c-7d8e-9f01-23456789abcd."),
    "uuid_parsing": N_("This is not an id: ids look like 0192f3a4-5b6c-7d8e-9f01-23456789abcd."),
    "model_type": N_("This must be an object."),
    "model_attributes_type": N_("This must be an object."),
    "dict_type": N_("This must be an object."),
}
UNUSABLE = N_("This value can't be used.")


class FieldProblem(BaseModel):
    """A value at fault."""

    field: str = Field(description="Where it stands: a field of the body, with dots into it, or a parameter.")
    detail: str = Field(description="What is wrong with it, in words.")


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(description="The kind of problem, stable, for programs.", examples=[TYPE + "invalid"])
    title: str = Field(description="The kind of problem in words.", examples=["Invalid values"])
    status: int = Field(description="The HTTP status.", examples=[422])
    detail: str = Field(description="What happened and what to do, in the language of Accept-Language.")
    instance: str | None = Field(None, description="For a fault of the desk: the reference its log knows it by.")
    errors: list[FieldProblem] = Field(default=[], description="The values at fault, where some are.")


def problem(
    status: int, detail: str = "", *, errors: Sequence[FieldProblem] = (), headers: Mapping[str, str] | None = None,
    reference: str = "",
) -> Response:  # fmt: skip
    """An answer that says what went wrong; without `detail` it says the usual of its status."""
    slug, title, usual = KINDS.get(status, KINDS[400 if status < 500 else 500])
    said = detail or (_(usual, reference=reference) if status == 500 else _(usual))
    body = Problem(
        type=TYPE + slug, title=_(title), status=status, detail=said, errors=list(errors),
        instance=f"{TYPE}fault:{reference}" if reference else None,
    )  # fmt: skip
    out = {"Content-Language": i18n.current().replace("_", "-"), "Vary": "Accept-Language"} | dict(headers or {})
    return Response(body.model_dump_json(exclude_none=True), status, out, MEDIA_TYPE)


def _note_refusal(request: Request, error: DeskError) -> None:
    caller = getattr(request.state, "caller", None)
    log.warning(
        "refused", status=error.status, kind=type(error).__name__, method=request.method,
        route=getattr(request.scope.get("route"), "path", ""), bearer=str(caller.bearer.id) if caller else None,
        client=request.client.host if request.client else None,
    )  # fmt: skip


async def on_desk_error(request: Request, error: Exception) -> Response:
    """An error that people may read."""
    assert isinstance(error, DeskError)
    if error.status in (401, 403, 429):
        _note_refusal(request, error)
    headers: dict[str, str] = {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unauthorised):
        headers["WWW-Authenticate"] = f'{REALM}, error="{error.code}"' if error.code else REALM
    if isinstance(error, OutOfScope):
        headers["WWW-Authenticate"] = f'{REALM}, error="insufficient_scope", scope="{error.scope}"'
    elif isinstance(error, Forbidden):
        headers["WWW-Authenticate"] = f'{REALM}, error="insufficient_scope"'
    errors = [FieldProblem(field=name, detail=_(said, **error.values)) for name, said in error.fields.items()]
    said = _(error.message, **error.values) if error.values else _(error.message)
    return problem(error.status, "" if errors else said, errors=errors, headers=headers)


class OutOfScope(Forbidden):
    """The token lacks a scope."""

    def __init__(self, scope: str) -> None:
        super().__init__(
            N_("This access token lacks the scope “{scope}”. Make one that has it under Settings › API."), scope=scope
        )
        self.scope = scope


async def on_http_error(_request: Request, error: Exception) -> Response:
    """An address or method that does not exist, or a body that can't be read."""
    assert isinstance(error, HTTPException)
    return problem(error.status_code, headers=error.headers)


async def on_invalid(_request: Request, error: Exception) -> Response:
    """Values that can't be used, each said in words; an id in the address that is none leads nowhere."""
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    if any(one["type"] == "json_invalid" for one in faults):
        return problem(400, _("The body is not valid JSON: {why}.", why=str(faults[0].get("ctx", {}).get("error"))))
    if any(one["loc"][0] == "path" for one in faults):
        return problem(404)
    return problem(422, errors=[FieldProblem(field=_place(one["loc"]), detail=_fault(one)) for one in faults[:50]])


def _place(where: Sequence[Any]) -> str:
    return ".".join(str(part) for part in where[1:]) or str(where[0])


def _fault(one: Mapping[str, Any]) -> str:
    inner = one.get("ctx", {}).get("error")
    if isinstance(inner, DeskError):
        return _(next(iter(inner.fields.values()), inner.message), **inner.values)
    kind = str(one["type"])
    if kind.startswith("too_") and isinstance(one["input"], str):
        kind = f"string_{kind}"
    said = FAULTS.get(kind, UNUSABLE)
    return _(said, **one["ctx"]) if "{" in said else _(said)


async def on_no_database(_request: Request, error: Exception) -> Response:
    """The database does not answer, or a statement failed: with a broken line it is the former, else our fault."""
    if isinstance(error, DBAPIError) and not isinstance(error, OperationalError) and not error.connection_invalidated:
        raise error
    log.warning("database not reachable", error=type(error).__name__)
    return problem(503, headers={"Retry-After": "5"})
