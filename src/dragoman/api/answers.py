"""Answers in JSON: single things with their ETag, pages with the way to the next one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Query
from fastapi.responses import Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from dragoman.api.door import Caller, Guest
from dragoman.kit.errors import N_, DeskError, Invalid
from dragoman.kit.text import storable

PREFIX = "/api/v1"
FRESH = "private, no-cache"  # may be kept, but must be asked about each time
LONGEST_CURSOR = 500

T = TypeVar("T", bound=BaseModel)


class Out(BaseModel):
    """What the API gives."""


class In(BaseModel):
    """What the API takes; a field that it does not know is a fault, not ignored."""

    model_config = ConfigDict(extra="forbid")


Words = Annotated[str, AfterValidator(storable)]
"""A text; what a database can't hold in it becomes replacement characters."""
Email = Annotated[str, Field(max_length=254, examples=["anna@buyer.example"], json_schema_extra={"format": "email"})]
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
Cursor = Annotated[
    str, Query(max_length=LONGEST_CURSOR, description="From the last page's `next`; empty for the first page.")
]


class Listed(Out, Generic[T]):
    """One page of a list."""

    data: list[T]
    next: str | None = Field(None, description="The cursor of the next page; null at the end.")


class Changed(DeskError):
    """A thing is not as the caller knows it."""

    status = 412

    def __init__(self) -> None:
        super().__init__(
            N_("This has changed since it was read. Read it again, and repeat with its new ETag in If-Match.")
        )


@contextmanager
def naming(**names: str) -> Iterator[None]:
    """Let faults name the desk's fields by the names that they have in the API."""
    try:
        yield
    except Invalid as error:
        fields = {names.get(name, name): said for name, said in error.fields.items()}
        raise Invalid(error.message, fields=fields, **error.values) from error


def _body(model: BaseModel) -> bytes:
    return model.model_dump_json().encode()


def etag_of(model: BaseModel) -> str:
    """The entity tag of a thing as it is: a digest of what is given of it."""
    return f'"{hashlib.sha256(_body(model)).hexdigest()[:32]}"'


def _tags(header: str) -> list[str]:
    return [tag.strip() for tag in header.split(",")]


def one(caller: Guest, model: BaseModel, *, status: int = 200, at: str = "") -> Response:
    """A single thing with its ETag; 304 without it when the caller has this one. `at` is the address of a new one."""
    body = _body(model)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": FRESH, "Vary": "Authorization"}
    if at:
        headers["Location"] = PREFIX + at
    known = caller.request.headers.get("if-none-match", "") if caller.request.method == "GET" else ""
    if known and (known.strip() == "*" or tag in (mark.removeprefix("W/") for mark in _tags(known))):
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, "application/json")


def check_unchanged(caller: Caller, model: BaseModel) -> None:
    """Raise Changed unless the thing, locked, is the one that If-Match names (RFC 9110 §13.1.1); without it
    everything is."""
    wanted = caller.request.headers.get("if-match")
    if wanted is not None and wanted.strip() != "*" and etag_of(model) not in _tags(wanted):
        raise Changed


def page(caller: Caller, rows: Sequence[BaseModel], cursor: str | None = None) -> Response:
    """A page; `cursor` continues after it, and a Link header says where."""
    body: Listed[Any] = Listed[Any].model_construct(data=list(rows), next=cursor)
    headers = {}
    if cursor:
        url = caller.request.url
        kept = [(name, value) for name, value in caller.request.query_params.multi_items() if name != "cursor"]
        headers["Link"] = f'<{url.path}?{urlencode([*kept, ("cursor", cursor)])}>; rel="next"'
    return Response(body.model_dump_json(serialize_as_any=True), 200, headers, "application/json")
