//! Two applications of Contoso to sign in to: pages in a browser that know nothing of Comity but
//! its address, and show what they are told about whoever signs in.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{DOCTYPE, Markup, html};
use policy::target::ApplicationId;
use policy::tenant::TenantId;

/// An application with a page.
pub struct Site {
    /// The last part of its address.
    pub name: &'static str,
    title: &'static str,
    about: &'static str,
    /// Its `appId`.
    pub id: ApplicationId,
}

/// Contoso, whose applications they are.
pub const OWNER: TenantId = TenantId::from_u128(0x0c00_0000_0000_4000_8000_0000_0000_0001);

/// The applications: one that Fabrikam's people may reach, and one that they may not.
pub const SITES: [Site; 2] = [
    Site {
        name: "crm",
        title: "Contoso CRM",
        about: "Contoso's settings for Fabrikam list this application: Fred of Fabrikam gets in.",
        id: ApplicationId::from_u128(0xaa00_0000_0000_4000_8000_0000_0000_0001),
    },
    Site {
        name: "erp",
        title: "Contoso ERP",
        about: "Contoso's settings for Fabrikam do not list this application: Fred of Fabrikam is refused, and told by whom.",
        id: ApplicationId::from_u128(0xaa00_0000_0000_4000_8000_0000_0000_0002),
    },
];

impl Site {
    /// Where it is, on that server.
    pub fn address(&self, public_url: &str) -> String {
        format!("{}/demo/{}", public_url.trim_end_matches('/'), self.name)
    }
}

const STYLE: &str = include_str!("showcase/style.css");
const SCRIPT: &str = include_str!("showcase/app.js");
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// A server with these pages beside everything else it answers.
pub fn beside(others: Router) -> Router {
    Router::new()
        .route("/demo/{name}", get(page))
        .route(
            "/demo/app.js",
            get(|| file("text/javascript; charset=utf-8", SCRIPT)),
        )
        .route(
            "/demo/style.css",
            get(|| file("text/css; charset=utf-8", STYLE)),
        )
        .merge(others)
}

async fn file(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

async fn page(Path(name): Path<String>) -> Response {
    let Some(site) = SITES.iter().find(|site| site.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers: [(HeaderName, &str); 4] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, shown(site).into_string()).into_response()
}

fn shown(site: &Site) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (site.title) }
                link rel="stylesheet" href="/demo/style.css";
                script src="/demo/app.js" defer {}
            }
            body data-client=(site.id) data-tenant=(OWNER) data-name=(site.name) {
                main {
                    h1 { (site.title) }
                    p { "A demo application. " (site.about) }
                    p #state role="status" { "Nobody is signed in." }
                    div.buttons {
                        button #in type="button" { "Sign in" }
                        button #again type="button" hidden { "Refresh the token" }
                        button #out type="button" hidden { "Sign out" }
                    }
                    table hidden {
                        caption { "What the application is told" }
                        thead { tr { th scope="col" { "Claim" } th scope="col" { "Value" } } }
                        tbody #claims {}
                    }
                    noscript { p { "This demo application needs script; the sign-in pages do not." } }
                }
            }
        }
    }
}
