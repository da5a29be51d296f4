//! What a caller may see of an answer.
//!
//! Contoso and Fabrikam both had a say. Contoso sees all of its own side. Of Fabrikam's side it sees
//! that Fabrikam refused, and a reason code: no settings, no names, and not whether an account
//! exists. The operator sees both.

use policy::decision::{Code, Finding, Section, Verdict};
use policy::explain::Names;
use policy::reason::{Reason, Side};
use policy::settings::BlockName;
use policy::sign_in::{Decision, Journey, SignIn, SignInAccount};
use policy::target::UserId;
use policy::tenant::TenantId;
use policy::world::World;
use serde_json::{Map, Value, json};

use crate::effective::Sheet;
use crate::principal::Principal;
use crate::question;

/// Who looks at the answer to that question.
pub(crate) struct Viewer<'a> {
    question: &'a SignIn,
    /// The tenant that the account belongs to, also where the question is about its object.
    home: TenantId,
    /// `None`: the operator, who sees everything.
    own: Option<TenantId>,
}

impl<'a> Viewer<'a> {
    pub(crate) fn new(principal: &Principal, question: &'a SignIn, sheet: &Sheet) -> Self {
        let home = match question.account {
            SignInAccount::Home { tenant, .. } => tenant,
            // An object that belongs to nobody else is the resource tenant's own.
            SignInAccount::Guest(_) => question::home(sheet, question).unwrap_or(question.resource),
        };
        Viewer {
            question,
            home,
            own: (!principal.is_operator()).then(|| principal.tenant()),
        }
    }

    /// Whether that side is the viewer's own.
    pub(crate) fn sees(&self, side: Option<Side>) -> bool {
        let Some(own) = self.own else {
            return true;
        };
        let tenant = match side {
            None => return true,
            Some(Side::Home | Side::Source) => Some(self.home),
            Some(Side::Resource | Side::Target) => Some(self.question.resource),
            Some(Side::Policy) => self.question.restrictions.as_ref().and_then(|header| {
                let (tenant, _) = header.value.split_once(':')?;
                tenant.trim().parse().ok()
            }),
        };
        tenant == Some(own)
    }

    /// The reason as the viewer may know it: whether an account exists in the other tenant looks
    /// like any other refusal of that side.
    pub(crate) fn reason(&self, reason: Reason, side: Option<Side>) -> Reason {
        if self.sees(side) {
            return reason;
        }
        match reason {
            Reason::AccountNotFound | Reason::AccountDisabled => Reason::OutboundBlocked,
            Reason::AccountDisabledInResource | Reason::UserNotInResourceTenant => {
                Reason::InboundBlocked
            }
            other => other,
        }
    }

    /// The whole answer, with sentences, as far as the viewer may see it.
    pub(crate) fn render(&self, decision: &Decision, world: &World) -> Map<String, Value> {
        let seen = self.decision(decision);
        let names = OwnNames {
            world,
            own: self.own,
        };
        let mut rendered = graph::decision::render_explained(self.question, &seen, &names);
        let findings = rendered.get_mut("findings").and_then(Value::as_array_mut);
        for (rendered, finding) in findings.into_iter().flatten().zip(&seen.findings) {
            if !self.sees(finding.side) {
                *rendered = json!({
                    "side": finding.side.map(Side::as_str),
                    "verdict": finding.verdict.as_str(),
                    "code": finding.code.as_str(),
                    "sentence": match finding.code {
                        Code::Reason(reason) => Some(reason.sentence()),
                        Code::Passed | Code::DirectoryUnknown => None,
                    },
                });
            }
        }
        rendered
    }

    /// The answer without what the viewer may not see.
    fn decision(&self, decision: &Decision) -> Decision {
        let mut seen = decision.clone();
        if self.own.is_none() {
            return seen;
        }
        seen.reason = self.reason(decision.reason, decision.side);
        if !self.sees(decision.side) {
            seen.detail = None;
            seen.origin = None;
            seen.unknown_groups.clear();
        }
        if !self.sees(Some(Side::Resource)) {
            seen.applied.clear();
        }
        seen.rows.retain(|row| Some(row.tenant) == self.own);
        for row in &mut seen.rows {
            if !self.sees(decision.side) {
                row.error_code = seen.reason.error_code_at(seen.side);
                row.failure_reason = Some(seen.reason.sentence());
            }
            if !self.sees(Some(Side::Resource)) {
                row.applied.clear();
            }
            if !self.sees(Some(Side::Home)) {
                row.user_principal_name = None;
                row.user_display_name = None;
            }
        }
        let findings = std::mem::take(&mut seen.findings).into_iter();
        seen.findings = findings
            .filter_map(|finding| self.finding(finding))
            .collect();
        seen
    }

    /// Of the other side only what refused, and that a side was not judged at all.
    fn finding(&self, finding: Finding) -> Option<Finding> {
        if self.sees(finding.side) {
            return Some(finding);
        }
        let Code::Reason(reason) = finding.code else {
            return None;
        };
        if finding.verdict == Verdict::Allow && reason != Reason::NotHosted {
            return None;
        }
        let reason = self.reason(reason, finding.side);
        let section = match finding.section {
            Section::Hosting => Section::Hosting,
            _ => self.gate(finding.side),
        };
        Some(Finding {
            verdict: finding.verdict,
            code: Code::Reason(reason),
            ..Finding::passed(finding.side, section, finding.clause)
        })
    }

    /// The gate of a side, in place of whatever it was that refused there.
    fn gate(&self, side: Option<Side>) -> Section {
        let home = matches!(side, Some(Side::Home | Side::Source));
        Section::Block(match (self.question.journey, home) {
            (Journey::DirectConnect, true) => BlockName::B2bDirectConnectOutbound,
            (Journey::DirectConnect, false) => BlockName::B2bDirectConnectInbound,
            (_, true) => BlockName::B2bCollaborationOutbound,
            (_, false) => BlockName::B2bCollaborationInbound,
        })
    }
}

/// Names of one's own tenant; ids of all others.
struct OwnNames<'a> {
    world: &'a World,
    own: Option<TenantId>,
}

impl Names for OwnNames<'_> {
    fn tenant(&self, id: TenantId) -> String {
        match self.own {
            Some(own) if own != id => format!("tenant {id}"),
            _ => Names::tenant(self.world, id),
        }
    }
    fn user(&self, tenant: TenantId, id: UserId) -> String {
        match self.own {
            Some(own) if own != tenant => format!("user {id}"),
            _ => Names::user(self.world, tenant, id),
        }
    }
}
