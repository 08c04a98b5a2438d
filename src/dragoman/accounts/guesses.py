"""Which passwords are guessed first. Pure, and without anybody's list of stolen passwords.

Lists of common passwords are, beyond the shortest, the same few habits over and over: words everybody thinks of, runs
along the keyboard, repetitions, years, and letters swapped for look-alikes. So the habits are taken apart here instead
of being listed: a password that falls into at most `FEW` such pieces is among the first guesses.
"""

from __future__ import annotations

import re
from functools import cache

FEW = 3
SHORTEST_RUN = 3

# What people think of when asked for a password at work: greetings, feelings, pets, sports, seasons, the trade itself.
WORDS = frozenset((
    "password", "passwort", "passw0rd", "passwd", "pass", "contrasena", "motdepasse", "mima", "admin",
    "administrator", "root", "user", "login", "welcome", "hello", "letmein", "secret", "test", "testing", "demo",
    "temp", "default", "change", "changeme", "guest", "master", "super", "system", "computer", "internet", "access",
    "love", "iloveyou", "woaini", "woaini1314", "princess", "angel", "baby", "sunshine", "flower", "summer", "winter",
    "spring", "autumn", "monday", "friday", "january", "december", "dragon", "tiger", "monkey", "panda", "cheese",
    "chocolate", "cookie", "coffee", "football", "soccer", "baseball", "basketball", "hockey", "superman", "batman",
    "pokemon", "shadow", "ninja", "killer", "michael", "jordan", "freedom", "lucky", "money", "china", "beijing",
    "shanghai", "shenzhen", "hangzhou", "guangzhou", "yiwu", "london", "berlin", "paris", "support", "service",
    "customer", "helpdesk", "desk", "ticket", "office", "company", "shop", "store", "seller", "amazon", "ebay",
    "shopify", "taobao", "alibaba", "dragoman", "google", "facebook", "whatsapp", "qwerty", "asdfgh", "zxcvbn",
    "azerty", "qazwsx", "520", "1314", "5201314", "abc", "the", "my", "new", "is", "you", "and", "for", "best",
    "good", "great", "day", "time", "one", "two",
))  # fmt: skip
ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qwertzuiop", "abcdefghijklmnopqrstuvwxyz")
COLUMNS = ("1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "147258369", "159357", "123qweasdzxc", "qweasdzxc")
LOOKALIKES = str.maketrans({"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
_year = re.compile(r"(19|20)\d\d")
_repeat = re.compile(r"(.{1,4}?)\1{2,}")
_parts = re.compile(r"[^\W_]{3,}")


@cache
def _runs() -> tuple[str, ...]:
    return tuple(run + "|" + run[::-1] for run in (*(row + row for row in ROWS), *COLUMNS))


def own_words(*texts: str) -> frozenset[str]:
    """The words that names and addresses offer a guesser: each of three letters or more, and all of them joined."""
    found = set()
    for text in texts:
        parts = _parts.findall(text.casefold())
        found |= {*parts, "".join(parts)}
    return frozenset(word for word in found if len(word) >= SHORTEST_RUN)


def _piece(text: str, swapped: str, start: int, words: frozenset[str]) -> int:
    """Length of the longest guessable piece at `start`; 0 when there is none."""
    longest = 0
    if year := _year.match(text, start):
        longest = len(year[0])
    if repeat := _repeat.match(text, start):
        longest = max(longest, len(repeat[0]))
    for end in range(len(text), start + max(longest, SHORTEST_RUN - 1), -1):
        plain = text[start:end]
        if plain in words or swapped[start:end] in words or any(plain in run for run in _runs()):
            return end - start
    return longest


def is_guessable(password: str, *more: str) -> bool:
    """Whether a password is nothing but a few habits; `more` are names a guesser would know (person, company)."""
    text = "".join(mark for mark in password.casefold() if not mark.isspace() and mark not in "-_.,+#*?&/")
    words = WORDS | own_words(*more)
    swapped = text.translate(LOOKALIKES)
    pieces, at, stray = 0, 0, 0
    while at < len(text):
        length = _piece(text, swapped, at, words)
        stray += not length
        pieces += bool(length)
        at += length or 1
    return pieces <= FEW and stray <= 2
