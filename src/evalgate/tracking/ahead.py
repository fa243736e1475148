"""What keeping a run will need, done while nobody waits for it."""

from pathlib import Path

from evalgate.domain.run import Manifest
from evalgate.tracking.contents import RUN_ID
from evalgate.tracking.destination import Destination, is_made, opening
from evalgate.tracking.quiet import quiet_mlflow
from evalgate.tracking.runs import alone_with, keep_cases, open_store


def open_ahead(destination: Destination) -> None:
    """Open a database that is there, and look for a run in it, as whoever keeps one will do.

    MLflow's first questions to a database take longer than all later ones. None is made, and no
    server is asked: the command may still end with nothing to keep.
    """
    if not is_made(destination):
        return
    with quiet_mlflow():
        from mlflow import MlflowClient

        with opening(destination):
            client = MlflowClient(tracking_uri=destination.uri)
            known = client.get_experiment_by_name(destination.experiment)
            if known is not None:
                client.search_runs([known.experiment_id], f"tags.`{RUN_ID}` = ''")


def log_cases_ahead(destination: Destination, manifest: Manifest, judgements_file: Path) -> None:
    """Keep a finished run's cases, which is most of the work, while its verdict is settled.

    In a database that is there; a server may be down, and would be waited for twice.
    """
    if not is_made(destination) or manifest.status != "finished":
        return
    with quiet_mlflow(), alone_with(judgements_file):
        client, experiment_id = open_store(destination)
        keep_cases(client, experiment_id, manifest, judgements_file)
