//! AuthZEN 1.0: the same question in the words gateways, proxies and other identity providers speak.
//!
//! The mapping is described in `docs/authzen.md`. One answer is `true` or `false`; why, whose
//! settings refused, and what would satisfy a challenge stand in its context. Findings cost a second
//! evaluation and are given on request.

mod answer;

use std::borrow::Cow;

use axum::extract::State;
use axum::response::Response;
use policy::compiled::{self, Asker, Question};
use policy::conditional_access::Claims;
use policy::decision::Verdict;
use policy::reason::Side;
use policy::sign_in::{SignIn, SignInAccount};
use policy::target::GroupId;
use policy::tenant::TenantId;
use policy::tenant_restrictions::Header;
use serde::Deserialize;
use serde_json::{Value, json};

use self::answer::{Answer, Explanation, Outcome, Told};
use super::decide::{read, tell_age};
use crate::body::{self, Posted};
use crate::context::Context;
use crate::effective::Sheet;
use crate::error::{ApiError, Result};
use crate::invitation::{self, InvitationText, InviterText};
use crate::principal::Principal;
use crate::question::{self, ClaimsText, GroupsText};
use crate::state::App;
use crate::text;
use crate::visible::Viewer;

/// The action that is not a sign-in.
const INVITE: &str = "invite";
/// More questions in one request are refused.
const MOST: usize = 1000;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(expecting = "an object")]
struct Subject<'a> {
    #[serde(rename = "type", borrow, default, deserialize_with = "text::borrowed")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "text::borrowed")]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    properties: SubjectProperties<'a>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[serde(expecting = "an object")]
struct SubjectProperties<'a> {
    #[serde(borrow, deserialize_with = "text::borrowed")]
    tenant_id: Option<Cow<'a, str>>,
    groups: Option<GroupsText>,
    claims: Option<Box<ClaimsText>>,
    #[serde(borrow, deserialize_with = "text::borrowed")]
    user_type: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text::all_borrowed")]
    roles: Option<Vec<Cow<'a, str>>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(expecting = "an object")]
struct Resource<'a> {
    #[serde(rename = "type", borrow, default, deserialize_with = "text::borrowed")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "text::borrowed")]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    properties: ResourceProperties<'a>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[serde(expecting = "an object")]
struct ResourceProperties<'a> {
    #[serde(borrow, deserialize_with = "text::borrowed")]
    tenant_id: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text::borrowed")]
    client_app_id: Option<Cow<'a, str>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(expecting = "an object")]
struct Action<'a> {
    #[serde(borrow, default, deserialize_with = "text::borrowed")]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    properties: ActionProperties<'a>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[serde(expecting = "an object")]
struct ActionProperties<'a> {
    consent_accepted: bool,
    first_access: bool,
    #[serde(borrow, deserialize_with = "text::borrowed")]
    invited_user_email_address: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text::borrowed")]
    invited_user_type: Option<Cow<'a, str>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[serde(expecting = "an object")]
struct Surroundings<'a> {
    findings: bool,
    #[serde(borrow, deserialize_with = "text::borrowed")]
    tenant_restrictions_header: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "text::borrowed")]
    signal: Option<Cow<'a, str>>,
}

/// One question. In a batch what is left out is taken from the whole.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(expecting = "an object")]
struct Evaluation<'a> {
    #[serde(borrow)]
    subject: Option<Subject<'a>>,
    #[serde(borrow)]
    resource: Option<Resource<'a>>,
    #[serde(borrow)]
    action: Option<Action<'a>>,
    #[serde(borrow)]
    context: Option<Surroundings<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "an object")]
struct Evaluations<'a> {
    // Member by member: a flattened structure would be read by way of a tree.
    #[serde(borrow)]
    subject: Option<Subject<'a>>,
    #[serde(borrow)]
    resource: Option<Resource<'a>>,
    #[serde(borrow)]
    action: Option<Action<'a>>,
    #[serde(borrow)]
    context: Option<Surroundings<'a>>,
    #[serde(default)]
    options: Options,
    #[serde(borrow)]
    evaluations: Option<Vec<Evaluation<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(expecting = "an object")]
struct Options {
    #[serde(default)]
    evaluations_semantic: Semantic,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Semantic {
    #[default]
    ExecuteAll,
    DenyOnFirstDeny,
    PermitOnFirstPermit,
}

pub(crate) async fn get_configuration(State(app): State<App>) -> Response {
    let at = |path: &str| format!("{}{path}", app.options.public_url);
    body::answer(
        200,
        &json!({
            "policy_decision_point": app.options.public_url,
            "access_evaluation_endpoint": at("/access/v1/evaluation"),
            "access_evaluations_endpoint": at("/access/v1/evaluations"),
        }),
    )
}

pub(crate) async fn evaluate(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Posted(bytes): Posted,
) -> Result<Response> {
    let mut asked = Ask::of(&principal, &Evaluation::default(), &mut read(&bytes)?)?;
    let answer = match asked.answer_at_once(&app, &principal) {
        Some(answer) => answer?,
        // Boxed, so that the others do not carry along what is kept while something is read.
        None => Box::pin(asked.answer(&app, &principal)).await?,
    };
    let mut response = body::written(200, answer.text);
    tell_age(&app, &context, &mut response);
    Ok(response)
}

pub(crate) async fn evaluate_many(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Posted(bytes): Posted,
) -> Result<Response> {
    let batch: Evaluations<'_> = read(&bytes)?;
    let mut list = batch.evaluations.unwrap_or_default();
    let mut whole = Evaluation {
        subject: batch.subject,
        resource: batch.resource,
        action: batch.action,
        context: batch.context,
    };
    if list.is_empty() {
        // A batch without questions is one question.
        let asked = Ask::of(&principal, &Evaluation::default(), &mut whole)?;
        let answer = asked.answer(&app, &principal).await?;
        return Ok(body::written(200, answer.text));
    }
    if list.len() > MOST {
        let message = format!("evaluations: at most {MOST} questions are answered at once.");
        return Err(ApiError::bad_body(message).at("evaluations"));
    }
    let mut answers = br#"{"evaluations":["#.to_vec();
    for (index, evaluation) in list.iter_mut().enumerate() {
        let answer = match Ask::of(&principal, &whole, evaluation) {
            Ok(mut asked) => match asked.answer_at_once(&app, &principal) {
                Some(answer) => answer?,
                None => asked.answer(&app, &principal).await?,
            },
            // A question that makes no sense is answered with no, and says why.
            Err(error) => Answer::write(&Told {
                decision: false,
                context: error.authzen(),
            })?,
        };
        if index > 0 {
            answers.extend_from_slice(b",");
        }
        answers.extend_from_slice(&answer.text);
        match batch.options.evaluations_semantic {
            Semantic::DenyOnFirstDeny if !answer.decision => break,
            Semantic::PermitOnFirstPermit if answer.decision => break,
            _ => {}
        }
    }
    answers.extend_from_slice(b"]}");
    let mut response = body::written(200, answers.into());
    tell_age(&app, &context, &mut response);
    Ok(response)
}

/// A question of either kind that may be asked.
#[allow(
    clippy::large_enum_variant,
    reason = "the large one is the one that is made often"
)]
enum Ask {
    SignIn(Asked),
    Invitation {
        asked: Box<invitation::Asked>,
        findings: bool,
    },
}

impl Ask {
    fn of(principal: &Principal, whole: &Evaluation<'_>, one: &mut Evaluation<'_>) -> Result<Self> {
        let action = one.action.as_ref().or(whole.action.as_ref());
        match action.filter(|action| action.name.as_deref() == Some(INVITE)) {
            Some(action) => Ask::invitation(principal, whole, one, action),
            None => Asked::of(principal, whole, one).map(Ask::SignIn),
        }
    }

    /// The subject invites whom the action names, into the tenant that is the resource.
    fn invitation(
        principal: &Principal,
        whole: &Evaluation<'_>,
        one: &Evaluation<'_>,
        action: &Action<'_>,
    ) -> Result<Self> {
        let refuse = |path: &str, expected: &str| {
            ApiError::bad_body(format!("{path}: expected {expected}.")).at(path)
        };
        let subject = one.subject.as_ref().or(whole.subject.as_ref());
        let subject = subject.cloned().unwrap_or_default();
        let resource = one.resource.as_ref().or(whole.resource.as_ref());
        let resource = resource.cloned().unwrap_or_default();
        let context = one.context.as_ref().or(whole.context.as_ref());
        if resource.kind.as_deref() != Some("tenant") {
            return Err(refuse("resource.type", "tenant"));
        }
        let application = match subject.kind.as_deref() {
            Some("user") => false,
            Some("application") => true,
            _ => return Err(refuse("subject.type", "user or application")),
        };
        let roles = subject.properties.roles.unwrap_or_default().into_iter();
        let text = InvitationText {
            resource_tenant: resource.id,
            inviter: InviterText {
                id: subject.id.filter(|_| !application),
                user_type: subject.properties.user_type,
                roles: roles.map(Cow::into_owned).collect(),
                application,
            },
            invited_user_email_address: action.properties.invited_user_email_address.clone(),
            invited_user_type: action.properties.invited_user_type.clone(),
            ..InvitationText::default()
        };
        Ok(Ask::Invitation {
            asked: Box::new(text.read(principal)?),
            findings: context.is_some_and(|context| context.findings),
        })
    }

    /// The answer, if everything it takes is in memory.
    fn answer_at_once(&mut self, app: &App, principal: &Principal) -> Option<Result<Answer>> {
        let Ask::SignIn(asked) = self else {
            return None;
        };
        let mut tenants = question::concerned(&asked.question);
        let sheet = question::sheet_at_hand(app, &asked.question, &mut tenants)?;
        Some(asked.answer(app, principal, &sheet, &tenants))
    }

    async fn answer(self, app: &App, principal: &Principal) -> Result<Answer> {
        let (mut asked, findings) = match self {
            Ask::SignIn(mut asked) => {
                let mut tenants = question::concerned(&asked.question);
                let sheet = question::sheet(app, &asked.question, &mut tenants).await?;
                return asked.answer(app, principal, &sheet, &tenants);
            }
            Ask::Invitation { asked, findings } => (asked, findings),
        };
        let judged = asked.judge(app).await?;
        let outcome = Outcome {
            verdict: judged.outcome.verdict,
            reason: judged.outcome.reason,
            side: judged.outcome.side,
            detail: judged.outcome.detail,
            trust: None,
        };
        match findings {
            true => outcome.explained(Some(Explanation {
                sentence: judged.outcome.sentence().into(),
                remedy: Value::Null,
                findings: judged.findings(),
            })),
            false => outcome.answer(),
        }
    }
}

/// A question about a sign-in that may be asked.
struct Asked {
    /// The groups are beside it: they are many, and what decides wants them in a row.
    question: SignIn,
    groups: Option<Vec<GroupId>>,
    findings: bool,
}

fn missing(name: &str) -> ApiError {
    ApiError::bad_body(format!("{name}: this member is missing.")).at(name)
}

fn is(kind: Option<&str>, wanted: &str, path: &str) -> Result<()> {
    match kind == Some(wanted) {
        true => Ok(()),
        false => Err(ApiError::bad_body(format!("{path}: expected {wanted}.")).at(path)),
    }
}

impl Asked {
    fn of(principal: &Principal, whole: &Evaluation<'_>, one: &mut Evaluation<'_>) -> Result<Self> {
        let subject = one.subject.as_mut().map(std::mem::take);
        let subject = subject.or_else(|| whole.subject.clone());
        let subject = subject.ok_or_else(|| missing("subject"))?;
        let resource = one.resource.as_ref().or(whole.resource.as_ref());
        let resource = resource.ok_or_else(|| missing("resource"))?;
        let action = one.action.as_ref().or(whole.action.as_ref());
        let action = action.ok_or_else(|| missing("action"))?;
        let context = one.context.as_ref().or(whole.context.as_ref());
        is(resource.kind.as_deref(), "application", "resource.type")?;
        let guest = subject.kind.as_deref() == Some("guest");
        if !guest {
            is(subject.kind.as_deref(), "user", "subject.type")?;
        }
        let name = action.name.as_deref();
        let journey =
            question::journey(name.ok_or_else(|| missing("action.name"))?, "action.name")?;
        let tenant = subject.properties.tenant_id.as_deref();
        let stated = subject.properties.groups;
        let (account, groups) = match guest {
            true => {
                let object = question::required(subject.id.as_deref(), "subject.id")?;
                (SignInAccount::Guest(object), None)
            }
            false => {
                let account = SignInAccount::Home {
                    tenant: question::required(tenant, "subject.properties.tenantId")?,
                    user: question::required(subject.id.as_deref(), "subject.id")?,
                    groups: None,
                };
                let groups = question::read_groups(stated, "subject.properties.groups")?;
                (account, groups)
            }
        };
        let owner = resource.properties.tenant_id.as_deref();
        let client = resource.properties.client_app_id.as_deref();
        let application = question::id(resource.id.as_deref(), "resource.id")?;
        let signal = context.and_then(|context| context.signal.as_deref());
        let carrier = question::carrier(signal, "context.signal")?;
        let header = context.and_then(|context| context.tenant_restrictions_header.as_deref());
        let question = SignIn {
            journey,
            account,
            resource: question::required(owner, "resource.properties.tenantId")?,
            client_app: question::id(client, "resource.properties.clientAppId")?,
            resource_app: application.unwrap_or(question::NO_APPLICATION),
            claims: match subject.properties.claims {
                Some(claims) => (*claims).into(),
                None => Claims::default(),
            },
            consent_accepted: action.properties.consent_accepted,
            first_access: action.properties.first_access,
            is_interactive: true,
            client_app_used: None,
            restrictions: header.map(|value| Header {
                value: value.to_owned(),
                carrier,
            }),
        };
        Ok(Asked {
            question: question::permitted(principal, question)?,
            groups: groups.filter(|_| question::counts(principal)),
            findings: context.is_some_and(|context| context.findings),
        })
    }

    /// The question as it is decided.
    fn question(&self) -> Question<'_> {
        let question = Question::without_groups(&self.question);
        match question.asker {
            Asker::Home { tenant, user, .. } => Question {
                asker: Asker::Home {
                    tenant,
                    user,
                    groups: self.groups.as_deref(),
                },
                ..question
            },
            Asker::Guest(_) => question,
        }
    }

    fn answer(
        &mut self,
        app: &App,
        principal: &Principal,
        sheet: &Sheet,
        tenants: &[TenantId],
    ) -> Result<Answer> {
        let answer = compiled::decide(&sheet.registry, &self.question());
        let (verdict, side) = (answer.verdict, answer.side);
        app.metrics.decided(verdict, answer.reason);
        let viewer = Viewer::new(principal, &self.question, sheet);
        let outcome = Outcome {
            verdict,
            reason: viewer.reason(answer.reason, side),
            side,
            detail: answer.detail.filter(|_| viewer.sees(side)),
            trust: match verdict {
                Verdict::Allow => self.trust(sheet, &viewer),
                Verdict::Challenge | Verdict::Block => None,
            },
        };
        if !self.findings {
            return outcome.answer();
        }
        question::state_groups(&mut self.question, self.groups.take());
        let world = sheet.world(tenants);
        let decision = policy::sign_in::decide(&world, &self.question);
        let mut told = Viewer::new(principal, &self.question, sheet).render(&decision, &world);
        let mut part = |name: &str| told.remove(name).unwrap_or_default();
        outcome.explained(Some(Explanation {
            sentence: part("sentence"),
            remedy: part("remedy"),
            findings: part("findings"),
        }))
    }

    /// Which claims of the home tenant the resource tenant accepts: for whoever enforces there.
    fn trust(&self, sheet: &Sheet, viewer: &Viewer<'_>) -> Option<compiled::Trust> {
        let SignInAccount::Home { tenant, .. } = self.question.account else {
            return None;
        };
        if tenant == self.question.resource || !viewer.sees(Some(Side::Resource)) {
            return None;
        }
        sheet.registry.trust(self.question.resource, tenant)
    }
}
