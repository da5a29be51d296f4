"""What `demo.json` says about the server under test.

`COMITY_DEMO` names the file, as `comity serve --demo` writes it into its data folder.
"""

import json
import os

with open(os.environ["COMITY_DEMO"], encoding="utf-8") as _file:
    _demo = json.load(_file)

#: Where the server is, `https://localhost:8443` for instance.
URL: str = _demo["baseUrl"]

#: A tenant that Contoso can name and has no entry for.
LUCERNE = "1d000000-0000-4000-8000-00000000000a"

_contoso = _demo["tenants"][0]

#: Somebody who works there.
CAROL: str = _contoso["people"][0]["userPrincipalName"]
#: What she signs in with.
PASSWORD: str = _contoso["people"][0]["password"]

#: Another tenant that is here.
FABRIKAM: str = _demo["tenants"][1]["tenantId"]

#: Contoso, and the client that may do there whatever a client may do.
TENANT: str = _contoso["tenantId"]
CLIENT: str = _contoso["client"]["clientId"]
SECRET: str = _contoso["client"]["clientSecret"]
