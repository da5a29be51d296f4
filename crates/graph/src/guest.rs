//! `invitation`: somebody is asked to come in as a guest.

use policy::world::UserType;
use serde_json::{Map, Value, json};

use crate::directory_object::{bounded, bounded_or_null, say, unknown};
use crate::query::{Member, QueryOption, Shape};
use crate::user::referenced;
use crate::wire::{Result, WireError, Within, flag, is_annotation, list, object, word};

/// How long the words of an invitation may be, in characters.
pub(crate) const LONGEST_MESSAGE: usize = 4096;
/// How long an address may be.
pub(crate) const LONGEST_ADDRESS: usize = 2048;
/// How many sponsors an invitation may name.
pub(crate) const MOST_SPONSORS: usize = 20;

/// What can be asked of an invitation.
pub static SHAPE: Shape = Shape {
    members: &[
        Member::guid("id"),
        Member::text("inviteRedeemUrl"),
        Member::text("inviteRedirectUrl"),
        Member::opaque("invitedUser"),
        Member::text("invitedUserDisplayName"),
        Member::text("invitedUserEmailAddress"),
        Member::opaque("invitedUserMessageInfo"),
        Member::text("invitedUserType"),
        Member::boolean("resetRedemption"),
        Member::boolean("sendInvitationMessage"),
        Member::text("status"),
    ],
    options: &[QueryOption::Select],
    is_open: true,
    ..Shape::EMPTY
};

/// What a body says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InvitationDraft {
    /// `invitedUserEmailAddress`.
    pub address: String,
    /// `inviteRedirectUrl`.
    pub redirect: String,
    /// `invitedUserDisplayName`.
    pub display_name: Option<String>,
    /// `invitedUserType`.
    pub user_type: Option<UserType>,
    /// `sendInvitationMessage`.
    pub send_message: bool,
    /// `resetRedemption`.
    pub reset: bool,
    /// `invitedUser.id`.
    pub invited: Option<String>,
    /// `invitedUserSponsors`: the ids.
    pub sponsors: Vec<String>,
    /// `invitedUserMessageInfo`.
    pub message: Message,
}

/// `invitedUserMessageInfo`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// `messageLanguage`.
    pub language: Option<String>,
    /// `customizedMessageBody`.
    pub body: Option<String>,
    /// `ccRecipients[0].emailAddress`: name and address.
    pub copy: Option<(Option<String>, Option<String>)>,
}

/// Reads the body of a POST.
pub fn read(body: &Value) -> Result<InvitationDraft> {
    let mut draft = InvitationDraft::default();
    for (name, value) in object(body)? {
        if name == "invitedUserSponsors@odata.bind" {
            draft.sponsors.extend(sponsors(value).under(name)?);
        } else if !is_annotation(name) {
            member(&mut draft, name, value).under(name)?;
        }
    }
    for (name, text) in [
        ("invitedUserEmailAddress", &draft.address),
        ("inviteRedirectUrl", &draft.redirect),
    ] {
        if text.is_empty() {
            return Err(WireError::missing(name).under(name));
        }
    }
    if draft.reset && draft.invited.is_none() {
        let error = WireError::conflict("resetRedemption needs the id of the invited user");
        return Err(error.under("id").under("invitedUser"));
    }
    Ok(draft)
}

fn member(draft: &mut InvitationDraft, name: &str, value: &Value) -> Result<()> {
    match name {
        "invitedUserEmailAddress" => draft.address = mail_address(value)?,
        "inviteRedirectUrl" => draft.redirect = address(value)?,
        "invitedUserDisplayName" => draft.display_name = bounded_or_null(value)?,
        "invitedUserType" if value.is_null() => {}
        "invitedUserType" => {
            let types = [UserType::Member, UserType::Guest];
            let read = word(value, "Member or Guest", &types, UserType::as_str);
            draft.user_type = Some(read?);
        }
        "sendInvitationMessage" => draft.send_message = flag(value)?.unwrap_or(false),
        "resetRedemption" => draft.reset = flag(value)?.unwrap_or(false),
        "invitedUser" if value.is_null() => {}
        "invitedUser" => {
            let id = object(value)?.get("id");
            draft.invited = id.map(bounded_or_null).transpose().under("id")?.flatten();
        }
        "invitedUserSponsors" => draft.sponsors.extend(sponsors(value)?),
        "invitedUserMessageInfo" if value.is_null() => {}
        "invitedUserMessageInfo" => draft.message = message(value)?,
        // What only answers say.
        "id" | "status" | "inviteRedeemUrl" if value.is_null() => {}
        _ => return Err(unknown()),
    }
    Ok(())
}

/// Whether a character shows nothing by itself and may change what others show: it turns the
/// direction of writing, joins, or ends a line without being a line break.
pub const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// A mail address without the characters that invitations refuse (`resources/invitation`).
fn mail_address(value: &Value) -> Result<String> {
    let text = bounded(value)?.trim().to_owned();
    let expected = "a mail address without ~!#$%^&*()+=[]{}\\/|;:\"<>?, and without . or - at the \
                    ends of its first part";
    let wrong = || WireError::form(expected, value);
    let (local, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
    let forbidden = |c: char| {
        "~!#$%^&*()+=[]{}\\/|;:\"<>?,@".contains(c)
            || c.is_control()
            || c.is_whitespace()
            || is_invisible(c)
    };
    let ends = [local.chars().next(), local.chars().next_back()];
    let bad_end = |c: &Option<char>| matches!(c, None | Some('.' | '-'));
    match local.contains(forbidden) || domain.contains(forbidden) || ends.iter().any(bad_end) {
        true => Err(wrong()),
        false => Ok(text),
    }
}

fn address(value: &Value) -> Result<String> {
    let expected = "an absolute address that begins with https:// or http://";
    let text = value
        .as_str()
        .ok_or_else(|| WireError::form(expected, value))?;
    let lower = text.to_ascii_lowercase();
    let rest = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"));
    let host = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    let bad = |c: char| c.is_whitespace() || c.is_control();
    match host && text.len() <= LONGEST_ADDRESS && !text.contains(bad) {
        true => Ok(text.to_owned()),
        false => Err(WireError::form(expected, value)),
    }
}

fn sponsors(value: &Value) -> Result<Vec<String>> {
    if value.is_null() {
        return Ok(Vec::new());
    }
    let entries = list(value)?;
    if entries.len() > MOST_SPONSORS {
        return Err(WireError::form("a list of at most 20 sponsors", value));
    }
    let id = |entry: &Value| {
        let named = match entry {
            Value::String(address) => referenced(address),
            entry => {
                let members = object(entry)?;
                let reference = members.get("@odata.id").and_then(Value::as_str);
                let id = members.get("id").and_then(Value::as_str).map(str::to_owned);
                id.or_else(|| reference.and_then(referenced))
            }
        };
        named.ok_or_else(|| WireError::form("the id or the address of a user", entry))
    };
    let ids = entries.iter().enumerate();
    ids.map(|(index, entry)| id(entry).at(index)).collect()
}

fn message(value: &Value) -> Result<Message> {
    let mut message = Message::default();
    let members = object(value)?;
    for (name, value) in members.iter().filter(|(name, _)| !is_annotation(name)) {
        match name.as_str() {
            "messageLanguage" => message.language = bounded_or_null(value).under(name)?,
            "customizedMessageBody" => message.body = words(value).under(name)?,
            "ccRecipients" => message.copy = copy(value).under(name)?,
            _ => return Err(unknown().under(name)),
        }
    }
    Ok(message)
}

fn words(value: &Value) -> Result<Option<String>> {
    let expected = "a text of at most 4096 characters";
    match value {
        Value::Null => Ok(None),
        Value::String(text) if text.chars().count() <= LONGEST_MESSAGE => Ok(Some(text.clone())),
        value => Err(WireError::form(expected, value)),
    }
}

fn copy(value: &Value) -> Result<Option<(Option<String>, Option<String>)>> {
    if value.is_null() {
        return Ok(None);
    }
    let recipient = match list(value)? {
        [] => return Ok(None),
        [recipient] => recipient,
        _ => return Err(WireError::form("a list of at most one recipient", value)),
    };
    let members = object(recipient).at(0)?;
    let Some(address) = members.get("emailAddress").filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let members = object(address).under("emailAddress").at(0)?;
    let text = |name: &str| match members.get(name) {
        Some(value) => bounded_or_null(value).under(name),
        None => Ok(None),
    };
    let address = match members.get("address").filter(|value| !value.is_null()) {
        Some(value) => Some(
            mail_address(value)
                .under("address")
                .under("emailAddress")
                .at(0)?,
        ),
        None => None,
    };
    Ok(Some((text("name")?, address)))
}

/// What became of an invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// `id`.
    pub id: String,
    /// `inviteRedeemUrl`.
    pub redeem_url: String,
    /// `status`: whether nothing is left to be done.
    pub is_complete: bool,
    /// The object of the invited user.
    pub user: String,
    /// `invitedUserType`, as it was wanted.
    pub user_type: UserType,
}

/// The answer to an invitation.
pub fn render(draft: &InvitationDraft, invited: &Invited) -> Value {
    let mut members = Map::new();
    say(&mut members, "id", invited.id.clone());
    say(&mut members, "inviteRedeemUrl", invited.redeem_url.clone());
    say(
        &mut members,
        "invitedUserDisplayName",
        draft.display_name.clone(),
    );
    say(&mut members, "invitedUserType", invited.user_type.as_str());
    say(
        &mut members,
        "invitedUserEmailAddress",
        draft.address.clone(),
    );
    say(&mut members, "sendInvitationMessage", draft.send_message);
    say(&mut members, "resetRedemption", draft.reset);
    say(&mut members, "inviteRedirectUrl", draft.redirect.clone());
    let status = match invited.is_complete {
        true => "Completed",
        false => "PendingAcceptance",
    };
    say(&mut members, "status", status);
    let (name, address) = draft.message.copy.clone().unwrap_or_default();
    let message = json!({
        "messageLanguage": draft.message.language,
        "customizedMessageBody": draft.message.body,
        "ccRecipients": [{"emailAddress": {"name": name, "address": address}}],
    });
    say(&mut members, "invitedUserMessageInfo", message);
    say(&mut members, "invitedUser", json!({"id": invited.user}));
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(change: impl Fn(&mut Map<String, Value>)) -> Value {
        let mut body = json!({
            "invitedUserEmailAddress": "frank@fabrikam.com",
            "inviteRedirectUrl": "https://myapps.contoso.com",
        });
        change(body.as_object_mut().unwrap());
        body
    }

    #[test]
    fn an_invitation_needs_an_address_and_a_place_to_go() {
        assert!(read(&body(|_| ())).is_ok());
        for name in ["invitedUserEmailAddress", "inviteRedirectUrl"] {
            let error = read(&body(|body| drop(body.remove(name)))).unwrap_err();
            assert_eq!(error.path.to_string(), name);
        }
        for address in [
            "frank",
            "fr!nk@fabrikam.com",
            ".f@x.com",
            "f-@x.com",
            "@x.com",
            "a@b@c.com",
        ] {
            let error = read(&body(|body| {
                body.insert("invitedUserEmailAddress".to_owned(), address.into());
            }));
            assert!(error.is_err(), "{address}");
        }
        for address in [
            "/here",
            "javascript:alert(1)",
            "https://",
            "https:///x",
            "https://a b",
        ] {
            let error = read(&body(|body| {
                body.insert("inviteRedirectUrl".to_owned(), address.into());
            }));
            assert!(error.is_err(), "{address}");
        }
    }

    #[test]
    fn a_reset_needs_to_know_whose() {
        let error = read(&body(|body| {
            body.insert("resetRedemption".to_owned(), true.into());
        }));
        assert_eq!(error.unwrap_err().path.to_string(), "invitedUser.id");
    }

    #[test]
    fn one_person_gets_a_copy_at_most() {
        let recipient = json!({"emailAddress": {"name": "A", "address": "a@contoso.com"}});
        let with = |recipients: Value| {
            read(&body(|body| {
                let info = json!({"ccRecipients": recipients, "messageLanguage": "de-DE"});
                body.insert("invitedUserMessageInfo".to_owned(), info);
            }))
        };
        let draft = with(json!([recipient])).unwrap();
        assert_eq!(draft.message.language.as_deref(), Some("de-DE"));
        assert!(with(json!([recipient, recipient])).is_err());
        for address in [
            "a",
            "a@x.com\r\nBcc: b@x.com",
            "a@x.com, b@x.com",
            "a\u{202e}b@x.com",
        ] {
            let recipient = json!({"emailAddress": {"address": address}});
            let error = with(json!([recipient])).unwrap_err();
            let path = error.path.to_string();
            assert!(path.contains("emailAddress"), "{address}: {path}");
        }
        assert_eq!(
            with(json!([{"emailAddress": null}])).unwrap().message.copy,
            None
        );
    }

    #[test]
    fn sponsors_are_named_by_address_or_id() {
        let draft = read(&body(|body| {
            let bound = json!(["https://graph.microsoft.com/v1.0/users/abc"]);
            body.insert("invitedUserSponsors@odata.bind".to_owned(), bound);
            body.insert("invitedUserSponsors".to_owned(), json!([{"id": "def"}]));
        }));
        assert_eq!(draft.unwrap().sponsors, ["abc", "def"]);
    }
}
