"""Cases in an order that a seed decides: the same ones, each once."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalgate.errors import UserMistake
from evalgate.evalset.reading import read_cases
from evalgate.evalset.store import Evalset, Evalsets

SPEC = "schema_version: 1\ndescription: x\nlicence: MIT\nversions: []\n"


def opened(root: Path, count: int, blank: str = "") -> Evalset:
    """An evalset of so many cases, with blank lines between them."""
    folder = root / "evalsets" / "e"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "evalset.yaml").write_text(SPEC)
    lines = [
        f'{{"id":"c{number}","inputs":{{"q":"ä{number}"}}}}\n{blank}' for number in range(count)
    ]
    (folder / "v1.jsonl").write_text("".join(lines), encoding="utf-8")
    return Evalsets(root, {}).open("e@v1")


@given(count=st.integers(1, 60), seed=st.integers(0, 2**32), blank=st.sampled_from(["", "\n"]))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_seed_changes_the_order_alone(tmp_path: Path, count: int, seed: int, blank: str) -> None:
    """Every case comes once and whole, and the same seed gives the same order."""
    evalset = opened(tmp_path, count, blank)
    first, again = list(read_cases(evalset, seed)), list(read_cases(evalset, seed))

    assert first == again
    assert sorted(first, key=lambda case: int(case.id[1:])) == list(read_cases(evalset))


def test_two_seeds_give_two_orders(tmp_path: Path) -> None:
    """The order is the seed's, not the file's."""
    evalset = opened(tmp_path, 50)
    orders = [[case.id for case in read_cases(evalset, seed)] for seed in (1, 2)]

    assert orders[0] != orders[1] != [case.id for case in read_cases(evalset)]


def test_a_file_that_changes_is_noticed_in_any_order(tmp_path: Path) -> None:
    """Nobody is asked a case of another file."""
    evalset = opened(tmp_path, 5)
    cases = read_cases(evalset, 7)
    next(cases)
    opened(tmp_path, 6)

    with pytest.raises(UserMistake, match="changed while it was being read"):
        list(cases)
