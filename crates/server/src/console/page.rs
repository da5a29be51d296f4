//! The page that the console starts from, and the policy it is shown under.
//!
//! It is the same at every address below `/console`. Two things are written into it: where the
//! server is, and a number for this one answer, by which its own style elements are known. The
//! library that paints makes such elements; without the number `style-src` would have to let any
//! pass. Script is never written into the page.

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::Response;
use maud::{DOCTYPE, html};

use super::{Site, put};

/// What stands in the built page where the number goes.
const NONCE: &str = "COMITY-NONCE";
/// What stands there where the address of the server goes.
const ADDRESS: &str = "COMITY-ADDRESS";

/// The page, for one browser.
pub(super) fn shown(public_url: &str) -> Response {
    let Some(built) = Site::get("index.html") else {
        return missing();
    };
    let nonce = sts::random::secret();
    let text = String::from_utf8_lossy(&built.data);
    let text = text.replace(NONCE, &nonce);
    let text = text.replace(ADDRESS, &escaped(public_url));
    answer(StatusCode::OK, text, &nonce)
}

/// The program was built without the console.
fn missing() -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="color-scheme" content="light dark";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Comity without its console" }
            }
            body {
                main {
                    h1 { "This program was built without the console" }
                    p { "Its interfaces work as ever. To have the console, with Node.js 20 or later:" }
                    pre { "cargo xtask console build\ncargo build" }
                    p { code { "cargo xtask demo" } " does both." }
                }
            }
        }
    };
    answer(StatusCode::NOT_FOUND, page.into_string(), "")
}

fn answer(status: StatusCode, text: String, nonce: &str) -> Response {
    let style = match nonce {
        "" => "'none'".to_owned(),
        nonce => format!("'self' 'nonce-{nonce}'"),
    };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src {style}; connect-src 'self'; \
         img-src 'self' data:; font-src 'self'; form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'"
    );
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let mut put = |name, value: &str| put(&mut response, name, value);
    put(header::CONTENT_TYPE, "text/html; charset=utf-8");
    put(header::CONTENT_SECURITY_POLICY, &policy);
    put(header::CACHE_CONTROL, "no-cache");
    put(header::X_FRAME_OPTIONS, "DENY");
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::REFERRER_POLICY, "same-origin");
    put(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    response
}

/// As it stands in an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_does_not_leave_its_attribute() {
        assert_eq!(escaped("https://a\"<b&"), "https://a&quot;&lt;b&amp;");
    }

    #[test]
    fn style_is_known_by_a_number_and_script_by_where_it_lies() {
        let response = answer(StatusCode::OK, String::new(), "n");
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(policy.contains("script-src 'self';"), "{policy}");
        assert!(policy.contains("style-src 'self' 'nonce-n';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}
