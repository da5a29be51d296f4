//! Each tenant as an OpenID Provider: what programs ask, and the pages people see.

use graph::schema::{list, named, number, object, text, with, words};
use serde_json::{Value, json};

use super::answer;
use super::operation::{Operation, Who, Wire};

const FORM: &str = "application/x-www-form-urlencoded";

fn page(sentence: &str) -> Value {
    answer::of("text/html", sentence, text())
}

fn at(id: &'static str, method: &'static str, path: &str) -> Operation {
    Operation::at(id, Wire::OAuth, method, path, Who::Anybody).refuses(&[503])
}

fn any_form() -> Value {
    json!({"type": "object", "additionalProperties": {"type": "string"}})
}

/// All of them.
pub(super) fn operations() -> Vec<Operation> {
    let mut all = programs();
    all.extend(people());
    all
}

fn programs() -> Vec<Operation> {
    let form = object(&[
        (
            "grant_type",
            words([
                "client_credentials",
                "authorization_code",
                "refresh_token",
                "urn:ietf:params:oauth:grant-type:device_code",
            ]),
        ),
        ("client_id", text()),
        ("client_secret", text()),
        ("scope", text()),
        ("resource", text()),
        ("code", text()),
        ("code_verifier", text()),
        ("redirect_uri", text()),
        ("refresh_token", text()),
        ("device_code", text()),
    ]);
    let configuration = || answer::json("Where everything is.", named("openidConfiguration"));
    let userinfo = |id, method| {
        let path = "/{tenant}/openid/userinfo";
        let operation = Operation::at(id, Wire::OAuth, method, path, Who::Bearer);
        operation
            .answers(200, answer::json("Who the bearer is.", named("userinfo")))
            .refuses(&[403])
    };
    vec![
        at(
            "get_configuration",
            "GET",
            "/{tenant}/v2.0/.well-known/openid-configuration",
        )
        .answers(200, configuration()),
        at(
            "get_configuration_v1",
            "GET",
            "/{tenant}/.well-known/openid-configuration",
        )
        .answers(200, configuration()),
        at("get_keys", "GET", "/{tenant}/discovery/v2.0/keys")
            .answers(200, answer::json("The keys.", named("keys"))),
        at("create_token", "POST", "/{tenant}/oauth2/v2.0/token")
            .reads_as(FORM, form)
            .answers(200, answer::json("Tokens.", named("token")))
            .refuses(&[401]),
        at(
            "create_device_code",
            "POST",
            "/{tenant}/oauth2/v2.0/devicecode",
        )
        .reads_as(FORM, object(&[("client_id", text()), ("scope", text())]))
        .answers(
            200,
            answer::json("What the device shows.", named("deviceCode")),
        ),
        userinfo("get_userinfo", "GET"),
        userinfo("post_userinfo", "POST"),
    ]
}

fn people() -> Vec<Operation> {
    let away = || answer::empty("On to the next page, or back to the application.");
    let shows = |operation: Operation| {
        operation
            .answers(200, page("A page."))
            .answers(303, away())
            .answers(400, page("Why it goes no further."))
    };
    let authorize = "/{tenant}/oauth2/v2.0/authorize";
    let logout = "/{tenant}/oauth2/v2.0/logout";
    vec![
        shows(at("authorize", "GET", authorize)),
        shows(at("post_authorize", "POST", authorize).reads_as(FORM, any_form())),
        shows(at("log_out", "GET", logout)),
        shows(at("post_log_out", "POST", logout).reads_as(FORM, any_form())).without_need(),
        at("redeem_invitation", "GET", "/{tenant}/redeem")
            .answers(303, away())
            .answers(404, page("There is no such invitation.")),
        shows(at("see_methods", "GET", "/{tenant}/securityinfo")),
        shows(at("show_sign_in", "GET", "/signin")).answers(403, page("Which side refuses.")),
        shows(at("return_from_sign_in", "GET", "/signin/return")),
        at("get_sign_in_style", "GET", "/signin/style.css")
            .answers(200, answer::of("text/css", "How the pages look.", text())),
        at("get_passkey_script", "GET", "/signin/passkey.js").answers(
            200,
            answer::of("text/javascript", "Asks for a passkey.", text()),
        ),
        shows(at("show_device", "GET", "/signin/device")),
        shows(at("enter_device", "POST", "/signin/device").reads_as(FORM, any_form()))
            .without_need(),
        shows(at("sign_in_step", "POST", "/signin/{step}").reads_as(FORM, any_form())),
    ]
}

/// What they read and answer.
pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let token = object(&[
        ("token_type", words(["Bearer"])),
        ("scope", text()),
        ("expires_in", number()),
        ("ext_expires_in", number()),
        ("access_token", text()),
        ("refresh_token", text()),
        ("id_token", text()),
        ("client_info", text()),
    ]);
    let device = object(&[
        ("device_code", text()),
        ("user_code", text()),
        ("verification_uri", text()),
        ("expires_in", number()),
        ("interval", number()),
        ("message", text()),
    ]);
    let said = object(&[
        ("sub", text()),
        ("oid", text()),
        ("tid", text()),
        ("name", text()),
        ("preferred_username", text()),
        ("email", text()),
    ]);
    vec![
        (
            "openidConfiguration",
            json!({
                "type": "object",
                "required": ["issuer", "token_endpoint", "jwks_uri", "authorization_endpoint"],
            }),
        ),
        (
            "keys",
            with(
                object(&[("keys", list(json!({"type": "object"})))]),
                &["keys"],
            ),
        ),
        (
            "token",
            with(token, &["token_type", "expires_in", "access_token"]),
        ),
        ("deviceCode", with(device, &["device_code", "user_code"])),
        ("userinfo", with(said, &["sub"])),
    ]
}
