"""The flags that choose a part of the cases."""

from collections.abc import Sequence

from evalgate.domain.run import Selection
from evalgate.errors import Problem, UserMistake


def selection_of(
    limit: int | None, cases: Sequence[str], filters: Sequence[str], shard: str | None
) -> Selection:
    """Read the flags; every fault in them at once."""
    problems: list[Problem] = []
    pairs: dict[str, str] = {}
    for written in filters:
        key, sign, value = written.partition("=")
        if not (key and sign):
            problems.append(
                Problem(
                    f"{written!r} is not KEY=VALUE", key="--filter", remedy="as in topic=billing"
                )
            )
        if key in pairs:
            problems.append(
                Problem(f"{key!r} is given twice", key="--filter", remedy="a case has one value")
            )
        pairs[key] = value
    part = None if shard is None else _shard(shard)
    if shard is not None and part is None:
        problems.append(
            Problem(f"{shard!r} is not I/N with 1 <= I <= N", key="--shard", remedy="as in 1/4")
        )
    if problems:
        raise UserMistake(problems)
    return Selection(limit=limit, cases=tuple(cases), filters=pairs, shard=part)


def _shard(written: str) -> tuple[int, int] | None:
    index, _, count = written.partition("/")
    if not (index.isascii() and index.isdigit() and count.isascii() and count.isdigit()):
        return None
    part = (int(index), int(count))
    return part if 1 <= part[0] <= part[1] else None
