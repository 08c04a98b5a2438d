"""Words for search, in any script: the same folding for what is stored and for what is asked.

Latin, Greek and Cyrillic words are folded (case, width, accents); scripts without spaces (Han, Kana, Thai, Lao,
Khmer, Burmese) and Hangul give single characters and pairs, so that words of one and two characters are found;
order numbers are kept whole beside their parts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import regex

WORD_LIMIT = 64
DOC_LIMIT = 6_000

_dense = r"\p{Han}\p{Hiragana}\p{Katakana}ー々〆\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Hangul}"
_pieces = regex.compile(rf"(?P<dense>[{_dense}][{_dense}\p{{Mn}}\p{{Mc}}]*)|(?P<word>[^\W_{_dense}][^\W{_dense}]*)")
_code = regex.compile(r"(?<![\w])(?=[\w./-]*\d)[A-Za-z0-9]+(?:[-./_][A-Za-z0-9]+)+(?![\w])")
_joints = regex.compile(r"\W|_")
_mail = regex.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_marks = regex.compile(r"(?<=[\p{Latin}\p{Greek}\p{Cyrillic}\p{Arabic}\p{Hebrew}])\p{Mn}+")


def fold(text: str) -> str:
    """Compatibility forms, case and accents folded (ﬁ → fi, Ä → a, İ → i, ａ → a); Thai and Indic marks stay."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", _marks.sub("", text))


def _words(folded: str) -> Iterator[tuple[str, bool]]:
    for found in _pieces.finditer(folded):
        if dense := found["dense"]:
            yield dense, True
        elif len(found["word"]) <= WORD_LIMIT:
            yield found["word"], False


def _codes(folded: str) -> Iterator[str]:
    for found in _code.finditer(folded):
        joined = _joints.sub("", found[0])
        if len(joined) <= WORD_LIMIT:
            yield joined
    for found in _mail.finditer(folded):
        if len(found[0]) <= WORD_LIMIT:
            yield found[0]


def tokens(*texts: str) -> set[str]:
    """What a text can be found by. At most some thousand tokens: a book pasted into a mail is cut there."""
    out: set[str] = set()
    for text in texts:
        folded = fold(text)
        for word, dense in _words(folded):
            if dense:
                out.update(word)
                out.update(word[at : at + 2] for at in range(len(word) - 1))
            else:
                out.add(word)
            if len(out) > DOC_LIMIT:
                return out
        out.update(_codes(folded))
    return out


def query(text: str, *, beginnings: bool = False) -> str | None:
    """`text` as a PostgreSQL tsquery in text form: every word must be there, with `beginnings` also as the start of a
    longer one. None when the text holds nothing to search for.
    """
    folded = fold(text)
    more = ":*" if beginnings else ""
    terms: dict[str, None] = {}
    mails = _mail.findall(folded)
    for mail in mails:
        terms[_quote(mail) + more] = None
    rest = _mail.sub(" ", folded)
    for word, dense in _words(rest):
        if dense:
            pairs = [word[at : at + 2] for at in range(len(word) - 1)] or [word]
            terms.update((_quote(pair), None) for pair in pairs)
        else:
            terms[_quote(word) + (more if len(word) > 2 else "")] = None
    return " & ".join(list(terms)[:24]) or None


def _quote(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


_unstorable = regex.compile(r"[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """A text without what PostgreSQL can't hold: NUL and lone surrogates become replacement characters."""
    return str(_unstorable.sub("\ufffd", text))
