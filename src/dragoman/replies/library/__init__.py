"""The desk's own lines in the customers' languages: what needs no translator, and drafts made of it. Pure."""

from dragoman.replies.library.lines import Line, draft, known, languages, lines, texts
from dragoman.replies.library.phrasebook import render

__all__ = ("Line", "draft", "known", "languages", "lines", "render", "texts")
