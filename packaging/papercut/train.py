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


def parse_size(text: str) -> tuple[int, int]:
    """Read "256x256" as (width, height)."""
    width, height = text.split("x")
    return int(width), int(height)


def main() -> None:
    """Parse the command and run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "command",
        choices=(
            "sheet",
            "adopt",
            "ae",
            "text",
            "pool",
            "pairs",
            "judge",
            "unet",
            "polish",
            "clips",
            "motion",
            "control",
            "controls",
            "divcontrol",
            "divcontrol-score",
            "control-sheets",
            "depth",
            "segment",
            "export",
            "export-control",
            "export-detectors",
            "evaluate",
            "distill",
        ),
    )
    parser.add_argument(
        "method",
        nargs="?",
        choices=("instaflow", "hipa", "boot", "slam", "mmd", "table", "all"),
        help="distill: one method's run, the table of all, or both (all)",
    )
    parser.add_argument("--work", type=Path, default=Path("papercut-work"), help="folder of checkpoints")
    parser.add_argument("--minutes", type=float, default=30, help="training time over all sittings")
    parser.add_argument("--device")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument(
        "--count",
        type=int,
        help="pool, pairs, clips, controls: rows (40,000); evaluate, distill: captions (500, 200); divcontrol: steps",
    )
    parser.add_argument(
        "--seed", type=int, default=2026, help="evaluate, distill: of the held-out captions and their noise"
    )
    parser.add_argument("--size", default="256x256", help="pool: width x height")
    parser.add_argument("--workers", type=int, default=1, help="pool: render processes")
    parser.add_argument("--batch", type=int, default=48, help="unet: rows a step")
    parser.add_argument("--student-share", type=float, default=0.65, help="unet: part of the batch for one step")
    parser.add_argument("--decoded", type=int, default=0, help="unet: rows a step compared as pictures")
    parser.add_argument("--sizes", nargs="*", default=[], help="unet: further pools, width x height")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path("resources/models/papercut"),
        help="adopt, export, evaluate, distill: the shipped folder",
    )
    parser.add_argument("--emphasis", nargs="*", default=[], help="unet: slots to draw more often")
    options = parser.parse_args()

    import torch

    from papercut.checkpoints import device_of

    if options.threads:
        torch.set_num_threads(options.threads)
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

        train_judge(work, budget_s, device)
    elif options.command == "unet":
        from papercut.unet import train_unet

        sizes = tuple((height, width) for width, height in map(parse_size, options.sizes))
        train_unet(
            work,
            budget_s,
            device,
            batch=options.batch,
            student_share=options.student_share,
            decoded=options.decoded,
            sizes=sizes,
            emphasis=tuple(options.emphasis),
        )
    elif options.command == "polish":
        from papercut.polish import polish_decoder

        polish_decoder(work, budget_s, device)
    elif options.command == "clips":
        from papercut.motion import fill_clips

        fill_clips(work, options.count or ROWS, workers=options.workers)
    elif options.command == "motion":
        from papercut.motion import train_motion

        train_motion(work, budget_s, device)
    elif options.command == "controls":
        from papercut.control import fill_controls

        fill_controls(work, options.count or ROWS, workers=options.workers)
    elif options.command == "control":
        from papercut.control import train_control

        train_control(work, budget_s, device, batch=options.batch)
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

        if options.method is None:
            parser.error("distill needs a method, `table` or `all`")
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
