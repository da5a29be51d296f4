//! What a request was refused with: where all errors of the crates below meet and become answers.
//!
//! | status | code on the Graph wire | why |
//! | --- | --- | --- |
//! | 400 | `Request_BadRequest` | the body, or a rule of the policy |
//! | 400 | `BadRequest` | the address or a query option |
//! | 400 | `Request_UnsupportedQuery` | a query that is not honoured on this member |
//! | 401 | `InvalidAuthenticationToken` | no token, or one that is not believed |
//! | 401 | `InvalidAuthenticationToken` with a challenge | a protected action (S14.4) |
//! | 403 | `Authorization_RequestDenied` | a permission or a licence is missing |
//! | 404 | `Request_ResourceNotFound`, `Directory_ObjectNotFound` | there is no such entry |
//! | 405 | `Request_BadRequest` | the method is not offered on this resource |
//! | 409 | `Request_MultipleObjectsWithSameKeyValue` | there is one already |
//! | 412 | `PreconditionFailed` | the entity is not the one `If-Match` names |
//! | 413, 415 | `Request_BadRequest` | a body that is too large, or in another format |
//! | 424 | `FailedDependency` | a request of a batch that depends on one that failed |
//! | 429 | `TooManyRequests` | more than the operator allows; nothing was changed |
//! | 503 | `serviceNotAvailable` | the store cannot be written now; nothing was changed |
//!
//! Turning an error into an answer has no side effects. The answer carries the error as an
//! extension; the outermost layer, which knows the ids of the request, writes the body in the words
//! of the wire that was spoken and logs the cause.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use graph::wire::{WireError, Wrong};
use policy::administer::{Operation, Outcome};
use policy::draft::Written;
use policy::reason::Reason;
use serde_json::{Map, Value, json};
use store::Outage;

/// A refusal. It is passed on by many functions and rarely made, so it lies in a box.
#[derive(Debug)]
pub(crate) struct ApiError(Box<Refused>);

impl std::ops::Deref for ApiError {
    type Target = Refused;
    fn deref(&self) -> &Refused {
        &self.0
    }
}

impl std::ops::DerefMut for ApiError {
    fn deref_mut(&mut self) -> &mut Refused {
        &mut self.0
    }
}

/// What a refusal consists of.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    /// For the client.
    pub(crate) message: String,
    /// Where in the request the reason lies.
    pub(crate) target: Option<String>,
    /// A stable code and its sentence.
    pub(crate) detail: Option<(&'static str, String)>,
    pub(crate) headers: HeaderMap,
    /// For the log only.
    pub(crate) cause: Option<String>,
}

/// What every handler answers.
pub(crate) type Result<T> = std::result::Result<T, ApiError>;

impl ApiError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        ApiError(Box::new(Refused {
            status,
            code,
            message: message.into(),
            target: None,
            detail: None,
            headers: HeaderMap::new(),
            cause: None,
        }))
    }

    fn header(mut self, name: HeaderName, value: impl AsRef<str>) -> Self {
        if let Ok(value) = HeaderValue::from_str(value.as_ref()) {
            self.headers.insert(name, value);
        }
        self
    }

    pub(crate) fn at(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// The body cannot be read, or a rule refuses it.
    pub(crate) fn bad_body(message: impl Into<String>) -> Self {
        ApiError::new(StatusCode::BAD_REQUEST, "Request_BadRequest", message)
    }
    /// A query option cannot be read.
    pub(crate) fn bad_query(message: impl Into<String>) -> Self {
        ApiError::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }
    /// A query that is not honoured here.
    pub(crate) fn unsupported_query(message: impl Into<String>) -> Self {
        ApiError::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", message)
    }
    /// Graph answers 400 to a segment it does not know.
    pub(crate) fn unknown_segment(segment: &str) -> Self {
        let segment: String = segment.chars().take(100).collect();
        ApiError::bad_query(format!("Resource not found for the segment '{segment}'."))
    }
    /// Nothing is there, or nothing this caller may know of.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        ApiError::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", message)
    }
    /// One of the requests it depends on failed.
    pub(crate) fn failed_dependency() -> Self {
        let message = "The request was not tried because one that it depends on failed.";
        ApiError::new(StatusCode::FAILED_DEPENDENCY, "FailedDependency", message)
    }
    /// Too many requests; nothing was changed.
    pub(crate) fn too_many_requests(seconds: u32, scope: &str, information: &str) -> Self {
        let message = "Please retry again later.";
        ApiError::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message)
            .header(header::RETRY_AFTER, seconds.to_string())
            .header(HeaderName::from_static("x-ms-throttle-scope"), scope)
            .header(
                HeaderName::from_static("x-ms-throttle-information"),
                information,
            )
    }
    /// There is one already.
    pub(crate) fn taken(subject: &store::Subject) -> Self {
        ApiError::conflict(format!("There is another owner of {subject} already."))
    }
    /// The method is not offered.
    pub(crate) fn method_not_allowed() -> Self {
        let message = "The method is not offered on this resource.";
        ApiError::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "Request_BadRequest",
            message,
        )
    }
    /// No token, or one that is not believed. The challenge says where to get one.
    pub(crate) fn unauthenticated(message: impl Into<String>, authorize: &str) -> Self {
        let challenge = format!(
            "Bearer realm=\"\", authorization_uri=\"{authorize}\", error=\"invalid_token\""
        );
        ApiError::new(
            StatusCode::UNAUTHORIZED,
            "InvalidAuthenticationToken",
            message,
        )
        .header(header::WWW_AUTHENTICATE, challenge)
    }
    /// The session needs an authentication context (S14.4).
    pub(crate) fn step_up(context: &str, authorize: &str) -> Self {
        let claims = json!({"access_token": {"acrs": {"essential": true, "value": context}}});
        // The alphabet every client reads, with its padding.
        let claims = STANDARD.encode(claims.to_string());
        let challenge = format!(
            "Bearer realm=\"\", authorization_uri=\"{authorize}\", error=\"insufficient_claims\", claims=\"{claims}\""
        );
        let mut error = ApiError::new(
            StatusCode::UNAUTHORIZED,
            "InvalidAuthenticationToken",
            format!("This action needs the authentication context {context}."),
        )
        .header(header::WWW_AUTHENTICATE, challenge);
        error.detail = Some((
            Reason::StepUpRequired.as_str(),
            Reason::StepUpRequired.sentence().to_owned(),
        ));
        error
    }
    /// The caller lacks a permission.
    pub(crate) fn forbidden() -> Self {
        let message = "Insufficient privileges to complete the operation.";
        let mut error = ApiError::new(
            StatusCode::FORBIDDEN,
            "Authorization_RequestDenied",
            message,
        );
        error.detail = Some((
            Reason::Forbidden.as_str(),
            Reason::Forbidden.sentence().to_owned(),
        ));
        error
    }
    /// The caller may, and a rule of the tenant does not let them.
    pub(crate) fn forbidden_by(message: &str, reason: Reason) -> Self {
        let mut error = ApiError::new(StatusCode::FORBIDDEN, "Forbidden", message);
        error.detail = Some((reason.as_str(), reason.sentence().to_owned()));
        error
    }
    /// A rule refuses what is written.
    pub(crate) fn ruled_out(message: &str, code: &'static str, target: &str) -> Self {
        let mut error = ApiError::bad_query(message).at(target);
        error.detail = Some((code, message.to_owned()));
        error
    }
    /// Another object has what must be an object's own.
    pub(crate) fn conflicting(
        message: impl Into<String>,
        code: &'static str,
        target: &str,
    ) -> Self {
        let message = message.into();
        let mut error = ApiError::bad_body(message.clone()).at(target);
        error.detail = Some((code, message));
        error
    }
    /// Not in this product.
    pub(crate) fn not_implemented(message: &str) -> Self {
        ApiError::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
    }
    /// There is one already.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        let code = "Request_MultipleObjectsWithSameKeyValue";
        ApiError::new(StatusCode::CONFLICT, code, message)
    }
    /// What is there stands in the way.
    pub(crate) fn precondition(message: &str) -> Self {
        ApiError::new(
            StatusCode::PRECONDITION_FAILED,
            "PreconditionFailed",
            message,
        )
    }
    /// `If-Match` names another revision.
    pub(crate) fn precondition_failed() -> Self {
        let message = "The resource has changed since it was read: If-Match names another ETag.";
        ApiError::new(
            StatusCode::PRECONDITION_FAILED,
            "PreconditionFailed",
            message,
        )
    }
    /// The body is too large.
    pub(crate) fn too_large(limit: usize) -> Self {
        let message = format!("The request body is larger than the {limit} bytes that are read.");
        ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "Request_BadRequest", message)
    }
    /// The body is in another format.
    pub(crate) fn unsupported_media(message: impl Into<String>) -> Self {
        ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Request_BadRequest",
            message,
        )
    }
    /// The request did not arrive in time.
    pub(crate) fn timeout() -> Self {
        let message = "The request took too long.";
        ApiError::new(StatusCode::REQUEST_TIMEOUT, "Request_BadRequest", message)
    }
    /// Not now; nothing was changed.
    pub(crate) fn unavailable(message: impl Into<String>, cause: Option<String>) -> Self {
        let mut error = ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "serviceNotAvailable",
            message,
        )
        .header(header::RETRY_AFTER, "5");
        error.cause = cause;
        error
    }
    /// The store was lost in the middle of a commit: it may have been kept, and nobody knows.
    pub(crate) fn unknown_end(error: store::Error) -> Self {
        let mut refused = ApiError::from(error);
        refused.message = "The settings were lost while the change was being kept. Whether it was \
                           kept is not known: read it before trying again."
            .to_owned();
        refused
    }
    /// Ours. The client gets a code and a request id, nothing else.
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Self {
        let mut error = ApiError::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalServerError",
            "Something went wrong here. The request id helps to find out what.",
        );
        error.cause = Some(cause.to_string());
        error
    }

    /// An administrative request that the law refuses (S14, S20).
    pub(crate) fn of_outcome(operation: &Operation, outcome: &Outcome, authorize: &str) -> Self {
        let Outcome {
            reason,
            target,
            authentication_context,
            ..
        } = outcome;
        if let (Reason::StepUpRequired, Some(context)) = (reason, authentication_context) {
            return ApiError::step_up(context, authorize);
        }
        let status = StatusCode::from_u16(outcome.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut error = ApiError::new(
            status,
            graph_code(*reason, status, operation),
            message(*reason, target.as_deref(), operation),
        );
        if status == StatusCode::SERVICE_UNAVAILABLE {
            error = error.header(header::RETRY_AFTER, "60");
        }
        error.target.clone_from(target);
        error.detail = Some((reason.as_str(), reason.sentence().to_owned()));
        error
    }

    /// A request that the law refuses, and that is not one to the settings themselves.
    pub(crate) fn of_refused(refused: &policy::administer::Refused, written: &[Written]) -> Self {
        let policy::administer::Refused { reason, target } = refused;
        // Of all operations this one has a body and no words of its own.
        let operation = Operation::UpdatePolicy(written.to_vec());
        let outcome = Outcome {
            status: reason.administrative_status(),
            reason: *reason,
            target: target.clone(),
            missing: Vec::new(),
            authentication_context: None,
            audit: None,
            warnings: Vec::new(),
            answer: None,
            effects: Vec::new(),
        };
        ApiError::of_outcome(&operation, &outcome, "")
    }

    /// The body in Graph's words.
    pub(crate) fn graph(&self, date: &str, request: &str, client: &str) -> Value {
        let mut error = Map::new();
        error.insert("code".to_owned(), self.code.into());
        error.insert("message".to_owned(), self.message.clone().into());
        if let Some(target) = &self.target {
            error.insert("target".to_owned(), target.clone().into());
        }
        if let Some((code, sentence)) = &self.detail {
            let mut detail = json!({"code": code, "message": sentence});
            if let (Some(target), Some(detail)) = (&self.target, detail.as_object_mut()) {
                detail.insert("target".to_owned(), target.clone().into());
            }
            let mut details = vec![detail];
            // The name Graph has for it, where scripts look for it.
            if *code == Reason::IdentitySynchronizationExists.as_str() {
                details.insert(
                    0,
                    json!({"code": "ConflictingObjects", "message": self.message}),
                );
            }
            error.insert("details".to_owned(), details.into());
        }
        let mut inner = json!({"date": date, "request-id": request, "client-request-id": client});
        if self.status == StatusCode::TOO_MANY_REQUESTS
            && let Some(inner) = inner.as_object_mut()
        {
            inner.insert("code".to_owned(), "429".into());
            inner.insert("status".to_owned(), "429".into());
            inner.insert("message".to_owned(), "Please retry after".into());
        }
        error.insert("innerError".to_owned(), inner);
        json!({"error": error})
    }

    /// The body in AuthZEN's words, which have no place of their own for the member that is wrong.
    pub(crate) fn authzen(&self) -> Value {
        let message = match &self.target {
            Some(target) if !self.message.contains(target) => {
                format!("{target}: {}", self.message)
            }
            _ => self.message.clone(),
        };
        json!({"error": {"status": self.status.as_u16(), "message": message}})
    }
}

fn graph_code(reason: Reason, status: StatusCode, operation: &Operation) -> &'static str {
    let on_synchronization = matches!(
        operation,
        Operation::UpdateSynchronization(..) | Operation::RemoveSynchronization(_)
    );
    match status {
        StatusCode::FORBIDDEN => "Authorization_RequestDenied",
        StatusCode::NOT_FOUND
            if reason == Reason::IdentitySynchronizationNotFound && on_synchronization =>
        {
            "Directory_ObjectNotFound"
        }
        StatusCode::NOT_FOUND => "Request_ResourceNotFound",
        StatusCode::CONFLICT => "Request_MultipleObjectsWithSameKeyValue",
        StatusCode::SERVICE_UNAVAILABLE => "serviceNotAvailable",
        _ => "Request_BadRequest",
    }
}

/// Graph's own words where scripts and people know them, ours elsewhere.
fn message(reason: Reason, target: Option<&str>, operation: &Operation) -> String {
    match (reason, target) {
        (Reason::Forbidden, _) => "Insufficient privileges to complete the operation.".to_owned(),
        (Reason::PartnerExists, _) => {
            "Another object with the same value for property tenantId already exists.".to_owned()
        }
        (Reason::IdentitySynchronizationExists, _) => {
            "A conflicting object with one or more of the specified property values is present in \
             the directory."
                .to_owned()
        }
        (Reason::IdentitySynchronizationNotFound, _) => {
            "Unable to read the company information from the directory.".to_owned()
        }
        (Reason::InvalidProperty, Some(target)) => match expected(operation, target) {
            Some(expected) => {
                format!("Invalid value for property '{target}': expected {expected}.")
            }
            None => format!("Invalid property '{target}'."),
        },
        (reason, Some(target)) => format!("{} ({target})", reason.sentence()),
        (reason, None) => reason.sentence().to_owned(),
    }
}

/// What would have been legal at that place of the body.
fn expected(operation: &Operation, target: &str) -> Option<&'static str> {
    let written: &[Written] = match operation {
        Operation::UpdatePolicy(written)
        | Operation::UpdateDefault(written)
        | Operation::AddPartner(written)
        | Operation::UpdatePartner(_, written)
        | Operation::CreateSynchronization(_, written)
        | Operation::UpdateSynchronization(_, written) => written,
        _ => &[],
    };
    written.iter().find_map(|member| match member {
        Written::Malformed { path, expected } if path == target => Some(*expected),
        _ => None,
    })
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.headers_mut().extend(self.headers.clone());
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl From<WireError> for ApiError {
    /// A body that is not what it should be, with the member that is wrong.
    fn from(error: WireError) -> Self {
        let place = error.path.to_string();
        let message = match (error.wrong, place.as_str()) {
            (Wrong::Unknown, place) => format!("Invalid property '{place}'."),
            (_, "") => format!("The request body cannot be read: {}.", error.message),
            (_, place) => format!("Invalid value for property '{place}': {}.", error.message),
        };
        let refusal = ApiError::bad_body(message);
        match error.path.segments() {
            [] => refusal,
            _ => refusal.at(place),
        }
    }
}

impl From<store::Error> for ApiError {
    fn from(error: store::Error) -> Self {
        let cause = format!("{error}{}", source(&error));
        match error {
            store::Error::Unavailable { outage, .. } => {
                let message = match outage {
                    Outage::Full => {
                        "There is no room left to keep a change: the server's disk is full, or a \
                         limit on its files is reached. Nothing was changed, and reading goes on."
                    }
                    Outage::ReadOnly => {
                        "The settings can only be read at the moment. Nothing was changed."
                    }
                    Outage::Lost | Outage::Busy => {
                        "The settings cannot be reached at the moment. Nothing was changed; try \
                         again."
                    }
                };
                ApiError::unavailable(message, Some(cause))
            }
            store::Error::Taken(subject) => ApiError::taken(&subject),
            store::Error::Conflict { .. } => {
                let message =
                    "Others are changing the same settings. Nothing was changed; try again.";
                ApiError::unavailable(message, Some(cause))
            }
            _ => ApiError::internal(cause),
        }
    }
}

/// The chain of causes, printed once.
fn source(error: &dyn std::error::Error) -> String {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(next) = cause {
        text += &format!(": {next}");
        cause = next.source();
    }
    text
}
