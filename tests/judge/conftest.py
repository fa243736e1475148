"""Judges built from what `judge.yaml` would say, in folders of their own."""

import asyncio
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from evalgate.domain.answer import Produced
from evalgate.domain.case import Case
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.record import JsonValue
from evalgate.domain.specs import JudgeSpec
from evalgate.judge.building import build_judge
from evalgate.judge.means import Means
from evalgate.judge.protocol import Judge
from evalgate.model.protocol import ChatModel

SPECS: TypeAdapter[JudgeSpec] = TypeAdapter(JudgeSpec)

MakeJudge = Callable[..., Judge]
Ask = Callable[..., Scored | Unscored]


@pytest.fixture(scope="session")
def make_judge(tmp_path_factory: pytest.TempPathFactory) -> MakeJudge:
    """Build a judge from its fields and its files, in a project of its own; `asks` is its model."""
    numbers = count()

    def make(
        files: Mapping[str, str] | None = None, /, asks: ChatModel | None = None, **fields: object
    ) -> Judge:
        root = tmp_path_factory.mktemp(f"project{next(numbers)}")
        folder = root / "judges" / "mine"
        folder.mkdir(parents=True)
        for name, content in (files or {}).items():
            path = Path(root / name[1:] if name.startswith("/") else folder / name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return build_judge("mine", SPECS.validate_python(fields), folder, root, Means(asks))

    return make


@pytest.fixture(scope="session")
def ask() -> Ask:
    """Have a judge score one answer to a case."""

    def score(
        judge: Judge, answer: str, expected: JsonValue = None, *, case_id: str = "c1"
    ) -> Scored | Unscored:
        case = Case(id=case_id, inputs={"question": "?"}, expected=expected)
        return asyncio.run(judge.judge(case, Produced(text=answer)))

    return score
