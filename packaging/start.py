"""From a fresh clone to the window, the tests or the checks, with nothing but Python.

    python3 packaging/start.py              open the window
    python3 packaging/start.py test         run the tests on up to four cores (on one if arguments for pytest follow)
    python3 packaging/start.py check        lint, format, types, import contracts
    python3 packaging/start.py build        build the wheel into dist/
    python3 packaging/start.py run ...      the command line: `... run image "a castle by the sea"`

Installs the locked versions into .venv beside this clone, through uv: the one on the PATH, else one fetched
into .tools. Neither touches the system's Python, so it works where the system's pip refuses to install.
Only the standard library is used here.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
TOOLS = ROOT / ".tools"
BIN = "Scripts" if os.name == "nt" else "bin"
PYTHON = VENV / BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "onetake-installed"
MOST_TEST_PROCESSES = 4


class StartError(Exception):
    """Something the person at the keyboard has to do first; the message says what."""


def find_uv() -> list[str]:
    """The command that runs uv, fetched into .tools when the machine has none."""
    on_path = shutil.which("uv") or shutil.which("uv", path=str(TOOLS / "bin"))
    if on_path:
        return [on_path]
    if importlib.util.find_spec("uv"):
        return [sys.executable, "-m", "uv"]
    if importlib.util.find_spec("pip"):
        # --target is allowed where the system's Python is "externally managed": it does not touch it.
        run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(TOOLS), "uv"])
    elif importlib.util.find_spec("ensurepip"):
        run([sys.executable, "-m", "venv", str(TOOLS)])
        run([str(TOOLS / BIN / "python"), "-m", "pip", "install", "--quiet", "uv"])
    else:
        raise StartError("this Python has neither pip nor venv; install your system's python3-venv package, or uv")
    fetched = shutil.which("uv", path=os.pathsep.join([str(TOOLS / "bin"), str(TOOLS / BIN)]))
    if not fetched:
        raise StartError(f"uv was installed into {TOOLS}, but is not there; delete that folder and try again")
    return [fetched]


def install() -> None:
    """Bring .venv to the locked versions, unless it has them already."""
    lock = ROOT / "requirements.lock"
    wanted = hashlib.sha256(lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text(encoding="ascii") == wanted:
        return
    uv = find_uv()
    if not PYTHON.exists():
        run([*uv, "venv", "--quiet", "--python", sys.executable, str(VENV)])
    print("Installing Onetake's dependencies (about 4 GB with CUDA on Linux) ...", flush=True)
    run([*uv, "pip", "sync", "--quiet", "--python", str(PYTHON), "--require-hashes", str(lock)])
    run([*uv, "pip", "install", "--quiet", "--python", str(PYTHON), "--no-deps", "--editable", str(ROOT)])
    STAMP.write_text(wanted, encoding="ascii")


def core_count() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread() -> list[str]:
    """Options of pytest that share all tests out among the cores, file by file, and say which were slow."""
    # Each process takes up to 2 GB.
    processes = min(core_count(), MOST_TEST_PROCESSES)
    shared = ["-n", str(processes), "--dist", "loadfile", "--no-loadscope-reorder", "--durations=30"]
    return shared if processes > 1 else []


def run(command: list[str]) -> None:
    """Run a command in the clone; its failure is ours, with its own exit status."""
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    if status:
        raise SystemExit(status)


def main(arguments: list[str]) -> None:
    """Install what is missing, then do what the first argument names."""
    if sys.version_info < (3, 11):
        raise StartError(f"Onetake needs Python 3.11 or newer; this is {sys.version.split()[0]}")
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("run", [])
    if verb in {"-h", "--help"}:
        print(__doc__)
        return
    if verb not in {"run", "test", "check", "build"}:
        raise StartError(f"unknown verb {verb!r}; use run, test, check or build, or nothing to open the window")
    install()
    python = str(PYTHON)
    tool = VENV / BIN
    if verb == "run":
        run([python, "-m", "app", *rest])
    elif verb == "test":
        # Threads of mathematics in each of many processes only get in each other's way.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        # uv compiles nothing: without it each of a hundred processes would compile torch for itself.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        run([python, "-m", "pytest", *(rest or spread())])
    elif verb == "check":
        run([str(tool / "ruff"), "check", "."])
        run([str(tool / "ruff"), "format", "--check", "."])
        run([str(tool / "lint-imports")])
        run([str(tool / "basedpyright")])
    else:
        run([*find_uv(), "build", "--wheel", "--quiet", "--out-dir", str(ROOT / "dist")])


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except StartError as error:
        sys.exit(f"start.py: {error}")
