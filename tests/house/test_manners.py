"""House style that a linter does not know, or that nobody should be able to switch off with a comment."""

from __future__ import annotations

import ast
import io
import re
import tokenize

import pytest

from tests.house.reading import ROOT, faults, files, imports, is_inside

PRODUCT = ("crm_core", "pages", "app.py")
PICKLES = ("pickle", "joblib", "cloudpickle", "dill", "marshal", "shelve")
DOOR_NAMES = 15


def bad_manners(name: str, text: str) -> list[str]:
    """print, assert, bare except, pickle, stubs, and styling behind the theme's back."""
    found = [(line, f"imports {module}") for line, module in imports(text) if is_inside(module, PICKLES)]
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Call(func=ast.Name(id="print")):
                found.append((node.lineno, "print: use the log, or rich on the command line"))
            case ast.Assert():
                found.append((node.lineno, "assert: raise an error with a remedy"))
            case ast.ExceptHandler(type=None):
                found.append((node.lineno, "bare except: name what is expected"))
            case ast.Raise(exc=ast.Name(id="NotImplementedError") | ast.Call(func=ast.Name(id="NotImplementedError"))):
                found.append((node.lineno, "a stub"))
            case ast.keyword(arg="unsafe_allow_html"):
                found.append((node.value.lineno, "raw HTML: use the theme"))
            case ast.Constant(value=str(words)) if "data-testid" in words:
                found.append((node.lineno, "CSS by data-testid: use the theme"))
    return [f"{name}:{line} {what}" for line, what in found]


def sql_text(name: str, text: str) -> list[str]:
    """SQL in the words of a page; "Select a customer from the list" is none."""
    shape = re.compile(
        r"(?s)^\s*(?:select|SELECT|with|WITH|insert|INSERT|delete|DELETE)\b.+\b(?:from|FROM|into|INTO)\b"
    )
    words = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return [f"{name}:{n.lineno} SQL: ask crm_core.views" for n in words if shape.match(str(n.value))]


def loose_ends(name: str, text: str) -> list[str]:
    """Comments that put work off."""
    comments = [t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type == tokenize.COMMENT]
    return [f"{name}:{c.start[0]} {c.string}" for c in comments if re.search(r"\b(TODO|FIXME|XXX)\b", c.string)]


def public_names(text: str) -> list[str]:
    """Names a room's `__init__` offers: its `__all__`, or else whatever stands in it without an underscore."""
    names: list[str] = []
    for node in ast.parse(text).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=elements)):
                return [e.value for e in elements if isinstance(e, ast.Constant) and isinstance(e.value, str)]
            case ast.ImportFrom(module=module, names=aliases) if module != "__future__":
                names += [alias.asname or alias.name for alias in aliases]
            case ast.FunctionDef(name=own) | ast.ClassDef(name=own):
                names.append(own)
    return [n for n in names if not n.startswith("_")]


def wide_door(name: str, text: str) -> list[str]:
    n = len(public_names(text))
    return [f"{name}: {n} public names, at most {DOOR_NAMES}"] if n > DOOR_NAMES else []


def is_offered(room: str, name: str) -> bool:
    """Whether a name stands in a room's door; a module may be called like something the door offers."""
    door = ROOT / room.replace(".", "/") / "__init__.py"
    return door.exists() and name in public_names(door.read_text(encoding="utf-8"))


def is_module(dotted: str) -> bool:
    path = ROOT / dotted.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").exists()


def round_the_door(name: str, text: str) -> list[str]:
    """Imports that reach into another room's modules instead of its `__init__`."""
    own = ".".join(name.split("/")[:2])
    found = []
    for line, module in imports(text):
        parts = module.split(".")
        room = ".".join(parts[:2])
        if parts[0] != "crm_core" or room == own or len(parts) == 2 or not is_module(".".join(parts[:3])):
            continue
        if len(parts) > 3 or not is_offered(room, parts[2]):
            found.append(f"{name}:{line} imports {module}: use the door, {room}")
    return found


def test_the_product_keeps_its_manners() -> None:
    assert faults(bad_manners, files(*PRODUCT, suffix=".py")) == []


def test_no_work_is_put_off_in_a_comment() -> None:
    assert faults(loose_ends, files(suffix=".py")) == []


def test_pages_contain_no_sql() -> None:
    assert faults(sql_text, files("pages", "app.py", suffix=".py")) == []


def test_every_room_offers_at_most_15_names() -> None:
    assert faults(wide_door, files("crm_core", suffix="/__init__.py")) == []


def test_rooms_talk_through_their_doors() -> None:
    assert faults(round_the_door, files(*PRODUCT, suffix=".py")) == []


@pytest.mark.parametrize(
    "text",
    [
        "print(1)",
        "assert x, 'input'",
        "try:\n    f()\nexcept:\n    pass",
        "import pickle",
        "def f():\n    from joblib import dump",
        "def f():\n    raise NotImplementedError",
        "def f():\n    raise NotImplementedError('later')",
        "st.markdown('<b>', unsafe_allow_html=True)",
        "css = '[data-testid=stMetric] {}'",
    ],
)
def test_bad_manners_are_noticed(text: str) -> None:
    assert bad_manners("x.py", text)


def test_a_postponed_piece_of_work_is_noticed() -> None:
    assert loose_ends("x.py", "x = 1  # TODO: the rest\n")
    assert not loose_ends("x.py", "words = 'TODO'\n")


def test_sql_in_a_page_is_noticed() -> None:
    assert sql_text("pages/sell/x.py", "rows = run('select name from customers')")
    assert sql_text("pages/sell/x.py", "rows = f'SELECT name FROM {table}'")
    assert not sql_text("pages/sell/x.py", "st.caption('Select a customer from the list')")


def test_a_door_that_is_too_wide_is_noticed() -> None:
    sixteen = [f"n{i}" for i in range(16)]
    assert wide_door("x/__init__.py", f"__all__ = {sixteen}")
    assert wide_door("x/__init__.py", f"from y import {', '.join(sixteen)}")
    assert not wide_door("x/__init__.py", f"from y import {', '.join(sixteen)}\n__all__ = {sixteen[:15]}")


def test_reaching_round_a_door_is_noticed() -> None:
    reach = "from crm_core.lake.tables import TABLES"
    assert round_the_door("crm_core/demo/x.py", reach)
    assert round_the_door("crm_core/demo/x.py", "import crm_core.lake.tables")
    assert not round_the_door("crm_core/lake/x.py", reach)
    assert not round_the_door("crm_core/demo/x.py", "from crm_core.lake import TABLES")
    assert not round_the_door("crm_core/demo/x.py", "from crm_core.errors import CrmError")
