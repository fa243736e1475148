"""A small project with functions and commands of every kind, good and bad."""

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from evalgate.candidate.building import build_candidate
from evalgate.candidate.protocol import Candidate
from evalgate.domain.answer import Answer
from evalgate.domain.case import Question
from evalgate.domain.specs import CommandSpec, PythonSpec

HANGS = "hangs"
APP = r"""
import asyncio, ctypes, os, pathlib, subprocess, sys, threading, time

print("imported")

class NotPicklable:
    pass

def tell():
    os.write(os.open("hangs", os.O_RDWR), b".")

def sync(inputs):
    what = inputs["q"]
    if what == "die":
        os._exit(3)
    if what == "segfault":
        ctypes.string_at(0)
    if what == "leave":
        sys.exit(1)
    if what == "hang":
        subprocess.Popen(["sleep", "60"])
        pathlib.Path("pids").open("a").write(f"{os.getpid()}\n")
        tell()
        threading.Event().wait()
    if what == "hang once":
        if not pathlib.Path("pids").exists():
            pathlib.Path("pids").write_text(f"{os.getpid()}\n")
            tell()
            threading.Event().wait()
    if what == "raise":
        raise ValueError("no " + inputs["q"])
    if what == "print":
        print('{"kind": "replied", "number": 1, "answer": {"kind": "produced", "text": "no"}}')
        sys.stdout.flush()
        os.write(1, b"rubbish\n")
        return "stdin: " + sys.stdin.read()
    if what == "huge":
        return "x" * (11 << 20)
    if what == "odd":
        return {"text": NotPicklable()}
    if what == "pid":
        return str(os.getpid())
    return what.upper()

async def awaited(inputs):
    if inputs["q"] == "hang":
        await asyncio.Event().wait()
    if inputs["q"] == "block":
        threading.Event().wait()
    return {"answer": inputs["q"].upper(), "usage": {"input_tokens": 3, "output_tokens": 1}}

number = 3
"""

COMMAND = r"""
import json, os, signal, subprocess, sys, threading
what = json.load(sys.stdin)["q"]
if what == "die":
    print("first\nit broke", file=sys.stderr); os._exit(3)
if what == "segfault":
    os.kill(os.getpid(), signal.SIGSEGV)
if what == "leave":
    sys.exit(1)
if what == "raise":
    raise ValueError("no")
if what == "hang":
    subprocess.Popen(["sleep", "60"])
    open("pids", "a").write(f"{os.getpid()}\n")
    os.write(os.open("hangs", os.O_RDWR), b".")
    threading.Event().wait()
if what == "background":
    subprocess.Popen(["sleep", "60"])
    open("pids", "a").write(f"{os.getpid()}\n")
if what == "huge":
    for _ in range(100):
        os.write(1, b"x" * (1 << 20))
if what == "bytes":
    os.write(1, b"\xff\xfe")
elif what == "mapping":
    print('{"text": "M", "contexts": ["c"], "cost_usd": 0.5}')
elif what == "object":
    print('{"city": "Paris"}')
elif what == "rubbish":
    print('{"text": 3, "colour": NaN}')
else:
    print(what.upper())
"""


def write_project(folder: Path) -> Path:
    """Write a module, a script and some that are broken."""
    (folder / "app.py").write_text(APP)
    (folder / "broken.py").write_text("import os\nraise ValueError('no key')\n")
    (folder / "gone.py").write_text("import os, sys\nsys.stderr.write('x\\nlast'); os._exit(7)\n")
    (folder / "needy.py").write_text("import a_package_that_is_absent\n")
    (folder / "command.py").write_text(COMMAND)
    os.mkfifo(folder / HANGS)  # whoever hangs has written its process's number, and tells it here
    (folder / "json.py").write_text("raise ValueError('not the json you want')\n")
    return folder


class Project:
    """Builds candidates of one folder, asks them and ends them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def python(self, function: str = "app:sync", timeout_s: float = 20.0) -> Candidate:
        """A function in a child interpreter."""
        spec = PythonSpec(kind="python", function=function, timeout_s=timeout_s)
        return build_candidate("p", spec, folder=self.root, root=self.root)

    def command(self, *command: str, timeout_s: float = 20.0) -> Candidate:
        """A command; the script of the project when none is named."""
        argv = command or (sys.executable, "-I", "-S", "command.py")
        spec = CommandSpec(kind="command", command=argv, timeout_s=timeout_s)
        return build_candidate("c", spec, folder=self.root, root=self.root)


async def ask_all(candidate: Candidate, *what: str) -> list[Answer]:
    """Ask all at once, then end the candidate."""
    try:
        return list(await asyncio.gather(*(candidate.answer(Question(q, {"q": q})) for q in what)))
    finally:
        await candidate.aclose()


async def ask_in_turn(candidate: Candidate, *what: str) -> list[Answer]:
    """Ask one after the other, then end the candidate."""
    try:
        return [await candidate.answer(Question(q, {"q": q})) for q in what]
    finally:
        await candidate.aclose()


async def until_it_hangs(root: Path) -> None:
    """Wait until a process that was not begun yet hangs, and has noted its group's number."""
    loop = asyncio.get_running_loop()
    hangs: asyncio.Future[None] = loop.create_future()
    told = os.open(root / HANGS, os.O_RDONLY | os.O_NONBLOCK)

    def hear() -> None:
        if not hangs.done():
            hangs.set_result(None)

    loop.add_reader(told, hear)
    try:
        await asyncio.wait_for(hangs, 20)
    finally:
        loop.remove_reader(told)
        os.close(told)


def all_gone(root: Path) -> bool:
    """True when of every group that was noted no process runs, within a second."""
    groups = {int(line) for line in (root / "pids").read_text().split()}
    assert groups
    until = time.monotonic() + 1
    while running := groups & set(_running_groups()):
        if time.monotonic() > until:
            return not running
    return True


def _running_groups() -> Iterator[int]:
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, group = status.read_text().rpartition(")")[2].split()[:3]
            if state != "Z":
                yield int(group)
