"""Every boundary in pyproject.toml is real: kept as the house stands, broken when a wall is pierced.

A contract that cannot fail protects nothing, so each one is seen broken here, by imports planted in
a copy of the source, under the very configuration that the house is linted with.
"""

import os
import re
import shutil
import subprocess
import sysconfig
import tomllib
from pathlib import Path

import pytest

from tests.house import tree

PYPROJECT = tree.ROOT / "pyproject.toml"
LINTER = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["importlinter"]
CONTRACTS = {contract["id"]: contract["name"] for contract in LINTER["contracts"]}

# (contract, importer, imported): what is not there is made; without an import, it is enough to be there.
PLANTS = [
    ("house", "intake.handlers", "scoring.handlers"),
    ("house", "kernel.runtime.planted", "notifier"),
    ("house", "funding_watch.handlers", "chevalement"),
    ("kernel", "kernel.ui.planted", "kernel.runtime"),
    ("kernel", "kernel.runtime.planted", "kernel.ui"),
    ("kernel", "kernel.contracts.planted", "kernel.runtime"),
    ("kernel", "kernel.planted", None),
    ("rooms", "intake.domain.planted", "intake.handlers"),
    ("rooms", "scoring.store", "scoring.handlers"),
    ("rooms", "funding_watch.subscribers", "funding_watch.crawl"),
    ("rooms", "notifier.planted", None),
    ("domain", "intake.domain.planted", "sqlmodel"),
    ("domain", "scoring.domain.planted", "nats.js"),
    ("domain", "funding_watch.domain.planted", "kernel.runtime.clock"),
    ("domain", "kernel.contracts.planted", "fastapi"),
    ("commit", "notifier.handlers", "aiosmtplib"),
    ("commit", "funding_watch.handlers", "scrapy"),
    ("tables", "intake.pages", "intake.tables"),
    ("tables", "scoring.handlers", "scoring.tables"),
    ("circles", "chevalement.planted", "chevalement.planted_too"),
    ("circles", "kernel.runtime.planted", "kernel.runtime.planted_too"),
]


def python_only(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if not (Path(folder) / name).is_dir() and not name.endswith(".py")}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the source, where walls may be pierced."""
    shutil.copytree(tree.SERVICES, tmp_path / "services", ignore=python_only)
    return tmp_path / "services"


def source_of(house: Path, module: str) -> Path:
    """The file of a module of the house, made when it is not there yet."""
    *folders, last = module.split(".")
    folder = house
    for name in folders:
        folder /= name
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").touch()
    room = folder / last
    place = room / "__init__.py" if room.is_dir() else room.with_suffix(".py")
    place.touch()
    return place


def plant(house: Path, importer: str, imported: str | None) -> None:
    place = source_of(house, importer)
    if imported is None:
        return
    if imported.partition(".")[0] in LINTER["root_packages"]:
        source_of(house, imported)
    with place.open("a", encoding="utf-8") as source:
        source.write(f"\nimport {imported}\n")


def lint(house: Path) -> tuple[bool, set[str]]:
    """Whether the linter is content, and the ids of the contracts that it calls broken."""
    command = [Path(sysconfig.get_path("scripts")) / "lint-imports", "--config", PYPROJECT, "--no-cache"]
    environment = os.environ | {"PYTHONPATH": str(house), "NO_COLOR": "1", "COLUMNS": "400"}
    done = subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True, check=False)
    verdicts = dict(re.findall(r"^(.+) (KEPT|BROKEN)\b", done.stdout, flags=re.MULTILINE))
    assert set(verdicts) == set(CONTRACTS.values()), done.stdout + done.stderr
    return done.returncode == 0, {key for key, name in CONTRACTS.items() if verdicts[name] == "BROKEN"}


def test_the_house_keeps_every_contract(house: Path) -> None:
    assert lint(house) == (True, set())


@pytest.mark.parametrize(("contract", "importer", "imported"), PLANTS)
def test_a_pierced_wall_is_seen(house: Path, contract: str, importer: str, imported: str | None) -> None:
    plant(house, importer, imported)
    if contract == "circles":
        plant(house, str(imported), importer)

    content, broken = lint(house)

    assert not content
    assert contract in broken


def test_every_contract_has_been_seen_broken() -> None:
    assert {contract for contract, _, _ in PLANTS} == set(CONTRACTS)


def test_every_package_of_the_house_is_under_contract() -> None:
    standing = {path.parent.name for path in tree.SERVICES.glob("*/__init__.py")}

    assert standing == set(LINTER["root_packages"])
