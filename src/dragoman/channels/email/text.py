"""Plain-text parts: line ends, format=flowed (RFC 3676), mbox escapes."""

from __future__ import annotations

import re

from dragoman.channels.email.charset import printable

_QUOTED = re.compile(r">+")


def tidy_lines(text: str) -> str:
    """Line ends as "\\n", nothing unprintable, no white space at the end of the text."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return printable(text).strip("\n").rstrip()


def unflow(text: str, *, delsp: bool) -> str:
    """Undo format=flowed: lines that end in a space run on, at the same quote depth, signatures excepted.

    With `delsp` the space that marks the soft break goes with it (Chinese, Japanese).
    """
    paragraphs: list[list[str]] = []
    flowing = False
    last_depth = 0
    for line in text.split("\n"):
        match = _QUOTED.match(line)
        depth = match.end() if match else 0
        content = line[depth:].removeprefix(" ")
        soft = content.endswith(" ") and content != "-- "
        piece = content[:-1] if soft and delsp else content
        if flowing and depth == last_depth and content != "-- ":
            paragraphs[-1].append(piece)
        else:
            paragraphs.append([f"{'>' * depth} {piece}" if depth else piece])
        flowing, last_depth = soft, depth
    lines = ("".join(pieces) for pieces in paragraphs)
    return "\n".join(line if line == "-- " else line.rstrip() for line in lines)
