"""What the tests of the house read: the project's own files, as text and as syntax trees.

Every rule is a function from a file (its path in the project, its text) to a list of faults, so that a test can hand
it an invented file that breaks the rule and see it noticed.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = re.compile(
    r"^\.git/|^\.venv/|^data/(?!demo/|README)|cache|^\.hypothesis/|^test-results/|^target/|^logs/|^shots/"
)
Rule = Callable[[str, str], list[str]]


@cache
def project_files() -> tuple[str, ...]:
    """Files that are or will be committed, as paths from the root; ignored files are not the project's."""
    try:
        listing = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        names = listing.stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive has no history, a bare machine no git
        names = [p.relative_to(ROOT).as_posix() for p in ROOT.rglob("*")]
        names = [n for n in names if not NOT_OURS.search(n)]
    return tuple(sorted(n for n in names if (ROOT / n).is_file()))


def files(*tops: str, suffix: str = "") -> list[str]:
    """Project files inside the given folders (or equal to the given paths), with that suffix."""
    return [
        name
        for name in project_files()
        if name.endswith(suffix) and (not tops or any(name == top or name.startswith(f"{top}/") for top in tops))
    ]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def faults(rule: Rule, names: list[str]) -> list[str]:
    """All faults the rule finds in these files."""
    return [fault for name in names for fault in rule(name, read(name))]


def imports(text: str) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything a module imports, also inside functions."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def is_inside(name: str, packages: tuple[str, ...] | set[str]) -> bool:
    """Whether a dotted name is one of the packages or lies in one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)
