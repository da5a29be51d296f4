"""Authlib: an application that keeps a secret, which people of Contoso sign in to."""

import html
import re
import unittest
from urllib.parse import parse_qs, urljoin, urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

from demo import CAROL, CLIENT, PASSWORD, SECRET, TENANT, URL

BACK = "https://shop.contoso.example/cb"
SCOPE = "openid profile email offline_access"


class Person:
    """Somebody with a browser that runs no script."""

    def __init__(self):
        self.browser = requests.Session()

    def open(self, method, url, data=None):
        """Goes there, and on to wherever that leads on this server."""
        answer = self.browser.request(method, url, data=data, allow_redirects=False, timeout=60)
        while answer.is_redirect:
            url = urljoin(url, answer.headers["location"])
            if not url.startswith(URL):
                return url
            answer = self.browser.get(url, allow_redirects=False, timeout=60)
        answer.raise_for_status()
        return answer.text

    def send(self, page, field, value):
        action = re.search(rf'action="(/signin/{field})"', page)[1]
        journey = html.unescape(re.search(r'name="j" value="([^"]+)"', page)[1])
        return self.open("POST", urljoin(URL, action), {"j": journey, field: value})

    def sign_in(self, url):
        page = self.open("GET", url)
        return self.send(self.send(page, "address", CAROL), "password", PASSWORD)


class Authlib(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        issuer = f"{URL}/{TENANT}/v2.0"
        cls.about = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=60).json()
        assert cls.about["issuer"] == issuer
        # Contoso's client of the demo, with an address to come back to.
        program = OAuth2Session(CLIENT, SECRET, token_endpoint_auth_method="client_secret_post")
        program.fetch_token(cls.about["token_endpoint"], grant_type="client_credentials", scope=f"{URL}/.default")
        body = {"appId": CLIENT, "replyUrls": [BACK]}
        program.post(f"{URL}/v1.0/servicePrincipals", json=body, timeout=60).raise_for_status()
        program.close()

    def application(self, **more):
        session = OAuth2Session(
            CLIENT,
            SECRET,
            scope=SCOPE,
            redirect_uri=BACK,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_post",
            **more,
        )
        self.addCleanup(session.close)
        return session

    def begin(self, session):
        verifier, nonce = generate_token(48), generate_token()
        there = self.about["authorization_endpoint"]
        url, state = session.create_authorization_url(there, code_verifier=verifier, nonce=nonce)
        return url, state, verifier, nonce

    def enter(self, session, person):
        url, state, verifier, nonce = self.begin(session)
        back = person.sign_in(url)
        self.assertTrue(back.startswith(f"{BACK}?"), back)
        there = self.about["token_endpoint"]
        tokens = session.fetch_token(there, authorization_response=back, state=state, code_verifier=verifier)
        return tokens, nonce

    def believed(self, tokens, nonce):
        keys = KeySet.import_key_set(requests.get(self.about["jwks_uri"], timeout=60).json())
        token = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])
        params = {"nonce": nonce, "client_id": CLIENT}
        options = {"iss": {"value": self.about["issuer"]}, "aud": {"value": CLIENT}}
        claims = CodeIDToken(token.claims, token.header, options, params)
        claims.validate(leeway=60)
        return claims

    def test_code_with_pkce_then_userinfo(self):
        session = self.application()
        tokens, nonce = self.enter(session, Person())
        claims = self.believed(tokens, nonce)
        self.assertEqual(claims["preferred_username"], CAROL)
        self.assertEqual(claims["tid"], TENANT)
        told = session.get(self.about["userinfo_endpoint"], timeout=60).json()
        self.assertEqual(told["sub"], claims["sub"])

    def test_a_code_without_its_verifier_is_worth_nothing(self):
        session = self.application()
        url, state, _, _ = self.begin(session)
        back = Person().sign_in(url)
        with self.assertRaises(OAuthError) as refused:
            session.fetch_token(
                self.about["token_endpoint"],
                authorization_response=back,
                state=state,
                code_verifier=generate_token(48),
            )
        self.assertEqual(refused.exception.error, "invalid_grant")

    def test_refresh_takes_the_place_of_the_token_before(self):
        session = self.application()
        tokens, _ = self.enter(session, Person())
        there = self.about["token_endpoint"]
        again = session.refresh_token(there, refresh_token=tokens["refresh_token"])
        self.assertNotEqual(again["refresh_token"], tokens["refresh_token"])
        with self.assertRaises(OAuthError) as refused:
            session.refresh_token(there, refresh_token=tokens["refresh_token"])
        self.assertEqual(refused.exception.error, "invalid_grant")

    def test_sign_out(self):
        session, person = self.application(), Person()
        tokens, _ = self.enter(session, person)
        hint = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BACK, "state": "bye"}
        query = requests.Request("GET", self.about["end_session_endpoint"], params=hint).prepare().url
        back = person.open("GET", query)
        self.assertEqual(parse_qs(urlsplit(back).query)["state"], ["bye"])
        there = self.about["authorization_endpoint"]
        url, _ = session.create_authorization_url(there, code_verifier=generate_token(48), prompt="none")
        self.assertIn("error=login_required", person.open("GET", url))


if __name__ == "__main__":
    unittest.main()
