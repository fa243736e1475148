"""What keeping a run will import, so that it can be imported while nobody waits for it."""

from evalgate.tracking.destination import Destination

DEFAULT = "sqlite:"


def soon_needed(tracking_uri: str) -> tuple[str, ...]:
    """Name the modules that take long; the address is the environment's, empty for our own."""
    ours = ("evalgate.tracking.ahead", "evalgate.tracking.validation")
    if not Destination(tracking_uri or DEFAULT).is_database:
        return ours
    # MLflow imports it when the first database is opened
    return ("mlflow.store.tracking.sqlalchemy_store", *ours)
