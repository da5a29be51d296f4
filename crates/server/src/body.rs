//! The body of a request: read whole, bounded, decompressed, and only if it is what it says.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use graph::document::Document;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::io::AsyncReadExt;

use crate::error::{ApiError, Result};
use crate::state::App;

/// The bytes of the body.
pub(crate) async fn bytes(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes> {
    Coming::of(headers, limit)?.read(body).await
}

/// What the headers say of the body that is to come.
struct Coming {
    announced: Option<usize>,
    is_compressed: bool,
    limit: usize,
}

impl Coming {
    fn of(headers: &HeaderMap, limit: usize) -> Result<Self> {
        let announced = headers.get(header::CONTENT_LENGTH);
        let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|length| length > limit) {
            return Err(ApiError::too_large(limit));
        }
        let encoding = headers.get(header::CONTENT_ENCODING);
        let encoding = encoding.map(|value| value.to_str().unwrap_or("?").trim());
        let is_compressed = match encoding.map(str::to_ascii_lowercase).as_deref() {
            None | Some("" | "identity") => false,
            Some("gzip" | "x-gzip") => true,
            // Clients that hear this repeat without compression.
            Some(_) => {
                return Err(ApiError::unsupported_media(
                    "The content encoding is not read here (expected gzip or none).",
                ));
            }
        };
        Ok(Coming {
            announced,
            is_compressed,
            limit,
        })
    }

    async fn read(self, body: Body) -> Result<Bytes> {
        // A body that came in one piece is not copied.
        let mut first = Bytes::new();
        let mut all = Vec::new();
        let mut stream = body.into_data_stream();
        while let Some(chunk) = stream.next().await {
            let chunk =
                chunk.map_err(|_| ApiError::bad_body("The request body ended too early."))?;
            if first.len().max(all.len()) + chunk.len() > self.limit {
                return Err(ApiError::too_large(self.limit));
            }
            if first.is_empty() && all.is_empty() {
                first = chunk;
                continue;
            }
            if all.is_empty() {
                all.reserve(self.announced.unwrap_or(0));
                all.extend_from_slice(&first);
            }
            all.extend_from_slice(&chunk);
        }
        let bytes = match all.is_empty() {
            true => first,
            false => Bytes::from(all),
        };
        match self.is_compressed {
            // Boxed, because few bodies are.
            true => Box::pin(decompressed(&bytes, self.limit))
                .await
                .map(Bytes::from),
            false => Ok(bytes),
        }
    }
}

/// Reads one byte more than the limit, so that a bomb is noticed before it goes off.
async fn decompressed(bytes: &[u8], limit: usize) -> Result<Vec<u8>> {
    let mut decoder = async_compression::tokio::bufread::GzipDecoder::new(bytes);
    decoder.multiple_members(true);
    let mut read = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    decoder
        .take(most)
        .read_to_end(&mut read)
        .await
        .map_err(|_| ApiError::bad_body("The request body is not valid gzip."))?;
    match read.len() > limit {
        true => Err(ApiError::too_large(limit)),
        false => Ok(read),
    }
}

/// Demands that the body says it is JSON.
pub(crate) fn expect_json(headers: &HeaderMap) -> Result<()> {
    let value = headers.get(header::CONTENT_TYPE);
    let value = value.and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = value.split(';').next().unwrap_or("").trim();
    match essence.eq_ignore_ascii_case("application/json") {
        true => Ok(()),
        false => Err(ApiError::unsupported_media(
            "The request body must be application/json.",
        )),
    }
}

/// The body of a request that says it is JSON. The headers are looked at where they are (a handler
/// that asks for them gets a copy), and nothing but the body is kept while it comes.
pub(crate) struct Posted(pub(crate) Bytes);

impl FromRequest<App> for Posted {
    type Rejection = ApiError;
    fn from_request(request: Request, app: &App) -> impl Future<Output = Result<Self>> + Send {
        let headers = request.headers();
        let coming = Coming::of(headers, app.options.body_limit);
        let coming = coming.and_then(|coming| expect_json(headers).map(|()| coming));
        let body = request.into_body();
        async { Ok(Posted(coming?.read(body).await?)) }
    }
}

/// The body as JSON; an error names line and column.
pub(crate) async fn json(headers: &HeaderMap, body: Body, limit: usize) -> Result<Value> {
    let bytes = bytes(headers, body, limit).await?;
    if bytes.is_empty() {
        return Err(ApiError::bad_body(
            "The request has no body; expected a JSON object.",
        ));
    }
    expect_json(headers)?;
    match Document::parse("body.json", &bytes) {
        Ok(document) => Ok(document.value().clone()),
        Err(error) => {
            let path = error.path.to_string();
            let place = error.location.map(|at| format!(" (line and column {at})"));
            let message = format!(
                "The request body cannot be read{}: {}.",
                place.unwrap_or_default(),
                error.problem
            );
            let error_at = ApiError::bad_body(message);
            Err(match error.path.segments() {
                [] => error_at,
                _ => error_at.at(path),
            })
        }
    }
}

/// The query of a request of our own routes, every member of which must be known.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let read = Query::try_from_uri(&parts.uri);
        read.map(|Query(query)| Asked(query))
            .map_err(|error| ApiError::bad_query(format!("The query cannot be read: {error}.")))
    }
}

/// An answer in JSON.
pub(crate) fn answer(status: u16, value: &impl serde::Serialize) -> Response {
    let bytes = match serde_json::to_vec(value) {
        Ok(bytes) => bytes,
        Err(error) => return ApiError::internal(error).into_response(),
    };
    written(status, bytes.into())
}

/// An answer in JSON that is text already.
pub(crate) fn written(status: u16, text: Bytes) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() =
        axum::http::StatusCode::from_u16(status).unwrap_or(axum::http::StatusCode::OK);
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        axum::http::HeaderValue::from_static("application/json"),
    );
    response
}
