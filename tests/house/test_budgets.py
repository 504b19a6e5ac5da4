"""Nothing in the house grows into a town: files and functions have a budget, tests included.

Soft: a file of 300 lines, a function of 30; over it only with a reason in over_budget.txt.
Hard: 400 and 50; no reason helps. Complexity and arguments are ruff's part.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import tree

SOFT_FILE, HARD_FILE = 300, 400
SOFT_FUNCTION, HARD_FUNCTION = 30, 50

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


def function_lengths(source: str) -> Iterator[tuple[str, int]]:
    """(dotted name, lines) of every function; from `def` to its last line, decorators apart."""
    stack: list[tuple[str, ast.AST]] = [("", ast.parse(source))]
    while stack:
        outer, node = stack.pop()
        for child in ast.iter_child_nodes(node):
            name = outer
            if isinstance(child, FUNCTION | ast.ClassDef):
                name = f"{outer}.{child.name}".lstrip(".")
            if isinstance(child, FUNCTION):
                yield name, (child.end_lineno or child.lineno) - child.lineno + 1
            stack.append((name, child))


def measured(path: Path) -> Iterator[tuple[str, int, int, int]]:
    """(name, lines, soft, hard) of a file and of the functions in it."""
    source = path.read_text(encoding="utf-8")
    name = tree.name_of(path)
    yield name, len(source.splitlines()), SOFT_FILE, HARD_FILE
    for function, lines in function_lengths(source):
        yield f"{name}::{function}", lines, SOFT_FUNCTION, HARD_FUNCTION


def everything() -> list[tuple[str, int, int, int]]:
    return [one for path in tree.python_files() for one in measured(path)]


def excused() -> set[str]:
    lines = (Path(__file__).parent / "over_budget.txt").read_text(encoding="utf-8").splitlines()
    entries = [line.partition(" - ") for line in lines if line and not line.startswith("#")]
    silent = [name for name, _, reason in entries if not reason.strip()]
    assert not silent, f"over_budget.txt: these need ' - ' and a reason: {silent}"
    return {name.strip() for name, _, _ in entries}


def test_nothing_is_over_the_hard_budget() -> None:
    over = [f"{name}: {lines} lines, at most {hard}" for name, lines, _, hard in everything() if lines > hard]

    assert not over, "split these by the story they tell:\n" + "\n".join(over)


def test_what_is_over_the_soft_budget_says_why() -> None:
    over = {name: lines for name, lines, soft, _ in everything() if lines > soft}
    unexplained = [f"{name} - ({lines} lines) why?" for name, lines in over.items() if name not in excused()]

    assert not unexplained, "split these, or add to over_budget.txt:\n" + "\n".join(unexplained)


def test_no_excuse_outlives_its_need() -> None:
    over = {name for name, lines, soft, _ in everything() if lines > soft}

    assert not excused() - over, "no longer over the budget; take them out of over_budget.txt"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def a():\n    return 1\n", [("a", 2)]),
        ("@cache\nasync def a():\n\n    return 1\n", [("a", 3)]),
        ("class A:\n    def b(self):\n        def c(): ...\n", [("A.b", 2), ("A.b.c", 1)]),
        ("if True:\n    def a(): ...\n", [("a", 1)]),
    ],
)
def test_a_function_is_measured_wherever_it_stands(source: str, expected: list[tuple[str, int]]) -> None:
    assert sorted(function_lengths(source)) == expected
