"""A run survives a kill at any byte, a full disk, a second writer and an editor."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.domain.answer import NotProduced, Produced
from evalgate.errors import ExitCode, ServiceFailed, UserMistake
from evalgate.results.manifests import JUDGEMENTS, MANIFEST, load_manifest, write_whole
from evalgate.results.reading import open_run
from evalgate.results.writing import RunWriter, Took, is_being_written, letting_go
from run_files import NOW, judged, manifest, write_run


def ids(folder: Path) -> list[str]:
    return [case.id for case in open_run(folder).cases()]


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    run = write_run(tmp_path / "r1")

    assert list(run.cases()) == [judged("c0"), judged("c1"), judged("c2")]
    assert (run.manifest.status, run.manifest.judged) == ("finished", 3)
    assert (run.manifest.cost_usd, run.manifest.duration_s) == (0.75, 1.5)
    assert run.partial() == ""


@given(cut=st.floats(0, 1))
def test_a_kill_at_any_byte_leaves_a_readable_run(cut: float) -> None:
    """Whole lines are kept as they are, the torn one is dropped, the missing cases alone follow."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "r1"
        write_run(folder, 4, end=False)
        file = folder / JUDGEMENTS
        content = file.read_bytes()[: round(cut * file.stat().st_size)]
        file.write_bytes(content)
        kept = content.count(b"\n")

        assert ids(folder) == [f"c{number}" for number in range(kept)]
        assert open_run(folder).partial() == "unfinished (running)"

        with letting_go(RunWriter(folder, manifest())) as writer:
            assert {case for case, _ in writer.done} == set(ids(folder))
            for number in range(4):
                if (f"c{number}", 0) not in writer.done:
                    writer.append(judged(f"c{number}"))
            closed = writer.close("finished", NOW, Took(1.0))

        assert file.read_bytes().startswith(content[: content.rfind(b"\n") + 1])
        assert list(open_run(folder).cases()) == [judged(f"c{number}") for number in range(4)]
        assert (closed.judged, closed.cost_usd) == (4, 1.0)


def test_a_stopped_run_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "r1"
    with letting_go(RunWriter(folder, manifest())) as writer:
        writer.append(judged("c0"))
        stopped = writer.close("stopped", NOW, Took(1.0))

    again = stopped.model_copy(update={"status": "running"})
    with letting_go(RunWriter(folder, again)) as writer:
        writer.append(judged("c1"))
        finished = writer.close("finished", NOW, Took(2.0))

    assert ids(folder) == ["c0", "c1"]
    assert (finished.duration_s, finished.judged) == (3.0, 2)


def test_answers_without_a_price_have_no_cost(tmp_path: Path) -> None:
    with letting_go(RunWriter(tmp_path / "r1", manifest())) as writer:
        writer.append(judged("c0", NotProduced(cause="empty", detail="")))
        writer.append(judged("c1", Produced(text="free of charge?")))

        assert writer.close("finished", NOW, Took(1.0)).cost_usd is None


@pytest.mark.parametrize("content", [b"{}\n", b"not json\n", b"\xff\n", b"\n"])
def test_a_line_that_is_no_judged_case_is_named(tmp_path: Path, content: bytes) -> None:
    """In reading and in resuming alike."""
    write_run(tmp_path / "r1", 1, end=False)
    with (tmp_path / "r1" / JUDGEMENTS).open("ab") as file:
        file.write(content)

    for attempt in (
        lambda: ids(tmp_path / "r1"),
        lambda: RunWriter(tmp_path / "r1", manifest()),
    ):
        with pytest.raises(UserMistake, match=r"^r1/judgements\.jsonl:2: is not a judged case"):
            attempt()


@pytest.mark.parametrize(
    "edit",
    [
        lambda content: content.replace(b'"score":1.0', b'"score":0.0', 1),
        lambda content: content + content,
        lambda content: content[: content.index(b"\n") + 1],
        lambda content: content[:0],
    ],
    ids=["a score", "twice", "cut", "emptied"],
)
@pytest.mark.parametrize("status", ["finished", "stopped"])
def test_edited_judgements_are_a_mistake(tmp_path: Path, edit: object, status: str) -> None:
    """Also for whoever goes on with the run: the edit must not be sealed."""
    folder = tmp_path / "r1"
    with letting_go(RunWriter(folder, manifest())) as writer:
        for case in ("c0", "c1"):
            writer.append(judged(case))
        writer.close("finished" if status == "finished" else "stopped", NOW, Took(1.0))
    file = folder / JUDGEMENTS
    assert callable(edit)
    file.write_bytes(edit(file.read_bytes()))

    for attempt in (lambda: ids(folder), lambda: RunWriter(folder, manifest())):
        with pytest.raises(UserMistake, match=r"^r1/judgements\.jsonl: was edited after it was wr"):
            attempt()


def test_judgements_that_were_deleted_are_a_mistake(tmp_path: Path) -> None:
    write_run(tmp_path / "r1")
    (tmp_path / "r1" / JUDGEMENTS).unlink()

    with pytest.raises(UserMistake, match=r"^r1/judgements\.jsonl: cannot be read"):
        ids(tmp_path / "r1")


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (lambda text: text.replace('"suite": "q"', '"suite": "z"'), "was edited after it was wr"),
        (lambda text: text.replace('"judged": 3', '"judged": 4'), "was edited after it was wr"),
        (lambda text: text.replace("{", '{"more": 1,', 1), "more: is not a manifest"),
        (lambda text: text[:-20], "is not a manifest"),
        (lambda text: text[:0], "is not a manifest"),
    ],
    ids=["suite", "count", "unknown key", "cut", "emptied"],
)
def test_an_edited_manifest_is_a_mistake(tmp_path: Path, edit: object, fault: str) -> None:
    write_run(tmp_path / "r1")
    file = tmp_path / "r1" / MANIFEST
    assert callable(edit)
    file.write_text(edit(file.read_text()))

    with pytest.raises(UserMistake, match=rf"^r1/manifest\.json: {fault}"):
        load_manifest(tmp_path / "r1")


def test_a_folder_without_a_manifest_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match=r"r1/manifest\.json: cannot be read"):
        open_run(tmp_path / "r1")


def test_two_writers_of_one_folder_are_a_mistake(tmp_path: Path) -> None:
    """The second one is told, the first one is not disturbed, and then it is free again."""
    folder = tmp_path / "r1"
    first = RunWriter(folder, manifest())
    first.append(judged("c0"))

    with pytest.raises(UserMistake, match="r1 is being written by another process"):
        RunWriter(folder, manifest())

    assert is_being_written(folder)
    first.append(judged("c1"))
    first.close("finished", NOW, Took(1.0))
    assert not is_being_written(folder)
    assert not is_being_written(tmp_path / "no run")
    assert ids(folder) == ["c0", "c1"]
    RunWriter(folder, manifest()).let_go()


def test_a_writer_that_could_not_start_lets_go(tmp_path: Path) -> None:
    folder = tmp_path / "r1"
    write_run(folder, 1, end=False)
    whole = (folder / JUDGEMENTS).read_bytes()
    (folder / JUDGEMENTS).write_bytes(b"{}\n")
    with pytest.raises(UserMistake):
        RunWriter(folder, manifest())

    (folder / JUDGEMENTS).write_bytes(whole)

    with letting_go(RunWriter(folder, manifest())) as writer:
        assert writer.done == {("c0", 0)}


def test_a_folder_that_cannot_be_made_is_a_fault_of_the_machine(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ServiceFailed, match="cannot be written: Not a directory"):
        RunWriter(tmp_path / "file" / "r1", manifest())


FULL_DISK = """
import resource, sys
from pathlib import Path
from run_files import NOW, judged, manifest
from evalgate.errors import EvalgateError
from evalgate.results.writing import RunWriter, Took, is_being_written, letting_go

with letting_go(RunWriter(Path(sys.argv[1]), manifest())) as writer:
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
    try:
        for number in range(100):
            writer.append(judged(f"c{number}"))
    except EvalgateError as error:
        print(len(writer.done), error)
        sys.exit(int(error.code))
"""


def test_a_full_disk_keeps_what_was_written(tmp_path: Path) -> None:
    """The kernel refuses to let the file grow; Python ignores the signal that goes with it."""
    folder = tmp_path / "r1"

    ended = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(Path(__file__).parents[1])},
    )

    kept = len(ids(folder))
    assert (ended.returncode, ended.stderr) == (ExitCode.SERVICE, "")
    assert 0 < kept < 100
    assert ended.stdout.startswith(f"{kept} {folder}/judgements.jsonl cannot be written: ")
    assert f"{kept} cases are kept, and the same command goes on from there" in ended.stdout
    assert (folder / JUDGEMENTS).read_bytes().endswith(b"\n")
    with letting_go(RunWriter(folder, manifest())) as writer:
        writer.append(judged("after the disk was cleared"))
    assert len(ids(folder)) == kept + 1


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "f.json"
    write_whole(file, "old")

    with pytest.raises(ServiceFailed, match=r"missing/f\.json cannot be written"):
        write_whole(tmp_path / "missing" / "f.json", "new")
    write_whole(file, "new")

    assert file.read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["f.json"]
