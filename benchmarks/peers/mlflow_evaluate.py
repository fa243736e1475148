"""The same work with mlflow.evaluate and make_genai_metric; candidates are asked in threads."""

# what it imports is in an environment of its own:
# mypy: ignore-errors

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ["OPENAI_API_KEY"] = "none"
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

import mlflow
import pandas as pd
from mlflow.metrics.genai import make_genai_metric
from openai import OpenAI


def main() -> None:
    """Do the work and write what came out."""
    path, base_url, in_flight, out = sys.argv[1:5]
    lines = [json.loads(line) for line in Path(path).read_text().splitlines()]
    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    mlflow.set_experiment("live")
    client = OpenAI(base_url=base_url, api_key="none")

    def answer(question: str) -> str:
        reply = client.chat.completions.create(
            model="candidate", messages=[{"role": "user", "content": question}], temperature=0
        )
        return reply.choices[0].message.content

    def answers(table: pd.DataFrame) -> list[str]:
        with ThreadPoolExecutor(int(in_flight)) as threads:
            return list(threads.map(answer, table["inputs"]))

    metric = make_genai_metric(
        name="graded",
        definition="Whether the answer gives the value that is expected.",
        grading_prompt="1: another value. 3: the value among others. 5: the value alone.",
        model="openai:/judge",
        grading_context_columns=["targets"],
        parameters={"temperature": 0.0},
        proxy_url=f"{base_url}/chat/completions",
        max_workers=int(in_flight),
    )
    table = pd.DataFrame(
        {
            "inputs": [each["inputs"]["question"] for each in lines],
            "targets": [each["expected"] for each in lines],
        }
    )
    told = mlflow.models.evaluate(
        model=answers,
        data=table,
        targets="targets",
        extra_metrics=[metric],
        evaluator_config={"col_mapping": {"inputs": "inputs"}},
    )
    scores = told.tables["eval_results_table"]["graded/v1/score"]
    rows = [
        {"id": each["id"], "score": None if pd.isna(score) else float(score)}
        for each, score in zip(lines, scores, strict=True)
    ]
    Path(out).write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    print("mean it reports:", told.metrics.get("graded/v1/mean"))


main()
