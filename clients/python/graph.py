"""msgraph-sdk with azure-identity, pointed at Comity: all the configuration there is.

The authority's certificate comes from the environment: `REQUESTS_CA_BUNDLE` for azure-identity,
`SSL_CERT_FILE` for msgraph-sdk.
"""

from azure.identity import ClientSecretCredential
from msgraph import GraphServiceClient

from demo import CLIENT, SECRET, TENANT, URL


def connect() -> GraphServiceClient:
    return connect_with(ClientSecretCredential(
        TENANT, CLIENT, SECRET,
        authority=URL, disable_instance_discovery=True))


def connect_with(credential) -> GraphServiceClient:
    graph = GraphServiceClient(credential, scopes=[f"{URL}/.default"])
    graph.request_adapter.base_url = f"{URL}/v1.0"
    return graph
