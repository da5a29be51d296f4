//! Pages of applications on other origins, which ask for tokens and for who is signed in.
//!
//! A browser lets a page read an answer only if the answer names the page's origin. The origins of an
//! application are those of its redirect URIs of the type *spa*. What a tenant's provider says of
//! itself, and its keys, anybody may read. No answer depends on a cookie, and none lets one be sent.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use policy::tenant::TenantId;
use uuid::Uuid;

use super::http;
use crate::error::Result;
use crate::state::App;

/// For how long a browser need not ask again whether it may ask.
const REMEMBERED: &str = "600";

fn of(headers: &HeaderMap) -> Option<&HeaderValue> {
    headers.get(header::ORIGIN)
}

/// Lets any page read that.
pub(crate) fn anybody(mut response: Response) -> Response {
    let any = HeaderValue::from_static("*");
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any);
    response
}

/// Whether a page may ask. Which application it belongs to is known when it asks: then the answer
/// names its origin, or it cannot be read.
pub(super) async fn preflight(headers: HeaderMap) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let Some(origin) = of(&headers) else {
        return response;
    };
    let answer = response.headers_mut();
    answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type, client-request-id, return-client-request-id, \
             x-ms-client-request-id",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, REMEMBERED),
        (header::VARY, "origin"),
    ] {
        answer.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The origin of an address, as browsers write it.
fn origin(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
    let usual = match &*scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    let host = host.strip_suffix(usual).unwrap_or(&host);
    Some(format!("{scheme}://{host}"))
}

/// Lets the pages of an application read the answer.
pub(super) async fn pages_of(
    app: &App,
    tenant: TenantId,
    client: Uuid,
    headers: &HeaderMap,
    mut response: Response,
) -> Result<Response> {
    let Some(asks) = of(headers) else {
        return Ok(response);
    };
    let known = http::addresses(app, tenant, client).await?;
    let own = known.is_some_and(|known| {
        let mut own = known
            .single_page
            .iter()
            .filter_map(|address| origin(address));
        own.any(|own| own.as_bytes() == asks.as_bytes())
    });
    let answer = response.headers_mut();
    answer.append(header::VARY, HeaderValue::from_static("origin"));
    if own {
        answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, asks.clone());
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for (address, expected) in [
            ("https://App.example/cb?x", Some("https://app.example")),
            ("https://app.example:443/", Some("https://app.example")),
            ("http://localhost:80", Some("http://localhost")),
            ("http://localhost:3000/x", Some("http://localhost:3000")),
            ("msal1234://auth", None),
            ("nothing", None),
        ] {
            assert_eq!(origin(address).as_deref(), expected, "{address}");
        }
    }
}
