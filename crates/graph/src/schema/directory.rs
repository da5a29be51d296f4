//! People, groups and programs.

use policy::world::RedemptionState;
use serde_json::{Value, json};

use super::{
    Entity, bounded, bounded_list, flag, guid, list, named, object, or_null, short, text, with,
    words,
};
use crate::{application, group, guest, user};

/// A person.
pub static USER: Entity = Entity {
    name: "user",
    shape: &user::SHAPE,
    closer: || {
        vec![
            ("userType", words(["Member", "Guest"])),
            ("externalUserState", or_null(redemption())),
            ("identities", list(identity())),
            ("invitedBy", or_null(inviter())),
            ("onPremisesExtensionAttributes", extension_attributes()),
            ("sponsors", list(named("user"))),
        ]
    },
    sure: &[
        "id",
        "userPrincipalName",
        "businessPhones",
        "accountEnabled",
        "otherMails",
        "proxyAddresses",
    ],
};

/// A group.
pub static GROUP: Entity = Entity {
    name: "group",
    shape: &group::SHAPE,
    closer: super::nothing,
    sure: &[
        "id",
        "groupTypes",
        "mailEnabled",
        "proxyAddresses",
        "securityEnabled",
    ],
};

/// A user or a group.
pub static DIRECTORY_OBJECT: Entity = Entity {
    name: "directoryObject",
    shape: &group::OBJECTS,
    closer: super::nothing,
    sure: &["id"],
};

/// An application.
pub static APPLICATION: Entity = Entity {
    name: "application",
    shape: &application::APPLICATION,
    closer: || {
        vec![
            ("signInAudience", words(application::AUDIENCES)),
            ("web", platform()),
            ("spa", platform()),
            ("publicClient", platform()),
        ]
    },
    sure: &["id", "appId", "identifierUris", "tags"],
};

/// What stands for an application.
pub static SERVICE_PRINCIPAL: Entity = Entity {
    name: "servicePrincipal",
    shape: &application::SERVICE_PRINCIPAL,
    closer: super::nothing,
    sure: &[
        "id",
        "accountEnabled",
        "appId",
        "replyUrls",
        "servicePrincipalNames",
        "servicePrincipalType",
        "tags",
    ],
};

/// Somebody is asked to come in.
pub static INVITATION: Entity = Entity {
    name: "invitation",
    shape: &guest::SHAPE,
    closer: || {
        vec![
            ("invitedUser", named("user")),
            ("invitedUserMessageInfo", named("invitedUserMessageInfo")),
            ("invitedUserType", words(["Member", "Guest"])),
        ]
    },
    sure: &[
        "id",
        "inviteRedirectUrl",
        "invitedUserEmailAddress",
        "resetRedemption",
        "sendInvitationMessage",
        "status",
    ],
};

fn redemption() -> Value {
    words([
        RedemptionState::PendingAcceptance.as_str(),
        RedemptionState::Accepted.as_str(),
    ])
}

fn identity() -> Value {
    object(&[
        ("signInType", text()),
        ("issuer", text()),
        ("issuerAssignedId", or_null(text())),
    ])
}

fn inviter() -> Value {
    object(&[("user", object(&[("id", text())]))])
}

fn extension_attributes() -> Value {
    let numbers = 1..=15;
    let names: Vec<String> = numbers.map(|n| format!("extensionAttribute{n}")).collect();
    let members = names.iter();
    let members: Vec<(&str, Value)> = members
        .map(|name| (name.as_str(), or_null(text())))
        .collect();
    object(&members)
}

fn platform() -> Value {
    object(&[("redirectUris", list(text()))])
}

/// What may be written, and what entities consist of.
pub(super) fn parts() -> Vec<(&'static str, Value)> {
    vec![
        ("userWritten", user_written()),
        ("userCreated", user_created()),
        ("groupWritten", group_written(&[])),
        (
            "groupCreated",
            with(
                group_written(&[
                    ("isAssignableToRole", or_null(flag())),
                    ("members@odata.bind", addresses()),
                    ("owners@odata.bind", addresses()),
                ]),
                &[
                    "displayName",
                    "mailEnabled",
                    "mailNickname",
                    "securityEnabled",
                ],
            ),
        ),
        ("applicationWritten", application_written()),
        (
            "applicationCreated",
            with(application_written(), &["displayName"]),
        ),
        ("servicePrincipalWritten", principal_written(&[])),
        (
            "servicePrincipalCreated",
            with(principal_written(&[("appId", guid())]), &["appId"]),
        ),
        ("invitationCreated", invitation_created()),
        ("invitedUserMessageInfo", message()),
        ("reference", reference()),
    ]
}

fn addresses() -> Value {
    json!({"type": ["array", "null"], "items": short(1024), "maxItems": 20})
}

fn user_members() -> Vec<(&'static str, Value)> {
    let texts = user::TEXTS.iter().chain(&user::MORE_TEXTS);
    let mut members: Vec<(&str, Value)> = texts.map(|name| (*name, bounded())).collect();
    members.extend([
        ("accountEnabled", or_null(flag())),
        ("displayName", bounded()),
        ("userPrincipalName", bounded()),
        ("mail", bounded()),
        ("userType", or_null(words(["Member", "Guest"]))),
        ("otherMails", bounded_list()),
        ("businessPhones", bounded_list()),
        ("passwordProfile", or_null(password())),
        ("passwordPolicies", bounded()),
        ("onPremisesImmutableId", bounded()),
    ]);
    members
}

fn password() -> Value {
    let password = object(&[
        (
            "password",
            json!({"type": "string", "minLength": 8, "maxLength": 256, "writeOnly": true}),
        ),
        ("forceChangePasswordNextSignIn", or_null(flag())),
        ("forceChangePasswordNextSignInWithMfa", or_null(flag())),
    ]);
    with(password, &["password"])
}

fn user_written() -> Value {
    object(&user_members())
}

fn user_created() -> Value {
    with(
        user_written(),
        &[
            "accountEnabled",
            "displayName",
            "mailNickname",
            "passwordProfile",
            "userPrincipalName",
        ],
    )
}

fn group_written(more: &[(&'static str, Value)]) -> Value {
    let mut members = vec![
        ("displayName", bounded()),
        ("description", bounded()),
        ("mailNickname", bounded()),
        ("visibility", bounded()),
        ("mailEnabled", or_null(flag())),
        ("securityEnabled", or_null(flag())),
        ("groupTypes", bounded_list()),
    ];
    members.extend(more.iter().cloned());
    object(&members)
}

fn application_written() -> Value {
    let platform = || {
        json!({
            "type": ["object", "null"],
            "properties": {"redirectUris": bounded_list()},
        })
    };
    object(&[
        ("displayName", bounded()),
        ("description", bounded()),
        ("signInAudience", or_null(words(application::AUDIENCES))),
        ("identifierUris", bounded_list()),
        ("web", platform()),
        ("spa", platform()),
        ("publicClient", platform()),
        ("tags", bounded_list()),
    ])
}

fn principal_written(more: &[(&'static str, Value)]) -> Value {
    let mut members = vec![
        ("displayName", bounded()),
        ("accountEnabled", or_null(flag())),
        ("replyUrls", bounded_list()),
        ("tags", bounded_list()),
    ];
    members.extend(more.iter().cloned());
    object(&members)
}

fn invitation_created() -> Value {
    let invited = json!({
        "type": ["object", "null"],
        "properties": {"id": bounded()},
    });
    let sponsors = json!({"type": ["array", "null"], "maxItems": guest::MOST_SPONSORS});
    let created = object(&[
        (
            "invitedUserEmailAddress",
            json!({"type": "string", "minLength": 1, "maxLength": 1024}),
        ),
        (
            "inviteRedirectUrl",
            json!({"type": "string", "minLength": 1, "maxLength": guest::LONGEST_ADDRESS}),
        ),
        ("invitedUserDisplayName", bounded()),
        ("invitedUserType", or_null(words(["Member", "Guest"]))),
        ("sendInvitationMessage", or_null(flag())),
        ("resetRedemption", or_null(flag())),
        ("invitedUser", invited),
        ("invitedUserSponsors", sponsors.clone()),
        ("invitedUserSponsors@odata.bind", sponsors),
        (
            "invitedUserMessageInfo",
            or_null(named("invitedUserMessageInfo")),
        ),
    ]);
    with(created, &["invitedUserEmailAddress", "inviteRedirectUrl"])
}

fn message() -> Value {
    let address = object(&[("name", bounded()), ("address", bounded())]);
    let recipient = object(&[("emailAddress", address)]);
    object(&[
        ("messageLanguage", bounded()),
        (
            "customizedMessageBody",
            or_null(short(guest::LONGEST_MESSAGE)),
        ),
        (
            "ccRecipients",
            or_null(json!({"type": "array", "items": recipient, "maxItems": 1})),
        ),
    ])
}

fn reference() -> Value {
    json!({
        "type": "object",
        "properties": {"@odata.id": short(1024)},
        "required": ["@odata.id"],
    })
}

/// A user who was deleted.
pub static DELETED_USER: Entity = Entity {
    name: "deletedUser",
    shape: &crate::deleted::USER,
    closer: Vec::new,
    sure: &["id"],
};
