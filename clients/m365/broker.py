"""A token broker: what an Azure machine offers its programs, for a client of Comity.

It answers on localhost only, to whoever sends the header that was agreed on, with the tokens that the
token endpoint gives for Contoso's client.
"""

import http.server
import json
import secrets
import ssl
import threading
import time
import urllib.parse
import urllib.request

from scenario import CONTOSO, URL


def token(resource):
    """A token for that resource, and the second at which it is no good any more."""
    form = urllib.parse.urlencode({
        "grant_type": "client_credentials", "scope": f"{resource}/.default",
        "client_id": CONTOSO["client"]["clientId"],
        "client_secret": CONTOSO["client"]["clientSecret"]})
    address = f"{URL}/{CONTOSO['tenantId']}/oauth2/v2.0/token"
    with urllib.request.urlopen(
            address, form.encode(), context=ssl.create_default_context()) as answer:
        said = json.load(answer)
    return said["access_token"], int(time.time()) + said["expires_in"]


class Broker(http.server.BaseHTTPRequestHandler):
    header = secrets.token_hex()

    def do_GET(self):  # pylint: disable=invalid-name
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        if self.headers["X-IDENTITY-HEADER"] != self.header:
            self.send_error(401)
            return
        access, expires = token(query["resource"][0].rstrip("/"))
        body = json.dumps({
            "access_token": access, "expires_on": str(expires), "token_type": "Bearer",
            "resource": query["resource"][0]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Says nothing."""


def serve():
    """Starts it on a free port; the environment that leads a program there."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Broker)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_address[1]}/token"
    return {"IDENTITY_ENDPOINT": endpoint, "IDENTITY_HEADER": Broker.header}
