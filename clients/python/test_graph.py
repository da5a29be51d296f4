"""What a Python program does with Contoso's cross-tenant access settings through msgraph-sdk.

Every test leaves the settings as it found them.
"""

import asyncio
import contextlib
import unittest

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.models.cross_tenant_access_policy_b2_b_setting import (
    CrossTenantAccessPolicyB2BSetting as Block,
)
from msgraph.generated.models.cross_tenant_access_policy_configuration_default import (
    CrossTenantAccessPolicyConfigurationDefault as Default,
)
from msgraph.generated.models.cross_tenant_access_policy_configuration_partner import (
    CrossTenantAccessPolicyConfigurationPartner as Partner,
)
from msgraph.generated.models.cross_tenant_access_policy_inbound_trust import (
    CrossTenantAccessPolicyInboundTrust as InboundTrust,
)
from msgraph.generated.models.cross_tenant_access_policy_target import (
    CrossTenantAccessPolicyTarget as Target,
)
from msgraph.generated.models.cross_tenant_access_policy_target_configuration import (
    CrossTenantAccessPolicyTargetConfiguration as Targets,
)
from msgraph.generated.models.cross_tenant_access_policy_target_configuration_access_type import (
    CrossTenantAccessPolicyTargetConfigurationAccessType as AccessType,
)
from msgraph.generated.models.cross_tenant_access_policy_target_type import (
    CrossTenantAccessPolicyTargetType as TargetType,
)
from msgraph.generated.models.cross_tenant_identity_sync_policy_partner import (
    CrossTenantIdentitySyncPolicyPartner as Synchronization,
)
from msgraph.generated.models.cross_tenant_user_sync_inbound import (
    CrossTenantUserSyncInbound as UserSyncInbound,
)
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.audit_logs.directory_audits.directory_audits_request_builder import (
    DirectoryAuditsRequestBuilder as Audits,
)
from msgraph.generated.policies.cross_tenant_access_policy.partners.item import (
    cross_tenant_access_policy_configuration_partner_tenant_item_request_builder as item,
)
from msgraph.generated.policies.cross_tenant_access_policy.partners.partners_request_builder import (
    PartnersRequestBuilder as Partners,
)
from msgraph.generated.audit_logs.sign_ins.sign_ins_request_builder import (
    SignInsRequestBuilder as SignIns,
)
from msgraph.generated.models.invitation import Invitation
from msgraph.generated.models.unified_role_assignment import UnifiedRoleAssignment as Assignment
from msgraph.generated.models.unified_role_definition import UnifiedRoleDefinition as Role
from msgraph.generated.models.unified_role_permission import UnifiedRolePermission as Permission
from msgraph_core import PageIterator

import graph
from demo import CAROL, CLIENT, FABRIKAM, LUCERNE, TENANT

ERP = "aa000000-0000-4000-8000-000000000002"
ItemQuery = (
    item.CrossTenantAccessPolicyConfigurationPartnerTenantItemRequestBuilder
    .CrossTenantAccessPolicyConfigurationPartnerTenantItemRequestBuilderGetQueryParameters
)


class CrossTenantAccess(unittest.IsolatedAsyncioTestCase):
    """Contoso's settings, read and changed by Contoso's client."""

    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)  # It tells of every call that takes 0.1 s.
        self.graph = graph.connect()
        self.policy = self.graph.policies.cross_tenant_access_policy

    @contextlib.asynccontextmanager
    async def partner(self):
        """Lucerne as a partner, as long as the test needs it."""
        await self.policy.partners.post(Partner(tenant_id=LUCERNE))
        entry = self.policy.partners.by_cross_tenant_access_policy_configuration_partner_tenant_id(
            LUCERNE)
        try:
            yield entry
        finally:
            await entry.delete()

    async def tenant_ids(self):
        """Every partner, three to a page."""
        query = Partners.PartnersRequestBuilderGetQueryParameters(top=3)
        page = await self.policy.partners.get(RequestConfiguration(query_parameters=query))
        self.assertEqual(len(page.value), 3)
        self.assertIsNotNone(page.odata_next_link)
        seen = []

        def note(partner):
            seen.append(partner.tenant_id)
            return True

        await PageIterator(page, self.graph.request_adapter).iterate(note)
        return seen

    async def test_the_policy_says_whose_it_is_and_which_clouds_it_admits(self):
        policy = await self.policy.get()
        self.assertEqual(policy.display_name, "Contoso cross-tenant access")
        self.assertIn("microsoftonline.us", policy.allowed_cloud_endpoints)

    async def test_trust_patched_into_the_default_is_read_back(self):
        before = (await self.policy.default.get()).inbound_trust
        self.assertFalse(before.is_mfa_accepted)
        await self.policy.default.patch(Default(inbound_trust=InboundTrust(is_mfa_accepted=True)))
        try:
            after = (await self.policy.default.get()).inbound_trust
            self.assertTrue(after.is_mfa_accepted)
            self.assertEqual(after.is_compliant_device_accepted, before.is_compliant_device_accepted)
        finally:
            await self.policy.default.patch(
                Default(inbound_trust=InboundTrust(is_mfa_accepted=False)))

    async def test_the_default_as_it_was_read_can_be_written_back(self):
        default = await self.policy.default.get()
        await self.policy.default.patch(default)
        again = await self.policy.default.get()
        # As text: two models are equal only if they share what they are kept in.
        self.assertEqual(repr(again), repr(default))

    async def test_a_partner_is_added_listed_and_deleted(self):
        before = await self.tenant_ids()
        self.assertNotIn(LUCERNE, before)
        async with self.partner():
            self.assertCountEqual(await self.tenant_ids(), [*before, LUCERNE])
        self.assertCountEqual(await self.tenant_ids(), before)

    async def test_an_application_blocked_for_a_partner_is_read_back_and_inherited_again(self):
        applications = Targets(
            access_type=AccessType.Blocked,
            targets=[Target(target=ERP, target_type=TargetType.Application)])
        async with self.partner() as entry:
            self.assertIsNone((await entry.get()).b2b_collaboration_inbound)
            await entry.patch(Partner(b2b_collaboration_inbound=Block(applications=applications)))
            inbound = (await entry.get()).b2b_collaboration_inbound
            self.assertEqual(inbound.applications.access_type, AccessType.Blocked)
            self.assertEqual([target.target for target in inbound.applications.targets], [ERP])
            await entry.patch(Partner(additional_data={"b2bCollaborationInbound": None}))
            self.assertIsNone((await entry.get()).b2b_collaboration_inbound)

    async def test_synchronization_is_put_read_expanded_and_deleted(self):
        wanted = Synchronization(
            display_name="From Lucerne",
            user_sync_inbound=UserSyncInbound(is_sync_allowed=True))
        expand = RequestConfiguration(query_parameters=ItemQuery(expand=["identitySynchronization"]))
        async with self.partner() as entry:
            await entry.identity_synchronization.put(wanted)
            read = await entry.identity_synchronization.get()
            self.assertEqual(read.display_name, "From Lucerne")
            self.assertTrue(read.user_sync_inbound.is_sync_allowed)
            expanded = await entry.get(expand)
            self.assertEqual(expanded.identity_synchronization.display_name, "From Lucerne")
            await entry.identity_synchronization.delete()
            self.assertIsNone((await entry.get(expand)).identity_synchronization)

    async def test_a_body_that_makes_no_sense_is_refused_with_an_error_that_parses(self):
        with self.assertRaises(ODataError) as refused:
            await self.policy.partners.post(Partner(tenant_id="lucerne"))
        self.assertEqual(refused.exception.response_status_code, 400)
        error = refused.exception.error
        self.assertEqual(error.code, "Request_BadRequest")
        self.assertIn("tenantId", error.message)
        self.assertIsNotNone(error.inner_error.request_id)
        self.assertIsNotNone(error.inner_error.date)

    async def test_a_partner_that_is_not_there_is_not_found(self):
        entry = self.policy.partners.by_cross_tenant_access_policy_configuration_partner_tenant_id(
            LUCERNE)
        with self.assertRaises(ODataError) as refused:
            await entry.get()
        self.assertEqual(refused.exception.response_status_code, 404)
        self.assertEqual(refused.exception.error.code, "Request_ResourceNotFound")

    async def test_the_audit_log_says_who_changed_which_partner(self):
        async with self.partner():
            pass
        query = Audits.DirectoryAuditsRequestBuilderGetQueryParameters(top=2)
        page = await self.graph.audit_logs.directory_audits.get(
            RequestConfiguration(query_parameters=query))
        deleted, added = page.value
        self.assertEqual(deleted.activity_display_name, "Delete partner specific cross-tenant access setting")
        self.assertEqual(added.activity_display_name, "Add a partner to cross-tenant access setting")
        for row in (deleted, added):
            self.assertEqual(row.category, "CrossTenantAccessSettings")
            self.assertEqual(row.initiated_by.app.app_id, CLIENT)
            details = {detail.key: detail.value for detail in row.additional_details}
            self.assertEqual(details["partner"], LUCERNE)
        self.assertGreaterEqual(deleted.activity_date_time, added.activity_date_time)

    async def test_sign_ins_are_filtered_and_come_in_pages(self):
        query = SignIns.SignInsRequestBuilderGetQueryParameters(
            filter=f"resourceTenantId ne '{TENANT}' and status/errorCode ne 0", top=40)
        page = await self.graph.audit_logs.sign_ins.get(
            RequestConfiguration(query_parameters=query))
        self.assertEqual(len(page.value), 40)
        self.assertIsNotNone(page.odata_next_link)
        rows = []

        def note(row):
            rows.append(row)
            return True

        await PageIterator(page, self.graph.request_adapter).iterate(note)
        self.assertGreater(len(rows), 40)
        self.assertEqual(len({row.id for row in rows}), len(rows))
        for row in rows:
            self.assertNotEqual(row.status.error_code, 0)
            self.assertIsNotNone(row.created_date_time.tzinfo)

    async def test_a_guest_is_invited(self):
        invited = await self.graph.invitations.post(Invitation(
            invited_user_email_address="gast@outside.example",
            invite_redirect_url="https://app.contoso.com"))
        user = self.graph.users.by_user_id(invited.invited_user.id)
        try:
            self.assertEqual(invited.status, "PendingAcceptance")
            self.assertTrue(invited.invite_redeem_url.startswith("https://"))
            self.assertEqual((await user.get()).mail, "gast@outside.example")
        finally:
            await user.delete()

    async def test_a_tenant_is_looked_up(self):
        relations = self.graph.tenant_relationships
        found = await relations.find_tenant_information_by_tenant_id_with_tenant_id(FABRIKAM).get()
        self.assertEqual(found.display_name, "Fabrikam")
        self.assertEqual(found.default_domain_name, "fabrikam.com")

    async def test_a_role_is_made_given_taken_and_dropped(self):
        action = "microsoft.directory/crossTenantAccessPolicy/standard/read"
        directory = self.graph.role_management.directory
        carol = await self.graph.users.by_user_id(CAROL).get()
        role = await directory.role_definitions.post(Role(
            display_name="Reads the policy", is_enabled=True,
            role_permissions=[Permission(allowed_resource_actions=[action])]))
        try:
            given = await directory.role_assignments.post(Assignment(
                role_definition_id=role.id, principal_id=carol.id, directory_scope_id="/"))
            self.assertEqual(given.principal_id, carol.id)
            await directory.role_assignments.by_unified_role_assignment_id(given.id).delete()
        finally:
            await directory.role_definitions.by_unified_role_definition_id(role.id).delete()


if __name__ == "__main__":
    unittest.main()
