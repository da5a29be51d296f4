//! `/$batch`: up to twenty requests in one, each answered as if it had come alone.
//!
//! They are answered one after the other by the same routes, in the name of whoever sent the batch,
//! each with ids, status and body of its own. One that depends on others comes after them, and if one
//! of those failed it is not tried at all. What cannot be a batch is refused before anything is
//! carried out. Nothing is remembered: a batch that is sent twice is what its requests are when they
//! are sent twice.

mod read;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use axum::routing::{MethodRouter, post};
use http_body_util::{BodyExt, Limited};
use serde_json::{Map, Value, json};
use tower::ServiceExt;

use self::read::Item;
use crate::body;
use crate::context::{Context, Peer};
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::state::App;

/// Headers of the batch that hold for each of its requests.
const SHARED: [HeaderName; 8] = [
    header::AUTHORIZATION,
    header::HOST,
    header::USER_AGENT,
    HeaderName::from_static("client-request-id"),
    HeaderName::from_static("x-ms-client-request-id"),
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("forwarded"),
];

/// The largest answer of one request that is taken into the answer of a batch.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;

/// The route of one version, whose requests are answered by `single`, which knows no batches.
pub(crate) fn route(version: &'static str, single: Router) -> MethodRouter<App> {
    post(
        move |State(app): State<App>, _: Principal, context: Context, request: Request| {
            let single = single.clone();
            async move { answer(&app, &context, version, single, request).await }
        },
    )
}

async fn answer(
    app: &App,
    context: &Context,
    version: &'static str,
    single: Router,
    request: Request,
) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let value = body::json(&parts.headers, body, app.options.body_limit).await?;
    let items = read::items(&value)?;
    let batch = Batch {
        version,
        context,
        single,
        shared: shared(&parts.headers),
        peer: parts.extensions.get::<Peer>().copied(),
    };
    let mut answers: Vec<Option<Value>> = vec![None; items.len()];
    let mut failed = vec![false; items.len()];
    for index in read::order(&items)? {
        let Some(item) = items.get(index) else {
            continue;
        };
        let blocked = item
            .after
            .iter()
            .any(|other| failed.get(*other) == Some(&true));
        let (status, answer) = match blocked {
            true => batch.refused(item, &ApiError::failed_dependency()),
            false => batch.one(item).await,
        };
        if let (Some(place), Some(failed)) = (answers.get_mut(index), failed.get_mut(index)) {
            *place = Some(answer);
            *failed = status >= 400;
        }
    }
    let answers: Vec<Value> = answers.into_iter().flatten().collect();
    Ok(body::answer(200, &json!({"responses": answers})))
}

fn shared(headers: &HeaderMap) -> HeaderMap {
    let mut shared = HeaderMap::new();
    for name in SHARED {
        for value in headers.get_all(&name) {
            shared.append(name.clone(), value.clone());
        }
    }
    shared
}

struct Batch<'a> {
    version: &'static str,
    context: &'a Context,
    single: Router,
    shared: HeaderMap,
    peer: Option<Peer>,
}

impl Batch<'_> {
    /// The answer to one request, and its status.
    async fn one(&self, item: &Item<'_>) -> (u16, Value) {
        let request = match self.request(item) {
            Ok(request) => request,
            Err(error) => return self.refused(item, &error),
        };
        // The router answers everything, and never fails.
        let Ok(response) = self.single.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let status = parts.status.as_u16();
        let Ok(body) = Limited::new(body, LARGEST_ANSWER).collect().await else {
            return self.refused(item, &ApiError::internal("an answer too large for a batch"));
        };
        let bytes = body.to_bytes();
        let mut answer = Map::new();
        answer.insert("id".to_owned(), item.id.into());
        answer.insert("status".to_owned(), status.into());
        answer.insert("headers".to_owned(), headers(&parts.headers));
        if !bytes.is_empty() {
            // What is not JSON is text: the number of `/$count`.
            let body = serde_json::from_slice(&bytes)
                .unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned().into());
            answer.insert("body".to_owned(), body);
        }
        (status, Value::Object(answer))
    }

    fn request(&self, item: &Item<'_>) -> Result<Request> {
        let url = item.url.trim_start_matches('/');
        let uri = format!("/{}/{}", self.version, escaped(url));
        let mut headers = self.shared.clone();
        for (name, value) in &item.headers {
            let name: HeaderName = name
                .parse()
                .map_err(|_| ApiError::bad_body("A header's name cannot be read."))?;
            let value = HeaderValue::from_str(value)
                .map_err(|_| ApiError::bad_body(format!("The header '{name}' cannot be read.")))?;
            // Who asks, and where, is said by the batch.
            let own = ![
                header::CONTENT_LENGTH,
                header::CONTENT_ENCODING,
                header::TRANSFER_ENCODING,
            ]
            .contains(&name);
            let about_client = ["client-request-id", "x-ms-client-request-id"];
            let replaces = about_client.contains(&name.as_str());
            if own && (replaces || !SHARED.contains(&name)) {
                headers.insert(name, value);
            }
        }
        let body = match item.body {
            None => Body::empty(),
            Some(body) => Body::from(body.to_string()),
        };
        let mut request = Request::new(body);
        *request.method_mut() = item
            .method
            .to_ascii_uppercase()
            .parse()
            .map_err(|_| ApiError::bad_body("The method of a request cannot be read."))?;
        *request.uri_mut() = uri
            .parse()
            .map_err(|_| ApiError::bad_query("The url of a request cannot be read."))?;
        *request.headers_mut() = headers;
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(peer);
        }
        Ok(request)
    }

    /// A request that was not tried.
    fn refused(&self, item: &Item<'_>, error: &ApiError) -> (u16, Value) {
        let context = self.context;
        let date = context.received.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        let id = sts::random::guid().to_string();
        let client = context.client_id.clone().unwrap_or_else(|| id.clone());
        let status = error.status.as_u16();
        let answer = json!({
            "id": item.id,
            "status": status,
            "headers": {"Content-Type": "application/json", "request-id": id},
            "body": error.graph(&date, &id, &client),
        });
        (status, answer)
    }
}

/// The characters that people write in a url of a batch although they belong encoded.
fn escaped(url: &str) -> String {
    let mut escaped = String::new();
    for character in url.chars() {
        match character {
            ' ' => escaped.push_str("%20"),
            '"' => escaped.push_str("%22"),
            '<' => escaped.push_str("%3C"),
            '>' => escaped.push_str("%3E"),
            '#' => escaped.push_str("%23"),
            character if character.is_ascii() => escaped.push(character),
            character => {
                let mut bytes = [0; 4];
                let bytes = character.encode_utf8(&mut bytes).bytes();
                bytes.for_each(|byte| escaped.push_str(&format!("%{byte:02X}")));
            }
        }
    }
    escaped
}

fn headers(headers: &HeaderMap) -> Value {
    let mut written = Map::new();
    for (name, value) in headers {
        if let Ok(value) = value.to_str() {
            // Old clients look for this one in Microsoft's spelling.
            let name = match name {
                name if name == header::CONTENT_TYPE => "Content-Type",
                name if name == header::LOCATION => "Location",
                name if name == header::RETRY_AFTER => "Retry-After",
                name => name.as_str(),
            };
            written.insert(name.to_owned(), value.into());
        }
    }
    Value::Object(written)
}
