"""`onetake image ... --grid`: the pictures of an X/Y grid, and one labelled sheet of them all."""

from __future__ import annotations

import argparse
import contextlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.arguments import find_named_model
from app.grid_axes import Axis, read_axis
from app.grid_plan import GridPlan, plan_grid
from engine.client import EngineClient
from engine.errors import BadInputError, EngineError, JobFailedError, OutputError
from engine.messages import Finished

if TYPE_CHECKING:
    from app.cli.console import Console
    from engine.messages import ImageRequest, Terminal
    from engine.paths import Paths

FORM = "x=PARAMETER:VALUES"


def add_grid(parser: argparse.ArgumentParser) -> None:
    """Add `--grid`, which `run_grid` reads."""
    parser.add_argument(
        "--grid",
        action="append",
        default=[],
        metavar=FORM,
        help='an X/Y grid, once for x and once for y: "x=steps:1,2,4" "y=seed:1-3"; -o is the sheet of all pictures',
    )


def run_grid(arguments: argparse.Namespace, request: ImageRequest, output: str, console: Console, paths: Paths) -> int:
    """Make all pictures of a grid and put them on a sheet.

    Args:
        arguments: With those of `add_grid`.
        request: What all cells have in common.
        output: The sheet as an absolute path, beside which the pictures are numbered; empty for the outputs folder.
        console: Where to report.
        paths: The home.

    Raises:
        EngineError: An axis or a cell is nothing that can be made, the service refused it, or no picture was made.
    """
    if arguments.detach:
        raise BadInputError("a grid waits for its pictures, to put them on its sheet; leave out --detach")
    if request.count > 1:
        raise BadInputError("a grid makes one picture for each cell; leave out --count, or vary the seed")
    if output and Path(output).suffix.lower() != ".png":
        raise OutputError(f"output {output} does not end in .png; a sheet is written as PNG")
    x, y = _read_axes(arguments.grid)
    # As the models are named on the command line: names, or folders relative to the current one.
    plan = plan_grid(request, x, y, partial(find_named_model, paths=paths), paths)
    cells = [cell for row in plan.rows for cell in row]
    digits = len(str(len(cells)))
    with EngineClient.connect(paths, previews=False) as client:
        jobs: list[str] = []
        ends: list[Terminal] = []
        try:
            for number, cell in enumerate(cells, 1):
                jobs.append(client.submit(cell, _numbered(output, number, digits)))
            for job in jobs:
                console.progress(f"picture {len(ends) + 1} of {len(jobs)}")
                ends.append(client.wait(job))
        except BaseException:
            # One that ends in this very moment can no longer be cancelled.
            for job in jobs[len(ends) :]:
                with contextlib.suppress(EngineError):
                    client.cancel(job)
            raise
    console.progress("")
    return _report(plan, jobs, ends, output, console)


def _read_axes(typed: list[str]) -> tuple[Axis, Axis | None]:
    axes: dict[str, Axis] = {}
    for text in typed:
        direction, _, rest = text.partition("=")
        name, colon, values = rest.partition(":")
        if direction not in ("x", "y") or not colon:
            raise BadInputError(f'grid {text!r} is not {FORM}; write it like "x=steps:1,2,4"')
        if direction in axes:
            raise BadInputError(f"the grid has two axes {direction}; call one of them {'xy'.replace(direction, '')}")
        axes[direction] = read_axis(name, values)
    if "x" not in axes:
        raise BadInputError('the grid has no axis x; write one like "x=steps:1,2,4"')
    return axes["x"], axes.get("y")


def _numbered(output: str, number: int, digits: int) -> str:
    if not output:
        return ""
    sheet = Path(output)
    return str(sheet.with_name(f"{sheet.stem}-{number:0{digits}}{sheet.suffix}"))


def _report(plan: GridPlan, jobs: list[str], ends: list[Terminal], output: str, console: Console) -> int:
    # Only here: it loads NumPy and Pillow, which few commands need.
    from engine.media.contact_sheet import Sheet, write_sheet

    files = [Path(end.outputs[0]) if isinstance(end, Finished) else None for end in ends]
    made = [file for file in files if file is not None]
    failed = [getattr(end, "message", "cancelled") for end in ends if not isinstance(end, Finished)]
    if not made:
        raise JobFailedError(f"no picture of the grid could be made: {failed[0]}")
    width = len(plan.x_labels)
    rows = [files[start : start + width] for start in range(0, len(files), width)]
    sheet = Path(output) if output else made[0].with_name(f"grid-{jobs[0]}.png")
    write_sheet(sheet, Sheet(rows, plan.x_labels, plan.y_labels), {"onetake-grid": plan.document})
    if failed:
        console.note(f"{len(failed)} of {len(ends)} pictures could not be made: {failed[0]}")
    outputs = [str(file) if file is not None else None for file in files]
    console.result(
        {"jobs": jobs, "grid": str(sheet), "columns": width, "outputs": outputs, "failed": len(failed)},
        "\n".join([str(sheet), *(str(file) for file in made)]),
    )
    return 1 if failed else 0
