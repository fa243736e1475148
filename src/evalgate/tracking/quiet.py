"""The only door to MLflow: off the network, silent, and the process left as it was found."""

import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType

ENVIRONMENT: Mapping[str, str] = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_MODEL_CATALOG_URI": "",  # else MLflow fetches a price list
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",  # the URL may hold a password
    # MLflow's own figures (7 retries, 120 s) would keep a verdict waiting for a dead server
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
}
"""What MLflow needs to hear; whatever the user has set already is left alone."""

CHATTERING = ("mlflow", "alembic")


def import_mlflow() -> ModuleType:
    """Import MLflow, which takes seconds; other modules import names from it afterwards."""
    import mlflow

    return mlflow


@contextmanager
def quiet_mlflow() -> Iterator[ModuleType]:
    """Lend out MLflow without its network calls, log lines and warnings.

    Environment, warning filters and log levels are those of the whole process while the block
    runs, so that it belongs into the main thread; afterwards all are as before.
    """
    with _environment(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mlflow = import_mlflow()
        with _silenced():
            yield mlflow


@contextmanager
def _environment() -> Iterator[None]:
    added = [name for name in ENVIRONMENT if name not in os.environ]
    os.environ.update({name: ENVIRONMENT[name] for name in added})
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


@contextmanager
def _silenced() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in CHATTERING]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)  # what fails is raised, and told in our words
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
