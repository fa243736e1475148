"""Run whole processes, in turn where two are compared, and hold the figures against a limit."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
EVERY_S = 0.02  # how often a process tree's memory is looked at
WAIT_S = 0.02  # how late its end may be noticed
EVALGATE = (sys.executable, "-m", "evalgate")


@dataclass(frozen=True)
class Figures:
    """One quantity over several runs; with a limit it is held against the median."""

    name: str
    numbers: Sequence[float]
    limit: float | None = None

    @property
    def missed(self) -> bool:
        """True when the median is over the limit."""
        return self.limit is not None and statistics.median(self.numbers) > self.limit


@dataclass(frozen=True)
class Ran:
    """What one process took: seconds, and the most memory its whole tree held at once.

    The seconds on the processor are the tree's, as far as they were seen.
    """

    seconds: float
    peak_mb: float
    cpu_s: float = 0.0
    code: int = 0


def report(*figures: Figures) -> int:
    """Print a table; the exit code is 1 when a limit is missed."""
    print(f"{'':<52}{'limit':>9}{'min':>9}{'median':>9}{'max':>9}")
    for each in figures:
        limit = "" if each.limit is None else f"{each.limit:.2f}"
        low, middle, high = (f(each.numbers) for f in (min, statistics.median, max))
        verdict = "  OVER THE LIMIT" if each.missed else ""
        print(f"{each.name:<52}{limit:>9}{low:>9.2f}{middle:>9.2f}{high:>9.2f}{verdict}")
    return int(any(each.missed for each in figures))


def in_pairs(
    command: Sequence[str], peer: Sequence[str], runs: int, folder: Path
) -> tuple[list[float], list[float], list[float]]:
    """Run both in turn, after one warm-up each: ratios pair by pair, then both in seconds."""
    ours, theirs = [], []
    for number in range(runs + 1):
        first, second = timed(command, folder), timed(peer, folder)
        if number:
            ours.append(first)
            theirs.append(second)
    return [one / other for one, other in zip(ours, theirs, strict=True)], ours, theirs


def timed(command: Sequence[str], folder: Path) -> float:
    """Seconds from start to exit."""
    begun = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment(), check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def watched(
    command: Sequence[str],
    folder: Path,
    *,
    may_end: Collection[int] | None = (0,),
    told: Path | None = None,
    every_s: float = EVERY_S,
) -> Ran:
    """Run a command and look at the memory and the time of its process tree while it runs.

    `may_end` are the exit codes that are no failure, None all of them; `told` is where its output
    goes. What the kernel says about the largest single process counts too: it misses no short peak.
    """
    with (told or Path(os.devnull)).open("wb") as sink:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=environment(), stdout=sink, stderr=sink if told else None
        )
    peak, times, looked = 0, dict[int, float](), 0.0
    while True:
        found, status, usage = os.wait4(process.pid, os.WNOHANG)
        if found:
            break
        if time.perf_counter() >= looked + every_s:
            looked = time.perf_counter()
            tree = list(_tree(process.pid))
            peak = max(peak, sum(_resident(pid) for pid in tree))
            times |= {pid: spent for pid in tree if (spent := _on_processor(pid))}
        time.sleep(min(every_s, WAIT_S))
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if may_end is not None and process.returncode not in may_end:
        print(told.read_text(encoding="utf-8", errors="replace") if told else "")
        raise subprocess.CalledProcessError(process.returncode, command)
    return Ran(
        seconds,
        max(peak, usage.ru_maxrss * 1024) / MIB,
        # a child that is left behind is in nobody's usage
        max(usage.ru_utime + usage.ru_stime, sum(times.values())),
        process.returncode,
    )


def _tree(pid: int) -> Iterator[int]:
    """The process and all that it started; not one that is about to become another program.

    Until then it shares the memory of who started it, which would count twice.
    """
    yield pid
    try:
        ours = Path(f"/proc/{pid}/cmdline").read_bytes()
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                if Path(f"/proc/{child}/cmdline").read_bytes() != ours:
                    yield from _tree(int(child))
    except OSError:
        return  # it has ended


def _resident(pid: int) -> int:
    """The bytes of memory that a process holds; 0 when it has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _on_processor(pid: int) -> float:
    """The seconds that a process has computed; 0 when it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def environment() -> Mapping[str, str]:
    """This environment, without what would send MLflow elsewhere.

    Bytecode is kept in a folder of its own: the warm-up compiles, every counted run finds it.
    """
    ours = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    ours.pop("PYTHONDONTWRITEBYTECODE", None)
    return ours | {"PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "evalgate-bytecode")}


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="evalgate-bench-") as name:
        yield Path(name)


def main(benchmark: Callable[[Path], int]) -> None:
    """Run one benchmark in a folder of its own and leave with its exit code."""
    with folder() as root:
        code = benchmark(root)
    sys.exit(code)
