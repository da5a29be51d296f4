//! Questions about the settings themselves: what one block says about somebody (S3), and which
//! setting is in force towards a partner, from where (S2).

use std::borrow::Cow;
use std::sync::Arc;

use graph::in_force::{self, COLUMNS, Wanted};
use graph::ruling;
use graph::settings::{Mode, block};
use policy::block::Judgement;
use policy::settings::BlockName;
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::access::own::GET_SETTINGS;
use crate::administration::Held;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::question::required;
use crate::state::App;

/// More ids in one question are refused.
const MOST: usize = 10_000;

/// `op: block`: a block as Graph writes it, and who would like to pass it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BlockText {
    #[serde(default, rename = "op")]
    _op: IgnoredAny,
    block: Option<Value>,
    #[serde(default)]
    user_ids: Vec<String>,
    #[serde(default)]
    app_ids: Vec<String>,
}

impl BlockText {
    /// What the block says. It stands in the question, so no tenant's settings are looked at; what
    /// the application keywords stand for is the same for all.
    pub(crate) async fn answer(self, app: &App) -> Result<Value> {
        let missing = || ApiError::bad_body("block: this member is missing.").at("block");
        let value = self.block.as_ref().ok_or_else(missing)?;
        let name = BlockName::B2bCollaborationInbound;
        let block = block::read(value, name, Mode::Strict).map_err(|error| {
            let path = graph::document::Path::root().member("block");
            let path = path.join(&error.path).to_string();
            ApiError::bad_body(format!("{path}: {}.", error.message)).at(path)
        })?;
        let empty = || {
            let message = "block: expected a block with at least one half.";
            ApiError::bad_body(message).at("block")
        };
        let block = block.ok_or_else(empty)?.complete();
        let users: Vec<UserId> = ids(&self.user_ids, "userIds")?;
        let applications: Vec<ApplicationId> = ids(&self.app_ids, "appIds")?;
        let suites = app.effective.with(&[]).await?.world(&[]).suites;
        let subject = ruling::subject(&users, &block);
        let Judgement { ruling, .. } =
            policy::block::judge(&block, &subject, &applications, &suites);
        Ok(ruling::render(&ruling))
    }
}

fn ids<T: std::str::FromStr>(texts: &[String], path: &str) -> Result<Vec<T>> {
    if texts.len() > MOST {
        let message = format!("{path}: at most {MOST} ids are read.");
        return Err(ApiError::bad_body(message).at(path));
    }
    let read = texts.iter().enumerate();
    read.map(|(index, text)| required(Some(text.as_str()), &format!("{path}[{index}]")))
        .collect()
}

/// `op: resolve`: which setting of a tenant is in force towards a partner.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ResolveText<'a> {
    #[serde(default, rename = "op")]
    _op: IgnoredAny,
    #[serde(borrow)]
    tenant: Option<Cow<'a, str>>,
    #[serde(borrow)]
    partner: Option<Cow<'a, str>>,
    #[serde(borrow)]
    property: Option<Cow<'a, str>>,
    #[serde(borrow)]
    column: Option<Cow<'a, str>>,
}

impl ResolveText<'_> {
    /// What is in force, for whoever may read the settings of that tenant.
    pub(crate) async fn answer(self, app: &App, principal: &Principal) -> Result<Value> {
        let tenant: TenantId = required(self.tenant.as_deref(), "tenant")?;
        let partner: TenantId = required(self.partner.as_deref(), "partner")?;
        let wanted = self.wanted()?;
        let policy = readable(app, principal, tenant).await?;
        Ok(in_force::answer(&policy, partner, wanted))
    }

    fn wanted(&self) -> Result<Wanted> {
        let properties = in_force::properties();
        match (self.property.as_deref(), self.column.as_deref()) {
            (Some(name), None) => named(&properties, name, "property").map(Wanted::Property),
            (None, Some(name)) => named(&COLUMNS, name, "column").map(Wanted::Column),
            _ => Err(ApiError::bad_body("Expected either property or column.")),
        }
    }
}

fn named<T: Copy>(words: &[(&str, T)], name: &str, path: &str) -> Result<T> {
    let found = words.iter().find(|(word, _)| *word == name);
    found.map(|(_, meaning)| *meaning).ok_or_else(|| {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        ApiError::bad_body(format!("{path}: expected one of {}.", words.join(", "))).at(path)
    })
}

/// The settings of a tenant, for its own readers and for the operator, who sees both sides of
/// every question. Nobody else learns so much as whether the tenant is known.
pub(crate) async fn readable(app: &App, principal: &Principal, tenant: TenantId) -> Result<Held> {
    let absent = || {
        let message = format!("The settings of the tenant {tenant} are not here.");
        ApiError::not_found(message)
    };
    let own = tenant == principal.tenant();
    if !own && !principal.is_operator() {
        return Err(absent());
    }
    // All that reads the settings as a whole needs the same.
    principal.may(app, &GET_SETTINGS).await?;
    let sheet = app.effective.with(&[tenant]).await?;
    let known = sheet.get(tenant);
    let hosted = known.filter(|known| known.tenant.policy.is_some());
    Ok(Held::InMemory(Arc::clone(
        &hosted.ok_or_else(absent)?.tenant,
    )))
}
