"""Checks before anything is sent: text and what is known around it in, findings out. Pure; nothing is looked up."""

from dragoman.replies.checks.model import BLOCK, HINT, WARN, Context, Finding, Source
from dragoman.replies.checks.run import check

__all__ = ["BLOCK", "HINT", "WARN", "Context", "Finding", "Source", "check"]
