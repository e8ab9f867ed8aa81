"""Tests of which job goes where: model affinity, waiting for several slots, extra slots. On a stage."""

from __future__ import annotations

from pathlib import Path

from engine.messages import Failed, ImageRequest, JobState
from engine.paths import Paths
from engine.protocol import Run
from engine.service.placing import LOOK_AHEAD, MAX_PASSED_OVER, Affinity
from engine.service.store import Phase, StoredJob
from tests.engine.service.staging import Stage, progress, video_model


def waiting(number: int, model: str) -> StoredJob:
    return StoredJob(
        job=f"{number}",
        position=number,
        phase=Phase.PENDING,
        request=ImageRequest(prompt="moon", seed=1, model=model),
        targets=(),
        created=0.0,
        started=None,
        finished=None,
        attempt=0,
        deaths=0,
        restarts=0,
        devices=(),
        seconds=0.0,
        error_kind="",
        error_message="",
        seq=0,
    )


def test_a_job_whose_model_is_loaded_goes_first() -> None:
    """Among those near the head the first with the worker's model is taken, else the head."""
    queue = [waiting(0, "a"), waiting(1, "b"), waiting(2, "b")]
    assert Affinity().choose(queue, "b").job == "1"
    assert Affinity().choose(queue, "a").job == "0"
    assert Affinity().choose(queue, "c").job == "0"


def test_the_head_is_passed_over_only_so_often() -> None:
    """However many jobs of the loaded model keep coming, the head's turn comes."""
    affinity = Affinity()
    taken = [affinity.choose([waiting(0, "a"), waiting(number, "b")], "b").job for number in range(1, 20)]
    assert taken.index("0") == MAX_PASSED_OVER


def test_jobs_far_behind_do_not_jump_the_queue() -> None:
    """Affinity looks only so far."""
    queue = [waiting(number, "a") for number in range(LOOK_AHEAD)] + [waiting(LOOK_AHEAD, "b")]
    assert Affinity().choose(queue, "b").job == "0"


def stage_on(folder: Path, *devices: str, cores: int = 4, ranks: int = 99) -> Stage:
    video_model(Paths(folder))
    return Stage(Paths(folder), devices=devices, cores=cores, ranks=ranks)


def test_a_take_waits_for_all_its_devices_and_is_not_starved(tmp_path: Path) -> None:
    """While a device that it needs is busy the others are kept free for it; jobs that came later wait."""
    stage = stage_on(tmp_path, "cuda:0", "cuda:1")
    first, second = stage.get_ready("cuda:0", "cuda:1")
    picture = stage.submit()
    take, narrow, later = stage.submit_video(), stage.submit_video("cuda:1"), stage.submit()
    assert first.run.job == picture
    assert not any(isinstance(command, Run) for command in second.commands)
    stage.finish(first)
    assert first.run.job == second.run.job == take
    stage.done(first, second)
    assert (first.run.job, second.run.job) == (later, narrow)
    stage.close()


def test_a_waiting_take_keeps_only_its_own_devices(tmp_path: Path) -> None:
    """A job behind it may use a device that it does not want."""
    stage = stage_on(tmp_path, "cuda:0", "cuda:1", "cuda:2")
    workers = stage.get_ready("cuda:0", "cuda:1", "cuda:2")
    stage.submit()
    stage.submit_video("cuda:0", "cuda:1")
    later = stage.submit()
    assert workers[2].run.job == later
    stage.close()


def test_extra_ranks_on_the_cpu_come_and_go(tmp_path: Path) -> None:
    """cpu:3 starts two more workers for the job; after a while without work they are ended, the first one is not."""
    stage = stage_on(tmp_path, "cpu")
    (cpu,) = stage.get_ready("cpu")
    job = stage.submit_video("cpu:3")
    assert [worker.device for worker in stage.workers] == ["cpu", "cpu#1", "cpu#2"]
    extra = stage.get_ready("cpu#1", "cpu#2")
    assert {worker.run.job for worker in (cpu, *extra)} == {job}
    assert cpu.run.group
    assert cpu.run.group.devices == ("cpu", "cpu", "cpu")
    stage.pass_time(90, cpu, *extra)
    stage.done(cpu, *extra)
    assert stage.info(job).devices == ("cpu", "cpu#1", "cpu#2")
    stage.pass_time(59, cpu, *extra)
    assert not any(worker.is_killed for worker in extra)
    picture = stage.submit()
    assert cpu.run.job == picture
    stage.submit()
    assert not any(worker.run.job != job for worker in extra)
    stage.pass_time(2, cpu, *extra)
    assert all(worker.is_killed for worker in extra)
    for worker in extra:
        stage.die(worker)
    assert [slot.device for slot in stage.crew.slots] == ["cpu"]
    stage.close()


def test_an_extra_worker_that_is_gone_is_made_again(tmp_path: Path) -> None:
    """The next job of that width starts a new one, though it came while the old one was going."""
    stage = stage_on(tmp_path, "cpu")
    stage.get_ready("cpu")
    stage.submit_video("cpu:2")
    cpu, extra = stage.worker_of("cpu"), *stage.get_ready("cpu#1")
    stage.done(cpu, extra)
    stage.pass_time(61, cpu, extra)
    again = stage.submit_video("cpu:2")
    assert cpu.run.job != again
    stage.die(extra)
    (fresh,) = stage.get_ready("cpu#1")
    assert fresh is not extra
    assert cpu.run.job == fresh.run.job == again
    stage.close()


def test_more_ranks_than_cores_are_allowed_and_remarked(tmp_path: Path) -> None:
    """A CPU with two cores takes cpu:3, with a notice once the job works."""
    stage = stage_on(tmp_path, "cpu", cores=2)
    (cpu,) = stage.get_ready("cpu")
    job = stage.submit_video("cpu:3")
    stage.get_ready("cpu#1", "cpu#2")
    stage.say(cpu, progress(cpu, 1))
    assert stage.notices(job) == ["3 ranks share the 2 cores of this CPU, which is slower than cpu:2"]
    stage.close()


def test_an_export_runs_beside_a_take_and_alone_among_exports(tmp_path: Path) -> None:
    """It gets a CPU slot of its own, no model, and the folder of its take; a second one waits for the first."""
    stage = stage_on(tmp_path, "cpu")
    (cpu,) = stage.get_ready("cpu")
    take = stage.submit_video()
    first, second = stage.submit_export(take), stage.submit_export(take)
    (extra,) = stage.get_ready("cpu#1")
    assert cpu.run.job == take
    assert extra.run.job == first
    assert extra.run.spec is None
    assert extra.run.group
    assert (extra.run.group.take, extra.run.group.rank) == (str(stage.paths.takes / take), 0)
    stage.finish(extra)
    assert extra.run.job == second
    stage.scheduler.cancel(second)
    stage.stopped(extra)
    assert (stage.paths.takes / take).is_dir()
    stage.close()


def test_an_export_on_a_machine_with_gpus_takes_the_cpu(tmp_path: Path) -> None:
    """The CPU is there for it though no worker is kept there."""
    stage = stage_on(tmp_path, "cuda:0")
    stage.get_ready("cuda:0")
    take = stage.submit_video()
    stage.submit_export(take)
    assert stage.get_ready("cpu")[0].run.spec is None
    stage.close()


def test_a_take_whose_device_left_the_machine_runs_on_the_others(tmp_path: Path) -> None:
    """After a reboot with a GPU less, a job that named it runs on what is left; one that has nothing left fails."""
    stage = stage_on(tmp_path, "cuda:0", "cuda:1")
    job, lost = stage.submit_video("cuda:0", "cuda:1"), stage.submit_video("cuda:1")
    stage.close()
    stage.devices = ("cuda:0",)
    stage.open()
    (worker,) = stage.get_ready("cuda:0")
    assert worker.run.job == job
    (end,) = stage.ends(lost)
    assert isinstance(end, Failed)
    assert "it has cuda:0, cpu" in end.message
    stage.close()


def test_memory_bounds_the_ranks_on_the_cpu(tmp_path: Path) -> None:
    """Where the memory holds two, cpu:64 is made by two, which is said; GPUs do not count."""
    stage = stage_on(tmp_path, "cuda:0", cores=2, ranks=2)
    (gpu,) = stage.get_ready("cuda:0")
    job = stage.submit_video("cpu:64", "cuda:0")
    stage.get_ready("cpu", "cpu#1")
    assert gpu.run.job == job
    assert stage.info(job).devices == ("cuda:0", "cpu", "cpu#1")
    stage.say(gpu, progress(gpu, 1))
    assert stage.notices(job) == ["this machine's memory holds 2 ranks on the CPU, which make the job"]
    stage.close()


def test_several_ranks_start_when_all_have_done_their_imports(tmp_path: Path) -> None:
    """A rank that is ready but whose heart does not yet beat would keep the others waiting in their meeting."""
    stage = stage_on(tmp_path, "cpu")
    (cpu,) = stage.get_ready("cpu")
    job = stage.submit_video("cpu:2")
    extra = stage.ready(stage.worker_of("cpu#1"))
    stage.pass_time(100, cpu)
    assert stage.state(job) is JobState.PENDING
    assert not extra.is_killed
    stage.beat(extra)
    assert cpu.run.job == extra.run.job == job
    stage.close()


def test_a_control_map_goes_to_any_free_worker_and_leaves_its_model(tmp_path: Path) -> None:
    """It runs like a picture, without a model, and the worker's next job finds the model still there."""
    stage = stage_on(tmp_path, "cpu")
    (cpu,) = stage.get_ready("cpu")
    first, made = stage.submit(), stage.submit_map()
    stage.finish(cpu)
    assert (cpu.run.job, cpu.run.spec, cpu.run.group) == (made, None, None)
    other, same = stage.submit(model="other"), stage.submit()
    stage.finish(cpu)
    assert cpu.run.job == same, "papercut is loaded, other is not"
    assert (stage.state(first), stage.state(made), stage.state(other)) == (
        JobState.DONE,
        JobState.DONE,
        JobState.PENDING,
    )
    stage.close()


def test_a_map_is_not_passed_over_for_a_loaded_model(tmp_path: Path) -> None:
    """It needs no model to be loaded, so it keeps its turn before pictures that have theirs."""
    stage = stage_on(tmp_path, "cpu")
    (cpu,) = stage.get_ready("cpu")
    stage.submit()
    made = stage.submit_map()
    stage.submit()
    stage.finish(cpu)
    assert cpu.run.job == made
    stage.close()
