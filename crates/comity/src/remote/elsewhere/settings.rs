//! The settings of a tenant, as any Graph answers them.

use graph::import::{self, Imported, Options};
use plan::stamp::Stamp;
use policy::tenant::TenantId;
use serde_json::{Value, json};

use super::Graph;
use crate::exit::Failure;

const POLICY: &str = "/policies/crossTenantAccessPolicy";
const DEFAULT: &str = "/policies/crossTenantAccessPolicy/default";
const PARTNERS: &str = "/policies/crossTenantAccessPolicy/partners";
const SYNCHRONIZATION: &str = "$expand=identitySynchronization";

/// The answers.
pub(crate) struct Settings {
    tenant: TenantId,
    policy: Value,
    default: Value,
    partners: Vec<Value>,
}

impl Settings {
    /// Reads all of them, and makes sure whose they are.
    pub(crate) async fn read(graph: &mut Graph, tenant: TenantId) -> Result<Self, Failure> {
        let policy = graph.get(POLICY).await?;
        graph.is_of(tenant).await?;
        Ok(Settings {
            tenant,
            policy,
            default: graph.get(DEFAULT).await?,
            partners: graph.list(&format!("{PARTNERS}?{SYNCHRONIZATION}")).await?,
        })
    }

    /// Reads again what a request to that partner's entry, or else to the policy or the default, may
    /// have changed.
    pub(crate) async fn refresh(
        &mut self,
        graph: &mut Graph,
        partner: Option<TenantId>,
    ) -> Result<(), Failure> {
        let Some(partner) = partner else {
            self.policy = graph.get(POLICY).await?;
            self.default = graph.get(DEFAULT).await?;
            return Ok(());
        };
        let path = format!("{PARTNERS}/{partner}?{SYNCHRONIZATION}");
        let entry = graph.find(&path).await?;
        let id = partner.to_string();
        let is_it = |entry: &Value| {
            let other = entry.get("tenantId").and_then(Value::as_str);
            other.is_some_and(|other| other.eq_ignore_ascii_case(&id))
        };
        self.partners.retain(|entry| !is_it(entry));
        match entry {
            Some(entry) if !is_it(&entry) => {
                let message = format!(
                    "{} answered another entry than that of {id}",
                    graph.endpoint
                );
                Err(Failure::failed(message))
            }
            entry => {
                self.partners.extend(entry);
                Ok(())
            }
        }
    }

    /// What they say.
    pub(crate) fn imported(&self, options: &Options) -> Result<Imported, Failure> {
        let named = |name: &str, value: Value| (name.to_owned(), value);
        let context =
            "https://graph.microsoft.com/v1.0/$metadata#policies/crossTenantAccessPolicy/partners";
        let documents = [
            named("the policy", self.policy.clone()),
            named("the default", self.default.clone()),
            named(
                "the partners",
                json!({"@odata.context": context, "value": self.partners}),
            ),
        ];
        import::read(&documents, options)
            .map_err(|error| Failure::failed(format!("the answer of the server: {error}")))
    }

    /// Which settings they are.
    pub(crate) fn stamp(&self) -> Result<Stamp, Failure> {
        let imported = self.imported(&Options {
            tenant: Some(self.tenant),
            p1: Some(true),
            ..Options::default()
        })?;
        Ok(Stamp::of(&imported.tenant.policy.unwrap_or_default()))
    }
}

impl Graph {
    /// Makes sure that it is this tenant whose settings are answered. Graph's addresses do not say.
    async fn is_of(&mut self, tenant: TenantId) -> Result<(), Failure> {
        let of_token = self.tenant_of_token();
        let known = match of_token {
            Some(known) => Some(known),
            None => self.organization().await?,
        };
        match known {
            Some(known) if known == tenant => Ok(()),
            Some(known) => Err(Failure::broken(format!(
                "{} answers with the settings of {known}, and not of {tenant}",
                self.endpoint
            ))
            .advise("a client of the tenant itself")),
            None => Err(Failure::failed(format!(
                "{} does not say whose settings it answers with",
                self.endpoint
            ))
            .advise("a client that also holds Organization.Read.All")),
        }
    }

    async fn organization(&mut self) -> Result<Option<TenantId>, Failure> {
        let found = self.find("/organization?$select=id").await?;
        let id = found
            .as_ref()
            .and_then(|found| found.pointer("/value/0/id"));
        let id = id.and_then(Value::as_str);
        Ok(id.and_then(|id| id.parse().ok()))
    }
}
