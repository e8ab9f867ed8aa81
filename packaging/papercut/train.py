"""The recipe's command line: `python packaging/papercut/train.py <command>`.

README.md lists the runs that made the weights.
"""
# ruff: noqa: PLC0415, PLR0912, PLR0915, C901 - a command loads only what it needs

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[place]) for place in (1, 2)]


ROWS = 40_000

DEFAULTS: dict[str, object] = {
    "method": None,
    "work": Path("papercut-work"),
    "minutes": 30.0,
    "device": None,
    "threads": 0,
    "count": None,
    "seed": 2026,
    "size": "256x256",
    "workers": 1,
    "batch": None,
    "student_share": 0.65,
    "decoded": 0,
    "sizes": [],
    "folder": Path("resources/models/papercut"),
    "rate": None,
    "emphasis": [],
}
_TRAINING = frozenset({"work", "minutes", "device"})
_EXPORT = frozenset({"work", "folder"})
_ROWS = frozenset({"work", "count", "workers"})
USES: dict[str, frozenset[str]] = {
    "sheet": frozenset({"work"}),
    "adopt": _EXPORT,
    "ae": _TRAINING,
    "text": _TRAINING,
    "pool": _ROWS | {"size"},
    "pairs": _ROWS,
    "judge": _TRAINING | {"rate"},
    "unet": _TRAINING | {"batch", "student_share", "decoded", "sizes", "emphasis", "rate"},
    "polish": _TRAINING,
    "clips": _ROWS,
    "motion": _TRAINING | {"batch"},
    "control": _TRAINING | {"batch"},
    "controls": _ROWS,
    "divcontrol": frozenset({"work", "count", "device"}),
    "divcontrol-score": _EXPORT,
    "control-sheets": frozenset({"folder"}),
    "depth": _TRAINING,
    "segment": _TRAINING,
    "export": _EXPORT,
    "export-control": _EXPORT,
    "export-detectors": _EXPORT,
    "evaluate": frozenset({"folder", "count", "seed"}),
    "distill": _TRAINING | {"method", "folder", "count", "seed"},
}
"""What each command reads, beside --threads, which is the process's."""


def parse_size(text: str) -> tuple[int, int]:
    """Read "256x256" as (width, height)."""
    width, height = text.split("x")
    return int(width), int(height)


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line; an option that its command would pass over is refused.

    Raises:
        SystemExit: It is none of ours; what is wrong has been said.
    """
    # What is not given is not in the namespace, so that what is given can be told from a default.
    parser = argparse.ArgumentParser(description=__doc__, argument_default=argparse.SUPPRESS)
    parser.add_argument("command", choices=tuple(USES))
    parser.add_argument(
        "method",
        nargs="?",
        # Of a positional argument argparse takes the mark of all the others for a choice.
        default=None,
        choices=("instaflow", "hipa", "boot", "slam", "mmd", "table", "all"),
        help="distill: one method's run, the table of all, or both (all)",
    )
    parser.add_argument("--work", type=Path, help="folder of checkpoints")
    parser.add_argument("--minutes", type=float, help="training time over all sittings")
    parser.add_argument("--device")
    parser.add_argument("--threads", type=int)
    parser.add_argument(
        "--count",
        type=int,
        help="pool, pairs, clips, controls: rows (40,000); evaluate, distill: captions (500, 200); divcontrol: steps",
    )
    parser.add_argument("--seed", type=int, help="evaluate, distill: of the held-out captions and their noise")
    parser.add_argument("--size", help="pool: width x height")
    parser.add_argument("--workers", type=int, help="pool, pairs, clips, controls: render processes")
    parser.add_argument("--batch", type=int, help="unet, control: rows a step; motion: clips")
    parser.add_argument("--student-share", type=float, help="unet: part of the batch for one step")
    parser.add_argument("--decoded", type=int, help="unet: rows a step compared as pictures")
    parser.add_argument("--sizes", nargs="*", help="unet: further pools, width x height")
    parser.add_argument(
        "--folder",
        type=Path,
        help="adopt, export, export-control, export-detectors, evaluate, distill, divcontrol-score, control-sheets: "
        "the shipped folder",
    )
    parser.add_argument(
        "--rate", type=float, help="unet, judge: highest learning rate (7e-4, 1.5e-3); a third for adopted weights"
    )
    parser.add_argument("--emphasis", nargs="*", help="unet: slots to draw more often")
    given = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value is not None}
    command = str(given["command"])
    unused = next((name for name in given if name not in USES[command] | {"command", "threads"}), None)
    wrong = ""
    if unused == "method":
        wrong = f"{command} takes no method; {given['method']} is one of distill's"
    elif unused is not None:
        users = ", ".join(each for each, used in USES.items() if unused in used)
        wrong = f"{command} takes no --{unused.replace('_', '-')}, which is for {users}"
    elif command == "distill" and "method" not in given:
        wrong = "distill needs a method, `table` or `all`"
    if wrong:
        # Without the usage, twelve lines in which it would be lost.
        parser.exit(2, f"{parser.prog}: {wrong}\n")
    return argparse.Namespace(**(DEFAULTS | given))


def main() -> None:
    """Parse the command and run it."""
    options = parse()

    import torch

    from papercut.checkpoints import device_of

    if options.threads:
        torch.set_num_threads(options.threads)
    rate = {"rate": options.rate} if options.rate else {}
    batch = {"batch": options.batch} if options.batch else {}
    device, work, budget_s = device_of(options.device), options.work, options.minutes * 60
    if options.command == "ae":
        from papercut.autoencoder import train_decoder

        train_decoder(work, budget_s, device)
    elif options.command == "text":
        from papercut.text import train_text

        train_text(work, budget_s, device)
    elif options.command == "pool":
        from papercut.pool import fill_pool

        width, height = parse_size(options.size)
        fill_pool(work, options.count or ROWS, height, width, workers=options.workers)
    elif options.command == "pairs":
        from papercut.pool import fill_pairs

        fill_pairs(work, options.count or ROWS, workers=options.workers)
    elif options.command == "judge":
        from papercut.judge import train_judge

        train_judge(work, budget_s, device, **rate)
    elif options.command == "unet":
        from papercut.unet import train_unet

        sizes = tuple((height, width) for width, height in map(parse_size, options.sizes))
        train_unet(
            work,
            budget_s,
            device,
            student_share=options.student_share,
            decoded=options.decoded,
            sizes=sizes,
            emphasis=tuple(options.emphasis),
            **rate,
            **batch,
        )
    elif options.command == "polish":
        from papercut.polish import polish_decoder

        polish_decoder(work, budget_s, device)
    elif options.command == "clips":
        from papercut.motion import fill_clips

        fill_clips(work, options.count or ROWS, workers=options.workers)
    elif options.command == "motion":
        from papercut.motion import train_motion

        train_motion(work, budget_s, device, **batch)
    elif options.command == "controls":
        from papercut.control import fill_controls

        fill_controls(work, options.count or ROWS, workers=options.workers)
    elif options.command == "control":
        from papercut.control import train_control

        train_control(work, budget_s, device, **batch)
    elif options.command == "divcontrol":
        from papercut.control_trial import STEPS, run_trial

        run_trial(work, options.count or STEPS, device)
    elif options.command == "divcontrol-score":
        from papercut.control_score import score_trial

        score_trial(work, options.folder)
    elif options.command in {"depth", "segment"}:
        from papercut.detectors import train_detector

        train_detector(work, options.command, budget_s, device)
    elif options.command == "export":
        from papercut.export import export_model

        export_model(work, options.folder)
    elif options.command == "export-control":
        from papercut.export import export_control

        export_control(work, options.folder.with_name("papercut-control"))
    elif options.command == "export-detectors":
        from papercut.export import export_detectors

        export_detectors(work, options.folder.parent)
    elif options.command == "evaluate":
        from papercut.evaluate import CAPTIONS, evaluate

        evaluate(options.folder, options.count or CAPTIONS, seed=options.seed)
    elif options.command == "distill":
        from papercut.distill_table import CAPTIONS, compare

        count = options.count or CAPTIONS
        compare(options.method, options.folder, work, budget_s, device, count=count, seed=options.seed)
    elif options.command == "control-sheets":
        from papercut.control_sheets import write_control_sheets

        write_control_sheets(options.folder)
    elif options.command == "adopt":
        from papercut.adopt import adopt

        adopt(options.folder, work)
    elif options.command == "sheet":
        from papercut.sheet import write_sheets

        write_sheets(work)


if __name__ == "__main__":
    main()
