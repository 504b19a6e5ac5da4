"""The files in which sources are declared: TOML, or YAML for who prefers it.

The rule kept here: both say the same things in the same words; a YAML file may hold a single source, flat, whose name
is its `name` or the file's own.
"""

import re
from pathlib import Path
from typing import Any

import yaml

from funding_watch.domain.declarations import Declaration, declarations, declared

YAML = frozenset([".yaml", ".yml"])


def read_declarations(file: Path) -> dict[str, Declaration]:
    """The declarations of a file, by name. Raises OSError, or ValueError with one line that names what is wrong."""
    text = file.read_text(encoding="utf-8")
    if file.suffix.lower() not in YAML:
        return declarations(text)
    try:
        return declared(_tables(yaml.safe_load(text), file))
    except yaml.YAMLError as error:
        raise ValueError(f"not YAML: {' '.join(str(error).split())}") from None


def _tables(written: Any, file: Path) -> dict[str, object]:
    if written is None:
        return {}
    if not isinstance(written, dict):
        raise ValueError(f"{str(written)[:80]!r}: a source is a table, with a name before it")
    if "url" in written or "format" in written:
        name = written.get("name") or re.sub(r"[^a-z0-9]+", "_", file.stem.lower()).strip("_")
        return {str(name): written}
    return {str(name): table for name, table in written.items()}
