"""What an error page says."""

from __future__ import annotations

from dataclasses import dataclass

from dragoman.platform.i18n import N_


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What went wrong and what to do next; `reference` finds it in the logs."""

    status: int
    title: str
    text: str
    icon: str = "triangle-alert"
    reference: str = ""


KNOWN = {
    403: (
        N_("Not allowed"),
        N_("You may not open this. If you should, ask an admin of your desk."),
        "lock",
    ),
    404: (
        N_("Not here"),
        N_("There is no such page, or it is not yours to see. The link may be old."),
        "map-pin",
    ),
    409: (
        N_("It has changed meanwhile"),
        N_("Somebody was faster. Load the page again to see how it stands."),
        "refresh-cw",
    ),
    410: (
        N_("Not any more"),
        N_("This link has done its work, or its time is over."),
        "hourglass",
    ),
    422: (
        N_("That could not be read"),
        N_("Something in the request is not as it should be. Nothing was changed."),
        "circle-help",
    ),
    429: (
        N_("Too fast"),
        N_("There were too many tries. Wait a minute, then try again."),
        "hourglass",
    ),
    500: (
        N_("Something broke"),
        N_("The fault is ours and has been noted. What you sent before is safe; please try again."),
        "triangle-alert",
    ),
    503: (
        N_("The desk is not reachable"),
        N_("Its database does not answer just now. Nothing is lost; this page tries again by itself."),
        "wifi-off",
    ),
}


def known(status: int) -> tuple[str, str, str]:
    """Title, text and icon for a status; those of its class where it has none of its own."""
    return KNOWN.get(status) or KNOWN[422 if status < 500 else 500]
