"""deploy/env.example tells the truth: every setting, with its meaning and its default, and no other."""

import re
from itertools import pairwise
from pathlib import Path

import yaml

from kernel.runtime.settings import PREFIX, REPOSITORY, Settings
from tests.house import tree

EXAMPLE = tree.ROOT / "deploy" / "env.example"
COMPOSE = tree.ROOT / "docker-compose.yml"
MARK = "# --- Only for docker compose"
LINE = re.compile(rf"^#?({PREFIX}[A-Z_]+)=(.*)$")

GIVEN_BY_THE_IMAGE = {"CHEVALEMENT_LABEL_FILE", "CHEVALEMENT_TERRITORY_FILE", "CHEVALEMENT_SOURCES_FILE"}
GIVEN_BY_THE_COMMAND = {"CHEVALEMENT_HOST", "CHEVALEMENT_PORT"}
OF_ONE_MACHINE = {"CHEVALEMENT_DATA", "CHEVALEMENT_NATS_PORT", "CHEVALEMENT_CRAWL_CACHE"}


def written() -> tuple[dict[str, tuple[str, str]], set[str]]:
    """(name → (default, the comment above) of the settings, names of the variables of compose)."""
    settings, compose = EXAMPLE.read_text(encoding="utf-8").split(MARK)
    lines = settings.splitlines()
    found = {}
    for above, line in pairwise(lines):
        if match := LINE.match(line):
            found[match[1]] = (match[2], above)
    return found, {match[1] for line in compose.splitlines() if (match := LINE.match(line))}


def as_text(default: object) -> str:
    """How a default is typed in the environment; paths as seen from the repository."""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, Path) and default.is_relative_to(REPOSITORY):
        return default.relative_to(REPOSITORY).as_posix()
    return str(default)


def test_every_setting_is_listed_with_its_default() -> None:
    defaults = {PREFIX + name.upper(): as_text(field.default) for name, field in Settings.model_fields.items()}

    assert {name: default for name, (default, _) in written()[0].items()} == defaults


def test_every_setting_says_what_it_means() -> None:
    settings, _ = written()
    fields = {PREFIX + name.upper(): field.description or "" for name, field in Settings.model_fields.items()}
    silent = [name for name, (_, above) in settings.items() if not above.startswith(("# ", "#   "))]

    assert not silent
    text = EXAMPLE.read_text(encoding="utf-8")
    assert [name for name, meaning in fields.items() if f"# {meaning}" not in text] == []


def test_the_stack_takes_every_setting_that_makes_sense_there() -> None:
    names = {PREFIX + name.upper() for name in Settings.model_fields}
    handed = {name for name in yaml.safe_load(COMPOSE.read_text())["x-settings"] if name.startswith(PREFIX)}

    assert handed == names - GIVEN_BY_THE_IMAGE - GIVEN_BY_THE_COMMAND - OF_ONE_MACHINE


def test_every_variable_of_the_compose_files_is_listed() -> None:
    files = [COMPOSE, *sorted((tree.ROOT / "deploy").glob("compose.*.yml"))]
    asked = {name for path in files for name in re.findall(r"\$\{([A-Z_]+)", path.read_text(encoding="utf-8"))}
    settings, compose = written()

    assert asked - set(settings) == compose
