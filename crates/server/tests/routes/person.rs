//! People who are not among the five: with any scopes, roles and session.

use axum::body::Body;
use axum::http::Request;
use policy::role::Role;
use policy::target::ApplicationId;
use serde_json::Value;
use sts::{Bearer, Caller};
use uuid::Uuid;

use crate::client::{Answer, CONTOSO, Server, now};

/// Fred's object in Contoso, who can be given a role there.
pub(crate) const FRED_THERE: &str = "0c000000-0000-4000-8000-00000000b001";
pub(crate) const ROLES: &str = "/v1.0/roleManagement/directory";
pub(crate) const CONDITIONS: &str = "/v1.0/identity/conditionalAccess";

/// Every scope there is.
pub(crate) fn all_scopes() -> Vec<String> {
    let lines = server::permission_lines();
    let scopes = lines.iter().flat_map(|line| line.scopes());
    let mut scopes: Vec<String> = scopes.map(|scope| (*scope).to_owned()).collect();
    scopes.sort();
    scopes.dedup();
    scopes
}

/// Somebody of a tenant with every scope.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) tenant: &'static str,
    pub(crate) object: Uuid,
    pub(crate) roles: Vec<Uuid>,
    pub(crate) scopes: Vec<String>,
    pub(crate) contexts: Vec<String>,
}

impl Person {
    /// Of Contoso, with these roles in the token.
    pub(crate) fn with(roles: &[Role]) -> Self {
        let id = |role: &Role| Uuid::from_u128(role.id().as_u128());
        Person {
            tenant: CONTOSO,
            object: FRED_THERE.parse().unwrap(),
            roles: roles.iter().map(id).collect(),
            scopes: all_scopes(),
            contexts: Vec::new(),
        }
    }

    pub(crate) fn scoped(mut self, scopes: &[&str]) -> Self {
        self.scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self
    }

    pub(crate) fn in_session(mut self, contexts: &[&str]) -> Self {
        self.contexts = contexts.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    pub(crate) fn token(&self, server: &Server) -> String {
        let bearer = Bearer {
            tenant: self.tenant.parse().unwrap(),
            object: self.object,
            application: Some(ApplicationId::from_u128(1)),
            application_name: Some("Console".to_owned()),
            issued: now().as_second(),
            caller: Caller::Person {
                scopes: self.scopes.clone(),
                roles: self.roles.clone(),
                user_principal_name: Some("dana@contoso.com".to_owned()),
                display_name: Some("Dana".to_owned()),
                contexts: self.contexts.clone(),
            },
        };
        let verifier = server.app.verifier();
        let token = verifier.mint_for_person(&bearer, now().as_second());
        token.unwrap().unwrap()
    }

    pub(crate) async fn call(
        &self,
        server: &Server,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        bearing(server, &self.token(server), method, path, body).await
    }

    pub(crate) async fn get(&self, server: &Server, path: &str) -> Answer {
        self.call(server, "GET", path, None).await
    }
    pub(crate) async fn post(&self, server: &Server, path: &str, body: Value) -> Answer {
        self.call(server, "POST", path, Some(body)).await
    }
    pub(crate) async fn patch(&self, server: &Server, path: &str, body: Value) -> Answer {
        self.call(server, "PATCH", path, Some(body)).await
    }
    pub(crate) async fn delete(&self, server: &Server, path: &str) -> Answer {
        self.call(server, "DELETE", path, None).await
    }
}

/// A request with that token.
pub(crate) async fn bearing(
    server: &Server,
    token: &str,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path.replace(' ', "%20"))
        .header("host", "comity.test:8443")
        .header("authorization", format!("Bearer {token}"));
    let request = match body {
        Some(body) => request
            .header("content-type", "application/json")
            .body(Body::from(body.to_string())),
        None => request.body(Body::empty()),
    };
    server.send(request.unwrap()).await
}
