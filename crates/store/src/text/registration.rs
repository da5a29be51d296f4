//! The registration of a client.

use std::collections::BTreeSet;

use policy::target::ApplicationId;
use policy::tenant::TenantId;
use serde::{Deserialize, Serialize};
use signins::window::Moment;

use super::spelling::Spelled;
use super::{V1, is_false};
use crate::clients::{Client, ClientSecret};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretText {
    id: String,
    phc: String,
    created: Spelled<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<Spelled<Moment>>,
}

impl From<&ClientSecret> for SecretText {
    fn from(secret: &ClientSecret) -> Self {
        let ClientSecret {
            id,
            phc,
            created,
            expires,
        } = secret;
        SecretText {
            id: id.clone(),
            phc: phc.clone(),
            created: Spelled(*created),
            expires: expires.map(Spelled),
        }
    }
}

impl From<SecretText> for ClientSecret {
    fn from(text: SecretText) -> Self {
        ClientSecret {
            id: text.id,
            phc: text.phc,
            created: text.created.0,
            expires: text.expires.map(|word| word.0),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ClientText {
    v: V1,
    id: Spelled<ApplicationId>,
    tenant: Spelled<TenantId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    secrets: Vec<SecretText>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    permissions: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    disabled: bool,
}

impl From<&Client> for ClientText {
    fn from(client: &Client) -> Self {
        let Client {
            id,
            tenant,
            display_name,
            secrets,
            permissions,
            disabled,
        } = client;
        ClientText {
            v: V1,
            id: Spelled(*id),
            tenant: Spelled(*tenant),
            display_name: display_name.clone(),
            secrets: secrets.iter().map(SecretText::from).collect(),
            permissions: permissions.clone(),
            disabled: *disabled,
        }
    }
}

impl From<ClientText> for Client {
    fn from(text: ClientText) -> Self {
        Client {
            id: text.id.0,
            tenant: text.tenant.0,
            display_name: text.display_name,
            secrets: text.secrets.into_iter().map(ClientSecret::from).collect(),
            permissions: text.permissions,
            disabled: text.disabled,
        }
    }
}
