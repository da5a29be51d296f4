//! People who belong to no tenant are sent a code, and come in with it; invitations are sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use serde_json::{Value, json};
use server::mail::{Carrier, Mail, Parcel, Undelivered};
use server::{Clock, Options};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::client::{CONTOSO, FABRIKAM, HERE, Persona, Server, now};
use crate::walk::{Browser, Seen, claims, furnish, redeem, request, token};

const OTTO: &str = "otto@post.example";
const INVITER: Persona = Persona::Program(&["User.Invite.All", "User.ReadWrite.All"]);
const LOG: Persona = Persona::Program(&["AuditLog.Read.All"]);

/// Hands messages to the test; if it is told to, to nobody.
struct Hands(UnboundedSender<String>, bool);

#[async_trait]
impl Carrier for Hands {
    async fn carry(&self, parcel: &Parcel) -> Result<(), Undelivered> {
        self.reach().await?;
        let text = String::from_utf8(parcel.bytes.clone()).unwrap();
        let to = parcel.recipients().join(" ");
        self.0.send(format!("{to}\r\n{text}")).unwrap();
        Ok(())
    }
    async fn reach(&self) -> Result<(), Undelivered> {
        match self.1 {
            true => Ok(()),
            false => Err(Undelivered::Carrier("nobody is there".to_owned())),
        }
    }
}

/// What was sent.
struct Mailbox(Mutex<UnboundedReceiver<String>>);

impl Mailbox {
    /// The next message: the recipients in the first line, then the message itself.
    async fn letter(&self) -> String {
        let mut sent = self.0.lock().await;
        let next = tokio::time::timeout(Duration::from_secs(30), sent.recv());
        next.await.unwrap().unwrap()
    }

    async fn code(&self) -> String {
        let letter = self.letter().await;
        let is_code = |line: &&str| line.len() == 8 && line.bytes().all(|b| b.is_ascii_digit());
        letter.lines().find(is_code).unwrap().to_owned()
    }

    async fn is_empty(&self) -> bool {
        self.0.lock().await.try_recv().is_err()
    }
}

fn options(carries: bool) -> (Options, Mailbox) {
    let (send, receive) = unbounded_channel();
    let mail = Mail::by(
        "Comity <comity@contoso.com>",
        Arc::new(Hands(send, carries)),
    );
    let options = Options {
        mail: Some(mail.unwrap()),
        ..Options::at(HERE)
    };
    (options, Mailbox(Mutex::new(receive)))
}

async fn server() -> (Server, Mailbox) {
    let (options, mailbox) = options(true);
    let server = Server::with(options).await;
    furnish(&server).await;
    (server, mailbox)
}

fn invitation(address: &str, more: Value) -> Value {
    let mut body =
        json!({"invitedUserEmailAddress": address, "inviteRedirectUrl": "https://shop.example/"});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

async fn invite(server: &Server, address: &str, more: Value) -> Value {
    let body = invitation(address, more);
    let invited = server.post(INVITER, "/v1.0/invitations", body).await;
    assert_eq!(invited.status, 201, "{}", invited.body);
    invited.body
}

/// Says who they are.
async fn ask(browser: &mut Browser<'_>, page: &Seen, address: &str) -> Seen {
    browser.send(page, "address", &[("address", address)]).await
}

async fn rows(server: &Server, filter: &str) -> Vec<Value> {
    let path = format!("/beta/auditLogs/signIns?$filter={filter}");
    let answer = server.get(LOG, &path).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["value"].as_array().unwrap().clone()
}

#[tokio::test]
async fn whoever_is_invited_and_is_nobodys_comes_in_with_a_code_s8_11_s15_7() {
    let (server, mailbox) = server().await;
    let invited = invite(&server, OTTO, json!({"sendInvitationMessage": true})).await;
    assert_eq!(invited["@comity.message"], "sent");
    let object = invited["invitedUser"]["id"].as_str().unwrap();
    let letter = mailbox.letter().await;
    assert!(letter.starts_with("otto@post.example\r\n"), "{letter}");
    assert!(letter.contains("Contoso invites you"), "{letter}");
    let link = invited["inviteRedeemUrl"].as_str().unwrap();
    assert!(letter.contains(link), "{letter}");
    // The link asks for nothing to be sent: machines follow links in messages.
    let mut browser = Browser::new(&server);
    let page = browser.open(link.strip_prefix(HERE).unwrap()).await;
    assert_eq!(page.title(), "Sign in");
    assert!(
        page.text.contains("value=\"otto@post.example\""),
        "{}",
        page.text
    );
    assert!(mailbox.is_empty().await);
    let page = ask(&mut browser, &page, OTTO).await;
    assert_eq!(page.title(), "Verify it is you");
    let code = mailbox.code().await;
    let typed = format!("{} {}", &code[..4], &code[4..]);
    let page = browser.send(&page, "passcode", &[("code", &typed)]).await;
    assert_eq!(page.title(), "Become a guest");
    let page = browser
        .send(&page, "consent", &[("answer", "accept")])
        .await;
    assert_eq!(page.title(), "The invitation is accepted");
    // From now on they are who they are in this browser.
    let seen = browser.open(&request(&[])).await;
    let answer = redeem(&server, &seen.code()).await;
    let said = claims(&answer.body["id_token"]);
    for (name, value) in [
        ("oid", json!(object)),
        ("acct", json!(1)),
        ("idp", json!("mail")),
        ("amr", json!(["otp"])),
        ("preferred_username", json!(OTTO)),
        ("email", json!(OTTO)),
    ] {
        assert_eq!(said[name], value, "{name}");
    }
    let rows = rows(&server, &format!("userId eq '{object}'")).await;
    let let_in = |row: &&Value| row["status"]["errorCode"] == 0;
    let row = rows.iter().find(let_in).unwrap();
    assert_eq!(row["crossTenantAccessType"], "b2bCollaboration");
    assert!(
        row["homeTenantId"].is_null() || row["homeTenantId"] == "",
        "{row}"
    );
    assert_eq!(row["userPrincipalName"], OTTO);
    let person = server
        .store
        .person(CONTOSO.parse().unwrap(), object.parse().unwrap());
    let person = person.await.unwrap().unwrap();
    assert_eq!(person.user.identity_provider, Some("emailOneTimePasscode"));
    let refresh = answer.body["refresh_token"].as_str().unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let second = token(&server, &fields).await;
    assert_eq!(second.status, 200, "{}", second.body);
    // An administrator decides that codes do not prove it any more (S7.4).
    let order = json!({"invitationRedemptionIdentityProviderConfiguration": {
        "primaryIdentityProviderPrecedenceOrder": ["azureActiveDirectory"],
        "fallbackIdentityProvider": "microsoftAccount"}});
    let path = "/beta/policies/crossTenantAccessPolicy/default";
    let done = server.patch(Persona::Administrator, path, order).await;
    assert_eq!(done.status, 204, "{}", done.body);
    let refresh = second.body["refresh_token"].as_str().unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let third = token(&server, &fields).await;
    assert_eq!(third.body["error"], "invalid_grant", "{}", third.body);
    let page = Browser::new(&server).open(&request(&[])).await;
    let page = ask(&mut browser, &page, OTTO).await;
    assert_ne!(page.title(), "Verify it is you");
}

#[tokio::test]
async fn the_page_is_the_same_whether_or_not_anybody_has_that_address() {
    let (server, mailbox) = server().await;
    invite(&server, OTTO, json!({})).await;
    let mut seen = Vec::new();
    for address in [OTTO, "nils@post.example"] {
        let mut browser = Browser::new(&server);
        let page = browser.open(&request(&[])).await;
        let page = ask(&mut browser, &page, address).await;
        let wrong = browser.send(&page, "passcode", &[("code", "1")]).await;
        let plain = |page: &Seen| {
            let journey = page.between("name=\"j\" value=\"", "\"");
            page.text.replace(journey, "J").replace(address, "A")
        };
        seen.push((page.status, plain(&page), wrong.status, plain(&wrong)));
    }
    assert_eq!(seen[0], seen[1]);
    assert!(seen[0].3.contains("This code is wrong"), "{}", seen[0].3);
    assert!(mailbox.letter().await.starts_with(OTTO));
    assert!(mailbox.is_empty().await);
    // The log of the organization tells the two apart.
    let failed = rows(&server, "status/errorCode ne 0").await;
    let mut found: Vec<_> = failed
        .iter()
        .map(|row| {
            (
                row["userPrincipalName"].as_str(),
                row["status"]["errorCode"].as_i64(),
            )
        })
        .collect();
    found.sort();
    let expected = [
        (Some("nils@post.example"), Some(50_034)),
        (Some(OTTO), Some(50_126)),
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_code_is_tried_five_times_and_then_never_again() {
    let (server, mailbox) = server().await;
    invite(&server, OTTO, json!({})).await;
    let mut browser = Browser::new(&server);
    let page = browser.open(&request(&[])).await;
    let mut page = ask(&mut browser, &page, OTTO).await;
    let code = mailbox.code().await;
    let wrong = match code.as_str() {
        "00000000" => "11111111",
        _ => "00000000",
    };
    for _ in 0..5 {
        page = browser.send(&page, "passcode", &[("code", wrong)]).await;
        assert!(page.text.contains("This code is wrong"), "{}", page.text);
    }
    page = browser.send(&page, "passcode", &[("code", &code)]).await;
    assert!(page.text.contains("not good any more"), "{}", page.text);
    page = browser.send(&page, "resend", &[]).await;
    let again = mailbox.code().await;
    let old = browser.send(&page, "passcode", &[("code", &code)]).await;
    assert!(old.text.contains("This code is wrong") || code == again);
    let page = browser.send(&old, "passcode", &[("code", &again)]).await;
    assert_eq!(page.title(), "Become a guest");
}

#[tokio::test]
async fn a_code_is_good_once_and_in_one_browser() {
    let (server, mailbox) = server().await;
    invite(&server, OTTO, json!({})).await;
    let (mut one, mut other) = (Browser::new(&server), Browser::new(&server));
    let page = one.open(&request(&[])).await;
    let page = ask(&mut one, &page, OTTO).await;
    let code = mailbox.code().await;
    // Somebody else asked for one for the same address, and has the first one's.
    let theirs = other.open(&request(&[])).await;
    let theirs = ask(&mut other, &theirs, OTTO).await;
    let stolen = other.send(&theirs, "passcode", &[("code", &code)]).await;
    assert!(
        stolen.text.contains("This code is wrong"),
        "{}",
        stolen.text
    );
    let entered = one.send(&page, "passcode", &[("code", &code)]).await;
    assert_eq!(entered.title(), "Become a guest");
    let back = one.send(&entered, "other", &[]).await;
    let back = one.send(&back, "choose", &[("account", "other")]).await;
    let again = one.send(&back, "passcode", &[("code", &code)]).await;
    assert_eq!(again.title(), "Sign in");
}

#[tokio::test]
async fn a_code_is_over_after_ten_minutes() {
    static LATER: AtomicI64 = AtomicI64::new(0);
    let (options, mailbox) = options(true);
    let clock = Clock::saying(|| now() + SignedDuration::from_secs(LATER.load(Ordering::Relaxed)));
    let server = Server::with_clock(options, clock).await;
    furnish(&server).await;
    invite(&server, OTTO, json!({})).await;
    let mut browser = Browser::new(&server);
    let page = browser.open(&request(&[])).await;
    let page = ask(&mut browser, &page, OTTO).await;
    let code = mailbox.code().await;
    LATER.store(10 * 60, Ordering::Relaxed);
    let page = browser.send(&page, "passcode", &[("code", &code)]).await;
    assert!(page.text.contains("not good any more"), "{}", page.text);
}

#[tokio::test]
async fn nobodys_mailbox_is_flooded_with_codes() {
    let (server, mailbox) = server().await;
    invite(&server, OTTO, json!({})).await;
    let mut browser = Browser::new(&server);
    let page = browser.open(&request(&[])).await;
    let mut page = ask(&mut browser, &page, OTTO).await;
    for _ in 0..9 {
        page = browser.send(&page, "resend", &[]).await;
    }
    assert!(page.text.contains("Too many codes"), "{}", page.text);
    for _ in 0..3 {
        mailbox.letter().await;
    }
    assert!(mailbox.is_empty().await);
    // That an application names an address sends nothing at all, however often.
    let hinted = Browser::new(&server)
        .open(&request(&[("login_hint", "nils@post.example")]))
        .await;
    assert!(hinted.text.contains("nils@post.example"));
    assert!(mailbox.is_empty().await);
}

#[tokio::test]
async fn whoever_proved_a_mailbox_to_one_organization_is_nobody_to_another() {
    let (server, mailbox) = server().await;
    let invited = invite(&server, OTTO, json!({})).await;
    let object = invited["invitedUser"]["id"].as_str().unwrap();
    let mut browser = Browser::new(&server);
    let page = browser.open(&request(&[])).await;
    let page = ask(&mut browser, &page, OTTO).await;
    let code = mailbox.code().await;
    let page = browser.send(&page, "passcode", &[("code", &code)]).await;
    let page = browser
        .send(&page, "consent", &[("answer", "accept")])
        .await;
    page.code();
    // Fabrikam has an object with the same id, for somebody else.
    let tenant = FABRIKAM.parse().unwrap();
    let contoso = server
        .store
        .person(CONTOSO.parse().unwrap(), object.parse().unwrap());
    let mut person = contoso.await.unwrap().unwrap();
    person.user.user_principal_name = "nils_post.example#EXT#@fabrikam.com".to_owned();
    let acts = vec![
        store::DirectoryAct::PutUser {
            user: Box::new(person.user),
            details: Box::new(person.details),
            expected: None,
        },
        store::DirectoryAct::PutApplication {
            row: Box::new(store::ApplicationRow {
                object: sts::random::guid(),
                application: store::Application {
                    id: "0f000000-0000-4000-8000-00000000ca11".parse().unwrap(),
                    tenant,
                    display_name: None,
                    redirect_uris: vec![crate::walk::SHOP.to_owned()],
                },
                details: store::ApplicationDetails::default(),
                version: store::Revision(1),
            }),
            expected: None,
        },
    ];
    let change = store::DirectoryChange::new(tenant, acts, Vec::new());
    server.store.write_directory(&change).await.unwrap();
    let there = request(&[
        ("client_id", "0f000000-0000-4000-8000-00000000ca11"),
        ("prompt", "none"),
    ]);
    let there = there.replace(CONTOSO, FABRIKAM);
    let seen = browser.open(&there).await;
    assert_eq!(seen.parameters()["error"], "login_required");
    browser.open(&request(&[("prompt", "none")])).await.code();
}

#[tokio::test]
async fn an_invitation_stands_when_no_message_leaves_and_the_page_says_so_to_everybody() {
    let (options, _mailbox) = options(false);
    let server = Server::with(options).await;
    furnish(&server).await;
    let invited = invite(&server, OTTO, json!({"sendInvitationMessage": true})).await;
    assert_eq!(invited["@comity.message"], "later");
    assert_eq!(invited["status"], "PendingAcceptance");
    for address in [OTTO, "nils@post.example"] {
        let mut browser = Browser::new(&server);
        let page = browser.open(&request(&[])).await;
        let page = ask(&mut browser, &page, address).await;
        assert_eq!(page.status, 200);
        assert!(
            page.text.contains("cannot be sent at the moment"),
            "{}",
            page.text
        );
    }
    // Where nobody has said how messages leave there is no such page.
    let server = Server::new().await;
    furnish(&server).await;
    let invited = invite(&server, OTTO, json!({"sendInvitationMessage": true})).await;
    assert_eq!(invited["@comity.message"], "notSent");
    let mut browser = Browser::new(&server);
    let page = browser.open(&request(&[])).await;
    let page = ask(&mut browser, &page, OTTO).await;
    assert!(
        page.text.contains("No organization with this address"),
        "{}",
        page.text
    );
}

/// The header lines of a message, unfolded.
fn head(letter: &str) -> Vec<String> {
    let (head, _) = letter.split_once("\r\n\r\n").unwrap();
    let head = head.replace("\r\n ", " ");
    head.split("\r\n").skip(1).map(str::to_owned).collect()
}

#[tokio::test]
async fn what_people_write_into_invitations_adds_no_header_and_hides_nothing() {
    let (server, mailbox) = server().await;
    let plain = json!({"sendInvitationMessage": true});
    invite(&server, "plain@post.example", plain).await;
    let names = |letter: &str| -> Vec<String> {
        let name = |line: &String| line.split(':').next().unwrap().to_owned();
        head(letter).iter().map(name).collect()
    };
    let usual = names(&mailbox.letter().await);
    let said = "Hello\r\nBcc: evil@post.example\r\n\r\n<a href=\"https://evil.example\">x</a>\u{202e}gpj.exe";
    let more = json!({"sendInvitationMessage": true,
        "invitedUserDisplayName": "Otto\r\nBcc: evil@post.example",
        "invitedUserMessageInfo": {"customizedMessageBody": said, "messageLanguage": "de-DE",
            "ccRecipients": [{"emailAddress": {"name": "Ann\r\nBcc: evil@post.example", "address": "ann@contoso.com"}}]}});
    let body = invitation(OTTO, more);
    let answer = server.post(INVITER, "/v1.0/invitations", body).await;
    if answer.status == 201 {
        let letter = mailbox.letter().await;
        assert!(
            letter.starts_with("otto@post.example ann@contoso.com\r\n"),
            "{letter}"
        );
        let mut expected = usual.clone();
        expected.push("Cc".to_owned());
        let mut found = names(&letter);
        expected.sort();
        found.sort();
        assert_eq!(found, expected);
        let lines = head(&letter);
        assert!(
            lines
                .iter()
                .any(|line| line == "Content-Type: text/plain; charset=utf-8")
        );
        assert!(!letter.contains('\u{202e}') && !letter.contains("\u{ae}exe"));
        assert!(
            letter.contains("> Hello\r\n> Bcc: evil@post.example\r\n>\r\n> <a href"),
            "{letter}"
        );
    } else {
        assert_eq!(answer.status, 400, "{}", answer.body);
    }
    for address in [
        "otto@post.example\r\nBcc: evil@post.example",
        "otto@post.example,evil@post.example",
        "ot\u{202e}to@post.example",
        "<otto@post.example>",
    ] {
        let body = invitation(address, json!({"sendInvitationMessage": true}));
        let answer = server.post(INVITER, "/v1.0/invitations", body).await;
        assert_eq!(answer.status, 400, "{address:?}: {}", answer.body);
    }
    assert!(mailbox.is_empty().await);
}

#[tokio::test]
async fn the_name_of_an_organization_cannot_forge_a_message() {
    let (options, mailbox) = options(true);
    let mut world = crate::client::world();
    let contoso = world.tenants.get_mut(&CONTOSO.parse().unwrap()).unwrap();
    contoso.display_name = Some("Contoso\r\nReply-To: evil@post.example\u{202e}".to_owned());
    let store: Arc<dyn store::Store> = Arc::new(store::Sqlite::in_memory().await.unwrap());
    server::seed(&*store, &world, now()).await.unwrap();
    let server = Server::holding(store, options);
    invite(&server, OTTO, json!({"sendInvitationMessage": true})).await;
    let letter = mailbox.letter().await;
    let lines = head(&letter);
    assert!(
        !lines.iter().any(|line| line.starts_with("Reply-To")),
        "{letter}"
    );
    let subject = lines
        .iter()
        .find(|line| line.starts_with("Subject:"))
        .unwrap();
    assert!(
        subject.contains("Contoso Reply-To: evil@post.example invites"),
        "{subject}"
    );
}

#[tokio::test]
async fn whoever_need_not_accept_is_told_and_whoever_is_there_is_told_nothing_s6_8_s6_11() {
    let (server, mailbox) = server().await;
    let inbound = json!({"automaticUserConsentSettings": {"inboundAllowed": true}});
    let path = crate::client::partner(FABRIKAM);
    let done = server.patch(Persona::Administrator, &path, inbound).await;
    assert_eq!(done.status, 204, "{}", done.body);
    let outbound =
        json!({"tenantId": CONTOSO, "automaticUserConsentSettings": {"outboundAllowed": true}});
    let path = crate::client::policy("/partners");
    let done = server.post(Persona::Stranger, &path, outbound).await;
    assert_eq!(done.status, 201, "{}", done.body);
    // Fred is there already.
    let fred = invite(
        &server,
        "fred@fabrikam.com",
        json!({"sendInvitationMessage": true}),
    )
    .await;
    assert_eq!(fred["@comity.message"], Value::Null);
    let object = fred["invitedUser"]["id"].as_str().unwrap();
    let gone = server
        .call(INVITER, "DELETE", &format!("/v1.0/users/{object}"), None)
        .await;
    assert_eq!(gone.status, 204, "{}", gone.body);
    let fred = invite(&server, "fred@fabrikam.com", json!({})).await;
    assert_eq!(
        (&fred["status"], &fred["@comity.message"]),
        (&json!("Completed"), &json!("sent"))
    );
    let letter = mailbox.letter().await;
    assert!(letter.contains("has made you a guest"), "{letter}");
    assert!(letter.contains("https://shop.example/"), "{letter}");
    assert!(mailbox.is_empty().await);
}
