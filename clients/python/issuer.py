"""An issuer of people's tokens beside Comity, as a company has one: a key, and what it signs with it.

Run with a folder, it makes the key there, and `comity.toml` by which a server started in that folder
believes this issuer about Contoso's people. Imported, it signs: `COMITY_ISSUER` names the folder.
"""

import json
import os
import pathlib
import sys
import time

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://id.contoso.example"
AUDIENCE = "comity"
CONTOSO = "0c000000-0000-4000-8000-000000000001"

#: What a server has to be told.
COMITY_TOML = f"""\
[[issuers]]
issuer = "{ISSUER}"
audience = "{AUDIENCE}"
tenant = "{CONTOSO}"
jwks_file = "contoso.jwks"
roles = {{ admins = "Security Administrator" }}
"""


def token(contexts=()):
    """A token for an administrator, in a session with these authentication contexts."""
    folder = pathlib.Path(os.environ["COMITY_ISSUER"])
    now = int(time.time())
    claims = {
        "iss": ISSUER, "aud": AUDIENCE, "tid": CONTOSO,
        "oid": "0c000000-0000-4000-8000-00000000beef", "upn": "carol@contoso.com",
        "scp": "Policy.ReadWrite.CrossTenantAccess", "roles": ["admins"],
        "iat": now, "nbf": now, "exp": now + 3600, "acrs": list(contexts),
    }
    key = (folder / "issuer.pem").read_bytes()
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "first"}), now + 3600


def _set_up(folder):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    (folder / "issuer.pem").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()))
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    keys = [{**public, "kid": "first", "use": "sig", "alg": "RS256"}]
    (folder / "contoso.jwks").write_text(json.dumps({"keys": keys}), encoding="utf-8")
    (folder / "comity.toml").write_text(COMITY_TOML, encoding="utf-8")


if __name__ == "__main__":
    _set_up(pathlib.Path(sys.argv[1]))
