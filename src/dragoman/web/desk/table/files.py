"""Lists as files: CSV and XLSX, page by page, so that memory does not grow with them."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from dragoman.tickets.lists import TicketRow
from dragoman.tickets.views.columns import COLUMNS
from dragoman.web.desk.table.cells import for_file, heading

LONGEST = 20_000
"""Tickets in one file."""
IN_MEMORY = 4_000_000
Rows = AsyncIterator[TicketRow]


async def as_csv(rows: Rows, columns: Sequence[str], zone: ZoneInfo) -> bytes:
    """A CSV file in UTF-8 with a mark by which spreadsheets know it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([heading(column, COLUMNS[column], zone) for column in columns])
    async for row in rows:
        cells = for_file(row, columns, zone)
        writer.writerow([one.isoformat(" ") if isinstance(one, datetime) else one for one in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


async def as_xlsx(rows: Rows, columns: Sequence[str], zone: ZoneInfo) -> bytes:
    """A workbook with one sheet; nothing in it is ever taken for a formula or a link."""
    with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        options: dict[str, Any] = {
            "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False
        }  # fmt: skip
        book = xlsxwriter.Workbook(file, options)
        bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet = book.add_worksheet()
        for place, column in enumerate(columns):
            sheet.write_string(0, place, heading(column, COLUMNS[column], zone), bold)
        sheet.freeze_panes(1, 0)
        line = 0
        async for row in rows:
            line += 1
            for place, cell in enumerate(for_file(row, columns, zone)):
                if isinstance(cell, datetime):
                    sheet.write_datetime(line, place, cell, moment)
                elif isinstance(cell, int):
                    sheet.write_number(line, place, cell)
                else:
                    sheet.write_string(line, place, str(cell)[:32_000])
        book.close()
        file.seek(0)
        return file.read()
