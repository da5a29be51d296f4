//! One spelling of a path, whatever a client wrote.
//!
//! Graph matches segments without regard to case; the Python SDK asks for `/v1.0//policies`, and a
//! trailing slash or `partners('…')` for `partners/…` occur as well. All of them are served, none
//! is redirected: a redirect turns some writes into reads.

use axum::http::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stays as it is in a segment.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'=')
    .remove(b',')
    .remove(b':');

/// Longer paths are refused unread.
const MAX_BYTES: usize = 8 * 1024;

/// The path in the one spelling the router knows; `None` when it is not text.
pub(crate) fn canonical(uri: &Uri) -> Option<Uri> {
    if uri.path().len() > MAX_BYTES {
        return None;
    }
    let mut segments = Vec::new();
    for segment in uri.path().split('/').filter(|segment| !segment.is_empty()) {
        let decoded = percent_decode_str(segment).decode_utf8().ok()?;
        if decoded.chars().any(char::is_control) {
            return None;
        }
        segments.push(decoded.into_owned());
    }
    let graph = segments.first().is_some_and(|version| {
        version.eq_ignore_ascii_case("v1.0") || version.eq_ignore_ascii_case("beta")
    });
    if graph {
        segments = segments.iter().flat_map(|segment| keyed(segment)).collect();
    }
    let mut path = String::new();
    for segment in &segments {
        path.push('/');
        path.extend(utf8_percent_encode(segment, ENCODED));
    }
    if path.is_empty() {
        path.push('/');
    }
    if let Some(query) = uri.query() {
        path.push('?');
        path.push_str(query);
    }
    path.parse().ok()
}

/// A segment of Graph in lower case. A key in parentheses is a segment of its own, and so are the
/// values of a function, behind a segment with its name and those of its parameters; both keep their
/// case: `partners('A')` is `partners/A`, and `find(tenantId='A')` is `find(tenantid)/A`.
fn keyed(segment: &str) -> Vec<String> {
    let parts = segment
        .strip_suffix(')')
        .and_then(|rest| rest.split_once('('));
    let Some((name, inside)) =
        parts.filter(|(name, inside)| !name.is_empty() && !inside.is_empty())
    else {
        return vec![segment.to_lowercase()];
    };
    match arguments(inside) {
        Some(arguments) => {
            let names: Vec<&str> = arguments.iter().map(|(name, _)| *name).collect();
            let function = match names.as_slice() {
                [""] => name.to_lowercase(),
                names => format!("{name}({})", names.join(",")).to_lowercase(),
            };
            let values = arguments.into_iter().map(|(_, value)| value);
            [function].into_iter().chain(values).collect()
        }
        None => vec![segment.to_lowercase()],
    }
}

/// The names and values between the parentheses: a key has no name. `None` if they cannot be read.
fn arguments(inside: &str) -> Option<Vec<(&str, String)>> {
    let mut arguments = Vec::new();
    let mut rest = inside;
    loop {
        let (name, value) = match rest.split_once('=') {
            Some((name, value)) if !name.contains('\'') => (name.trim(), value.trim_start()),
            _ => ("", rest),
        };
        let (value, after) = argument(value)?;
        if value.is_empty() {
            return None;
        }
        arguments.push((name, value));
        rest = match after.trim_start() {
            "" => break,
            after => after.strip_prefix(',')?,
        };
    }
    let named = arguments.iter().all(|(name, _)| !name.is_empty());
    (named || arguments.len() == 1).then_some(arguments)
}

/// One value, and what comes after it. Quotes inside of quotes are doubled.
fn argument(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('\'') else {
        let end = text.find(',').unwrap_or(text.len());
        let (value, after) = text.split_at_checked(end)?;
        let plain = !value.contains(['\'', '(', ')']);
        return plain.then(|| (value.trim().to_owned(), after));
    };
    let (mut value, mut rest) = (String::new(), quoted);
    loop {
        let (part, after) = rest.split_once('\'')?;
        value.push_str(part);
        match after.strip_prefix('\'') {
            Some(after) => {
                value.push('\'');
                rest = after;
            }
            None => return Some((value, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, read: &str) {
        let uri: Uri = written.parse().unwrap();
        assert_eq!(canonical(&uri).unwrap().to_string(), read, "{written}");
    }

    #[test]
    fn every_spelling_of_a_path_reads_the_same() {
        let id = "0f000000-0000-4000-8000-00000000000a";
        let partner = format!("/v1.0/policies/crosstenantaccesspolicy/partners/{id}");
        let upper = id.to_uppercase();
        for written in [
            format!("/v1.0/policies/crossTenantAccessPolicy/partners/{id}"),
            format!("/v1.0//policies//crossTenantAccessPolicy/partners/{upper}/"),
            format!("/V1.0/Policies/CROSSTENANTACCESSPOLICY/partners('{id}')"),
            format!("/v1.0/policies/crossTenantAccessPolicy/partners(%27{id}%27)"),
            format!("/v1.0/policies/crossTenantAccessPolicy/partners({id})"),
        ] {
            check(&written, &partner);
        }
    }

    #[test]
    fn keys_and_values_of_functions_keep_their_case() {
        check("/v1.0/Users('Adele')", "/v1.0/users/Adele");
        for written in [
            "/v1.0/X/findTenant(tenantId='A')",
            "/v1.0/X/findtenant(tenantId=%27A%27)",
            "/v1.0/x/findTenant%28TenantId%3D%27A%27%29",
            "/v1.0/x/findTenant(tenantId=A)",
        ] {
            check(written, "/v1.0/x/findtenant(tenantid)/A");
        }
        check("/beta/f(a='X''Y',b=5)", "/beta/f(a,b)/X'Y/5");
        check("/beta/f(a='X%2FY,%20(Z')", "/beta/f(a)/X%2FY,%20(Z");
        for odd in [
            "f()",
            "f('')",
            "f(a='x)",
            "f(a='x'y)",
            "f('a','b')",
            "()",
            "f(a=)",
        ] {
            check(&format!("/beta/{odd}"), &format!("/beta/{odd}"));
        }
    }

    #[test]
    fn queries_stay_as_they_were_written() {
        check(
            "/beta/auditLogs/directoryAudits/?&$filter=%20A",
            "/beta/auditlogs/directoryaudits?&$filter=%20A",
        );
        check("/", "/");
        check("//", "/");
    }

    #[test]
    fn paths_outside_graph_keep_their_case() {
        check("/Access//v1/Evaluation/", "/Access/v1/Evaluation");
    }

    #[test]
    fn what_is_not_text_is_no_path() {
        for written in ["/v1.0/%ff", "/v1.0/%00", "/v1.0/%0a"] {
            assert_eq!(canonical(&written.parse().unwrap()), None, "{written}");
        }
    }

    #[test]
    fn an_encoded_slash_does_not_become_one() {
        check("/v1.0/policies%2Fx", "/v1.0/policies%2Fx");
    }
}
