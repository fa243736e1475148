"""One entry to the event loop: from a terminal, and from inside a running loop."""

import asyncio
import signal
import subprocess
import sys

from evalgate.pipeline.loop import run_now

NOTEBOOK = """
import asyncio, os, signal
from evalgate.pipeline.loop import run_now

async def work():
    os.write(1, b"begun\\n")  # what it prints goes to stderr
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        raise RuntimeError("stopped here") from None

async def cell():
    try:
        run_now(work())
    except RuntimeError as error:
        print(error, flush=True)

# heard also where the tests were begun in the background; a notebook's loop leaves it alone
signal.signal(signal.SIGINT, signal.default_int_handler)
asyncio.new_event_loop().run_until_complete(cell())
"""


def test_work_is_done_inside_a_running_loop() -> None:
    """A notebook has one already."""

    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    async def cell() -> int:
        return run_now(work())

    assert run_now(work()) == asyncio.run(cell()) == 7


def test_an_interrupted_cell_ends_the_work() -> None:
    """Else a notebook would go on asking, and paying, behind its user's back."""
    process = subprocess.Popen([sys.executable, "-c", NOTEBOOK], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process:
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=20)

    assert "stopped here" in said
