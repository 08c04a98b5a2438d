"""Small PDF documents, written by hand: invoices, labels and letters as customers and desks attach them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_PAGE = (595, 842)  # A4 in points


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on one page: a title, then lines of text; characters outside Latin-1 become "?"."""

    title: str
    lines: Sequence[str]


def paper(kind: str, *, order: str, item: str, number: str, day: str) -> Paper:
    """The document of a kind (invoice, label, manual, …) about an order; raises KeyError if unknown."""
    about = [f"Order {order}" if order else "", f"Item {item}" if item else "", f"Date {day}"]
    texts: dict[str, tuple[str, list[str]]] = {
        "invoice": (
            f"Invoice HV-R-{number}",
            ["Goods as ordered", "Net amount and tax stated by rate", "Paid. Thank you for your purchase."],
        ),
        "label": ("Return label", ["Prepaid. Affix to the outside of the parcel.", f"RMA {number}"]),
        "manual": ("Quick guide", ["1. Charge fully before first use.", "2. Keep dry.", "3. Enjoy."]),
        "pricelist": (f"Quotation Q-{number}", ["Prices by quantity", "Validity 30 days", "Incoterms as agreed"]),
        "declaration": (
            "Declaration of conformity",
            ["The products named here conform to the applicable safety rules.", f"Report {number}"],
        ),
        "safety": ("Handling a damaged battery", ["Do not charge, pierce or mail.", "Keep outdoors, away from walls."]),
        "extract": ("Company register extract", ["Company, seat and tax number", f"Extract {number}"]),
        "electrician": (
            f"Invoice {number}",
            ["Replace one kitchen receptacle, inspect branch circuit", "Total USD 185.00"],
        ),
        "confirmation": ("Carrier's confirmation", ["Duties prepaid by sender. No amount is due.", f"Case {number}"]),
    }
    title, lines = texts[kind]
    return Paper(title, [line for line in about if line] + lines)


def render(page: Paper) -> bytes:
    """The paper as a PDF 1.4 file of one page in Helvetica (ISO 32000-1 §7.5)."""
    rows = ["BT /F1 22 Tf 60 760 Td", f"({_escape(page.title)}) Tj", "/F1 11 Tf 0 -36 Td"]
    rows += [f"({_escape(line)}) Tj 0 -18 Td" for line in page.lines]
    drawing = "\n".join([*rows, "ET", "0.6 w 60 744 m 535 744 l S"]).encode("latin-1", "replace")
    return _file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R" % _PAGE
            + b" /Resources << /Font << /F1 5 0 R >> >> >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        ]
    )


def _escape(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _file(objects: Sequence[bytes]) -> bytes:
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n" % (size, table, size)
    start = out.index(b"xref\n0 ")
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)
