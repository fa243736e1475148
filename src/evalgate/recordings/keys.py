"""The name under which a reply is kept: the digest of all that determines it."""

from evalgate.domain.chat import ChatRequest
from evalgate.sources.digests import digest_of_json


def recording_key(endpoint: str, request: ChatRequest) -> str:
    """Fingerprint a question together with the base URL of the endpoint that is asked it."""
    return digest_of_json({"endpoint": endpoint, "request": request.model_dump(mode="json")})
