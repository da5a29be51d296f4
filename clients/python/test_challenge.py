"""A protected action, met by a person's program: msgraph-sdk understands the challenge by itself.

The person's token is of an issuer that `comity.toml` lists. The first one has no authentication
context; asked for claims, the credential signs in again and the SDK repeats the request.
"""

import asyncio
import json
import unittest

import msal
from azure.core.credentials import AccessToken
from msgraph.generated.models.cross_tenant_access_policy_configuration_partner import (
    CrossTenantAccessPolicyConfigurationPartner as Partner,
)
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.authentication_context_class_reference import (
    AuthenticationContextClassReference as Context,
)

import graph
import issuer
from demo import CLIENT, LUCERNE, SECRET, TENANT, URL

ACTION = "microsoft.directory-crossTenantAccessPolicy-partners-create-post"


class Person:
    """A credential that signs in again when it is told why; `willing` says whether it can."""

    def __init__(self, willing):
        self.willing = willing
        self.claims = []

    def get_token(self, *_scopes, claims=None, **_options):
        self.claims.append(claims)
        asked = json.loads(claims) if claims and self.willing else {}
        wanted = asked.get("access_token", {}).get("acrs", {}).get("value")
        return AccessToken(*issuer.token([wanted] if wanted else []))


class ProtectedAction(unittest.IsolatedAsyncioTestCase):
    """Adding a partner needs the context c1."""

    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)  # It tells of every call that takes 0.1 s.
        self.graph = graph.connect()
        contexts = (
            self.graph.identity.conditional_access.authentication_context_class_references)
        await contexts.by_authentication_context_class_reference_id("c1").patch(
            Context(display_name="Strong sign-in", is_available=True))
        await self.protect("c1")

    async def asyncTearDown(self):
        await self.protect(None)

    async def protect(self, context):
        """Not in the SDK's models: sent as it is."""
        actions = (
            self.graph.role_management.directory.resource_namespaces
            .by_unified_rbac_resource_namespace_id("microsoft.directory").resource_actions)
        entry = actions.by_unified_rbac_resource_action_id(ACTION)
        request = entry.to_get_request_information()
        request.http_method = type(request.http_method).PATCH
        request.set_stream_content(
            json.dumps({"authenticationContextId": context}).encode(), "application/json")
        await self.graph.request_adapter.send_no_response_content_async(request, {})

    async def add(self, person):
        partners = graph.connect_with(person).policies.cross_tenant_access_policy.partners
        await partners.post(Partner(tenant_id=LUCERNE))

    async def test_the_sdk_answers_the_challenge_and_the_action_is_carried_out(self):
        person = Person(willing=True)
        await self.add(person)
        partners = self.graph.policies.cross_tenant_access_policy.partners
        await (partners
               .by_cross_tenant_access_policy_configuration_partner_tenant_id(LUCERNE).delete())
        first, second = person.claims
        self.assertIsNone(first)
        self.assertEqual(
            json.loads(second), {"access_token": {"acrs": {"essential": True, "value": "c1"}}})

    async def test_who_cannot_sign_in_again_gets_an_error_that_parses(self):
        with self.assertRaises(ODataError) as refused:
            await self.add(Person(willing=False))
        self.assertEqual(refused.exception.response_status_code, 401)
        self.assertIn("c1", refused.exception.error.message)
        self.assertIn("insufficient_claims", str(refused.exception.response_headers))

    async def test_msal_takes_the_claims_and_asks_for_another_token(self):
        # Programs are not asked for claims; how MSAL carries them is the same for everybody.
        person = Person(willing=True)
        await self.add(person)
        partners = self.graph.policies.cross_tenant_access_policy.partners
        await (partners
               .by_cross_tenant_access_policy_configuration_partner_tenant_id(LUCERNE).delete())
        application = msal.ConfidentialClientApplication(
            CLIENT, client_credential=SECRET,
            authority=f"{URL}/{TENANT}", instance_discovery=False)
        scopes = [f"{URL}/.default"]
        application.acquire_token_for_client(scopes)
        cached = application.acquire_token_for_client(scopes)
        self.assertEqual(cached["token_source"], "cache")
        fresh = application.acquire_token_for_client(scopes, claims_challenge=person.claims[1])
        self.assertEqual(fresh["token_source"], "identity_provider")


if __name__ == "__main__":
    unittest.main()
