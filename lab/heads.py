"""Teach the heads that read intents and moods from the project's examples: `python lab/heads.py full light`.

Temperature and gate are fitted on `bench/reading/dev`; what is reported is measured on `bench/reading/test`, which
nothing here opens.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Iterator, Sequence
from pathlib import Path

import numpy as np

from dragoman.platform.encoders import USE_LANGUAGES
from dragoman.platform.encoders.e5 import E5, weights_path
from dragoman.platform.encoders.use import Use
from dragoman.understanding import examples, letters
from dragoman.understanding.emotion import MOODS
from dragoman.understanding.examples import Example
from dragoman.understanding.head import Floats, Head, Lesson, softmax, train
from dragoman.understanding.taxonomy import OTHER, leaves

DATA = Path(examples.__file__).parent / "data"
HELD = Path("bench/reading")
DECAY, PRECISION, MARGIN = 3e-4, 0.95, 0.02
MOST_BY_LETTERS = 0.4
"""`dev` was looked at while examples were written, and letters remember what they have seen: no larger share."""
LABELS = tuple(leaves())
AS_IT_IS = Head(LABELS, np.eye(len(LABELS), dtype=np.float32), np.zeros(len(LABELS), np.float32))
Encode = Callable[[Sequence[str]], Floats]


def main() -> None:
    lessons, moods = examples.load(DATA / "examples"), examples.load(DATA / "moods")
    dev, moods_dev = examples.load(HELD / "dev"), examples.load(HELD / "moods-dev")
    encoders: dict[str, Encode] = {"use": Use(threads=2).encode}
    path = weights_path()
    if path is not None:
        adapter = DATA / "e5-adapter.npz"
        encoders["e5"] = E5(path, adapter if adapter.exists() else None, threads=2).encode
    encoders["letters"] = letters.shipped().encode
    raw = {
        name: {key: encode([one.text for one in rows]) for key, rows in
               (("lessons", lessons), ("moods", moods), ("dev", dev), ("moods_dev", moods_dev))}
        for name, encode in encoders.items()
    }  # fmt: skip
    for setting in sys.argv[1:] or ["full", "light"]:
        names = [name for name in ("use", "e5", "letters") if name in encoders and (setting == "full" or name != "e5")]
        store(setting, names, raw, lessons, moods, dev, moods_dev)


def store(
    setting: str, names: list[str], raw: dict[str, dict[str, Floats]], lessons: list[Example], moods: list[Example],
    dev: list[Example], moods_dev: list[Example],
) -> None:  # fmt: skip
    labels = LABELS
    tags = ["", *sorted({one.language for one in lessons})]
    made: dict[str, object] = {"labels": np.array(labels), "encoders": np.array(names), "languages": np.array(tags)}
    read: dict[str, Floats] = {}
    feeling = "e5" if "e5" in names else "use"
    for name in names:
        centres, spread = centred(raw[name]["lessons"], lessons, tags, name)
        if name == "letters":  # what they give is the evidence itself
            centres, spread = np.zeros_like(centres), 1.0

        def vectors(
            key: str, rows: list[Example], name: str = name, centres: Floats = centres, by: float = spread
        ) -> Floats:
            shift = np.stack([centres[tags.index(one.language)] for one in rows])
            moved: Floats = (raw[name][key] - shift) / by
            return moved

        mine = [at for at, one in enumerate(lessons) if knows(name, one.language)]
        x = vectors("lessons", lessons)[mine]
        y = np.array([labels.index(lessons[at].label) for at in mine])
        head = AS_IT_IS if name == "letters" else train(Lesson(x, y, balanced(y)), labels, decay=DECAY)
        made |= {f"{name}.weights": head.weights.astype(np.float16), f"{name}.bias": head.bias.astype(np.float16),
                 f"{name}.centres": centres.astype(np.float16), f"{name}.spread": np.float32(spread)}  # fmt: skip
        read[name] = np.log(softmax(head.logits(vectors("dev", dev))) + 1e-9)
        if name == feeling:
            made |= feelings(name, vectors("moods", moods), moods, vectors("moods_dev", moods_dev), moods_dev)
    truth = np.array([labels.index(one.label) for one in dev], np.int64)
    mix, mixed, keep = blended(read, dev, truth)
    print(f"{setting}: " + ", ".join(f"{name} {share:.2f}" for name, share in mix.items()))
    made["mix"] = np.array([mix[name] for name in names], np.float32)
    mixed, truth = mixed[keep], truth[keep]
    made |= fitted(setting, mixed, truth, labels)
    np.savez_compressed(DATA / f"heads-{setting}.npz", **made)  # type: ignore[arg-type]


def blended(
    read: dict[str, Floats], dev: list[Example], truth: np.ndarray
) -> tuple[dict[str, float], Floats, np.ndarray]:
    """How much each encoder's word counts: the shares of the best likelihood; and what they say together."""
    there = {name: np.array([[knows(name, one.language, read)] for one in dev], np.float32) for name in read}
    best: tuple[float, dict[str, float], Floats, np.ndarray] | None = None
    for mix in shares(list(read)):
        weight = sum(mix[name] * there[name] for name in read)
        mixed = sum(mix[name] * there[name] * read[name] for name in read) / np.maximum(weight, 1e-6)
        keep = np.asarray(weight)[:, 0] > 0
        cost = min(unlikely(mixed[keep], truth[keep], t) for t in np.linspace(0.4, 1.2, 9)) if keep.any() else 0.0
        if best is None or cost < best[0]:
            best = (float(cost), mix, mixed, keep)
    assert best is not None
    return best[1:]


def unlikely(mixed: Floats, truth: np.ndarray, temperature: float) -> float:
    """How unlikely the truth seems: the mean of its negative log-likelihood."""
    return float(-np.log(softmax(mixed / temperature)[np.arange(len(truth)), truth] + 1e-9).mean())


def shares(names: list[str]) -> Iterator[dict[str, float]]:
    """What share each may have, in steps of a twentieth; the last but letters has the rest."""
    first = [name for name in names if name != "letters"]
    for spelt in np.linspace(0.0, MOST_BY_LETTERS, round(MOST_BY_LETTERS * 20) + 1):
        for share in np.linspace(0.0, 0.6, 13) if len(first) > 1 else [0.0]:
            parts = [share, 1.0 - share] if len(first) > 1 else [1.0]
            mix = {name: float((1.0 - spelt) * part) for name, part in zip(first, parts, strict=True)}
            yield {**mix, "letters": float(spelt)}


def knows(encoder: str, language: str, beside: Container[str] = ("e5",)) -> bool:
    """As in the reader: letters never speak alone."""
    return language in USE_LANGUAGES or encoder == "e5" or (encoder == "letters" and "e5" in beside)


def centred(raw: Floats, rows: list[Example], tags: list[str], encoder: str) -> tuple[Floats, float]:
    """The mean of each language, its messages counted alike by intent; an unknown language takes the mean of all."""
    means = {}
    for tag in tags[1:]:
        if knows(encoder, tag):
            means[tag] = raw[[at for at, one in enumerate(rows) if one.language == tag]].mean(axis=0)
    middle = np.mean(list(means.values()), axis=0)
    centres = np.stack([means.get(tag, middle) for tag in tags])
    at = {tag: n for n, tag in enumerate(tags)}
    kept = [n for n, one in enumerate(rows) if one.language in means]
    moved = raw[kept] - centres[[at[rows[n].language] for n in kept]]
    return centres, float(moved.std())


def balanced(labels: np.ndarray) -> Floats:
    """Every intent counts alike, whatever the number of its examples; the open end counts double."""
    counts = np.bincount(labels)
    weight = 1.0 / counts[labels]
    weight[labels == tuple(leaves()).index(OTHER)] *= 2.0
    return (weight / weight.mean()).astype(np.float32)


def feelings(name: str, x: Floats, rows: list[Example], dev: Floats, dev_rows: list[Example]) -> dict[str, object]:
    mine = [at for at, one in enumerate(rows) if knows(name, one.language)]
    y = np.array([MOODS.index(rows[at].label) for at in mine])
    head = train(Lesson(x[mine], y, np.ones(len(mine), np.float32)), MOODS, decay=2e-3)
    held = [at for at, one in enumerate(dev_rows) if knows(name, one.language)]
    if held:
        found = head.logits(dev[held]).argmax(axis=1)
        right = np.mean([MOODS[at] == dev_rows[one].label for at, one in zip(found, held, strict=True)])
        print(f"moods over {name}: dev {right:.3f}")
    return {"moods.weights": head.weights.astype(np.float16), "moods.bias": head.bias.astype(np.float16)}


def fitted(setting: str, mixed: Floats, truth: np.ndarray, labels: Sequence[str]) -> dict[str, object]:
    """The temperature of the best likelihood, and the lowest probability from which answers are right often enough."""
    steps = np.linspace(0.3, 3.0, 55)
    costs = [unlikely(mixed, truth, t) for t in steps]
    temperature = float(steps[int(np.argmin(costs))])
    shares = softmax(mixed / temperature)
    best, found = shares.max(axis=1), shares.argmax(axis=1)
    best = np.where(found == labels.index(OTHER), 0.0, best)  # nobody answers what nobody asked
    right = found == truth
    order = np.argsort(-best)
    counted = np.arange(1, len(order) + 1)
    precision = np.cumsum(right[order]) / counted
    enough = np.nonzero(precision >= PRECISION + MARGIN)[0]
    gate = float(best[order[enough[-1]]]) if len(enough) else 1.0
    told = f"{setting}: dev {np.mean(found == truth):.3f} of {len(truth)}, temperature {temperature:.2f}, "
    print(told + f"gate {gate:.3f}, answerable {np.mean(best >= gate):.3f}")
    return {"temperature": np.float32(temperature), "gate": np.float32(gate)}


if __name__ == "__main__":
    main()
