"""What the README and CONTRIBUTING tell a person to type exists, and `make help` lists it."""

import re
import subprocess
from functools import cache

import pytest

from tests.house import tree

COMMAND = re.compile(r"\bmake +((?:[A-Z_]+=\S+ +)*)([a-z][a-z-]*)")


@cache
def listed() -> frozenset[str]:
    """The targets that `make help` shows, which is also what plain `make` does."""
    shown = subprocess.run(["make", "--no-print-directory"], cwd=tree.ROOT, check=True, capture_output=True, text=True)
    return frozenset(re.findall(r"^  ([a-z][a-z-]*)  +\S", shown.stdout, flags=re.MULTILINE))


def told(page: str) -> set[str]:
    """The targets named in the code of a page, in blocks and in lines."""
    text = (tree.ROOT / page).read_text(encoding="utf-8")
    code = re.findall(r"```.*?```|`[^`\n]+`", text, flags=re.DOTALL)
    return {target for piece in code for _, target in COMMAND.findall(piece)}


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_what_a_page_tells_to_make_exists(page: str) -> None:
    assert told(page)
    assert told(page) <= listed()


def test_help_lists_every_target() -> None:
    makefile = (tree.ROOT / "Makefile").read_text(encoding="utf-8")
    phony = set(" ".join(re.findall(r"^\.PHONY: *(.*)$", makefile, flags=re.MULTILINE)).split())

    assert phony == set(listed())
