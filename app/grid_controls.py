"""What can be done with X/Y grids: make one, save it as one labelled picture. Connects dialog, project and canvas."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.file_dialogs import ask_target
from app.grid_axes import OF_CONTROLS, Axis, GridError
from app.grid_plan import GridPlan, plan_grid
from app.grid_words import grid_error, parameter_title
from app.picture_file import file_name
from app.widgets.grid_dialog import GridDialog
from engine.errors import BadInputError, EngineError

if TYPE_CHECKING:
    from app.actions import Actions
    from app.background import Background, Problem
    from app.canvas.sheet_page import SheetPage
    from app.canvas.stage import Stage
    from app.grids import Grid, Grids
    from app.jobs import JobModel
    from app.project import Project
    from app.studio import Studio
    from engine.messages import ModelSpec
    from engine.paths import Paths


class GridParts(NamedTuple):
    """What grids are made with."""

    window: QWidget
    project: Project
    jobs: JobModel
    grids: Grids
    studio: Studio
    stage: Stage
    background: Background
    paths: Paths


class GridControls(QObject):
    """Connects on construction."""

    def __init__(self, parts: GridParts, sheet: SheetPage, actions: Actions) -> None:
        super().__init__(parts.window)
        self._of, self._actions = parts, actions
        self.dialog: GridDialog | None = None
        """Built when it is wanted first."""
        self._planned = 0
        """How often a grid was asked for, or the asking begun anew: only the last plan counts."""
        parts.stage.adopt_sheet(sheet)
        for first, second in pairwise((parts.stage.grid, *sheet.in_tab_order)):
            QWidget.setTabOrder(first, second)
        actions.make_grid.triggered.connect(self._open)
        actions.save_grid.triggered.connect(self._ask_and_save)
        parts.stage.picture_changed.connect(self._show)
        parts.project.edit_changed.connect(self._show)
        self._show()

    def _show(self, *_changed: object) -> None:
        self._actions.make_grid.setEnabled(not self._of.project.video.is_active)
        self._actions.save_grid.setEnabled(self._grid() is not None)

    def _grid(self) -> Grid | None:
        record = self._of.stage.record
        return self._of.grids.of(self._of.jobs.key_of(record)) if record is not None else None

    def _open(self) -> None:
        if self.dialog is None:
            self.dialog = GridDialog(self._of.window)
            self.dialog.wanted.connect(self._make)
        self._planned += 1
        self.dialog.offer(self._parameters(), {"model": ", ".join(spec.name for spec in self._of.project.models)})
        self.dialog.show()
        self.dialog.names[0].setFocus()

    def _parameters(self) -> dict[str, str]:
        """What the model and the settings let vary."""
        project, spec = self._of.project, self._of.project.spec
        names = ["prompt", "seed", "steps"]
        if spec is None or spec.takes_guidance:
            names.append("guidance")
        if spec is None or spec.takes_negative:
            names.append("negative")
        names += ["size", "model"]
        if project.edit.is_editing:
            names.append("strength")
        enabled = [number for number, control in enumerate(project.edit.controls, 1) if control.enabled]
        for parameter in OF_CONTROLS:
            names += [parameter] if enabled else []
            names += [f"{parameter}{number}" for number in enabled] if len(enabled) > 1 else []
        return {name: parameter_title(name) for name in names}

    def _make(self, x: Axis, y: Axis | None) -> None:
        of, dialog = self._of, self.dialog
        assert dialog is not None
        try:
            request = of.project.image_request()
        except BadInputError as error:
            dialog.show_error(grid_error(error))
            return
        dialog.make.setEnabled(False)
        self._planned += 1
        # Off this thread: each control's adapter is looked for on the disk.
        find_model = partial(_find_model, tuple(of.project.models))
        of.background.run(
            partial(plan_grid, request, x, y, find_model, of.paths), partial(self._take_plan, self._planned)
        )

    def _take_plan(self, planned: int, plan: GridPlan | Problem) -> None:
        dialog = self.dialog
        if dialog is None or not dialog.isVisible() or planned != self._planned:
            return  # cancelled meanwhile, or asked for otherwise
        dialog.make.setEnabled(True)
        if isinstance(plan, GridPlan):
            dialog.accept()
            self._of.studio.start_grid(plan)
        else:
            dialog.show_error(grid_error(plan) if isinstance(plan, EngineError) else str(plan))

    def _ask_and_save(self) -> None:
        grid, record = self._grid(), self._of.stage.record
        if grid is None or record is None:
            return
        name = file_name(f"{record.request.prompt} grid", record.request.seed)
        title, kinds = self.tr("Save grid as"), self.tr("PNG (*.png)")
        file = ask_target(self._of.window, title, name, kinds, ".png")
        if file is not None:
            self.save(grid, file)

    def save(self, grid: Grid, file: Path) -> None:
        """Write a grid as one labelled picture, in the background."""
        target = file if file.suffix.lower() == ".png" else file.with_name(f"{file.name}.png")
        records = [[self._of.jobs.record(job) for job in row] for row in grid.jobs]
        rows = [
            [Path(record.info.outputs[0]) if record is not None and record.info.outputs else None for record in row]
            for row in records
        ]
        vacancy = self.tr("no picture")
        work = partial(_write, target, grid, rows, vacancy)
        self._of.background.run(work, partial(self._tell_saved, target), keeps=True)

    def _tell_saved(self, target: Path, result: Path | Problem) -> None:
        if isinstance(result, Path):
            self._of.studio.say(self.tr("Saved {file}").format(file=str(result)), icon="check", tint="good")
        else:
            words = self.tr("“{name}” cannot be saved: {why}; choose another folder.")
            self._of.studio.say(words.format(name=target.name, why=result), icon="error", tint="bad")


def _find_model(models: tuple[ModelSpec, ...], name: str) -> ModelSpec:
    for spec in models:
        if name in (spec.name, spec.title):
            return spec
    known = ", ".join(spec.name for spec in models)
    message = f"there is no model {name!r}; use one of: {known}"
    raise GridError("no_model", message, written=name, known=known)


def _write(target: Path, grid: Grid, rows: list[list[Path | None]], vacancy: str) -> Path:
    # Imported here: it loads NumPy and Pillow, which a window without grids does without.
    import msgspec  # noqa: PLC0415

    from engine.media.contact_sheet import Sheet, write_sheet  # noqa: PLC0415

    document = msgspec.json.encode({"x": grid.x, "y": grid.y}).decode()
    write_sheet(target, Sheet(rows, grid.x_labels, grid.y_labels, vacancy), {"onetake-grid": document})
    return target
