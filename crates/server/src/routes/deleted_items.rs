//! [beta] `/policies/deletedItems`: partners and synchronization settings that were deleted in the
//! last 30 days, to be taken back or given up for good.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use graph::deleted::{self as wire, PARTNER};
use graph::query::Query;
use policy::administer::{Operation, PartnerKey};
use policy::tenant::TenantId;
use serde_json::Value;
use store::{DeletedItem, DeletedKind, KEPT_NANOSECONDS, Moment, Snapshot};

use crate::access::Right;
use crate::access::surface::{
    FORGET_PARTNER, FORGET_SYNCHRONIZATION, GET_DELETED_PARTNER, GET_DELETED_SYNCHRONIZATION,
    LIST_DELETED_PARTNERS, LIST_DELETED_SYNCHRONIZATION, RESTORE_PARTNER, RESTORE_SYNCHRONIZATION,
};
use crate::administration;
use crate::body;
use crate::clock::moment;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::odata::{self, Address, Row, Source, Writing};
use crate::principal::Principal;
use crate::state::App;

/// One of the two collections.
pub(crate) struct Collection {
    kind: DeletedKind,
    place: &'static str,
    /// What one of them is called.
    type_name: &'static str,
    list: &'static Right,
    get: &'static Right,
    restore: &'static Right,
    forget: &'static Right,
}

pub(crate) static PARTNERS: Collection = Collection {
    kind: DeletedKind::Partner,
    place: "policies/deletedItems/crossTenantPartners",
    type_name: "microsoft.graph.crossTenantAccessPolicyConfigurationPartner",
    list: &LIST_DELETED_PARTNERS,
    get: &GET_DELETED_PARTNER,
    restore: &RESTORE_PARTNER,
    forget: &FORGET_PARTNER,
};

pub(crate) static SYNCHRONIZATION: Collection = Collection {
    kind: DeletedKind::Synchronization,
    place: "policies/deletedItems/crossTenantSyncPolicyPartners",
    type_name: "microsoft.graph.crossTenantIdentitySyncPolicyPartner",
    list: &LIST_DELETED_SYNCHRONIZATION,
    get: &GET_DELETED_SYNCHRONIZATION,
    restore: &RESTORE_SYNCHRONIZATION,
    forget: &FORGET_SYNCHRONIZATION,
};

fn render(item: &DeletedItem) -> Value {
    match item.kind {
        DeletedKind::Partner => wire::render_partner(&item.entry, item.deleted),
        DeletedKind::Synchronization => wire::render_synchronization(&item.entry, item.deleted),
    }
}

/// The beginning of the 30 days.
fn since(context: &Context) -> Moment {
    let now = moment(context.received).as_nanoseconds();
    Moment::from_nanoseconds(now - KEPT_NANOSECONDS)
}

struct Deleted<'a> {
    app: &'a App,
    tenant: TenantId,
    kind: DeletedKind,
    since: Moment,
}

impl Source for Deleted<'_> {
    async fn read(&self, after: Option<&str>, limit: usize) -> Result<Vec<Row>> {
        let after = match after {
            None => None,
            Some(text) => Some(text.parse().map_err(|_| odata::foreign_token())?),
        };
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let Deleted {
            app,
            tenant,
            kind,
            since,
        } = self;
        let items = app
            .store
            .deleted(*tenant, *kind, *since, after, limit)
            .await?;
        let rows = items.iter().map(|item| Row {
            token: item.entry.tenant.to_string(),
            value: render(item),
        });
        Ok(rows.collect())
    }
}

impl Collection {
    pub(crate) async fn list(
        &self,
        app: &App,
        principal: &Principal,
        context: &Context,
        address: &Address,
    ) -> Result<Response> {
        principal.may(app, self.list).await?;
        let query = address.query(&PARTNER)?;
        let source = Deleted {
            app,
            tenant: principal.tenant(),
            kind: self.kind,
            since: since(context),
        };
        odata::scan(address, self.place, &query, &source).await
    }

    async fn item(
        &self,
        app: &App,
        principal: &Principal,
        context: &Context,
        key: PartnerKey,
    ) -> Result<Option<DeletedItem>> {
        let Some(key) = key else {
            return Ok(None);
        };
        let tenant = principal.tenant();
        let item = app
            .store
            .deleted_item(tenant, self.kind, since(context), key);
        Ok(item.await?)
    }

    pub(crate) async fn get(
        &self,
        app: &App,
        principal: &Principal,
        context: &Context,
        address: &Address,
        id: &str,
    ) -> Result<Response> {
        principal.may(app, self.get).await?;
        let query = address.query_of_one(&PARTNER)?;
        let item = self.item(app, principal, context, id.parse().ok()).await?;
        let item = item.ok_or_else(|| ApiError::not_found("Nothing of that id was deleted."))?;
        let value = render(&item);
        Ok(odata::entity(address, 200, self.place, &query, value, ()))
    }

    /// Judged and kept like every other write of the settings, on what is still deleted then.
    async fn write(
        &self,
        writing: &Writing<'_>,
        id: &str,
        restores: bool,
    ) -> Result<Option<Value>> {
        let key: PartnerKey = id.parse().ok();
        let told = self
            .item(writing.app, writing.principal, writing.context, key)
            .await?;
        let made = Taken {
            collection: self,
            writing,
            key,
            restores,
        };
        administration::write_made(writing, key, &made).await?;
        Ok(told.as_ref().map(render))
    }

    fn operation(&self, key: PartnerKey, item: Option<DeletedItem>, restores: bool) -> Operation {
        match (self.kind, restores) {
            (DeletedKind::Partner, true) => {
                Operation::RestorePartner(key, item.map(|item| Box::new(item.entry)))
            }
            (DeletedKind::Synchronization, true) => {
                let setting = item.and_then(|item| item.entry.synchronization);
                Operation::RestoreSynchronization(key, setting.map(Box::new))
            }
            (DeletedKind::Partner, false) => Operation::ForgetPartner(key, item.is_some()),
            (DeletedKind::Synchronization, false) => {
                Operation::ForgetSynchronization(key, item.is_some())
            }
        }
    }

    pub(crate) async fn restore(
        &self,
        writing: &Writing<'_>,
        address: &Address,
        id: &str,
    ) -> Result<Response> {
        let value = self.write(writing, id, true).await?.unwrap_or_default();
        let query = Query::all(&PARTNER, address.manner());
        let place = self.type_name;
        Ok(odata::value_of(address, 200, place, &query, value, ()))
    }
}

/// What is written, on what is deleted at that moment.
struct Taken<'a> {
    collection: &'a Collection,
    writing: &'a Writing<'a>,
    key: PartnerKey,
    restores: bool,
}

impl administration::Make for Taken<'_> {
    async fn make(&self, _: &Snapshot) -> Result<Operation> {
        let Writing {
            app,
            principal,
            context,
            ..
        } = self.writing;
        let item = self.collection.item(app, principal, context, self.key);
        let item = item.await?;
        Ok(self.collection.operation(self.key, item, self.restores))
    }
}

macro_rules! handlers {
    ($collection:ident: $list:ident, $get:ident, $restore:ident, $forget:ident) => {
        pub(crate) async fn $list(
            State(app): State<App>,
            principal: Principal,
            context: Context,
            address: Address,
        ) -> Result<Response> {
            $collection.list(&app, &principal, &context, &address).await
        }

        pub(crate) async fn $get(
            State(app): State<App>,
            principal: Principal,
            context: Context,
            address: Address,
            Path(id): Path<String>,
        ) -> Result<Response> {
            let collection = &$collection;
            collection
                .get(&app, &principal, &context, &address, &id)
                .await
        }

        pub(crate) async fn $restore(
            State(app): State<App>,
            principal: Principal,
            context: Context,
            address: Address,
            Path(id): Path<String>,
            headers: HeaderMap,
            body: Body,
        ) -> Result<Response> {
            principal.may(&app, $collection.restore).await?;
            body::bytes(&headers, body, app.options.body_limit).await?;
            let writing = Writing {
                app: &app,
                principal: &principal,
                context: &context,
                headers: &headers,
            };
            $collection.restore(&writing, &address, &id).await
        }

        pub(crate) async fn $forget(
            State(app): State<App>,
            principal: Principal,
            context: Context,
            Path(id): Path<String>,
            headers: HeaderMap,
            body: Body,
        ) -> Result<Response> {
            principal.may(&app, $collection.forget).await?;
            body::bytes(&headers, body, app.options.body_limit).await?;
            let writing = Writing {
                app: &app,
                principal: &principal,
                context: &context,
                headers: &headers,
            };
            $collection.write(&writing, &id, false).await?;
            Ok(odata::no_content(()))
        }
    };
}

handlers!(PARTNERS: list_partners, get_partner, restore_partner, forget_partner);
handlers!(
    SYNCHRONIZATION: list_synchronization,
    get_synchronization,
    restore_synchronization,
    forget_synchronization
);
