"""msal alone: a token for Contoso's client, and what becomes of a wrong secret."""

import unittest

import msal

from demo import CLIENT, SECRET, TENANT, URL


def application(secret: str) -> msal.ConfidentialClientApplication:
    return msal.ConfidentialClientApplication(
        CLIENT, client_credential=secret,
        authority=f"{URL}/{TENANT}", instance_discovery=False)


class Tokens(unittest.TestCase):
    scopes = [f"{URL}/.default"]

    def test_a_token_is_good_for_an_hour_and_comes_from_the_cache_meanwhile(self):
        msal_application = application(SECRET)
        first = msal_application.acquire_token_for_client(self.scopes)
        self.assertEqual(first.get("token_type"), "Bearer", first.get("error_description"))
        self.assertEqual(first["token_source"], "identity_provider")
        self.assertTrue(3000 < first["expires_in"] <= 3600, first["expires_in"])
        second = msal_application.acquire_token_for_client(self.scopes)
        self.assertEqual(second["token_source"], "cache")
        self.assertEqual(second["access_token"], first["access_token"])

    def test_the_openid_authority_is_found_by_its_discovery_document(self):
        msal_application = msal.ConfidentialClientApplication(
            CLIENT, client_credential=SECRET, oidc_authority=f"{URL}/{TENANT}/v2.0")
        answer = msal_application.acquire_token_for_client(self.scopes)
        self.assertIn("access_token", answer, answer.get("error_description"))

    def test_a_wrong_secret_is_an_invalid_client(self):
        answer = application("wrong").acquire_token_for_client(self.scopes)
        self.assertEqual(answer["error"], "invalid_client")
        self.assertRegex(answer["error_description"], r"^AADSTS\d+: ")

    def test_a_scope_of_somebody_else_is_an_invalid_scope(self):
        answer = application(SECRET).acquire_token_for_client(["https://vault.example/.default"])
        self.assertEqual(answer["error"], "invalid_scope")


if __name__ == "__main__":
    unittest.main()
