//! People sign in: a tenant's OpenID Provider, and the journey through it.
//!
//! Fred of Fabrikam opens Contoso's ERP, which sends him to Contoso's provider. He says who he is,
//! proves it with Fabrikam's password, and the law is asked ([`judge`]): Fabrikam's outbound
//! settings, Contoso's inbound settings, whether he has accepted to be a guest, Conditional Access.
//! Where something is missing that he can do, there is one errand for it ([`flow`]), and the law is
//! asked again. In the end ERP gets a code ([`grants`]), or he is told which side refuses ([`pages`]).
//!
//! Each judgment leaves its rows in both tenants' logs before anybody is handed anything.

mod away;
mod browser;
mod device;
mod factor;
mod flow;
mod grants;
mod guard;
mod home;
mod http;
mod journey;
mod judge;
pub(crate) mod letters;
mod logout;
mod methods;
pub(crate) mod origin;
mod own;
pub(crate) mod pages;
mod passcode;
mod passkey;
mod program;
mod redeem;
mod steps;
mod terms;
mod token;
mod unjudged;
mod userinfo;
mod words;

use axum::routing::{get, post};

pub(crate) use self::away::{Provider, Upstreams, register, registered};
pub(crate) use self::guard::Guard;
pub(crate) use self::judge::name_of;
pub(crate) use self::terms::Terms;
use crate::router::Routes;

/// The addresses of signing in.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .route(
            "/{tenant}/oauth2/v2.0/authorize",
            get(http::authorize).post(http::authorize),
        )
        .route(
            "/{tenant}/oauth2/v2.0/token",
            post(token::create_token).options(origin::preflight),
        )
        .route("/{tenant}/oauth2/v2.0/devicecode", post(device::begin))
        .route(
            "/{tenant}/oauth2/v2.0/logout",
            get(logout::logout).post(logout::logout),
        )
        .route(
            "/{tenant}/openid/userinfo",
            get(userinfo::userinfo)
                .post(userinfo::userinfo)
                .options(origin::preflight),
        )
        .route("/{tenant}/redeem", get(redeem::begin))
        .route("/{tenant}/securityinfo", get(methods::begin))
        .route("/signin", get(http::show))
        .route(pages::STYLE_ADDRESS, get(pages::style))
        .route(pages::PASSKEY_ADDRESS, get(pages::passkey_script))
        .route(away::RETURN, get(away::come_back))
        .route("/signin/device", get(device::show).post(device::enter))
        .route("/signin/{step}", post(steps::step))
}
