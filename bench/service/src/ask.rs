//! Questions in AuthZEN's words, ready as bytes, and their right answers.

use workload::{Request, app_guid, group_guid, guid_text, tenant_guid, user_guid};

use crate::client::{JSON, request};
use crate::home::{Home, journey};

/// One question.
fn evaluation(home: &Home, q: &Request) -> String {
    let groups = home.requests.groups(q).iter();
    let groups: Vec<String> = groups
        .map(|&group| format!("\"{}\"", guid_text(&group_guid(q.home, group))))
        .collect();
    format!(
        r#"{{"subject":{{"type":"user","id":"{}","properties":{{"tenantId":"{}","groups":[{}]}}}},"resource":{{"type":"application","id":"{}","properties":{{"tenantId":"{}"}}}},"action":{{"name":"{}"}}}}"#,
        guid_text(&user_guid(q.home, q.user)),
        guid_text(&tenant_guid(q.home)),
        groups.join(","),
        guid_text(&app_guid(q.resource, q.app)),
        guid_text(&tenant_guid(q.resource)),
        journey(q.direct_connect),
    )
}

/// A request, and how many of its questions must be answered with yes.
pub struct Asked {
    pub bytes: Vec<u8>,
    pub allowed: usize,
}

fn allowed(home: &Home, q: &Request) -> bool {
    home.w.decide(q, home.requests.groups(q))
}

/// One question about this request.
pub fn single(home: &Home, token: &str, q: &Request) -> Asked {
    let body = evaluation(home, q);
    Asked {
        bytes: request("POST", "/access/v1/evaluation", token, JSON, &body),
        allowed: allowed(home, q).into(),
    }
}

/// Questions about all of these.
pub fn batch(home: &Home, token: &str, some: &[Request]) -> Asked {
    let list: Vec<String> = some.iter().map(|q| evaluation(home, q)).collect();
    let body = format!(r#"{{"evaluations":[{}]}}"#, list.join(","));
    Asked {
        bytes: request("POST", "/access/v1/evaluations", token, JSON, &body),
        allowed: some.iter().filter(|q| allowed(home, q)).count(),
    }
}

/// How many answers are yes.
pub fn yes(body: &[u8]) -> usize {
    const YES: &[u8] = b"\"decision\":true";
    body.windows(YES.len()).filter(|some| *some == YES).count()
}
