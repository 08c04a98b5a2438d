"""What operators copy from `deploy/` and read in the documentation: commands, settings and figures in it exist."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import typer
import yaml
from prometheus_client.parser import text_string_to_metric_families

from dragoman.main.cli import app
from dragoman.main.figures import Figures
from dragoman.main.wiring import Desk
from dragoman.platform.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
OPERATIONS = ROOT / "docs" / "operations.md"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
OTHERS = {"DRAGOMAN_OWNER_PASSWORD", "DRAGOMAN_APP_PASSWORD", "DRAGOMAN_UPSTREAMS"}
"""Names that only the files of `deploy/` itself hand to each other."""


def variables() -> set[str]:
    """Every name of the environment that the code reads."""
    named = {
        str(field.validation_alias) if field.validation_alias else f"DRAGOMAN_{name.upper()}"
        for name, field in Settings.model_fields.items()
    }
    for path in (ROOT / "src").rglob("*.py"):
        named |= set(re.findall(r'environ(?:\.get\(|\[)"(DRAGOMAN_\w+)"', path.read_text()))
        named |= set(re.findall(r'"(DRAGOMAN_BACKUP_PASSPHRASE)"', path.read_text()))
    return named


def commands(command: click.Command, *before: str) -> Iterator[tuple[tuple[str, ...], set[str]]]:
    """All commands of the CLI with their options."""
    if isinstance(command, click.Group) or hasattr(command, "commands"):
        for name, inner in command.commands.items():  # type: ignore[attr-defined]
            yield from commands(inner, *before, name)
        return
    yield before, {option for one in command.params for option in one.opts if option.startswith("--")} | {"--help"}


KNOWN = dict(commands(typer.main.get_command(app)))


def check_command(words: list[str]) -> None:
    """Fail unless these words after `dragoman` are a command with options it has."""
    name = next((tuple(words[:many]) for many in (2, 1) if tuple(words[:many]) in KNOWN), None)
    assert name is not None, f"there is no dragoman {' '.join(words)}"
    given = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert given <= KNOWN[name], f"dragoman {' '.join(name)} has no {given - KNOWN[name]}"


def unit(path: Path) -> dict[str, dict[str, str]]:
    """A unit file; the values of keys that repeat are joined by lines."""
    found: dict[str, dict[str, str]] = {}
    for line in path.read_text().splitlines():
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            key, equals, value = line.partition("=")
            assert equals, line
            section[key] = f"{section[key]}\n{value}" if key in section else value
    return found


def test_there_is_something_to_look_at() -> None:
    assert {path.name for path in UNITS} == {
        "dragoman-web@.service", "dragoman-worker.service", "dragoman-migrate.service", "dragoman-backup.service"
    }  # fmt: skip
    assert ("web",) in KNOWN
    assert "DRAGOMAN_METRICS_TOKEN" in variables()


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_run_commands_there_are_and_give_nothing_away(path: Path) -> None:
    service = unit(path)["Service"]
    start = service["ExecStart"].replace("%i", "8001").replace("%%", "%")
    if start.startswith("/bin/sh"):
        start = shlex.split(start)[2].removeprefix("exec ")
    program, *words = shlex.split(start)
    assert program == "/opt/dragoman/.venv/bin/dragoman"
    check_command(words)
    assert service["User"] == "dragoman"
    for name, value in {
        "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
        "CapabilityBoundingSet": "", "RestrictSUIDSGID": "yes", "PrivateDevices": "yes", "UMask": "0077",
    }.items():  # fmt: skip
        assert service[name] == value, name
    assert "@system-service" in service["SystemCallFilter"]
    owner = "owner.env" in service["EnvironmentFile"]
    assert owner is (path.name in ("dragoman-migrate.service", "dragoman-backup.service")), "the owner's address"
    if service["Type"] == "exec":
        assert int(service["TimeoutStopSec"]) > 20, "longer than what is begun has to end in"


def test_the_target_names_units_there_are() -> None:
    names = {path.name for path in UNITS}
    wanted = unit(DEPLOY / "systemd" / "dragoman.target")["Unit"]["Wants"].split()
    assert {re.sub(r"@\w+\.", "@.", one) for one in wanted} <= names
    assert unit(DEPLOY / "systemd" / "dragoman-backup.timer")["Timer"]["OnCalendar"]


@pytest.mark.parametrize(
    "path", [path for path in sorted([*DEPLOY.rglob("*"), OPERATIONS, ROOT / "README.md"]) if path.is_file()],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)  # fmt: skip
def test_settings_that_are_named_exist(path: Path) -> None:
    named = set(re.findall(r"\b(?:DRAGOMAN_[A-Z_]+[A-Z]|DATABASE_(?:OWNER_)?URL)\b", path.read_text()))
    assert named <= variables() | OTHERS
    assert not named & OTHERS or path.is_relative_to(DEPLOY)


def test_every_setting_is_documented() -> None:
    told = OPERATIONS.read_text()
    assert {name for name in variables() if f"`{name}`" not in told} == set()


def prose_commands(text: str) -> Iterator[list[str]]:
    """Every `dragoman …` in code blocks and inline code, as words."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.S)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))
    for line in [line for block in blocks for line in block.splitlines()] + inline:
        if found := re.match(r"(?:\S*/bin/)?dragoman ((?:key|[a-z]).*)", line.strip()):
            yield [word for word in shlex.split(found[1], comments=True) if word != "…"]


@pytest.mark.parametrize("name", ["docs/operations.md", "docs/backup.md", "README.md"])
def test_commands_that_are_named_exist(name: str) -> None:
    found = list(prose_commands((ROOT / name).read_text()))
    assert len(found) > 5
    for words in found:
        check_command(words)


def test_files_that_are_named_exist() -> None:
    named = set(re.findall(r"`?((?:deploy|docs|tests)/[\w./@*-]+\w)`?", OPERATIONS.read_text()))
    assert len(named) > 8
    assert [one for one in named if not (list(ROOT.glob(one)))] == []


def compose() -> Any:
    return yaml.safe_load((DEPLOY / "docker" / "compose.yaml").read_text())


def test_the_composition_holds_together() -> None:
    services = compose()["services"]
    assert set(services) == {"postgres", "migrate", "web-1", "web-2", "worker", "caddy"}
    for name, service in services.items():
        if service["image"] == "dragoman":
            check_command(service["command"])
            assert (ROOT / "deploy" / "docker" / service["build"]["context"] / service["build"]["dockerfile"]).exists()
            assert set(service["environment"]) <= variables()
            assert service["cap_drop"] == ["ALL"]
            assert ("DATABASE_OWNER_URL" in service["environment"]) is (name == "migrate")
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", (DEPLOY / "docker" / "compose.yaml").read_text()))
    given = set(re.findall(r"(?m)^(\w+)=", (DEPLOY / "docker" / "env.example").read_text()))
    assert asked == given
    for service in services.values():
        for source in (one.split(":")[0] for one in service.get("volumes", ())):
            known = source in compose()["volumes"] or (DEPLOY / "docker" / source).exists()
            assert known, source


def test_the_image_is_built_of_what_is_locked() -> None:
    text = (DEPLOY / "docker" / "Dockerfile").read_text()
    assert "--require-hashes -r requirements.txt" in text
    assert re.search(r"^USER dragoman$", text, re.M)
    assert "HEALTHCHECK" in text
    entry = json.loads(re.search(r"^ENTRYPOINT (.*)$", text, re.M)[1])  # type: ignore[index]
    check_command([*entry, *json.loads(re.search(r"^CMD (.*)$", text, re.M)[1])][1:])  # type: ignore[index]
    let_in = set(re.findall(r"(?m)^!(\S+)", (ROOT / ".dockerignore").read_text()))
    copied = {word for line in re.findall(r"(?m)^COPY (?!--)(.*) \S+$", text) for word in line.split()}
    assert copied <= let_in
    assert all((ROOT / one).exists() for one in copied)


def names_in(expression: str) -> set[str]:
    """The figures that a query names."""
    bare = re.sub(r"\{[^}]*\}|\"[^\"]*\"", "", expression)
    return set(re.findall(r"\b(?:dragoman|process)_\w+|\bup\b", bare))


async def figures(desk: Desk) -> tuple[set[str], dict[str, set[str]]]:
    """Names that /metrics has samples or kinds of, and the labels of each as far as they are seen."""
    page = (await Figures(desk).page()).decode()
    names, labels = {"up"}, {"up": {"job", "instance", "role"}}
    for family in text_string_to_metric_families(page):
        base = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(family.type, [""])
        names |= {family.name + end for end in base}
        for one in family.samples:
            labels.setdefault(one.name, set()).update(one.labels)
    return names, labels


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def queries() -> list[str]:
    board = json.loads((DEPLOY / "grafana" / "dragoman.json").read_text())
    return [target["expr"] for panel in board["panels"] for target in panel["targets"]]


async def test_alerts_and_dashboard_ask_for_figures_there_are(desk: Desk) -> None:
    have, labels = await figures(desk)
    assert len(alerts()) > 10
    assert len(queries()) > 20
    for expression in [rule["expr"] for rule in alerts()] + queries():
        named = names_in(expression)
        assert named
        assert named <= have, expression
        for name, chosen in re.findall(r"(\w+)\{([^}]*)\}", expression):
            known = labels.get(name, set()) | {"job", "instance", "role", "status", "route", "method", "le", "outcome"}
            assert set(re.findall(r"(\w+)\s*=", chosen)) <= known, expression
    told = OPERATIONS.read_text()
    own = {name for name in have if name.startswith("dragoman_") and not name.endswith(("_sum", "_count", "_created"))}
    assert {name for name in own if name.removesuffix("_bucket") not in told} == set(), "documented"


async def test_states_that_alerts_wait_for_are_told(desk: Desk) -> None:
    page = (await Figures(desk).page()).decode()
    for expression in [rule["expr"] for rule in alerts()] + queries():
        for name, state in re.findall(r'(dragoman_\w+)\{(?:state|outcome)="(\w+)"\}', expression):
            if name != "dragoman_jobs_total":
                assert re.search(rf'^{name}\{{\w+="{state}"\}}', page, re.M), f"{name} {state}"


def test_alerts_say_what_is_wrong() -> None:
    for rule in alerts():
        assert rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert "\n" not in rule["expr"].strip()
    assert len({rule["alert"] for rule in alerts()}) == len(alerts())
    scraped = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
    assert [one["job_name"] for one in scraped["scrape_configs"]] == ["dragoman"]


def test_caddys_sample_hides_the_figures_and_sets_the_address_anew() -> None:
    text = (DEPLOY / "caddy" / "Caddyfile").read_text()
    assert text.count("{") == text.count("}")
    for line in ("respond /metrics 404", "header_up X-Forwarded-For {remote_host}", "health_uri /readyz"):
        assert f"\t{line}\n" in text


def test_systemd_takes_the_units_where_there_is_one(tmp_path: Path) -> None:
    """Read by systemd itself, with a program that exists in place of the desk's."""
    program = shutil.which("systemd-analyze")
    for path in (DEPLOY / "systemd").glob("dragoman*"):
        text = path.read_text().replace("/opt/dragoman/.venv/bin/dragoman", "/bin/true")
        (tmp_path / path.name.replace("@.", "@8001.")).write_text(text)
    if program:
        units = [str(path) for path in tmp_path.iterdir()]
        done = subprocess.run([program, "verify", *units], capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (0, "")
