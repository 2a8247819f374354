"""Load a mapping and say everything that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from crm_core.errors import MappingError
from crm_core.lake.mapping import REST, ROW_NUMBER, FileMapping, Mapping
from crm_core.lake.tables import TABLES, Table

SHIPPED = Path(__file__).parent / "mappings"
ENTITIES = {"customers": "customer", "leads": "lead"}


def shipped_mappings() -> list[str]:
    """Names of the mappings that come with the product, in alphabetical order."""
    return sorted(path.stem for path in SHIPPED.glob("*.yml"))


def load_mapping(name_or_path: str | Path) -> Mapping:
    """One mapping, checked.

    Parameters
    ----------
    name_or_path : str or Path
        Name of a shipped mapping, or path of a YAML file.

    Raises
    ------
    MappingError
        With every problem of the mapping, not only the first.
    """
    path = _find(name_or_path)
    data = _read_yaml(path)
    try:
        mapping = Mapping.model_validate({**data, "name": path.stem})
    except ValidationError as error:
        raise _error(path, [_in_words(data, item) for item in error.errors()]) from None
    problems = [p for i, entry in enumerate(mapping.files) for p in _problems(entry, f"files[{i}] {entry.file}")]
    if not mapping.files:
        problems.append("files: there is no entry")
    if problems:
        raise _error(path, problems)
    return mapping


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """' (did you mean …?)' for the nearest candidate, or nothing."""
    by_lower = {c.lower().strip(): c for c in candidates}
    close = get_close_matches(word.lower().strip(), by_lower, n=1, cutoff=0.6)
    return f" (did you mean '{by_lower[close[0]]}'?)" if close else ""


def _find(name_or_path: str | Path) -> Path:
    path = Path(name_or_path)
    if path.suffix in (".yml", ".yaml"):
        if path.is_file():
            return path
    elif (SHIPPED / f"{name_or_path}.yml").is_file():
        return SHIPPED / f"{name_or_path}.yml"
    shipped = shipped_mappings()
    raise MappingError(
        f"There is no mapping '{name_or_path}'{did_you_mean(str(name_or_path), shipped)}",
        why="it is neither the path of a .yml file nor the name of a shipped mapping",
        remedy=f"use one of {', '.join(shipped)}, or write your own (docs/import.md)",
    )


class _TextLoader(yaml.BaseLoader):  # type: ignore[misc]
    """All scalars stay text: in plain YAML `yes:` would become the truth value True and `null:` None."""


def _construct_mapping(loader: _TextLoader, node: yaml.MappingNode) -> dict[str, Any]:
    keys = [str(key.value) for key, _ in node.value]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise yaml.constructor.ConstructorError(None, None, f"'{twice[0]}' is said twice", node.start_mark)
    return {k: loader.construct_object(v, deep=True) for k, (_, v) in zip(keys, node.value, strict=True)}


_TextLoader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        data = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_TextLoader)  # noqa: S506 - makes texts only, safer than the safe one
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problem = " ".join(str(error).split())
        raise MappingError("The mapping is not readable YAML", where=path.name, why=problem) from None
    if not isinstance(data, dict):
        raise MappingError("The mapping is empty", where=path.name, remedy="start from docs/import.md")
    return data


def _error(path: Path, problems: list[str]) -> MappingError:
    return MappingError(
        f"The mapping has {len(problems)} problem{'s' if len(problems) > 1 else ''}",
        where=path.name,
        why="; ".join(problems),
        remedy="correct the mapping; docs/import.md explains every key",
    )


def _in_words(data: Any, item: Any) -> str:
    """One pydantic error as a person would say it."""
    loc = [part for part in item["loc"] if not (isinstance(part, str) and part.startswith("function-"))]
    place = ".".join(str(part) for part in loc[:-1])
    last = str(loc[-1]) if loc else ""
    prefix = f"{place}: " if place else ""
    if item["type"] == "extra_forbidden":
        return f"{prefix}unknown key '{last}'{did_you_mean(last, _known_keys(loc[:-1]))}"
    if item["type"] == "missing":
        return f"{prefix}'{last}' is missing"
    if item["type"] == "literal_error":
        expected = item["ctx"]["expected"]
        words = [w.strip("' ") for w in expected.replace(" or ", ",").split(",")]
        return f"{prefix}{last} '{item['input']}' is not one of {expected}{did_you_mean(str(item['input']), words)}"
    return f"{prefix}{last}: {item['msg'][0].lower()}{item['msg'][1:]}"


def _known_keys(loc: list[Any]) -> list[str]:
    """The keys that would be allowed at that place of a mapping."""
    model: type[BaseModel] = Mapping
    for part in loc:
        info = model.model_fields.get(part) if isinstance(part, str) else None
        if info is not None and (inner := _model_in(info.annotation)) is not None:
            model = inner
    return [info.alias or name for name, info in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) is None and not hasattr(annotation, "__args__"):
        return None
    found = (_model_in(arg) for arg in get_args(annotation) if arg not in (Union, Ellipsis))
    return next((model for model in found if model is not None), None)


def _problems(entry: FileMapping, place: str) -> list[str]:
    if entry.skip is not None:
        return [] if not entry.table else [f"{place}: 'skip' and 'table' exclude each other"]
    if not entry.table:
        return [f"{place}: 'table' is missing"]
    table = TABLES.get(entry.table)
    if table is None:
        return [f"{place}: there is no table '{entry.table}'{did_you_mean(entry.table, TABLES)}"]
    found = _field_problems(entry, table) + _entity_problems(entry)
    if not entry.key:
        found.append(f"'key' is missing: the column that identifies a row, or {ROW_NUMBER}")
    if entry.where and bool(entry.where.among) == bool(entry.where.not_in):
        found.append("where: say either 'in' or 'not_in'")
    for moment in (entry.happened_at, entry.known_at):
        if moment and bool(moment.column) == bool(moment.day):
            found.append("happened_at and known_at are a column or {date: …}")
    return [f"{place}: {problem}" for problem in found]


def _field_problems(entry: FileMapping, table: Table) -> list[str]:
    names = [c.name for c in table.columns]
    found = []
    for name, spec in entry.fields.items():
        if name not in names:
            found.append(f"table {table.name} has no field '{name}'{did_you_mean(name, names)}")
        if bool(spec.column) == (spec.value is not None):
            found.append(f"field {name}: say either 'column' or 'value'")
        if spec.via and spec.via not in TABLES:
            found.append(f"field {name}: via: there is no table '{spec.via}'{did_you_mean(spec.via, TABLES)}")
        elif spec.via and TABLES[spec.via].column(name) is None:
            found.append(f"field {name}: via: table {spec.via} has no field '{name}'")
    missing = [c.name for c in table.columns if c.is_required and c.name not in entry.fields]
    if missing:
        found.append(f"table {table.name} needs the field{'s' if len(missing) > 1 else ''} {', '.join(missing)}")
    return found


def _entity_problems(entry: FileMapping) -> list[str]:
    if entry.table in ENTITIES:
        names = [a.name or a.column for a in (*entry.attributes, *entry.protected, *entry.after_outcome)]
        return [
            f"attribute '{n}' is named twice" for n in sorted({n for n in names if names.count(n) > 1 and n != REST})
        ]
    used = [key for key in ("attributes", "protected", "after_outcome", "outcome") if getattr(entry, key)]
    return [f"'{key}' is only possible for customers and leads, not for {entry.table}" for key in used]
