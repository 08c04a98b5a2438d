"""The icon sprite: which icons the pages use, and how to build their sprite anew.

`npm pack lucide-static`, unpack it, then `python -m dragoman.web.sprite package/icons` writes `static/icons.svg`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ICONS = frozenset(
    """
    activity alarm-clock angry archive arrow-down arrow-left arrow-up arrow-up-down arrow-up-right at-sign ban bell
    bell-ring bold boxes building calendar calendar-clock check check-check chevron-down chevron-up chevrons-up
    circle circle-alert circle-check circle-dashed circle-dot circle-help clock code coins columns-3 command copy
    corner-up-left credit-card download ellipsis equal eye file file-archive file-image file-spreadsheet file-text
    file-video flag flask-conical folder-input forward frown gauge gift hand handshake heart-crack heart-handshake
    history hourglass id-card image image-off inbox info italic key keyboard landmark languages layers link list
    list-todo loader lock log-in mail mail-warning map-pin megaphone meh merge message-circle message-square-reply
    package package-open paperclip pause pen phone plus quote receipt refresh-cw reply rotate-ccw scroll-text search
    send shapes shield-check shopping-cart siren slash sliders-horizontal smile sparkles split store sunrise table-2
    tag ticket timer trash triangle-alert truck undo user user-check user-plus users users-round webhook wifi-off
    workflow x zap
    """.split()  # noqa: SIM905 - seventy quoted names would hide the list
)


def symbol(name: str, drawing: str) -> str:
    """One `<symbol>` of the sprite out of an icon file's text; stroke and fill are left to the style sheet."""
    inner = re.search(r"<svg[^>]*>(.*)</svg>", drawing, re.S)
    if inner is None:
        raise ValueError(f"{name}: not an SVG drawing")
    body = re.sub(r"\s*\n\s*", "", inner[1])
    return f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>'


def build(icons: Path, names: frozenset[str] = ICONS) -> str:
    """The sprite of `names` from a folder of Lucide's SVG files; a name without a file raises FileNotFoundError."""
    symbols = (symbol(name, (icons / f"{name}.svg").read_text("utf-8")) for name in sorted(names))
    head = "<!-- Lucide 1.62.0, ISC licence: see vendor/lucide.LICENSE -->"
    return f'{head}\n<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


if __name__ == "__main__":
    (Path(__file__).parent / "static" / "icons.svg").write_text(build(Path(sys.argv[1])), "utf-8")
