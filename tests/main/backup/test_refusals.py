"""What must not come in: damaged, cut off, foreign, newer or older files, and places that are not empty."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import psycopg
import pytest

from dragoman.kit.errors import Conflict, DeskError, Invalid, NotFound
from dragoman.main import migrate
from dragoman.main.backup.archive import MANIFEST, Manifest, Writer, member, reading
from tests.main.backup.conftest import Place
from tests.main.backup.test_backup import filled, same_key

Make = Callable[..., Place]
OLD = Path(__file__).parent / "data" / "release-0001.dragoman"


def rewritten(
    source: Path,
    path: Path,
    *,
    manifest: dict[str, Any] | None = None,
    drop: str = "",
    change: tuple[str, bytes] | None = None,
) -> Path:
    """A file with sums that are right in themselves, but with something else in it."""
    with ZipFile(source) as old, path.open("w+b") as file, Writer(file) as writer:
        facts = Manifest.model_validate_json(old.read(MANIFEST))
        held = []
        for workspace in facts.workspaces:
            parts = []
            for part in workspace.parts:
                data = old.read(member(workspace.id, part.table))
                if change and change[0] == part.table:
                    data = change[1]
                made = part
                if part.table != drop:
                    made = writer.add(workspace.id, part.table, part.columns, iter([data]))
                parts.append(made)
            held.append(workspace.model_copy(update={"parts": tuple(parts)}))
        writer.finish(facts.model_copy(update={"workspaces": tuple(held)} | (manifest or {})))
    return path


@pytest.fixture
def empty(place: Make) -> Place:
    """Where nothing was ever made."""
    return place(schema=None)


def refused(place: Place, path: Path, error: type[DeskError], words: str, **options: Any) -> None:
    """The file is refused with these words, and the empty database stays empty."""
    with pytest.raises(error, match=words):
        place.restore(path, without_key=True, **options)
    with psycopg.connect(place.owner) as connection:
        left = connection.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        assert left.fetchone() == (0,)
    assert not (place.settings.data / "secret.key").exists()


@pytest.mark.req("R243")
def test_any_flipped_byte_is_found(tmp_path: Path) -> None:
    good = OLD.read_bytes()
    path = tmp_path / "flipped.dragoman"
    for at in [*range(0, len(good), 61), *range(len(good) - 100, len(good))]:
        path.write_bytes(good[:at] + bytes([good[at] ^ 0x10]) + good[at + 1 :])
        with pytest.raises(Invalid, match="nothing was changed"), reading(path):
            pass


@pytest.mark.req("R243")
def test_any_missing_end_is_found(tmp_path: Path) -> None:
    good = OLD.read_bytes()
    path = tmp_path / "short.dragoman"
    for length in [*range(0, len(good), 211), len(good) - 1, len(good) - 64, len(good) - 65]:
        path.write_bytes(good[:length])
        with pytest.raises(Invalid, match=r"ends too early|not a backup"), reading(path):
            pass
    path.write_bytes(good + b"more")
    with pytest.raises(Invalid, match="nothing was changed"), reading(path):
        pass


@pytest.mark.req("R243")
def test_damaged_files_change_nothing(empty: Place, tmp_path: Path) -> None:
    path = tmp_path / "bad.dragoman"
    good = OLD.read_bytes()
    path.write_bytes(good[:5000] + b"\0" + good[5001:])
    refused(empty, path, Invalid, r"bad.dragoman is damaged \(SHA-256\); nothing was changed. Copy it again")
    path.write_bytes(good[:9000])
    refused(empty, path, Invalid, "ends too early")
    path.write_bytes(b"From: anna@buyer.example\n\nHello")
    refused(empty, path, Invalid, "is not a backup of Dragoman")
    shutil.make_archive(str(tmp_path / "other"), "zip", OLD.parent)
    refused(empty, tmp_path / "other.zip", Invalid, "ends too early, or is not a backup")
    refused(empty, tmp_path / "gone", NotFound, "There is no file")
    refused(empty, rewritten(OLD, path, drop="tickets"), Invalid, "tickets.copy")


@pytest.mark.req("R243")
def test_what_is_whole_but_wrong_inside_changes_nothing(empty: Place, tmp_path: Path) -> None:
    path = tmp_path / "wrong.dragoman"
    with reading(OLD) as backup:
        (held,) = backup.manifest.workspaces
        shops = b"".join(backup.chunks(held.id, next(part for part in held.parts if part.table == "shops")))
        docs = b"".join(backup.chunks(held.id, next(part for part in held.parts if part.table == "search_docs")))
    elsewhere = str(uuid4()).encode()
    own = str(held.id).encode()
    refused(empty, rewritten(OLD, path, change=("shops", b"no row\n")), Invalid, "wrong.dragoman is damaged")
    refused(empty, rewritten(OLD, path, change=("shops", shops.replace(own, elsewhere))), Invalid, "damaged .shops")
    refused(empty, rewritten(OLD, path, change=("search_docs", docs.replace(own, elsewhere))), Invalid, "search_docs")
    refused(empty, rewritten(OLD, path, change=("shops", b"")), Invalid, "damaged .*violates foreign key")
    fewer = held.model_copy(update={"parts": held.parts[:-1]})
    refused(
        empty,
        rewritten(OLD, path, manifest={"workspaces": (fewer,)}),
        Invalid,
        "tables in wrong.dragoman are not those",
    )


@pytest.mark.req("R243")
def test_a_newer_file_is_told_from_a_damaged_one(empty: Place, tmp_path: Path) -> None:
    path = tmp_path / "newer.dragoman"
    words = r"made by a newer release \(9.9.9\); nothing was changed. Update Dragoman here"
    newer = {"release": "9.9.9", "format": 2}
    refused(empty, rewritten(OLD, path, manifest=newer), Conflict, words)
    newer = {"release": "9.9.9", "schema_revision": "9999"}
    refused(empty, rewritten(OLD, path, manifest=newer), Conflict, words)


@pytest.mark.req("R243")
async def test_a_place_that_is_not_empty_is_left_alone(place: Make, tmp_path: Path) -> None:
    here, path = place(), tmp_path / "all.dragoman"
    await filled(here)
    here.take(path)
    before = here.state()
    with pytest.raises(Conflict, match=r"There are workspaces here already .*--data.*Nothing was changed"):
        here.restore(path)
    assert here.state() == before


def test_an_older_backup_wants_a_place_without_tables(place: Make) -> None:
    here = place()
    with pytest.raises(Conflict, match=r"older release .*--data"):
        here.restore(OLD, without_key=True)
    assert here.state() == {}
    assert migrate.drift(here.owner) == []


async def test_a_database_of_a_newer_release_is_left_alone(place: Make, tmp_path: Path) -> None:
    here, there, path = place(), place(), tmp_path / "all.dragoman"
    await filled(here)
    here.take(path)
    same_key(here, there)
    for one in (here, there):
        with psycopg.connect(one.owner) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Conflict, match="belongs to a newer release"):
        there.restore(path)
    with pytest.raises(Conflict, match="belongs to a newer release"):
        here.take(tmp_path / "more")
