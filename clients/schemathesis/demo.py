"""What `demo.json` says about the server under test.

`COMITY_DEMO` names the file, as `comity serve --demo` writes it into its data folder.
"""

import json
import os
import ssl
import urllib.parse
import urllib.request

with open(os.environ["COMITY_DEMO"], encoding="utf-8") as _file:
    _demo = json.load(_file)

#: Where the server is, `https://localhost:8443` for instance.
URL: str = _demo["baseUrl"]

#: The certificate of its development authority.
AUTHORITY: str = _demo["caFile"]

#: Contoso, whose program may do there whatever a program may do.
TENANT: str = _demo["tenants"][0]["tenantId"]


def token() -> str:
    """A token of that program."""
    client = _demo["tenants"][0]["client"]
    form = {
        "grant_type": "client_credentials",
        "client_id": client["clientId"],
        "client_secret": client["clientSecret"],
        "scope": f"{URL}/.default",
    }
    request = urllib.request.Request(
        f"{URL}/{TENANT}/oauth2/v2.0/token", urllib.parse.urlencode(form).encode()
    )
    trusted = ssl.create_default_context(cafile=AUTHORITY)
    with urllib.request.urlopen(request, context=trusted) as answer:
        return json.load(answer)["access_token"]
