//! `application` and `servicePrincipal`: what decisions and sign-ins need to know of programs.
//!
//! Contoso owns the CRM: that is an *application*, known everywhere by its `appId`. Wherever the CRM
//! is used, in Contoso and in Fabrikam, a *service principal* stands for it.

use policy::draft::Patch;
use serde_json::{Map, Value, json};
use signins::window::Moment;

use crate::directory_object::{Echo, bounded, bounded_list, bounded_or_null, say, unknown};
use crate::query::{Member, Operators, QueryOption, Shape};
use crate::sign_in::time;
use crate::wire::{Result, WireError, Within, flag, is_annotation, object};

const EQUAL: Operators = Operators::EQUALITY;
const OPTIONS: &[QueryOption] = &[
    QueryOption::Select,
    QueryOption::Filter,
    QueryOption::Top,
    QueryOption::SkipToken,
    QueryOption::Count,
];

/// What can be asked of applications.
pub static APPLICATION: Shape = Shape {
    members: &[
        Member::guid("id").filter(EQUAL),
        Member::guid("appId").filter(EQUAL),
        Member::time("createdDateTime").filter(Operators::EQ.and(Operators::RANGE)),
        Member::opaque("deletedDateTime"),
        Member::text("description").filter(Operators::EQ.and(Operators::STARTS)),
        Member::text("displayName").filter(EQUAL.and(Operators::STARTS)),
        Member::texts("identifierUris").filter(Operators::EQ.and(Operators::STARTS)),
        Member::text("publisherDomain").filter(EQUAL),
        Member::opaque("publicClient"),
        Member::text("signInAudience").filter(EQUAL),
        Member::opaque("spa"),
        Member::texts("tags").filter(Operators::EQ),
        Member::opaque("web"),
    ],
    always: &["id"],
    options: OPTIONS,
    is_directory: true,
    ..Shape::EMPTY
};

/// What can be asked of service principals.
pub static SERVICE_PRINCIPAL: Shape = Shape {
    members: &[
        Member::guid("id").filter(EQUAL),
        Member::boolean("accountEnabled").filter(EQUAL),
        Member::text("appDisplayName"),
        Member::guid("appId").filter(EQUAL),
        Member::guid("appOwnerOrganizationId").filter(EQUAL),
        Member::time("createdDateTime"),
        Member::opaque("deletedDateTime"),
        Member::text("displayName").filter(EQUAL.and(Operators::STARTS)),
        Member::texts("replyUrls"),
        Member::texts("servicePrincipalNames").filter(Operators::EQ),
        Member::text("servicePrincipalType").filter(Operators::EQ),
        Member::texts("tags").filter(Operators::EQ),
    ],
    always: &["id"],
    options: OPTIONS,
    is_directory: true,
    ..Shape::EMPTY
};

/// An application as the wire sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Application {
    /// `id`.
    pub id: String,
    /// `appId`.
    pub app_id: String,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `createdDateTime`.
    pub created: Option<Moment>,
    /// `signInAudience`.
    pub audience: Option<String>,
    /// `identifierUris`.
    pub identifier_uris: Vec<String>,
    /// `web.redirectUris`.
    pub web: Vec<String>,
    /// `publicClient.redirectUris`.
    pub public: Vec<String>,
    /// `spa.redirectUris`.
    pub spa: Vec<String>,
    /// `tags`.
    pub tags: Vec<String>,
}

/// Who may sign in to an application that does not say.
const AUDIENCE: &str = "AzureADMyOrg";
pub(crate) const AUDIENCES: [&str; 4] = [
    AUDIENCE,
    "AzureADMultipleOrgs",
    "AzureADandPersonalMicrosoftAccount",
    "PersonalMicrosoftAccount",
];

/// An application with every member; `domain` is the tenant's own.
pub fn render(application: &Application, domain: &str) -> Value {
    let mut members = Map::new();
    say(&mut members, "id", application.id.clone());
    say(&mut members, "deletedDateTime", Value::Null);
    say(&mut members, "appId", application.app_id.clone());
    let created = application.created.and_then(time);
    say(&mut members, "createdDateTime", created);
    say(
        &mut members,
        "displayName",
        application.display_name.clone(),
    );
    say(&mut members, "description", application.description.clone());
    say(
        &mut members,
        "identifierUris",
        application.identifier_uris.clone(),
    );
    say(&mut members, "publisherDomain", domain);
    let audience = application.audience.as_deref().unwrap_or(AUDIENCE);
    say(&mut members, "signInAudience", audience);
    say(&mut members, "tags", application.tags.clone());
    say(
        &mut members,
        "web",
        json!({"redirectUris": application.web}),
    );
    say(
        &mut members,
        "spa",
        json!({"redirectUris": application.spa}),
    );
    let public = json!({"redirectUris": application.public});
    say(&mut members, "publicClient", public);
    Value::Object(members)
}

/// What a body says about an application.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApplicationDraft {
    /// `displayName`.
    pub display_name: Patch<String>,
    /// `description`.
    pub description: Patch<String>,
    /// `signInAudience`.
    pub audience: Option<String>,
    /// `identifierUris`.
    pub identifier_uris: Option<Vec<String>>,
    /// `web.redirectUris`.
    pub web: Option<Vec<String>>,
    /// `publicClient.redirectUris`.
    pub public: Option<Vec<String>>,
    /// `spa.redirectUris`.
    pub spa: Option<Vec<String>>,
    /// `tags`.
    pub tags: Option<Vec<String>>,
    /// What cannot be written.
    pub echoes: Vec<Echo>,
}

fn patch(value: &Value) -> Result<Patch<String>> {
    Ok(bounded_or_null(value)?.map_or(Patch::Null, Patch::Value))
}

/// Addresses to which a sign-in may return: absolute, and without anything that could be read in two
/// ways.
pub fn addresses(value: &Value) -> Result<Vec<String>> {
    let list = bounded_list(value)?;
    for (index, address) in list.iter().enumerate() {
        let scheme = address.split_once(':').map(|(scheme, _)| scheme);
        let legal = |c: char| c.is_ascii_alphanumeric() || "+.-".contains(c);
        let absolute = scheme.is_some_and(|scheme| {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(legal)
        });
        if !absolute || address.contains(|c: char| c.is_whitespace() || c.is_control() || c == '*')
        {
            let found = Value::from(address.as_str());
            let expected = "an absolute address without spaces and wildcards";
            return Err(WireError::form(expected, &found).at(index));
        }
    }
    Ok(list)
}

/// `web`, `spa` and `publicClient`: of all they can say, the addresses are kept.
fn platform(value: &Value) -> Result<Option<Vec<String>>> {
    if value.is_null() {
        return Ok(Some(Vec::new()));
    }
    match object(value)?.get("redirectUris") {
        Some(uris) => addresses(uris).under("redirectUris").map(Some),
        None => Ok(None),
    }
}

/// Reads the body of a POST or PATCH.
pub fn read(body: &Value) -> Result<ApplicationDraft> {
    let mut draft = ApplicationDraft::default();
    let members = object(body)?;
    for (name, value) in members.iter().filter(|(name, _)| !is_annotation(name)) {
        member(&mut draft, name, value).under(name)?;
    }
    Ok(draft)
}

fn member(draft: &mut ApplicationDraft, name: &str, value: &Value) -> Result<()> {
    match name {
        "displayName" => draft.display_name = patch(value)?,
        "description" => draft.description = patch(value)?,
        "signInAudience" => {
            let audience = bounded_or_null(value)?;
            if audience
                .as_ref()
                .is_some_and(|name| !AUDIENCES.contains(&name.as_str()))
            {
                let expected = "AzureADMyOrg, AzureADMultipleOrgs, \
                                AzureADandPersonalMicrosoftAccount or PersonalMicrosoftAccount";
                return Err(WireError::form(expected, value));
            }
            draft.audience = audience;
        }
        "identifierUris" => draft.identifier_uris = Some(addresses(value)?),
        "web" => draft.web = platform(value)?,
        "publicClient" => draft.public = platform(value)?,
        "spa" => draft.spa = platform(value)?,
        "tags" => draft.tags = Some(bounded_list(value)?),
        "id" | "appId" | "createdDateTime" | "deletedDateTime" | "publisherDomain" => {
            draft.echoes.push(Echo {
                name: name.to_owned(),
                value: value.clone(),
            });
        }
        _ => return Err(unknown()),
    }
    Ok(())
}

impl ApplicationDraft {
    /// Writes what is said into an application.
    pub fn apply(&self, application: &mut Application) {
        for (written, stored) in [
            (&self.display_name, &mut application.display_name),
            (&self.description, &mut application.description),
        ] {
            match written {
                Patch::Absent => {}
                written => *stored = written.value().cloned(),
            }
        }
        if let Some(audience) = &self.audience {
            application.audience = Some(audience.clone());
        }
        for (written, stored) in [
            (&self.identifier_uris, &mut application.identifier_uris),
            (&self.web, &mut application.web),
            (&self.public, &mut application.public),
            (&self.spa, &mut application.spa),
            (&self.tags, &mut application.tags),
        ] {
            if let Some(written) = written {
                stored.clone_from(written);
            }
        }
    }
}

/// A service principal as the wire sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServicePrincipal {
    /// `id`.
    pub id: String,
    /// `appId`.
    pub app_id: String,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `accountEnabled`.
    pub enabled: bool,
    /// `appOwnerOrganizationId`.
    pub owner: Option<String>,
    /// `replyUrls`.
    pub reply_urls: Vec<String>,
    /// `tags`.
    pub tags: Vec<String>,
    /// `createdDateTime`.
    pub created: Option<Moment>,
}

/// A service principal with every member.
pub fn render_principal(object: &ServicePrincipal) -> Value {
    let mut members = Map::new();
    say(&mut members, "id", object.id.clone());
    say(&mut members, "deletedDateTime", Value::Null);
    say(&mut members, "accountEnabled", object.enabled);
    say(&mut members, "appDisplayName", object.display_name.clone());
    say(&mut members, "appId", object.app_id.clone());
    say(&mut members, "appOwnerOrganizationId", object.owner.clone());
    say(
        &mut members,
        "createdDateTime",
        object.created.and_then(time),
    );
    say(&mut members, "displayName", object.display_name.clone());
    say(&mut members, "replyUrls", object.reply_urls.clone());
    say(
        &mut members,
        "servicePrincipalNames",
        vec![object.app_id.clone()],
    );
    say(&mut members, "servicePrincipalType", "Application");
    say(&mut members, "tags", object.tags.clone());
    Value::Object(members)
}

/// What a body says about a service principal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PrincipalDraft {
    /// `appId`, which can be said at the beginning only.
    pub app_id: Option<String>,
    /// `displayName`.
    pub display_name: Patch<String>,
    /// `accountEnabled`.
    pub enabled: Option<bool>,
    /// `replyUrls`.
    pub reply_urls: Option<Vec<String>>,
    /// `tags`.
    pub tags: Option<Vec<String>>,
    /// What cannot be written.
    pub echoes: Vec<Echo>,
}

/// Reads the body of a POST or PATCH.
pub fn read_principal(body: &Value) -> Result<PrincipalDraft> {
    let mut draft = PrincipalDraft::default();
    let members = object(body)?;
    for (name, value) in members.iter().filter(|(name, _)| !is_annotation(name)) {
        principal_member(&mut draft, name, value).under(name)?;
    }
    Ok(draft)
}

fn principal_member(draft: &mut PrincipalDraft, name: &str, value: &Value) -> Result<()> {
    match name {
        "appId" => draft.app_id = Some(bounded(value)?),
        "displayName" => draft.display_name = patch(value)?,
        "accountEnabled" => draft.enabled = flag(value)?,
        "replyUrls" => draft.reply_urls = Some(addresses(value)?),
        "tags" => draft.tags = Some(bounded_list(value)?),
        "id"
        | "appDisplayName"
        | "appOwnerOrganizationId"
        | "createdDateTime"
        | "deletedDateTime"
        | "servicePrincipalNames"
        | "servicePrincipalType" => {
            draft.echoes.push(Echo {
                name: name.to_owned(),
                value: value.clone(),
            });
        }
        _ => return Err(unknown()),
    }
    Ok(())
}

impl PrincipalDraft {
    /// Writes what is said into a service principal.
    pub fn apply(&self, object: &mut ServicePrincipal) {
        match &self.display_name {
            Patch::Absent => {}
            written => object.display_name = written.value().cloned(),
        }
        object.enabled = self.enabled.unwrap_or(object.enabled);
        for (written, stored) in [
            (&self.reply_urls, &mut object.reply_urls),
            (&self.tags, &mut object.tags),
        ] {
            if let Some(written) = written {
                stored.clone_from(written);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_can_be_written_back() {
        let application = Application {
            id: "1".to_owned(),
            app_id: "2".to_owned(),
            display_name: Some("CRM".to_owned()),
            audience: Some(AUDIENCE.to_owned()),
            web: vec!["https://crm.contoso.com/back".to_owned()],
            public: vec!["http://localhost".to_owned()],
            identifier_uris: vec!["api://crm".to_owned()],
            ..Application::default()
        };
        let rendered = render(&application, "contoso.com");
        let draft = read(&rendered).unwrap();
        let mut same = application.clone();
        draft.apply(&mut same);
        assert_eq!(same, application);
        assert!(draft.echoes.iter().all(|echo| echo.agrees(&rendered)));
        for name in rendered.as_object().unwrap().keys() {
            assert!(APPLICATION.member(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_principal_that_is_read_can_be_written_back() {
        let object = ServicePrincipal {
            id: "1".to_owned(),
            app_id: "2".to_owned(),
            enabled: true,
            tags: vec!["x".to_owned()],
            ..ServicePrincipal::default()
        };
        let rendered = render_principal(&object);
        let draft = read_principal(&rendered).unwrap();
        let mut same = object.clone();
        draft.apply(&mut same);
        assert_eq!(same, object);
        for name in rendered.as_object().unwrap().keys() {
            assert!(SERVICE_PRINCIPAL.member(name).is_some(), "{name}");
        }
    }

    #[test]
    fn addresses_that_could_mean_two_things_are_refused() {
        for address in [
            "/back",
            "https://*.contoso.com",
            "https://a b",
            "://x",
            "1x:y",
        ] {
            let body = json!({"web": {"redirectUris": ["https://ok", address]}});
            let error = read(&body).unwrap_err();
            assert_eq!(error.path.to_string(), "web.redirectUris[1]", "{address}");
        }
    }
}
