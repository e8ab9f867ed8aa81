"""X/Y grids: from one request and two axes to the requests of all cells. No Qt.

Owns what a value does to a request, and the labels of rows and columns. The engine knows nothing of grids: each cell
is a job of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec.structs import replace

from app.grid_axes import OF_CONTROLS, Axis, GridError, Value
from engine.adapters import name_adapters
from engine.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.messages import ControlLayer, ImageRequest, ModelSpec
    from engine.paths import Paths

MOST_CELLS = 400


class _Shelf:
    """The adapters of a grid's controls: looked for on the disk once for each model, not for each cell."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._found: dict[tuple[str, tuple[tuple[str, str, bool], ...]], tuple[str, ...]] = {}

    def name(self, layers: tuple[ControlLayer, ...], spec: ModelSpec) -> tuple[ControlLayer, ...]:
        """As `name_adapters`; weights and times of a layer, which vary from cell to cell, choose no other adapter."""
        key = spec.name, tuple((layer.kind, layer.adapter, layer.enabled) for layer in layers)
        if key not in self._found:
            self._found[key] = tuple(layer.adapter for layer in name_adapters(layers, spec, self._paths))
        return tuple(replace(layer, adapter=name) for layer, name in zip(layers, self._found[key], strict=True))


class GridPlan(NamedTuple):
    """What a grid is made of: `rows[y][x]` is the request of a cell."""

    x: Axis
    y: Axis | None
    rows: tuple[tuple[ImageRequest, ...], ...]

    @property
    def x_labels(self) -> tuple[str, ...]:
        return labels_of(self.x)

    @property
    def y_labels(self) -> tuple[str, ...]:
        return labels_of(self.y) if self.y is not None else ("",)

    @property
    def document(self) -> str:
        """The axes as JSON, for the sheet's metadata."""
        return msgspec.json.encode({"x": self.x, "y": self.y}).decode()


def plan_grid(
    base: ImageRequest, x: Axis, y: Axis | None, find_model: Callable[[str], ModelSpec], paths: Paths
) -> GridPlan:
    """The requests of a grid, each checked.

    Args:
        base: What all cells have in common; of a batch the first picture.
        x: Columns.
        y: Rows; None for a single one.
        find_model: A model by its name; raises EngineError where there is none.
        paths: Where adapters are looked for.

    Raises:
        BadInputError: The axes vary the same, make too many pictures, or a cell is nothing that its model can do.
    """
    columns, lines = x.values, y.values if y is not None else (None,)
    if y is not None and (x.parameter, x.control) == (y.parameter, y.control) and x.parameter != "prompt":
        message = f"both axes of the grid vary {x.title}; choose two different ones"
        raise GridError("same_axes", message, parameter=x.title)
    if len(columns) * len(lines) > MOST_CELLS:
        count = len(columns) * len(lines)
        message = f"a grid of {len(columns)} x {len(lines)} has {count} pictures; use at most {MOST_CELLS}"
        raise GridError("many_cells", message, count=count, most=MOST_CELLS)
    shelf = _Shelf(paths)
    rows: list[tuple[ImageRequest, ...]] = []
    for line in lines:
        row: list[ImageRequest] = []
        for column in columns:
            settings = [(x, column)] + ([(y, line)] if y is not None and line is not None else [])
            row.append(_cell(base, settings, find_model, shelf))
        rows.append(tuple(row))
    return GridPlan(x, y, tuple(rows))


def labels_of(axis: Axis) -> tuple[str, ...]:
    """What stands beside the cells: the values, named where a number alone says nothing."""
    if axis.parameter in ("prompt", "negative", "size"):
        return tuple(str(value).replace("x", " \N{MULTIPLICATION SIGN} ") if axis.parameter == "size" else str(value)
                     for value in axis.values)  # fmt: skip
    if axis.parameter == "model":
        return tuple(Path(str(value)).name for value in axis.values)
    return tuple(f"{axis.title} {value:g}" if isinstance(value, float) else f"{axis.title} {value}"
                 for value in axis.values)  # fmt: skip


def _cell(
    base: ImageRequest,
    settings: list[tuple[Axis, Value]],
    find_model: Callable[[str], ModelSpec],
    shelf: _Shelf,
) -> ImageRequest:
    # The model first: its defaults must not undo what the other axis says.
    settings = sorted(settings, key=lambda setting: setting[0].parameter != "model")
    request = replace(base, count=1)
    try:
        for axis, value in settings:
            if axis.parameter == "model":
                request = _with_model(request, find_model(str(value)))
            else:
                request = _with_value(request, axis, value)
        spec = find_model(request.model)
        spec.check(request)
        return replace(request, controls=shelf.name(request.controls, spec))
    except BadInputError as error:
        where = tuple((axis.title, value) for axis, value in settings)
        message = f"the cell of {', '.join(f'{title} {value}' for title, value in where)}: {error.message}"
        raise GridError("cell", message, where=where, why=error) from error


def _with_model(request: ImageRequest, spec: ModelSpec) -> ImageRequest:
    """The request for another model, with that model's defaults for what it means by steps, guidance and size."""
    if spec.name == request.model:
        return request
    steps = spec.edit_steps or spec.default_steps if request.edit is not None else spec.default_steps
    suits = all(side % spec.size_multiple == 0 and side <= spec.max_side for side in (request.width, request.height))
    return replace(
        request,
        model=spec.name,
        steps=steps,
        guidance_scale=spec.default_guidance,
        width=request.width if suits else spec.default_width,
        height=request.height if suits else spec.default_height,
        negative_prompt=request.negative_prompt if spec.takes_negative else "",
        # An adapter of the catalogue is another for another model; a folder is the artist's own choice.
        controls=tuple(
            layer if Path(layer.adapter).is_absolute() else replace(layer, adapter="") for layer in request.controls
        ),
    )


def _with_value(request: ImageRequest, axis: Axis, value: Value) -> ImageRequest:
    if axis.parameter == "prompt":
        return _with_words(request, str(axis.values[0]), str(value))
    if axis.parameter == "size":
        width, height = str(value).split("x")
        return replace(request, width=int(width), height=int(height))
    if axis.parameter == "strength":
        if request.edit is None:
            raise GridError("no_edit", "strength is of edits; edit a picture, or vary something else")
        return replace(request, edit=replace(request.edit, strength=float(value)))
    if axis.parameter in OF_CONTROLS:
        return replace(request, controls=_with_control(request.controls, axis, float(value)))
    fields = {"negative": "negative_prompt", "guidance": "guidance_scale"}
    return replace(request, **{fields.get(axis.parameter, axis.parameter): value})


def _with_words(request: ImageRequest, search: str, words: str) -> ImageRequest:
    """Prompt search and replace; in the negative prompt, too."""
    if search not in request.prompt and search not in request.negative_prompt:
        message = f"the prompt does not say {search!r}; the first value is what is replaced"
        raise GridError("no_words", message, written=search)
    return replace(
        request,
        prompt=request.prompt.replace(search, words),
        negative_prompt=request.negative_prompt.replace(search, words),
    )


def _with_control(layers: tuple[ControlLayer, ...], axis: Axis, value: float) -> tuple[ControlLayer, ...]:
    """The enabled layers, or the one that is meant, with another weight, start or end."""
    if not any(layer.enabled for layer in layers):
        message = f"{axis.parameter} is of controls, and there is none; add one, or vary something else"
        raise GridError("no_controls", message, parameter=axis.parameter)
    if axis.control > len(layers):
        message = f"there is no control {axis.control}; there are {len(layers)}"
        raise GridError("no_control", message, number=axis.control, count=len(layers))
    return tuple(
        replace(layer, **{axis.parameter: value}) if (index == axis.control or (not axis.control and layer.enabled))
        else layer
        for index, layer in enumerate(layers, 1)
    )  # fmt: skip
