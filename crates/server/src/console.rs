//! The console: what administrators open in a browser, out of the program itself.
//!
//! It is a client like any other. It signs people in with their tenant's provider, under an
//! application id of its own that every tenant knows, and speaks to the published interfaces only.
//! Here are its files, and the policy its pages are shown under.
//!
//! Everything lies below `/console`, so no address of an interface is ever answered with a page.

mod page;

use std::borrow::Cow;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use policy::target::ApplicationId;
use rust_embed::{Embed, EmbeddedFile};
use sts::authorize::Addresses;

use crate::options::Options;

/// Its application id, in every tenant.
pub(crate) const CLIENT: ApplicationId =
    ApplicationId::from_u128(0xc0c0_1e00_0000_4000_8000_0000_0000_0001);
/// Its name, in sign-in logs and where people sign in.
pub(crate) const NAME: &str = "Comity console";

/// Where people come back to who have signed in or out.
const RETURNS: [&str; 2] = ["/console/signed-in", "/console/signed-out"];
/// Files whose names say what is in them.
const HASHED: &str = "assets/";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The console as it was built; empty where nobody has built it.
#[derive(Embed)]
#[folder = "../../console/dist/site"]
#[allow_missing = true]
struct Site;

/// The addresses of the application, in every tenant.
pub(crate) fn addresses(options: &Options) -> Addresses {
    let origins = options.other_urls.iter().chain([&options.public_url]);
    let origins = origins.map(|origin| origin.trim_end_matches('/'));
    Addresses {
        single_page: origins
            .flat_map(|origin| RETURNS.map(|path| format!("{origin}{path}")))
            .collect(),
        ..Addresses::default()
    }
}

/// A server with the console beside everything else it answers.
pub fn beside(others: Router, public_url: &str) -> Router {
    let console = Router::new()
        .route("/", get(|| async { Redirect::temporary("/console/") }))
        .route("/console", get(entry))
        .route("/console/", get(entry))
        .route("/console/{*path}", get(file))
        .with_state(public_url.trim_end_matches('/').to_owned());
    console.merge(others)
}

async fn entry(State(public_url): State<String>) -> Response {
    page::shown(&public_url)
}

/// A file, or the page, which knows what to show at that address.
async fn file(
    State(public_url): State<String>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    match found(&path, &headers) {
        Some(answer) => answer,
        None if path.starts_with(HASHED) => StatusCode::NOT_FOUND.into_response(),
        None => page::shown(&public_url),
    }
}

/// The file of that name, in the shortest form that the browser reads.
fn found(path: &str, headers: &HeaderMap) -> Option<Response> {
    let kind = kind(path)?;
    let accepts = accepted(headers);
    let forms = [("br", ".br"), ("gzip", ".gz")];
    let forms = forms.iter().filter(|(coding, _)| accepts(coding));
    let short = forms
        .filter_map(|(coding, ending)| {
            Some((Some(*coding), Site::get(&format!("{path}{ending}"))?))
        })
        .next();
    let (coding, file) = match short {
        Some(found) => found,
        None => (None, Site::get(path)?),
    };
    Some(answer(path, kind, coding, file, headers))
}

fn answer(
    path: &str,
    kind: &'static str,
    coding: Option<&'static str>,
    file: EmbeddedFile,
    headers: &HeaderMap,
) -> Response {
    let tag = format!(
        "\"{}\"",
        URL_SAFE_NO_PAD.encode(file.metadata.sha256_hash())
    );
    let known = headers.get(header::IF_NONE_MATCH);
    let known = known.and_then(|value| value.to_str().ok());
    let fresh = known.is_some_and(|known| known.split(',').any(|known| known.trim() == tag));
    let mut response = match fresh {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Response::new(body(file.data)),
    };
    let keeping = match path.starts_with(HASHED) {
        true => FOR_EVER,
        false => "no-cache",
    };
    let mut put = |name: HeaderName, value: &str| put(&mut response, name, value);
    put(header::CONTENT_TYPE, kind);
    put(header::CACHE_CONTROL, keeping);
    put(header::ETAG, &tag);
    put(header::VARY, "accept-encoding");
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    if let Some(coding) = coding {
        put(header::CONTENT_ENCODING, coding);
    }
    response
}

fn body(data: Cow<'static, [u8]>) -> Body {
    match data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    }
}

fn put(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// Which codings of a file the browser reads.
fn accepted(headers: &HeaderMap) -> impl Fn(&str) -> bool {
    let value = headers.get(header::ACCEPT_ENCODING);
    let value = value.and_then(|value| value.to_str().ok());
    let value = value.unwrap_or_default().to_ascii_lowercase();
    move |coding| {
        value.split(',').any(|one| {
            let (name, weight) = one.split_once(';').unwrap_or((one, ""));
            let refused = weight.trim().trim_start_matches("q=").parse() == Ok(0.0);
            name.trim() == coding && !refused
        })
    }
}

/// What a file is, by the end of its name. Nothing else is handed out.
fn kind(path: &str) -> Option<&'static str> {
    let (_, ending) = path.rsplit_once('.')?;
    Some(match ending {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(encoding: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, encoding.parse().unwrap())])
    }

    #[test]
    fn a_browser_gets_what_it_says_it_reads() {
        let accepts = |encoding: &str, coding: &str| accepted(&headers(encoding))(coding);
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("BR;q=1.0", "br"));
        assert!(!accepts("br;q=0, gzip", "br"));
        assert!(!accepts("brotli", "br"));
        assert!(!accepted(&HeaderMap::new())("gzip"));
    }

    #[test]
    fn people_come_back_to_the_addresses_of_this_server_and_to_no_other() {
        let options = Options {
            other_urls: vec!["https://127.0.0.1:8443".to_owned()],
            ..Options::at("https://comity.example/")
        };
        let known = addresses(&options);
        for address in [
            "https://comity.example/console/signed-in",
            "https://127.0.0.1:8443/console/signed-out",
        ] {
            assert!(known.kind_of(address).is_some(), "{address}");
        }
        for address in [
            "https://comity.example/console/",
            "https://comity.example.evil/console/signed-in",
            "http://comity.example/console/signed-in",
        ] {
            assert_eq!(known.kind_of(address), None, "{address}");
        }
    }

    #[test]
    fn nothing_but_files_of_a_site_is_handed_out() {
        assert_eq!(
            kind("assets/index-1.js"),
            Some("text/javascript; charset=utf-8")
        );
        for path in ["index.html", "assets/index-1.js.br", "secret", "a/b"] {
            assert_eq!(kind(path), None, "{path}");
        }
    }
}
