"""msal and requests: what a script does that has no SDK."""

import unittest

import requests

from demo import SECRET, URL
from scenario import Refused, Scenario
from test_msal import application


class Requests(Scenario, unittest.TestCase):
    def setUp(self):
        answer = application(SECRET).acquire_token_for_client([f"{URL}/.default"])
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {answer['access_token']}"
        self.addCleanup(self.session.close)

    def rest(self, method, url, body=None):
        answer = self.session.request(method, url, json=body, timeout=60)
        if not answer.ok:
            raise Refused(answer.text)
        return answer.json() if answer.content else None


if __name__ == "__main__":
    unittest.main()
