"""`python -m engine.worker --device cpu`: one process for one device, driven through its standard input and output.

Owns the process: its pipes, its log and its threads. Commands are engine.worker.loop's.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

import psutil

from engine.errors import EngineError
from engine.paths import Paths
from engine.protocol import Ready, write_frame
from engine.worker.heart import Heart
from engine.worker.inbox import Inbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from engine.acceleration.plan import ExecutionPlan
    from engine.control.shelf import DetectorShelf
    from engine.media.known_pictures import KnownPictures
    from engine.protocol import WorkerMessage
    from engine.tasks.controls import ControlSupply


def main() -> int:
    """Serve until the pipe from the service closes; return the exit status if the device cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m engine.worker", description="Compute for the engine service.")
    parser.add_argument("--device", required=True, help="cpu, cpu#1 for another worker on it, or cuda:0 and so on")
    slot = parser.parse_args().device
    device = slot.partition("#")[0]
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    # An interrupt typed at a terminal reaches the whole group; the service decides when its workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    protocol = _take_over_output()
    lock = threading.Lock()

    def send(message: WorkerMessage) -> None:
        with lock:
            write_frame(protocol, message)

    inbox = Inbox(sys.stdin.buffer)
    inbox.start()
    if device == "cpu":
        # Known without torch, so a client sees the worker seconds earlier.
        memory = psutil.virtual_memory().total
        send(Ready(device=slot, name="CPU", pid=os.getpid(), memory_total_bytes=memory))
    try:
        _compute(device, inbox, send)
    except EngineError as error:
        logging.getLogger(__name__).error("%s", error.message)  # noqa: TRY400 -- one line, no traceback for bad input
        return error.exit_status
    return 0


def _compute(device: str, inbox: Inbox, send: Callable[[WorkerMessage], None]) -> None:
    """Import what computes, and serve. The imports take seconds, and go on while the first command is on its way."""
    # ruff: noqa: PLC0415 -- in front of these the worker has already said that it is ready
    import torch

    from engine.acceleration.plan import plan_for
    from engine.media.known_pictures import KnownPictures
    from engine.models.stock import leave_peft_out, stock_class
    from engine.worker.loop import serve
    from engine.worker.shelf import ModelShelf, Shelves

    plan = plan_for(device)
    torch.set_num_threads(plan.threads)
    stock_class("UNet2DConditionModel")
    leave_peft_out()
    if device != "cpu":
        name, memory = torch.cuda.get_device_name(plan.torch_device), torch.cuda.mem_get_info(plan.torch_device)[1]
        send(Ready(device=device, name=name, pid=os.getpid(), memory_total_bytes=memory))
    # Not before: an import may hold the interpreter, and with it every thread, for longer than a heart may pause.
    Heart(send).start()
    pictures = KnownPictures(Paths.from_environment().masks)
    shelves = Shelves(
        ModelShelf(plan),
        lambda: _open_detectors(str(plan.torch_device)),
        lambda open_detectors: _open_controls(plan, open_detectors, pictures),
        pictures,
    )
    serve(inbox, shelves, send)


def _open_detectors(device: str) -> DetectorShelf:
    """The shelf of detectors for torch's `device`."""
    from engine.control.shelf import DetectorShelf
    from engine.control.weights import WeightStore

    return DetectorShelf(WeightStore(Paths.from_environment().models / "annotators"), device)


def _open_controls(
    plan: ExecutionPlan, open_detectors: Callable[[], DetectorShelf], pictures: KnownPictures
) -> ControlSupply:
    """Where controls come from, for a device's plan."""
    from engine.control.adapter_shelf import AdapterShelf
    from engine.control.hints import HintStore
    from engine.tasks.controls import ControlSupply

    adapters = AdapterShelf(plan.torch_device, channels_last=plan.channels_last)
    return ControlSupply(Paths.from_environment(), adapters, HintStore(open_detectors, pictures=pictures))


def _take_over_output() -> BinaryIO:
    """Keep standard output for messages alone: whatever prints from now on, in Python or C, goes to the log."""
    protocol = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return protocol


if __name__ == "__main__":
    sys.exit(main())
