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

/// A segment of Graph in lower case; `partners('…')` in two.
fn keyed(segment: &str) -> Vec<String> {
    let segment = segment.to_lowercase();
    let parts = segment
        .strip_suffix("')")
        .and_then(|rest| rest.split_once("('"));
    match parts {
        Some((collection, key)) if !key.contains('\'') => {
            vec![collection.to_owned(), key.to_owned()]
        }
        _ => vec![segment],
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
            format!("/V1.0/Policies/CROSSTENANTACCESSPOLICY/partners('{upper}')"),
            format!("/v1.0/policies/crossTenantAccessPolicy/partners(%27{upper}%27)"),
        ] {
            check(&written, &partner);
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
