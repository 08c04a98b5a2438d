"""The commands of docs/api.md, run one after the other against a desk that listens."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from dragoman.platform import embedded_pg
from tests.api.serving import served

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"


def commands() -> list[str]:
    """Every shell block but the one that sets the token."""
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE.read_text("utf-8"), re.S)
    return [block for block in blocks if "export" not in block]


@pytest.mark.req("R115")
def test_the_guides_commands_work(cluster: embedded_pg.Cluster, database: str, tmp_path: Path) -> None:
    with served(cluster.url(embedded_pg.APP, database), tmp_path) as here:
        environment = os.environ | {"DESK": f"{here.url}/api/v1", "TOKEN": here.token}
        answers = []
        for block in commands():
            for command in re.split(r"\n(?=curl|echo)", block.strip()):
                done = subprocess.run(
                    ["bash", "-euc", command], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=20
                )
                assert done.returncode == 0, (command, done.stderr)
                answers += [json.loads(done.stdout)] if done.stdout else []
    me, opened, reply, file, unassigned, found, customers, solved, parcels, view, bulk, wrong = answers
    assert me["name"] == "Wang Fang"
    assert (opened["number"], opened["status"], opened["order_refs"]) == (2, "new", ["302-5829104-1"])
    assert (reply["kind"], reply["delivery"]) == ("outbound", "queued")
    assert (file["name"], file["type"]) == ("tracking.txt", "text/plain")
    assert {one["number"] for one in unassigned["data"]} == {1, 2}
    assert 2 in [one["number"] for one in found["data"]]
    assert customers["data"][0]["name"] == "Anna Schmidt"
    assert (solved["status"], solved["tags"]) == ("solved", ["parcel"])
    assert [one["number"] for one in parcels["data"]] == [1]
    assert (view["name"], view["sort"], view["audience"], view["problems"]) == ("Parcels", "newest", "me", [])
    assert (bulk["changed"], bulk["same"], bulk["left"]) == ([1, 2], [], [])
    assert (wrong["status"], wrong["title"]) == (422, "值无效")
    assert {one["field"] for one in wrong["errors"]} == {"subject", "text"}
