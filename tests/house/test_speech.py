"""The house speaks for itself: no address of where it was built, nobody's private mailbox, no
nameless module, no rule put aside in silence."""

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import tree

CI = ".ci/run"  # the one file that knows the machine that checks the house
SELF = "tests/house/test_speech.py"

# What no file says, and why.
UNSPOKEN = {
    "a package index; every machine has its own": (
        r"pypi\.org|pythonhosted|registry\.npmjs|https?://\S+/simple/?(?=['\"\s]|$)"
    ),
    "the folder where someone worked": r"(?<![\w.])/(work|home|root)/(?=\w)",
    "a folder beside the repository": r"(?<![\w-])shared/(?=\w)",
    "a private mailbox": r"@(gmail|hotmail|outlook|yahoo|icloud|orange|wanadoo|free|sfr|laposte)\.",
    "a ticket that a reader cannot open": r"(?i)\bissue #?\d",
}
ADDRESS = re.compile(r"(?<![\w.%+/:-])[\w.+-]+@((?:[\w-]+\.)+[a-z]{2,})\b")
SAMPLE_DOMAINS = (".example", ".test", ".invalid", ".localhost")
NAMELESS = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no\s*cover|pyright:\s*ignore|nosec)\b", re.I)
REASONED = re.compile(
    r"#\s*(?:noqa:\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*|type:\s*ignore\[[\w\-, ]+\]|pragma:\s*no\s*cover)"
    r"\s*[#–—-]+\s*\w+.*",
)


@pytest.mark.parametrize("reason", UNSPOKEN)
def test_no_file_says(reason: str) -> None:
    pattern = re.compile(UNSPOKEN[reason], re.MULTILINE)
    said = [
        f"{name}:{text.count(chr(10), 0, found.start()) + 1}: {found.group()}"
        for name, text in tree.text_files(leave_out=[CI, SELF])
        for found in pattern.finditer(text)
    ]

    assert not said, f"{reason}:\n" + "\n".join(said)


def test_mail_addresses_are_nobodys() -> None:
    real = [
        f"{name}: {found.group()}"
        for name, text in tree.text_files(leave_out=[SELF])
        for found in ADDRESS.finditer(text)
        if not f".{found.group(1)}".endswith(SAMPLE_DOMAINS)
    ]

    assert not real, "an address in the house ends in .example or .test:\n" + "\n".join(real)


def test_every_module_has_a_name_that_tells() -> None:
    nameless = [tree.name_of(path) for path in tree.python_files() if NAMELESS & {path.stem, path.parent.name}]

    assert not nameless, f"name these after what they do: {nameless}"


def test_every_module_states_its_rule() -> None:
    silent = [tree.name_of(path) for path in tree.python_files() if in_services(path) and not docstring(path)]

    assert not silent, "a module starts with the rule that it guards:\n" + "\n".join(silent)


def test_every_suppression_carries_its_reason() -> None:
    silent = [
        f"{tree.name_of(path)}:{line}: {comment}"
        for path in tree.python_files()
        for line, comment in comments(path)
        if SUPPRESSION.search(comment) and not REASONED.search(comment)
    ]

    assert not silent, "write it as '# noqa: CODE - reason' or '# type: ignore[code]  # reason':\n" + "\n".join(silent)


@pytest.mark.parametrize(
    ("comment", "reasoned"),
    [
        ("# noqa: S608 - identifiers are the code's own", True),
        ("# noqa: S608, E501 - constants", True),
        ("# type: ignore[call-overload]  # a class made by its metaclass", True),
        ("# noqa: S608", False),
        ("# noqa", False),
        ("# noqa - all of it", False),
        ("# type: ignore[arg-type]", False),
        ("# type: ignore  # no code", False),
    ],
)
def test_a_reason_is_told_from_silence(comment: str, reasoned: bool) -> None:
    assert bool(REASONED.search(comment)) is reasoned
    assert SUPPRESSION.search(comment)


def in_services(path: Path) -> bool:
    return path.is_relative_to(tree.SERVICES) and "versions" not in path.parts


def docstring(path: Path) -> str | None:
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def comments(path: Path) -> Iterator[tuple[int, str]]:
    with path.open("rb") as source:
        for token in tokenize.tokenize(source.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string
