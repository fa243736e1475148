"""How often rules pass, fail and stay undecided, and merge: beside gates on the estimate alone.

Simulated through the function that `run` calls, from stored scores to the exit code, seeded.
Each cell holds an unchanged candidate, or one that in truth is worse by just more than the margin,
against a baseline. Exits 1 when, by more than three errors of the simulation, more than 5 % of the
unchanged candidates fail or more than 5 % of the worse ones pass; known exceptions have a limit of
their own. For speed MLflow's validator is not asked about every pair: the first pairs of each
cell are written to disk, decided from there under each `on_undecided` and confirmed by MLflow.
"""

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from verdict_rates_cells import Rates, rates_of
from verdict_rates_kinds import Cell, cells
from verdict_rates_pages import (
    PROJECT,
    RATES,
    dump_rates,
    load_rates,
    remark,
    whole_table,
    write_pages,
)

QUICK_CASES = (20, 50)
QUICK_FLIPS = (0.0, 0.1, 1.0)


def asked(argv: list[str] | None) -> argparse.Namespace:
    """Read the flags."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=1000, help="per cell of up to 200 cases")
    parser.add_argument("--stored", type=int, default=1, help="of these, with disk and MLflow")
    parser.add_argument("-j", "--jobs", type=int, default=2, help="processes")
    parser.add_argument("--only", default="", help="cells named so; the others stay as they are")
    parser.add_argument("--quick", action="store_true", help="few small cells; nothing is kept")
    return parser.parse_args(argv)


def chosen(flags: argparse.Namespace) -> list[Cell]:
    """The cells that are asked for."""
    found = [cell for cell in cells() if flags.only in cell.name]
    if flags.quick:
        found = [c for c in found if c.cases in QUICK_CASES and c.flips in QUICK_FLIPS]
    return found


def simulated(flags: argparse.Namespace) -> Iterator[Rates]:
    """Every cell's rates, in the order of the table."""
    runs, stored = (5, 0) if flags.quick else (flags.runs, flags.stored)
    work = partial(rates_of, runs=runs, stored=stored)
    if flags.quick:
        yield from map(work, chosen(flags))
        return
    with ProcessPoolExecutor(flags.jobs) as pool:
        yield from pool.map(work, chosen(flags))


def keep(found: list[Rates]) -> None:
    """Replace these cells among those that were kept, and draw everything from all of them."""
    path = PROJECT / RATES
    kept = load_rates(path) if path.exists() else []
    known = {rates.cell: rates for rates in (*kept, *found)}
    wanted = [known[cell.key] for cell in cells() if cell.key in known]
    path.write_text(dump_rates(wanted), encoding="utf-8")
    write_pages(PROJECT)


def main(argv: list[str] | None = None) -> int:
    """Print the table as it grows, keep the rates, and write what is drawn from them."""
    flags = asked(argv)
    found: list[Rates] = []
    print(*list(whole_table(()))[:2], sep="\n")
    for rates in simulated(flags):
        found.append(rates)
        print(list(whole_table([rates]))[-1], flush=True)
    if not flags.quick:
        keep(found)
    missed = [rates for rates in found if rates.is_missed]
    known = [rates for rates in found if remark(rates) == "known exception"]
    print(f"{len(found)} cells, {len(missed)} missed, {len(known)} known exceptions")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
