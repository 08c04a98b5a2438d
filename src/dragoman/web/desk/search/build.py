"""From what search found to what its page shows."""

from __future__ import annotations

from dragoman.kit.paging import Page
from dragoman.tickets.finding import Hit
from dragoman.web import respond
from dragoman.web.desk.search.highlight import needles, parts
from dragoman.web.desk.search.view import Result, SearchPage


def build(words: str, found: Page[Hit], problem: str = "") -> SearchPage:
    """The page of results; each opens beside what was found."""
    marked = needles(words)
    results = tuple(
        Result(
            number=hit.ticket.number,
            href=f"/tickets/{hit.ticket.number}?view=all",
            subject=parts(hit.ticket.subject, marked),
            snippet=parts(hit.text, marked, around=True),
            customer=hit.ticket.customer_name,
            shop=hit.ticket.shop or "",
            status=hit.ticket.status,
            at=hit.at,
            lang=hit.ticket.customer_language,
        )
        for hit in found.rows
    )
    more = respond.query("/search", {"q": words, "cursor": found.next}) if found.next else ""
    return SearchPage(words, results, len(results), more, problem)
