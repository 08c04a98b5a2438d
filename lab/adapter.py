"""Teach multilingual-e5-small the trade: a low-rank adapter (Hu et al. 2021) over its layers, taught with PyTorch.

    pip install torch            # not among the project's requirements: only whoever makes a new adapter needs it
    python lab/adapter.py        # about half an hour on two cores

The adapter is a file of some 2.7 MB in half floats; where the graph is made it is added to the weights, so that reading
costs nothing more. It is taught from the project's own examples and nothing else; the held-back messages are only read.
"""

from __future__ import annotations

import argparse
import random
import time
import unicodedata
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from dragoman.platform.encoders.e5 import PREFIX, weights_path
from dragoman.platform.encoders.e5_file import E5File, floats
from dragoman.platform.encoders.unigram import Unigram
from dragoman.understanding import examples

DATA = Path(examples.__file__).parent / "data"
RANK, SCALE = 16, 2.0
MATRICES = ("q", "k", "v", "ao", "fi", "fo")
TOKENS = 96


class Linear(nn.Module):
    """A frozen linear layer with a low-rank addition."""

    def __init__(self, weights: np.ndarray, bias: np.ndarray) -> None:
        super().__init__()
        self.register_buffer("w", torch.tensor(weights))
        self.register_buffer("b", torch.tensor(bias))
        outputs, inputs = weights.shape
        self.down = nn.Parameter(torch.randn(RANK, inputs) / RANK)
        self.up = nn.Parameter(torch.zeros(outputs, RANK))
        self.loose = nn.Dropout(0.1)

    def forward(self, given: Tensor) -> Tensor:
        added = functional.linear(functional.linear(self.loose(given), self.down), self.up)
        return functional.linear(given, self.w, self.b) + SCALE * added


class Encoder(nn.Module):
    """The transformer of the file, as `e5_graph` computes it."""

    def __init__(self, file: E5File) -> None:
        super().__init__()
        self.width, self.heads, self.epsilon = file.width, file.heads, file.epsilon
        sizes = {"fi": (file.inner, file.width), "fo": (file.width, file.inner)}
        self.layers = nn.ModuleList()
        self.norms: list[tuple[Tensor, Tensor]] = []
        for number in range(file.layers):
            made = {}
            for name in MATRICES:
                outputs, inputs = sizes.get(name, (file.width, file.width))
                own = f"l{number}.{name}"
                made[name] = Linear(file.matrix(f"{own}.w", outputs, inputs), file.vector(f"{own}.b", outputs))
            self.layers.append(nn.ModuleDict(made))
            for name in ("aln", "oln"):
                self.norms.append(self._norm(file, f"l{number}.{name}"))
        self.first = self._norm(file, "emb.ln")

    def _norm(self, file: E5File, name: str) -> tuple[Tensor, Tensor]:
        return torch.tensor(file.vector(f"{name}.w", self.width)), torch.tensor(file.vector(f"{name}.b", self.width))

    def _normal(self, given: Tensor, norm: tuple[Tensor, Tensor]) -> Tensor:
        return functional.layer_norm(given, (self.width,), norm[0], norm[1], self.epsilon)

    def forward(self, embedded: Tensor, there: Tensor) -> Tensor:
        at = self._normal(embedded, self.first)
        texts, tokens, _width = at.shape
        mask = ((there - 1.0) * 10_000.0)[:, None, None, :]
        for number, layer in enumerate(self.layers):
            query, key, value = (
                layer[name](at).view(texts, tokens, self.heads, -1).transpose(1, 2) for name in ("q", "k", "v")
            )
            mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
            mixed = mixed.transpose(1, 2).reshape(texts, tokens, self.width)
            at = self._normal(at + layer["ao"](mixed), self.norms[2 * number])
            at = self._normal(at + layer["fo"](functional.gelu(layer["fi"](at))), self.norms[2 * number + 1])
        pooled = (at * there[:, :, None]).sum(1) / there.sum(1, keepdim=True)
        return functional.normalize(pooled, dim=-1)


class Reader:
    """Texts into what the encoder takes."""

    def __init__(self, file: E5File) -> None:
        self.file, self.unigram = file, Unigram(file.pieces)
        self.words = file.rows("emb.word", file.vocabulary, file.width)
        first = file.vector("emb.type", file.width)
        self.places = file.vector("emb.pos", file.longest * file.width).reshape(file.longest, file.width) + first

    def tokens(self, text: str) -> list[int]:
        ends = self.file.pieces
        return [ends.bos, *self.unigram.pieces(PREFIX + text, TOKENS), ends.eos]

    def batch(self, rows: list[list[int]]) -> tuple[Tensor, Tensor]:
        longest = max(map(len, rows))
        ids, there = np.zeros((len(rows), longest), np.int64), np.zeros((len(rows), longest), np.float32)
        for at, row in enumerate(rows):
            ids[at, : len(row)], there[at, : len(row)] = row, 1.0
        return torch.tensor(floats(self.words[ids]) + self.places[:longest]), torch.tensor(there)


def roughened(text: str, chance: random.Random) -> str:
    """A message as somebody in a hurry writes it: now and then without capitals, accents or stops, with a slip."""
    if chance.random() < 0.25:
        text = text.lower()
    if chance.random() < 0.2:
        text = "".join(one for one in unicodedata.normalize("NFD", text) if unicodedata.category(one) != "Mn")
        text = unicodedata.normalize("NFC", text)
    if chance.random() < 0.2:
        text = text.rstrip(".!?。！？")
    if chance.random() < 0.15 and len(text) > 12:
        at = chance.randrange(1, len(text) - 2)
        text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text


def batches(rows: list[list[int]], size: int, chance: random.Random) -> list[list[int]]:
    """The numbers of rows of like length together, in chance order."""
    order = sorted(range(len(rows)), key=lambda at: len(rows[at]) + chance.random() * 4)
    groups = [order[at : at + size] for at in range(0, len(order), size)]
    chance.shuffle(groups)
    return groups


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--held-back", type=Path, default=Path("bench/reading"))
    parser.add_argument("--out", type=Path, default=DATA / "e5-adapter.npz")
    parser.add_argument("--minutes", type=float, default=60.0)
    wanted = parser.parse_args()
    torch.manual_seed(7)
    chance = random.Random(7)
    file = E5File(weights_path())
    reader, model = Reader(file), Encoder(file)
    lessons = examples.load(DATA / "examples")
    moods = examples.load(DATA / "moods") if (DATA / "moods").is_dir() else []
    held = examples.load(wanted.held_back / "dev") if (wanted.held_back / "dev").is_dir() else []
    wants, feels = sorted({one.label for one in lessons}), sorted({one.label for one in moods})
    heads = nn.ModuleList([nn.Linear(file.width, max(len(wants), 1)), nn.Linear(file.width, max(len(feels), 1))])
    parts = [
        {"params": [p for n, p in model.named_parameters()], "lr": 4e-4},
        {"params": heads.parameters(), "lr": 2e-3},
    ]
    paces = torch.optim.AdamW(parts, weight_decay=0.01)
    everything = [(one.text, 0, wants.index(one.label)) for one in lessons]
    everything += [(one.text, 1, feels.index(one.label)) for one in moods]
    per_epoch = (len(everything) + 47) // 48
    ups = [one["lr"] for one in parts]
    started, step, total = time.time(), 0, per_epoch * wanted.epochs
    for epoch in range(wanted.epochs):
        model.train()
        rows = [reader.tokens(roughened(text, chance)) for text, _task, _label in everything]
        loss_sum = 0.0
        for group in batches(rows, 48, chance):
            step += 1
            pace = min(step / 100, 1.0) * max(0.02, 1 - step / total)
            for part, up in zip(paces.param_groups, ups, strict=True):
                part["lr"] = up * pace
            vectors = model(*reader.batch([rows[at] for at in group]))
            loss = torch.zeros(())
            for task, head in enumerate(heads):
                mine = [at for at, one in enumerate(group) if everything[one][1] == task]
                if mine:
                    truth = torch.tensor([everything[group[at]][2] for at in mine])
                    share = len(mine) / len(group)
                    loss = loss + share * functional.cross_entropy(
                        20 * head(vectors[mine]), truth, label_smoothing=0.05
                    )
            paces.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            paces.step()
            loss_sum += float(loss)
            if time.time() - started > wanted.minutes * 60:
                break
        told = f"epoch {epoch + 1}: loss {loss_sum / per_epoch:.3f}, {time.time() - started:.0f} s"
        if held:
            told += f", held back {judge(model, heads[0], reader, held, wants):.3f}"
        print(told, flush=True)
        save(model, wanted.out)
        if time.time() - started > wanted.minutes * 60:
            break


@torch.no_grad()
def judge(model: Encoder, head: nn.Module, reader: Reader, held: list[examples.Example], wants: list[str]) -> float:
    model.eval()
    right = 0
    rows = [reader.tokens(one.text) for one in held]
    for group in batches(rows, 64, random.Random(0)):
        found = head(model(*reader.batch([rows[at] for at in group]))).argmax(1).tolist()
        right += sum(wants[at] == held[one].label for at, one in zip(found, group, strict=True))
    return right / len(held)


def save(model: Encoder, path: Path) -> None:
    made = {}
    for number, layer in enumerate(model.layers):
        for name, linear in layer.items():
            made[f"l{number}.{name}.down"] = linear.down.detach().numpy().astype(np.float16)
            made[f"l{number}.{name}.up"] = (SCALE * linear.up.detach().numpy()).astype(np.float16)
    np.savez(path, **made)


if __name__ == "__main__":
    main()
