"""The walls of the house: who loads what, how long a file may be, what may be in the repository."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def loaded_after(statement: str) -> set[str]:
    """Top-level modules in a fresh interpreter after one statement."""
    probe = f"{statement}\nimport sys\nprint(' '.join({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("statement", "forbidden"),
    [
        ("import app.cli.main", {"torch", "diffusers", "transformers", "PySide6", "numpy", "PIL"}),
        ("import engine.client", {"torch", "diffusers", "transformers", "PySide6", "numpy", "PIL"}),
        ("import engine.service.__main__", {"torch", "diffusers", "transformers", "PySide6"}),
        (
            "import engine.messages, engine.errors, engine.paths, engine.protocol, engine.catalogue",
            {"torch", "PySide6"},
        ),
        ("import engine.media.metadata, engine.media.png", {"torch", "diffusers", "PySide6"}),
        ("import engine.media.reading", {"torch", "diffusers", "transformers", "PySide6", "PIL"}),
        ("import engine.control.quick, engine.control.plain, cv2", {"torch", "diffusers", "PySide6", "controlnet_aux"}),
        ("import engine.messages.detectors", {"torch", "numpy", "PIL"}),
        ("import app.application", {"torch", "diffusers", "transformers", "numpy", "PIL"}),
        ("import engine.worker.__main__", {"PySide6", "app"}),
    ],
)
def test_an_import_loads_only_its_own_side(statement: str, forbidden: set[str]) -> None:
    """Torch stays out of the window and the service, Qt out of the engine and the command line."""
    assert not loaded_after(statement) & forbidden


def test_engine_files_stay_short() -> None:
    """A file has at most 300 lines, and the median file at most 150."""
    lengths = {path: len(path.read_text().splitlines()) for path in (ROOT / "engine").rglob("*.py")}
    written = [length for length in lengths.values() if length]
    assert {str(path): length for path, length in lengths.items() if length > 300} == {}
    assert statistics.median(written) <= 150


def test_the_lock_holds_hashes_and_no_addresses() -> None:
    """requirements.lock pins every direct dependency with a hash and names no index."""
    lock = (ROOT / "requirements.lock").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "://" not in lock
    for requirement in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        assert f"{requirement.lower()} " in lock.replace(" \\\n", " ").lower(), requirement
    assert lock.count("--hash=sha256:") > len(project["dependencies"])


def test_packaging_is_no_package() -> None:
    """packaging/ has no __init__.py: it would shadow the library of that name."""
    assert not (ROOT / "packaging" / "__init__.py").exists()
