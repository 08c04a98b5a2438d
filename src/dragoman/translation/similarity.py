"""How alike two texts are, by the trigrams of their letters, and keys that find alike ones by an index. Pure.

The keys are bands of a MinHash signature (Broder, "On the resemblance and containment of documents", 1997): texts of a
similarity s share at least one of BANDS keys with a chance of 1 - (1 - s²)^BANDS: 0.99 for 0.66, 0.27 for 0.2. So no
extension of the database and no comparison with every text is needed.
"""

from __future__ import annotations

import hashlib
import struct

import numpy as np
import regex

from dragoman.kit.text import fold

BANDS = 8
ROWS = 2
_PRIME = np.uint64((1 << 31) - 1)
_chance = np.random.default_rng(20261122)
_A = _chance.integers(1, int(_PRIME), BANDS * ROWS, dtype=np.uint64)
_B = _chance.integers(0, int(_PRIME), BANDS * ROWS, dtype=np.uint64)


def normal(text: str) -> str:
    """A text without what makes no difference: case, accents, width, spaces and the marks at its end."""
    return regex.sub(r"\s+", " ", fold(text)).strip().rstrip(".!。！ ")


def digest(*parts: str) -> bytes:
    """A key of 16 bytes for exact finding."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).digest()


def trigrams(text: str) -> frozenset[str]:
    """The trigrams of a text, with its beginning and end; of dense scripts pairs serve as well."""
    padded = f" {normal(text)} "
    return frozenset(padded[at : at + 3] for at in range(max(len(padded) - 2, 1)))


def likeness(one: str, other: str) -> float:
    """The share of trigrams that two texts have in common, 0 to 1 (Jaccard)."""
    here, there = trigrams(one), trigrams(other)
    return len(here & there) / len(here | there) if here or there else 0.0


def keys(text: str, *scope: str) -> list[int]:
    """The keys by which alike texts of the same scope (a pair of languages) find each other, as signed 64 bits."""
    hashed = np.array(
        [struct.unpack("<I", hashlib.blake2b(one.encode(), digest_size=4).digest())[0] for one in trigrams(text)],
        dtype=np.uint64,
    )  # fmt: skip
    lowest = ((hashed[:, None] % _PRIME * _A + _B) % _PRIME).min(axis=0).reshape(BANDS, ROWS)
    found = [digest(*scope, str(band), *map(str, row.tolist())) for band, row in enumerate(lowest)]
    return [struct.unpack("<q", one[:8])[0] for one in found]
