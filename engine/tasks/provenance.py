"""How a result came about, for the record that is written into it.

Owns the facts of a model, a plan and this installation as plain text and numbers. Records are engine.media's.
"""

from __future__ import annotations

from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.acceleration.plan import ExecutionPlan
    from engine.messages import ModelSpec


def model_facts(spec: ModelSpec) -> dict[str, str]:
    """The model's name and family, and the digests of its files by path."""
    return {"name": spec.name, "family": spec.family, **{file.path: file.sha256 for file in spec.files}}


def plan_facts(plan: ExecutionPlan) -> dict[str, str | int | bool]:
    """The plan's fields."""
    return {name: getattr(plan, name) for name in plan.__struct_fields__}


def versions() -> dict[str, str]:
    """Of Onetake and of the libraries that decide pixels."""
    return {name: version_of(name) for name in ("onetake", "torch", "diffusers")}


@cache
def version_of(package: str) -> str:
    """The installed version, "source" of what is run from a checkout."""
    # Looked up once: a live picture has no ten milliseconds for what does not change while a process runs.
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "source"
