"""Style from strangers, reduced to what cannot reach outside its own box or fetch anything.

Allow-lists only: properties by name, values by alphabet and function names. Nothing here parses CSS as a browser
does; what it does not understand it drops.
"""

from __future__ import annotations

import re
from functools import lru_cache

MAX_STYLE = 8000
MAX_SHEET = 256 * 1024
MAX_RULES = 800

PROPERTIES = frozenset(
    [
        "background",
        "background-color",
        "border",
        "border-bottom",
        "border-bottom-color",
        "border-bottom-style",
        "border-bottom-width",
        "border-collapse",
        "border-color",
        "border-left",
        "border-left-color",
        "border-left-style",
        "border-left-width",
        "border-radius",
        "border-right",
        "border-right-color",
        "border-right-style",
        "border-right-width",
        "border-spacing",
        "border-style",
        "border-top",
        "border-top-color",
        "border-top-style",
        "border-top-width",
        "border-width",
        "box-sizing",
        "caption-side",
        "clear",
        "color",
        "direction",
        "display",
        "empty-cells",
        "float",
        "font",
        "font-family",
        "font-size",
        "font-style",
        "font-variant",
        "font-weight",
        "height",
        "letter-spacing",
        "line-height",
        "list-style-position",
        "list-style-type",
        "margin",
        "margin-bottom",
        "margin-left",
        "margin-right",
        "margin-top",
        "max-height",
        "max-width",
        "min-height",
        "min-width",
        "opacity",
        "overflow",
        "overflow-wrap",
        "padding",
        "padding-bottom",
        "padding-left",
        "padding-right",
        "padding-top",
        "table-layout",
        "text-align",
        "text-decoration",
        "text-indent",
        "text-transform",
        "unicode-bidi",
        "vertical-align",
        "visibility",
        "white-space",
        "width",
        "word-break",
        "word-spacing",
        "word-wrap",
    ]
)
_SAFE_VALUE = re.compile(r"[\w\s.,#%+\-!'\"/]*(?:\b(?:rgb|rgba|hsl|hsla)\([\d\s.,%/]*\)[\w\s.,#%+\-!'\"/]*)*\Z")
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\([\d\s.,%/]*\)")
_WORDS = re.compile(r"expression|javascript|behaviou?r|binding|fixed|sticky|absolute|image|element|url", re.I)
_SELECTOR = re.compile(r"[\w.#>*\s\-]{1,200}\Z")
_MEDIA = re.compile(r"@media[\w\s(),:.\-]{0,200}\Z", re.I)
_ROOT = re.compile(r"^(?:html|body)(?![\w\-])", re.I)


def inline(style: str) -> str:
    """The harmless declarations of a style attribute, "" if there are none."""
    if len(style) > MAX_STYLE:
        return ""
    # Mails repeat a few short styles hundreds of times; long ones would only fill the memory.
    return _remembered(style) if len(style) < 300 else _filtered(style)


def _filtered(style: str) -> str:
    kept: list[str] = []
    for declaration in _without_comments(style).split(";"):
        name, colon, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon or name not in PROPERTIES or not value:
            continue
        if "\\" not in value and _SAFE_VALUE.match(value) and not _WORDS.search(value):
            if not (name.startswith("margin") and "-" in value):
                kept.append(f"{name}:{value}")
        elif name == "background" and (colour := _COLOUR.search(value)):
            kept.append(f"background-color:{colour.group()}")
    return ";".join(kept)


_remembered = lru_cache(4096)(_filtered)


def _without_comments(css: str) -> str:
    if "/*" not in css:
        return css
    out: list[str] = []
    position = 0
    while (start := css.find("/*", position)) >= 0:
        out.append(css[position:start])
        end = css.find("*/", start + 2)
        if end < 0:
            return "".join(out)
        position = end + 2
    out.append(css[position:])
    return "".join(out)


def stylesheet(css: str, scope: str, id_prefix: str) -> str:
    """The harmless rules of a style sheet, each confined to what lies inside `scope` (a selector)."""
    css = _without_comments(css[:MAX_SHEET]).replace("<!--", "").replace("-->", "")
    out: list[str] = []
    position = 0
    while len(out) < MAX_RULES:
        brace = css.find("{", position)
        if brace < 0:
            break
        head = css[position:brace].rpartition("}")[2].rpartition(";")[2].strip()
        if head.startswith("@"):
            end = _block_end(css, brace)
            if _MEDIA.match(head) and (inner := _rules(css[brace + 1 : end - 1], scope, id_prefix)):
                out.append(f"{head}{{{inner}}}")
        else:
            end = css.find("}", brace) + 1 or len(css)
            out.append(_rule(head, css[brace + 1 : end - 1], scope, id_prefix))
        position = end
    return "".join(out)


def _block_end(css: str, brace: int) -> int:
    depth = 0
    for match in re.compile(r"[{}]").finditer(css, brace):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.end()
    return len(css) + 1


def _rules(css: str, scope: str, id_prefix: str) -> str:
    out = []
    for piece in css.split("}")[:MAX_RULES]:
        head, _, body = piece.partition("{")
        out.append(_rule(head.strip(), body, scope, id_prefix))
    return "".join(out)


def _rule(head: str, body: str, scope: str, id_prefix: str) -> str:
    declarations = inline(body.strip())
    if not declarations or len(head) > 4000:
        return ""
    selectors = []
    for selector in head.split(","):
        selector = " ".join(selector.split())
        if selector and _SELECTOR.match(selector):
            selector = _ROOT.sub("", selector).strip().replace("#", f"#{id_prefix}")
            selectors.append(f"{scope} {selector}".strip())
    return f"{','.join(selectors)}{{{declarations}}}" if selectors else ""
