//! The lists of applications and of what stands for them, read piece by piece.

use graph::application;
use graph::query::Query;
use policy::target::ApplicationId;
use store::{ApplicationRow, Revision, ServicePrincipal};
use uuid::Uuid;

use super::{render_principal, view};
use crate::error::Result;
use crate::odata::{self, Row, Source};
use crate::people::Desk;
use crate::people::user::own_domain;

/// Where a page goes on, and the one application that is asked for, if it is one.
fn wanted(query: &Query) -> Option<Option<ApplicationId>> {
    query.equal_text("appId").map(|id| id.parse().ok())
}

fn after(token: Option<&str>) -> Result<Option<Uuid>> {
    let read = token.map(|token| Uuid::try_parse(token).map_err(|_| odata::foreign_token()));
    read.transpose()
}

pub(super) struct Applications<'a> {
    desk: &'a Desk<'a>,
    domain: String,
    wanted: Option<Option<ApplicationId>>,
}

impl<'a> Applications<'a> {
    pub(super) async fn of(desk: &'a Desk<'a>, query: &Query) -> Result<Self> {
        Ok(Applications {
            desk,
            domain: own_domain(&*desk.profile().await?),
            wanted: wanted(query),
        })
    }
}

impl Source for Applications<'_> {
    async fn read(&self, token: Option<&str>, limit: usize) -> Result<Vec<Row>> {
        let (store, tenant) = (&self.desk.app.store, self.desk.tenant());
        let after = after(token)?;
        let rows = match self.wanted {
            Some(Some(id)) if after.is_none() => store
                .application_row(tenant, id)
                .await?
                .into_iter()
                .collect(),
            Some(_) => Vec::new(),
            None => {
                let limit = u32::try_from(limit).unwrap_or(u32::MAX);
                store.application_rows(tenant, after, limit).await?
            }
        };
        let row = |row: &ApplicationRow| Row {
            token: row.object.to_string(),
            value: application::render(&view(row), &self.domain),
        };
        Ok(rows.iter().map(row).collect())
    }
}

pub(super) struct Principals<'a> {
    desk: &'a Desk<'a>,
    wanted: Option<Option<ApplicationId>>,
}

impl<'a> Principals<'a> {
    pub(super) fn of(desk: &'a Desk<'a>, query: &Query) -> Self {
        Principals {
            desk,
            wanted: wanted(query),
        }
    }
}

impl Source for Principals<'_> {
    async fn read(&self, token: Option<&str>, limit: usize) -> Result<Vec<Row>> {
        let (store, tenant) = (&self.desk.app.store, self.desk.tenant());
        let after = after(token)?;
        let rows = match self.wanted {
            Some(Some(id)) if after.is_none() => store
                .service_principal_of(tenant, id)
                .await?
                .into_iter()
                .collect(),
            Some(_) => Vec::new(),
            None => {
                let limit = u32::try_from(limit).unwrap_or(u32::MAX);
                store.service_principals(tenant, after, limit).await?
            }
        };
        let row = |(object, _): &(ServicePrincipal, Revision)| Row {
            token: object.id.to_string(),
            value: render_principal(object),
        };
        Ok(rows.iter().map(row).collect())
    }
}
