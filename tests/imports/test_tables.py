"""Moving in from tables: any encoding, any separator, any names of columns; and how much an hour holds."""

from __future__ import annotations

import csv
import io
import time
from typing import Any

import pytest

from dragoman.imports import columns, files, table, values
from dragoman.imports.files import Blob
from dragoman.imports.sources import Wish
from dragoman.kit.errors import Invalid
from tests.cast import Company
from tests.desk_work import thread, ticket, tickets_of
from tests.imports.moving import bring_in, items, trial
from tests.security.test_doors import state_of

HEADER = ["Ticket ID", "Subject", "Status", "Customer email", "Author email", "Date", "Body", "Type"]
ROWS = [
    ["7", "Lampe fehlt", "Open", "anna@buyer.example", "anna@buyer.example", "2024-03-01 08:00", "Wo ist sie?", ""],
    ["7", "", "", "anna@buyer.example", "li@old.example", "2024-03-01 09:00", "Kommt, „morgen“;\nsicher", ""],
    ["7", "", "Closed", "anna@buyer.example", "li@old.example", "2024-03-01 09:30", "intern", "note"],
    ["8", "灯坏了", "待处理", "bo@buyer.example", "", "2024-03-02T10:00:00+08:00", "灯坏了，怎么办？", ""],
]
ANNA = "anna@buyer.example"
OLD = Wish("csv", "Old desk", by_file=True)


def written(
    rows: list[list[str]], *, separator: str = ",", encoding: str = "utf-8", header: list[str] = HEADER
) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows([header, *rows])
    return out.getvalue().encode(encoding)


@pytest.mark.req("R243")
async def test_rows_become_tickets_and_messages(company: Company) -> None:
    row = await bring_in(company, OLD, written(ROWS), zone="Asia/Shanghai")
    assert [row.counters[f"{one}.new"] for one in ("tickets", "messages", "customers")] == [2, 4, 2]
    first, second = await ticket(company, 1), await ticket(company, 2)
    assert (first.subject, first.status, second.status) == ("Lampe fehlt", "closed", "open")
    assert [(one.kind, one.text) for one in await thread(company, 1)] == [
        ("inbound", "Wo ist sie?"), ("outbound", "Kommt, „morgen“;\nsicher"), ("note", "intern")]  # fmt: skip
    assert first.created_at.isoformat() == "2024-03-01T00:00:00+00:00"
    assert second.created_at.isoformat() == "2024-03-02T02:00:00+00:00"
    again = await bring_in(company, OLD, written([*ROWS, [*ROWS[3][:5], "2024-03-03 10:00", "Hallo?", ""]]))
    assert (again.counters["tickets.same"], again.counters["tickets.changed"], again.counters["messages.new"]) == (
        1,
        1,
        1,
    )


@pytest.mark.parametrize(
    ("encoding", "separator", "text"),
    [
        ("utf-8", ",", "Grüße 灯"), ("utf-8-sig", ";", "Grüße 灯"), ("utf-16", "\t", "Grüße 灯"),
        ("utf-16-le", ",", "Hello, how are you today?"), ("gb18030", ",", "你好，我的灯坏了，请问怎么处理？谢谢"),
        ("cp1252", ";", "Schöne Grüße, für Ärger – naïve café"),
    ],
)  # fmt: skip
def test_encodings_and_separators_are_found(encoding: str, separator: str, text: str) -> None:
    rows = [["1", "S", "Open", "a@b.example", "", "2024-03-01", text, ""]]
    blob = Blob.of("t.csv", written(rows, separator=separator, encoding=encoding))
    look = table.look(blob)
    assert list(look.header) == HEADER
    (portion,) = table.Table(blob, look.form).read({})
    assert portion.records[0].messages[0].text == text  # type: ignore[union-attr]


def test_columns_are_known_by_many_names() -> None:
    assert columns.guess(["工单编号", "主题", "客户邮箱", "正文", "创建时间"]) == {
        "ticket_id": "工单编号", "subject": "主题", "customer_email": "客户邮箱", "body": "正文",
        "created_at": "创建时间",
    }  # fmt: skip
    gorgias = columns.guess(["Ticket id", "Message id", "From agent", "Sender email", "Customer email", "Body text",
                             "Sent datetime", "Public", "Ticket status"], source="gorgias")  # fmt: skip
    assert gorgias == {
        "ticket_id": "Ticket id", "message_id": "Message id", "from_agent": "From agent",
        "author_email": "Sender email", "customer_email": "Customer email", "body": "Body text",
        "message_at": "Sent datetime", "public": "Public", "status": "Ticket status",
    }  # fmt: skip


@pytest.mark.req("R243")
async def test_gorgias(company: Company) -> None:
    header = ["Ticket id", "Message id", "From agent", "Sender email", "Customer email", "Body text", "Sent datetime",
              "Public", "Status", "Priority"]  # fmt: skip
    rows = [
        ["1", "11", "false", ANNA, ANNA, "Wo?", "2024-03-01T08:00:00", "true", "open", "critical"],
        ["1", "12", "true", "li@old.example", ANNA, "Da.", "2024-03-01T09:00:00", "true", "closed", ""],
        ["1", "13", "true", "li@old.example", ANNA, "psst", "2024-03-01T10:00:00", "false", "closed", ""],
    ]  # fmt: skip
    await bring_in(company, Wish("gorgias", "lantern", by_file=True), written(rows, header=header))
    assert [one.kind for one in await thread(company, 1)] == ["inbound", "outbound", "note"]
    found = await ticket(company, 1)
    assert (found.status, found.priority) == ("solved", 1)


async def test_columns_can_be_chosen_and_words_explained(company: Company) -> None:
    header = ["Nr", "Wer", "Was", "Wann", "Stand"]
    content = written([["1", "anna@buyer.example", "Hallo", "3/4/2024", "liegt"]], header=header)
    chosen = {"ticket_id": "Nr", "customer_email": "Wer", "body": "Was", "message_at": "Wann", "status": "Stand"}
    with pytest.raises(Invalid) as error:
        await trial(company, OLD, content)
    assert set(error.value.fields) == {"ticket_id", "body", "customer_email", "message_at"}
    unclear = await trial(company, OLD, content, columns=chosen)
    assert unclear.report["problems"][0]["where"] == "export.csv:2"
    assert "two ways" in unclear.report["problems"][0]["what"]
    row = await bring_in(company, OLD, content, columns=chosen, day_first=True, statuses={"liegt": "on_hold"})
    found = await ticket(company, 1)
    assert (found.status, found.created_at.date().isoformat(), row.report["words"]) == ("on_hold", "2024-04-03", {})


async def test_bad_rows_are_told_and_the_others_come(company: Company) -> None:
    bad = [
        ["", "x", "", "a@b.example", "", "2024-03-01", "no ticket", ""],
        ["9", "x", "", "a@b.example", "", "2024-03-01", "", ""],
        ["9", "x", "", "", "", "2024-03-01", "no customer", ""],
        ["9", "x", "", "a@b.example", "", "yesterday", "no time", ""],
        ["9", "x", "", "a@b.example", "", "2024-03-01", "good", "", "too", "many"],
    ]  # fmt: skip
    row = await bring_in(company, OLD, written([*bad, *ROWS]))
    assert [one["where"] for one in row.report["problems"]] == [f"export.csv:{n}" for n in range(2, 7)]
    assert len(await tickets_of(company)) == 2
    kept = await items(company, "unread")
    assert [(one.external_id, one.state, one.raw["Body"]) for one in kept][3] == ("export.csv:5", "failed", "no time")


def bomb() -> bytes:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", bytes(100_000_000))
    return out.getvalue()


def packed(name: str, content: bytes = b"x", *, cut: int = 0) -> bytes:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, content)
    return out.getvalue()[: -cut or None]


@pytest.mark.parametrize(
    ("source", "content", "words"),
    [
        ("csv", b"", "is empty"),
        ("csv", b"just words\nand more\n", "name the columns"),
        ("csv", b"a,b\n", "no row"),
        ("csv", b'{"tickets": []}', "no table"),
        ("csv", b"<html><body>sign in", "no table"),
        ("csv", b'a,b\n1,"cut', "not closed"),
        ("csv", packed("[Content_Types].xml"), "office file"),
        ("csv", packed("a.csv", b"a,b\n1,2\n" * 99, cut=40), "broken or cut off"),
        ("csv", packed("a.exe"), "no data file"),
        ("csv", bomb(), "unpacks to far more"),
        ("csv", __import__("gzip").compress(bytes(100_000_000)), "unpacks to far more"),
        ("csv", __import__("gzip").compress(b"a,b\n1,2\n" * 99)[:-20], "broken or cut off"),
        ("zendesk", b"a,b\n1,2\n", "no JSON"),
        ("zendesk", b"[1, 2", "broken or cut off"),
        ("zendesk", b'{"id": 1, "requester_id": 2, "comments": []}\n{"id": 2, "reque', "cut off"),
        ("zendesk", b'{"id": 1, "requester_id": 2, "subject": "x"}\n', "without their comments"),
        ("zendesk", b'{"helpdesk_ticket": {"display_id": 1}}\n', "no export of Zendesk"),
    ],
)  # fmt: skip
async def test_a_bad_file_is_refused_and_changes_nothing(
    company: Company, source: str, content: bytes, words: str
) -> None:
    before = await state_of(company.desk, company.workspace_id)
    with pytest.raises(Invalid) as error:
        await trial(company, Wish(source, "acme", by_file=True), content, "export.x")
    assert words in str(error.value)
    assert await state_of(company.desk, company.workspace_id) == before


@pytest.mark.parametrize(
    ("value", "more", "found"),
    [
        ("2024-03-01T08:00:00Z", {}, "2024-03-01T08:00:00+00:00"),
        ("2024-03-01 08:00:00 UTC", {}, "2024-03-01T08:00:00+00:00"),
        ("2024-03-01 08:00:00 +0800", {}, "2024-03-01T00:00:00+00:00"), (1709280000, {}, "2024-03-01T08:00:00+00:00"),
        ("1709280000", {}, "2024-03-01T08:00:00+00:00"), ("31.12.2023 14:30", {}, "2023-12-31T14:30:00+00:00"),
        ("12/31/2023 2:30 PM", {}, "2023-12-31T14:30:00+00:00"), ("2024/3/1", {}, "2024-03-01T00:00:00+00:00"),
        ("3/4/2024", {}, None), ("3/4/2024", {"day_first": False}, "2024-03-04T00:00:00+00:00"),
        ("9999-12-31", {}, None), ("soon", {}, None), (None, {}, None), (True, {}, None), ("2024-02-31", {}, None),
    ],
)  # fmt: skip
def test_moments(value: object, more: dict[str, Any], found: str | None) -> None:
    got = values.moment(value, **more)
    assert (got.isoformat() if got else None) == found


def test_phone_numbers_of_no_country_are_nobodys() -> None:
    assert [values.phone(one) for one in ("+49 (30) 123-4567", "0049301234567", "030 1234567", "", None)] == [
        "+49301234567", "+49301234567", "", "", ""]  # fmt: skip


async def test_a_ticket_in_pieces_is_put_together(company: Company) -> None:
    other = ["8", "x", "", "b@buyer.example", "", "2024-03-01 08:30", "dazwischen", ""]
    await bring_in(company, OLD, written([ROWS[0], other, ROWS[1], ROWS[2]]))
    assert [one.kind for one in await thread(company, 1)] == ["inbound", "outbound", "note"]
    again = await bring_in(company, OLD, written([ROWS[0], other, ROWS[1], ROWS[2]]))
    assert (again.counters["tickets.same"], again.counters.get("messages.new")) == (2, None)


async def test_unstorable_signs_do_no_harm(company: Company) -> None:
    rows = [["1\0", "S\0", "Open", "a@b.example", "", "2024-03-01", "NUL \0 in the text", ""]]
    row = await bring_in(company, OLD, written(rows))
    assert row.counters["tickets.new"] == 1


@pytest.mark.timeout(170)
async def test_ten_thousand_messages(company: Company, record_property: Any) -> None:
    text = "Guten Tag, meine Bestellung {} ist noch nicht angekommen. Können Sie bitte nachsehen, wo sie ist? Danke."
    rows = [
        [str(n // 4), f"Bestellung {n // 4}", "closed", f"b{n // 8}@buyer.example", "",
         f"2024-03-{n % 28 + 1:02} 08:00", text.format(n), ""]
        for n in range(10_000)
    ]  # fmt: skip
    row = await trial(company, OLD, written(rows))
    from tests.imports.moving import run, start

    await start(company, row.id)
    began = time.perf_counter()
    row = await run(company, row.id)
    took = time.perf_counter() - began
    record_property("messages a second", round(10_000 / took))
    print(f"\n10,000 messages in {took:.1f} s: {10_000 / took:.0f} a second")
    assert (row.counters["messages.new"], row.counters["tickets.new"]) == (10_000, 2_500)
    assert took < 100


def test_a_long_line_does_not_fill_the_memory() -> None:
    with pytest.raises(Invalid):
        list(files.json_lines(Blob.of("x.json", b"")))
