//! `/comity/v1/tenants/{id}/clients`: programs that a tenant lets in. Their secrets are told once,
//! in the answer that makes them, and kept as hashes.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use graph::application::addresses;
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use policy::world::Tenant;
use serde_json::{Value, json};
use store::{
    Application, ApplicationDetails, ApplicationRow, Client, ClientSecret, DirectoryAct,
    DirectoryChange, Revision,
};
use sts::secret::SecretHash;

use crate::access::surface::{CREATE_CLIENT, DELETE_CLIENT, LIST_CLIENTS};
use crate::body;
use crate::clock::moment;
use crate::commit;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::people::{Deed, unreadable};
use crate::permission::{ALL_APPLICATION_PERMISSIONS, OPERATOR};
use crate::principal::Principal;
use crate::registry::{Operator, absent, named};
use crate::state::App;

/// How many clients one answer names.
const PAGE: u32 = 1_000;
/// The longest name.
const LONGEST_NAME: usize = 256;

const ADD_APPLICATION: Deed = Deed {
    category: "ApplicationManagement",
    activity: "Add application",
    operation: "Add",
    kind: "Application",
};

async fn tenant(app: &App, id: &str) -> Result<std::sync::Arc<Tenant>> {
    let id: TenantId = named(id)?;
    let row = app.store.tenant(id).await?.ok_or_else(|| absent(id))?;
    Ok(row.profile)
}

pub(crate) async fn list_clients(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &LIST_CLIENTS).await?;
    let tenant = tenant(&app, &id).await?;
    let clients = app.store.clients(tenant.id, None, PAGE).await?;
    let clients: Vec<Value> = clients.iter().map(render).collect();
    Ok(body::answer(200, &json!({"clients": clients})))
}

fn render(client: &Client) -> Value {
    json!({
        "clientId": client.id.to_string(),
        "displayName": client.display_name,
        "permissions": client.permissions,
        "disabled": client.disabled,
    })
}

/// What a body wants.
struct Wanted {
    name: String,
    permissions: BTreeSet<String>,
    /// Where people who sign in to it are sent back to.
    redirect_uris: Vec<String>,
}

impl Wanted {
    fn read(value: &Value) -> Result<Self> {
        let refuse = |path: &str, expected: &str| {
            ApiError::bad_body(format!("{path}: expected {expected}.")).at(path)
        };
        let members = value.as_object();
        let members = members.ok_or_else(|| ApiError::bad_body("Expected a JSON object."))?;
        let known = ["displayName", "permissions", "redirectUris"];
        if let Some(name) = members.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(refuse(
                name,
                "no such member; known are displayName, permissions, redirectUris",
            ));
        }
        let redirect_uris = match members.get("redirectUris") {
            Some(list) => {
                addresses(list).map_err(|wrong| unreadable(wrong.under("redirectUris")))?
            }
            None => Vec::new(),
        };
        let name = members.get("displayName").and_then(Value::as_str);
        let name = name.map(str::trim).filter(|name| {
            let length = name.chars().count();
            (1..=LONGEST_NAME).contains(&length)
        });
        let name = name.ok_or_else(|| refuse("displayName", "a name of at most 256 characters"))?;
        let permissions = members.get("permissions").and_then(Value::as_array);
        // A program that people sign in to needs none of its own.
        let permissions = match permissions {
            Some(permissions) if !permissions.is_empty() => permissions.as_slice(),
            _ if !redirect_uris.is_empty() => &[],
            _ => return Err(refuse("permissions", "a list of permissions")),
        };
        let mut granted = BTreeSet::new();
        for (index, permission) in permissions.iter().enumerate() {
            let known = permission
                .as_str()
                .filter(|name| ALL_APPLICATION_PERMISSIONS.contains(name) || *name == OPERATOR);
            let known = known.ok_or_else(|| {
                let path = format!("permissions[{index}]");
                refuse(&path, "the name of an application permission known here")
            })?;
            granted.insert(known.to_owned());
        }
        Ok(Wanted {
            name: name.to_owned(),
            permissions: granted,
            redirect_uris,
        })
    }
}

pub(crate) async fn create_client(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &CREATE_CLIENT).await?;
    let tenant = tenant(&app, &id).await?;
    let value = body::json(&headers, body, app.options.body_limit).await?;
    let wanted = Wanted::read(&value)?;
    let row = app.store.tenant(tenant.id).await?;
    if !wanted.redirect_uris.is_empty() && row.is_none_or(|row| !row.hosted) {
        let message = "redirectUris: people of the tenant do not sign in here.";
        return Err(ApiError::bad_body(message).at("redirectUris"));
    }
    let secret = sts::random::secret();
    let hashed = secret.clone();
    // It takes its time, on purpose: not for a thread that answers others.
    let hash = tokio::task::spawn_blocking(move || SecretHash::of(&hashed)).await;
    let hash = hash
        .map_err(ApiError::internal)?
        .map_err(ApiError::internal)?;
    let client = Client {
        id: ApplicationId::from_u128(sts::random::guid().as_u128()),
        tenant: tenant.id,
        display_name: Some(wanted.name),
        secrets: vec![ClientSecret {
            id: "first".to_owned(),
            phc: hash.as_str().to_owned(),
            created: moment(context.received),
            expires: None,
        }],
        permissions: wanted.permissions,
        disabled: false,
    };
    let operator = Operator {
        app: &app,
        principal: &principal,
        context: &context,
    };
    // The log first: a client that nobody wrote down is worse than an entry too many.
    note(&operator, &tenant, &client, "Add client", "Add").await?;
    app.store.put_client(&client).await?;
    if !wanted.redirect_uris.is_empty() {
        register(&operator, &client, wanted.redirect_uris).await?;
    }
    let mut answer = render(&client);
    if let Some(members) = answer.as_object_mut() {
        members.insert("clientSecret".to_owned(), secret.into());
        members.insert("tenantId".to_owned(), tenant.id.to_string().into());
    }
    let mut response = body::answer(201, &answer);
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    Ok(response)
}

pub(crate) async fn delete_client(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path((id, client)): Path<(String, String)>,
) -> Result<Response> {
    principal.may(&app, &DELETE_CLIENT).await?;
    let tenant = tenant(&app, &id).await?;
    let found = match client.parse::<ApplicationId>() {
        Ok(id) => app.store.client(id).await?,
        Err(_) => None,
    };
    let found = found.filter(|found| found.tenant == tenant.id);
    let found = found.ok_or_else(|| ApiError::not_found("The tenant has no such client."))?;
    let operator = Operator {
        app: &app,
        principal: &principal,
        context: &context,
    };
    note(&operator, &tenant, &found, "Delete client", "Delete").await?;
    app.store.delete_client(tenant.id, found.id).await?;
    Ok(body::answer(200, &render(&found)))
}

/// The application of a client that people sign in to, in the tenant's directory like any other.
async fn register(
    operator: &Operator<'_>,
    client: &Client,
    redirect_uris: Vec<String>,
) -> Result<()> {
    let object = sts::random::guid();
    let row = ApplicationRow {
        object,
        application: Application {
            id: client.id,
            tenant: client.tenant,
            display_name: client.display_name.clone(),
            redirect_uris,
        },
        details: ApplicationDetails {
            created: Some(moment(operator.context.received)),
            ..ApplicationDetails::default()
        },
        version: Revision(1),
    };
    let record = ADD_APPLICATION
        .entry(
            Some(object.to_string()),
            client.display_name.clone(),
            Vec::new(),
        )
        .record_in(
            Some(client.tenant),
            commit::occasion(
                operator.context,
                operator.principal.initiator(operator.context),
            ),
            None,
        );
    let act = DirectoryAct::PutApplication {
        row: Box::new(row),
        expected: None,
    };
    let change = DirectoryChange::new(client.tenant, vec![act], vec![record]);
    operator.app.store.write_directory(&change).await?;
    Ok(())
}

async fn note(
    operator: &Operator<'_>,
    tenant: &Tenant,
    client: &Client,
    activity: &'static str,
    operation: &'static str,
) -> Result<()> {
    let permissions: Vec<&str> = client.permissions.iter().map(String::as_str).collect();
    let details = vec![
        ("clientId".to_owned(), client.id.to_string()),
        ("permissions".to_owned(), permissions.join(" ")),
    ];
    // A tenant that is only registered has a log as well, should it be hosted one day.
    let mut entries = operator.noted(tenant, activity, operation, details);
    if let [entry] = &entries[..] {
        let own = store::AuditRecord {
            id: sts::random::guid(),
            tenant: Some(tenant.id),
            ..entry.clone()
        };
        entries.push(own);
    }
    operator.app.store.append_audit(&entries).await?;
    Ok(())
}
