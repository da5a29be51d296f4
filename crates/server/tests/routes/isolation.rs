//! Whoever is in Contoso sees nothing of Fabrikam and changes nothing there: a hundred thousand
//! requests that were drawn by lot, against a tenant in which everything is marked.
//!
//! Besides looking for marks in everything that comes back, two requests are compared now and then
//! that differ only in the ids they name, Fabrikam's or nobody's: the answers may not tell which.
//!
//! What may be seen of any tenant is its public face: its display name, its default domain, its
//! region and its cloud (S14.8, `findTenantInformation…` and discovery), which is why these do not
//! count as marks. Contoso knows Fred's account besides, because he is a guest there.
//!
//! A failure names its round and the request. `COMITY_ISOLATION_ROUND=17` plays that round again.

mod attack;
mod fabrikam;
mod vocabulary;

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use policy::role::Role;

use self::attack::{Attacker, Call};
use self::fabrikam::{Secrets, administrator, everything, furnish, furnish_the_attacker};
use crate::client::*;
use crate::person::*;

/// Each with a server of its own, so that what piles up there stays small.
const ROUNDS: u64 = 40;
const CALLS: usize = 2_500;

/// Everybody who asks: people and programs of Contoso, a forger, and nobody.
fn callers(server: &Server) -> Vec<Option<String>> {
    let fred = Person::with(&[]);
    let reader = Person::with(&[Role::SecurityReader]);
    let program = server.token(Program(&server::ALL_APPLICATION_PERMISSIONS));
    let person = administrator(CONTOSO).token(server);
    let mut callers = vec![Some(person.clone()); 8];
    callers.extend(vec![program; 8]);
    callers.extend([Some(reader.token(server)), Some(fred.token(server))]);
    callers.extend([Some(forged(&person)), None]);
    callers
}

/// The same token, said to be of Fabrikam.
fn forged(token: &str) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let mut parts = token.split('.');
    let (head, claims, signature) = (parts.next(), parts.next(), parts.next());
    let claims = URL_SAFE_NO_PAD.decode(claims.unwrap()).unwrap();
    let claims = String::from_utf8(claims)
        .unwrap()
        .replace(CONTOSO, FABRIKAM);
    let claims = URL_SAFE_NO_PAD.encode(claims);
    format!("{}.{claims}.{}", head.unwrap(), signature.unwrap())
}

/// What came back.
struct Seen {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Seen {
    fn code(&self) -> String {
        let body: serde_json::Value = serde_json::from_str(&self.text).unwrap_or_default();
        body["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    fn everything(&self) -> String {
        format!("{} {:?}\n{}", self.status, self.headers, self.text)
    }
}

async fn send(server: &Server, callers: &[Option<String>], call: &Call) -> Option<Seen> {
    let mut request = Request::builder()
        .method(call.method.as_str())
        .uri(call.path.replace(' ', "%20"))
        .header("host", "comity.test:8443");
    if let Some(token) = &callers[call.who] {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    for (name, value) in &call.headers {
        request = request.header(*name, value);
    }
    let body = match &call.body {
        Some(body) => {
            request = request.header("content-type", "application/json");
            Body::from(body.clone())
        }
        None => Body::empty(),
    };
    // What no client could put into a request line does not arrive.
    let request = request.body(body).ok()?;
    let (status, headers, bytes) = server.exchange(request).await;
    Some(Seen {
        status,
        headers,
        text: String::from_utf8_lossy(&bytes).into_owned(),
    })
}

fn names(call: &Call, id: &str) -> bool {
    call.path.contains(id) || call.body.as_ref().is_some_and(|body| body.contains(id))
}

/// The same request about nobody's ids, if it names ids of Fabrikam's and none that Contoso has
/// written down for itself.
fn about_nobody(call: &Call, secrets: &Secrets, written: &BTreeSet<String>) -> Option<Call> {
    if written.iter().any(|id| names(call, id)) {
        return None;
    }
    let mut twin = call.clone();
    let mut differs = false;
    for id in &secrets.bait {
        let nobodys = format!("0d0d{}", &id[4..]);
        for text in [&mut twin.path].into_iter().chain(&mut twin.body) {
            if text.contains(id.as_str()) {
                *text = text.replace(id.as_str(), &nobodys);
                differs = true;
            }
        }
    }
    differs.then_some(twin)
}

/// One server, and what happened to it. Gives back how many requests arrived.
async fn round(number: u64) -> usize {
    let server = Server::new().await;
    furnish(&server).await;
    furnish_the_attacker(&server).await;
    let before = everything(&server, FABRIKAM).await;
    let secrets = Secrets::of(&before, &everything(&server, CONTOSO).await);
    assert!(secrets.seen_in(&before).is_some());
    assert!(secrets.hidden.len() > 20 && secrets.bait.len() > 20);
    let callers = callers(&server);
    let mut attacker = Attacker::new(number, &secrets, callers.len());
    let mut arrived = 0;
    let mut written = BTreeSet::new();
    while arrived < CALLS {
        let call = attacker.call();
        let Some(seen) = send(&server, &callers, &call).await else {
            continue;
        };
        arrived += 1;
        let said = || {
            format!(
                "round {number}, request {arrived}: {call}\n→ {}",
                seen.everything()
            )
        };
        let unsupported = seen.status == 501 && call.path.to_ascii_lowercase().contains("/bulk");
        assert!(seen.status < 500 || unsupported, "{}", said());
        let secret = secrets.seen_in(&seen.everything());
        assert!(secret.is_none(), "{secret:?} in {}", said());
        // What was done once is not done again, and says nothing.
        let done = seen.status < 300 && !["GET", "HEAD"].contains(&call.method.as_str());
        if done {
            let named = secrets.bait.iter().filter(|id| names(&call, id));
            written.extend(named.cloned());
        }
        let compared = arrived % 3 == 0 && !done;
        let twin = compared.then(|| about_nobody(&call, &secrets, &written));
        if let Some(twin) = twin.flatten()
            && let Some(other) = send(&server, &callers, &twin).await
        {
            let same = (seen.status, seen.code()) == (other.status, other.code());
            assert!(same, "{}\nbut {twin}\n→ {}", said(), other.everything());
        }
    }
    let after = everything(&server, FABRIKAM).await;
    for (was, is) in before.lines().zip(after.lines()) {
        assert_eq!(was, is, "round {number}: Fabrikam has changed");
    }
    assert_eq!(before.len(), after.len(), "round {number}");
    arrived
}

fn run(rounds: impl Iterator<Item = u64>) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    rounds.map(|number| runtime.block_on(round(number))).sum()
}

#[test]
fn a_hundred_thousand_requests_from_contoso_see_and_change_nothing_of_fabrikam() {
    if let Ok(number) = std::env::var("COMITY_ISOLATION_ROUND") {
        run(std::iter::once(number.parse().unwrap()));
        return;
    }
    // Two at a time: every round has its own world.
    let halves = [0, 1].map(|odd| std::thread::spawn(move || run((odd..ROUNDS).step_by(2))));
    let arrived: usize = halves.into_iter().map(|half| half.join().unwrap()).sum();
    assert!(arrived >= 100_000, "{arrived}");
}
