//! The forms are a promise to every database that was ever written: each text here must be read
//! for ever, and written again just so.
//!
//! A line may be added when a form gets a new member. No line may be changed.

use policy::settings::{Defaults, Partner, Policy};
use policy::world::{Tenant, User};

use super::audit::{AuditText, InitiatorText};
use super::facts::FactsText;
use super::people::{ApplicationText, GroupText, UserText};
use super::profile::ProfileText;
use super::registration::ClientText;
use super::settings::{DefaultsText, PartnerText, RootText};
use super::sign_in::SignInText;
use super::{read, write};
use crate::audit::{AuditRecord, Initiator};
use crate::clients::Client;
use crate::error::Error;
use crate::facts::Facts;
use crate::people::{Application, Group};
use crate::sign_ins::SignInRecord;

macro_rules! forms {
    ($($name:ident: $text:ty, $value:ty, [$($form:literal),* $(,)?];)*) => {$(
        #[test]
        fn $name() {
            for form in [$($form),*] {
                // The literals are broken over lines; the forms have no blanks between words.
                let form: String = form.lines().map(str::trim).collect();
                let value: $value = read::<$text, _>("a form", &form).unwrap();
                assert_eq!(write::<$text, _>(&value).unwrap(), form);
            }
        }
    )*};
}

forms! {
    the_root_of_a_policy_is_read_and_written: RootText, Policy, [
        r#"{"v":1}"#,
        r#"{"v":1,"id":"0c000000-0000-4000-8000-000000000001","displayName":"Contoso's policy",
            "allowedClouds":["usGovernment","china","commercial"],
            "untreated":[["b","null"],["x","{\"a\": 1}"]]}"#,
    ];
    a_default_is_read_and_written: DefaultsText, Defaults, [
        r#"{"v":1}"#,
        r#"{"v":1,"customized":true,"blocks":{
            "collaborationInbound":{"users":{"access":"allowed"},"applications":{"access":"blocked"}},
            "collaborationOutbound":{"users":{"access":"blocked","only":[
                "user:0c000000-0000-4000-8000-000000000001",
                "group:0c000000-0000-4000-8000-000000000002"]}},
            "directConnectInbound":{"applications":{"access":"allowed","only":[
                "suite:office365","suite:allMicrosoftApps",
                "application:0c000000-0000-4000-8000-000000000003"]}},
            "directConnectOutbound":{"users":{"access":"allowed"}},
            "tenantRestrictions":{"users":{"access":"blocked"}}},
            "trust":{"mfa":true,"compliantDevice":false},
            "redemption":{"primary":["federation","tenant","social"],"fallback":"passcode"},
            "untreated":[["m365CollaborationInbound","{}"]]}"#,
        r#"{"v":1,"trust":{},"redemption":{"primary":[],"fallback":"configured"}}"#,
        r#"{"v":1,"redemption":{"primary":[],"fallback":"microsoftAccount"}}"#,
    ];
    a_partner_is_read_and_written: PartnerText, Partner, [
        r#"{"v":1,"tenant":"0f000000-0000-4000-8000-00000000000f"}"#,
        r#"{"v":1,"tenant":"0f000000-0000-4000-8000-00000000000f","isServiceProvider":true,
            "isInMultitenantOrganization":true,
            "blocks":{"collaborationInbound":{"users":{"access":"allowed"}}},
            "trust":{"hybridJoinedDevice":true,"untreated":[["x","1"]]},
            "automaticConsent":{"inbound":true,"outbound":false},
            "synchronization":{"displayName":"Fabrikam","isSyncAllowed":true},
            "untreated":[["y","2"]]}"#,
    ];
    a_profile_is_read_and_written: ProfileText, Tenant, [
        r#"{"v":1,"id":"0c000000-0000-4000-8000-00000000000c","cloud":"commercial",
            "allowInvitesFrom":"everyone","emailPasscode":true,"storage":"scalable",
            "templates":{"partnerLevel":{"newPartners":true,"existingPartners":true},"trust":{},
            "synchronizationLevel":{"newPartners":true,"existingPartners":true}}}"#,
        r#"{"v":1,"id":"0c000000-0000-4000-8000-00000000000c","displayName":"Contoso",
            "cloud":"usGovernment","domains":["contoso.com","contoso.onmicrosoft.com"],"p1":true,
            "allowInvitesFrom":"inviters","domainList":{"allowed":["fabrikam.com"]},
            "emailPasscode":false,
            "conditionalAccess":[{"id":"ca1","displayName":"Guests","state":"reportOnly",
            "includeUsers":{"all":true,"external":{"categories":["internalGuest",
            "collaborationGuest","collaborationMember","directConnectUser","otherExternalUser",
            "serviceProvider"],"tenants":["0f000000-0000-4000-8000-00000000000f"]}},
            "excludeUsers":{"users":["0c000000-0000-4000-8000-000000000001"],
            "groups":["0c000000-0000-4000-8000-000000000002"]},
            "includeApplications":{"all":true,"office365":true,"adminPortals":true},
            "excludeApplications":{"applications":["0c000000-0000-4000-8000-000000000003"]},
            "operator":"and","controls":["block","mfa","compliantDevice","hybridJoinedDevice",
            {"unsupported":"passwordChange"},{"strength":["fido2","password,sms"]},
            "termsOfUse"]}],
            "protectedActions":{"crossTenantAccessPolicy/partners/delete":"c1"},
            "storage":"legacy","templates":{
            "partnerLevel":{"newPartners":true,"existingPartners":false},
            "blocks":{"collaborationInbound":{"users":{"access":"allowed"}}},"trust":{"mfa":true},
            "automaticConsent":{"inbound":true},
            "synchronizationLevel":{"newPartners":false,"existingPartners":true},
            "isSyncAllowed":true},"inOtherMultitenantOrganization":true}"#,
        r#"{"v":1,"id":"0c000000-0000-4000-8000-00000000000c","cloud":"china",
            "allowInvitesFrom":"nobody","domainList":{"blocked":[]},"emailPasscode":true,
            "storage":"migrating",
            "templates":{"partnerLevel":{"newPartners":true,"existingPartners":true},"trust":{},
            "synchronizationLevel":{"newPartners":true,"existingPartners":true}}}"#,
        r#"{"v":1,"id":"0c000000-0000-4000-8000-00000000000c","cloud":"commercial",
            "allowInvitesFrom":"everyone","emailPasscode":true,
            "conditionalAccess":[{"id":"ca1","state":"enabled","includeUsers":{"all":true},
            "excludeUsers":{},"includeApplications":{},"excludeApplications":{},"operator":"or",
            "controls":["block"],"elsewhere":true,"source":"{}"}],"storage":"scalable",
            "templates":{"partnerLevel":{"newPartners":true,"existingPartners":true},"trust":{},
            "synchronizationLevel":{"newPartners":true,"existingPartners":true}},
            "governance":{"roles":[{"id":"0c000000-0000-4000-8000-0000000000d1",
            "template":"0c000000-0000-4000-8000-0000000000d2","displayName":"Desk",
            "description":"Adds partners","enabled":true,"version":"2",
            "actions":["crossTenantAccessPolicy/partners/create"]},
            {"id":"0c000000-0000-4000-8000-0000000000d3",
            "template":"0c000000-0000-4000-8000-0000000000d3","displayName":"Off","actions":[]}],
            "assignments":[{"role":"0c000000-0000-4000-8000-0000000000d1",
            "principal":"0c000000-0000-4000-8000-000000000001"}],
            "contexts":[{"id":"c1","displayName":"Strong","description":"MFA","available":true},
            {"id":"c10"}]}}"#,
    ];
    a_user_is_read_and_written: UserText, User, [
        r#"{"v":1,"id":"0c000000-0000-4000-8000-000000000001",
            "userPrincipalName":"alice@contoso.com","userType":"member","enabled":true}"#,
        r#"{"v":1,"id":"0c000000-0000-4000-8000-000000000001",
            "userPrincipalName":"fred_fabrikam.com#EXT#@contoso.com","mail":"fred@fabrikam.com",
            "displayName":"Fred","userType":"guest","enabled":false,"groups":[],
            "external":{"tenant":{"home":"0f000000-0000-4000-8000-00000000000f",
            "user":"0f000000-0000-4000-8000-000000000001"}},"redemption":"pending",
            "smsSignIn":true,"managedBySynchronization":true,
            "sponsor":"0c000000-0000-4000-8000-000000000002",
            "identityProvider":"azureActiveDirectory","attributes":{"department":"Sales"}}"#,
        r#"{"v":1,"id":"0c000000-0000-4000-8000-000000000001","userPrincipalName":"x",
            "userType":"guest","enabled":true,"groups":["0c000000-0000-4000-8000-000000000009"],
            "external":{"providers":["federation","social","microsoftAccount","passcode"]},
            "redemption":"accepted","identityProvider":"emailOneTimePasscode"}"#,
    ];
    a_group_is_read_and_written: GroupText, Group, [
        r#"{"v":1,"id":"0c000000-0000-4000-8000-000000000002","displayName":"Sales",
            "memberOf":["0c000000-0000-4000-8000-000000000003"]}"#,
    ];
    an_application_is_read_and_written: ApplicationText, Application, [
        r#"{"v":1,"id":"0c000000-0000-4000-8000-00000000000a",
            "tenant":"0c000000-0000-4000-8000-00000000000c","displayName":"ERP",
            "redirectUris":["https://erp.contoso.com/back"]}"#,
    ];
    the_shared_facts_are_read_and_written: FactsText, Facts, [
        r#"{"v":1}"#,
        r#"{"v":1,"office365":["0c000000-0000-4000-8000-000000000001"],
            "allMicrosoftApps":["0c000000-0000-4000-8000-000000000002"],
            "directConnectCapable":["0c000000-0000-4000-8000-000000000003"],
            "multitenantOrganizations":[{"displayName":"Group","members":[
            {"tenant":"0c000000-0000-4000-8000-00000000000c","owner":true,"active":false}]}],
            "bothSidesRequired":true}"#,
    ];
    an_audit_entry_is_read_and_written: AuditText, AuditRecord, [
        r#"{"v":1,"id":"0a000000-0000-4000-8000-000000000001",
            "tenant":"0c000000-0000-4000-8000-00000000000c","time":"1700000000123456700",
            "correlation":"0a000000-0000-4000-8000-000000000002",
            "initiator":{"who":{"user":{"id":"0c000000-0000-4000-8000-000000000001",
            "userPrincipalName":"alice@contoso.com","displayName":"Alice",
            "homeTenant":"0f000000-0000-4000-8000-00000000000f"}},"address":"192.0.2.1"},
            "service":"Core Directory","category":"CrossTenantAccessSettings",
            "activity":"Update a partner cross-tenant access setting","operation":"Update",
            "failure":"license_required","target":{"kind":"Policy",
            "id":"0c000000-0000-4000-8000-000000000009","displayName":"p",
            "userPrincipalName":"u"},
            "modified":[{"name":"tenantId","old":"null","new":{"text":"x"}},
            {"name":"b2bCollaborationInbound","old":{"block":{"users":{"access":"allowed"}}},
            "new":{"trust":{"mfa":true}}},
            {"name":"c","old":{"consent":{"inbound":true}},
            "new":{"redemption":{"primary":["tenant"],"fallback":"passcode"}}},
            {"name":"d","old":{"clouds":["china"]},
            "new":{"synchronization":{"isSyncAllowed":false}}},
            {"name":"e","old":{"json":"{}"},"new":"null"}],
            "details":[["partner","y"]],"userAgent":"curl/8"}"#,
        r#"{"v":1,"id":"0a000000-0000-4000-8000-000000000001","time":"-1",
            "correlation":"0a000000-0000-4000-8000-000000000002",
            "initiator":{"who":"system"},"service":"s","category":"c","activity":"a",
            "operation":"o","target":{"kind":"k"}}"#,
    ];
    who_did_something_is_read_and_written: InitiatorText, Initiator, [
        r#"{"who":{"user":{"id":"0c000000-0000-4000-8000-000000000001"}}}"#,
        r#"{"who":{"application":{"id":"0c000000-0000-4000-8000-000000000001",
            "displayName":"Script"}},"address":"::1"}"#,
        r#"{"who":{"operator":{"name":"root"}}}"#,
        r#"{"who":"system"}"#,
    ];
    a_sign_in_is_read_and_written: SignInText, SignInRecord, [
        r#"{"v":1,"id":"s1","tokenIssuer":"AzureAD","errorCode":0}"#,
        r#"{"v":1,"id":"s1","created":"1700000000123456700",
            "homeTenant":"0f000000-0000-4000-8000-00000000000f",
            "resourceTenant":"0c000000-0000-4000-8000-00000000000c",
            "accessType":"b2bCollaboration","tokenIssuer":"ADFederationServices",
            "user":"0c000000-0000-4000-8000-000000000001","userType":"guest",
            "userDisplayName":"Fred","userPrincipalName":"fred@fabrikam.com",
            "clientApp":"0c000000-0000-4000-8000-000000000002","clientAppName":"Browser",
            "resourceApp":"0c000000-0000-4000-8000-000000000003","resourceAppName":"ERP",
            "errorCode":500213,"failureReason":"Blocked.","isInteractive":false,
            "correlation":"k","clientAppUsed":"Browser","address":"192.0.2.1",
            "device":{"id":"d","displayName":"Laptop","operatingSystem":"Linux","browser":"Firefox"},
            "claims":{"mfa":true,"compliantDevice":true,"hybridJoinedDevice":true},
            "conditionalAccess":"failure",
            "applied":[{"id":"ca1","displayName":"Guests","satisfied":false}],
            "multiFactorRequired":true,"tenantRestricted":false,"synthetic":true}"#,
    ];
    a_client_is_read_and_written: ClientText, Client, [
        r#"{"v":1,"id":"0c000000-0000-4000-8000-000000000002",
            "tenant":"0c000000-0000-4000-8000-00000000000c","displayName":"Script",
            "secrets":[{"id":"k1","phc":"$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA",
            "created":"1","expires":"2"}],"permissions":["Policy.Read.All"],"disabled":true}"#,
    ];
}

#[test]
fn a_form_of_a_later_version_is_not_guessed_at() {
    for form in [
        r#"{"v":2}"#,
        r#"{}"#,
        r#"{"v":1,"surprise":true}"#,
        r#"{"v":1,"blocks":{"tenantRestrictions":{"users":{"access":"blocked","only":[]}}}}"#,
        r#"{"v":1,"blocks":{"tenantRestrictions":{"users":{"access":"Blocked"}}}}"#,
    ] {
        let read = read::<DefaultsText, Defaults>("a default", form);
        assert!(matches!(read, Err(Error::Corrupt { .. })), "{form}");
    }
}
