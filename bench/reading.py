"""How well messages are read, on held-back ones that were written by another hand than the examples.

    python -m bench.reading full light

Nothing is fitted here: temperature and gate come with the heads, which were fitted on `bench/reading/dev`. Prints a
table a setting, writes bench/results/reading.json and the figures that the settings page shows.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dragoman.main.reading import measured
from dragoman.understanding.emotion import MOODS
from dragoman.understanding.examples import Example, load
from dragoman.understanding.reader import Asked, Reader, Reading
from dragoman.understanding.taxonomy import OTHER, leaves

HELD = Path("bench/reading")
DATA = Path("src/dragoman/understanding/data")
COMPLAINTS = frozenset(key for key, leaf in leaves().items() if leaf.group in ("complaint", "sensitive"))
QUESTIONS = frozenset(key for key, leaf in leaves().items() if leaf.group == "presale")


def main() -> None:
    results: dict[str, Any] = {}
    figures: dict[str, Any] = {}
    for setting in sys.argv[1:] or ["full", "light"]:
        reader = Reader(setting)
        results[setting], figures[setting] = judge(reader, load(HELD / "test"))
        results[setting]["moods"] = moods(reader, load(HELD / "moods-test"))
        results[setting]["speed"] = measured(reader)
        print(json.dumps({setting: {k: v for k, v in results[setting].items() if k != "languages"}}, indent=1))
    Path("bench/results/reading.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    (DATA / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")


def read(reader: Reader, rows: Sequence[Example]) -> list[Reading]:
    found: list[Reading] = []
    for at in range(0, len(rows), 64):
        found += reader.read([Asked(one.text) for one in rows[at : at + 64]])
    return found


def told(row: Example, found: Reading) -> bool:
    """Whether the language is right; Chinese that is the same in both scripts may stay undecided."""
    code = found.language.code
    if row.language == "zh-Hant":
        return code in ("zh-Hant", "zh")
    return found.language.primary == row.language


def judge(reader: Reader, rows: Sequence[Example]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Everything about intents and languages; the second answer is what the settings page shows."""
    found = read(reader, rows)
    labels, pairs = list(leaves()), list(zip(rows, found, strict=True))
    spoken = [at for at, one in enumerate(found) if one.intent.confidence > 0]
    right = [found[at].intent.key == rows[at].label for at in range(len(rows))]
    per: dict[str, dict[str, Any]] = {}
    for tag in sorted({one.language for one in rows}):
        mine = [at for at, one in enumerate(rows) if one.language == tag]
        inside = [at for at in mine if rows[at].label != OTHER]
        sure = [at for at in mine if found[at].intent.answerable]
        per[tag] = {
            "count": len(mine), "intent": _share(right[at] for at in mine),
            "in_scope": _share(right[at] for at in inside),
            "language": _share(told(rows[at], found[at]) for at in mine), "answerable": len(sure) / len(mine),
            "precision": _share(right[at] and rows[at].label != OTHER for at in sure),
        }  # fmt: skip
    answerable = [at for at, one in enumerate(found) if one.intent.answerable]
    short = [at for at, one in enumerate(rows) if len(one.text.split()) in (3, 4, 5)]
    result = {
        "messages": len(rows), "read": len(spoken) / len(rows), "intent": _share(right),
        "macro_f1": _macro([one.label for one in rows], [one.intent.key for one in found], labels),
        "group": _share(a.label.partition(".")[0] == b.intent.key.partition(".")[0] for a, b in pairs),
        "top3": _share(a.label in (b.intent.key, *(key for key, _share in b.intent.others)) for a, b in pairs),
        "calibration_error": _calibration([one.intent.confidence for one in found], right),
        "answerable": len(answerable) / len(rows),
        "answerable_precision": _share(right[at] and rows[at].label != OTHER for at in answerable),
        "language": _share(told(a, b) for a, b in pairs),
        "language_short": _share(told(rows[at], found[at]) for at in short),
        "complaint_auroc": _auroc(rows, found), "languages": per,
        "confused": [
            [a, b, n]
            for (a, b), n in Counter(
                (one.label, two.intent.key) for one, two in pairs if one.label != two.intent.key
            ).most_common(25)
        ],
    }  # fmt: skip
    shown = {tag: {name: one[name] for name in ("count", "intent", "language")} for tag, one in per.items()}
    return result, shown


def moods(reader: Reader, rows: Sequence[Example]) -> dict[str, Any]:
    found = read(reader, rows)
    right = [a.label == b.mood.label for a, b in zip(rows, found, strict=True)]
    per = defaultdict(list)
    for row, good in zip(rows, right, strict=True):
        per[row.language].append(good)
    coarse = {"calm": 0, "confused": 0, "pleased": 1}
    return {
        "messages": len(rows), "accuracy": _share(right),
        "macro_f1": _macro([one.label for one in rows], [one.mood.label for one in found], list(MOODS)),
        "three_classes": _share(
            coarse.get(a.label, 2) == coarse.get(b.mood.label, 2) for a, b in zip(rows, found, strict=True)
        ),
        "languages": {tag: round(float(np.mean(one)), 3) for tag, one in per.items()},
    }  # fmt: skip


def _share(good: Any) -> float:
    rows = list(good)
    return round(sum(rows) / len(rows), 4) if rows else 0.0


def _macro(truth: Sequence[str], found: Sequence[str], labels: Sequence[str]) -> float:
    scores = []
    for label in labels:
        hits = sum(a == b == label for a, b in zip(truth, found, strict=True))
        wanted, given = sum(a == label for a in truth), sum(b == label for b in found)
        scores.append(2 * hits / (wanted + given) if wanted + given else 0.0)
    return round(float(np.mean(scores)), 4)


def _calibration(sure: Sequence[float], right: Sequence[bool]) -> float:
    """Expected calibration error over ten bins."""
    values, good = np.array(sure), np.array(right, float)
    bins = np.minimum((values * 10).astype(int), 9)
    return round(
        float(sum(abs(values[bins == b].mean() - good[bins == b].mean()) * (bins == b).mean() for b in set(bins))), 4
    )


def _auroc(rows: Sequence[Example], found: Sequence[Reading]) -> float:
    """Complaints against questions before buying, by how much of the probability lies on complaints."""
    scores: dict[bool, list[float]] = {True: [], False: []}
    for row, one in zip(rows, found, strict=True):
        if row.label in COMPLAINTS or row.label in QUESTIONS:
            known = dict([(one.intent.key, one.intent.confidence), *one.intent.others])
            height = sum(share for key, share in known.items() if key in COMPLAINTS)
            height -= sum(share for key, share in known.items() if key in QUESTIONS)
            cross = one.mood.intensity if one.mood.label in ("angry", "threatening", "disappointed") else 0.0
            scores[row.label in COMPLAINTS].append(height + 0.3 * cross)
    high, low = np.array(scores[True]), np.array(scores[False])
    if not len(high) or not len(low):
        return 0.0
    return round(float((high[:, None] > low).mean() + 0.5 * (high[:, None] == low).mean()), 4)


if __name__ == "__main__":
    main()
