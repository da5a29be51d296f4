//! Questions, reports and the settings as a whole: what is asked below `/comity/v1` and over AuthZEN.

use policy::role::Action;

use super::{Right, Roles, logs};
use crate::permission::{
    DECISION_READ, OPERATOR, POLICY_READ, POLICY_WRITE, SIGN_INS_WRITE, USER_READ,
};

type Names = &'static [&'static str];

/// By which decisions are asked for.
pub(crate) const ASK: Names = &[DECISION_READ, POLICY_READ, POLICY_WRITE, OPERATOR];
/// By which somebody asks about themselves.
const WHOEVER: Names = &[USER_READ, DECISION_READ, POLICY_READ, POLICY_WRITE];
const READ: Names = &[POLICY_READ, POLICY_WRITE, OPERATOR];
const WRITE: Names = &[POLICY_WRITE, OPERATOR];
const READ_BY_PERSON: Names = &[POLICY_READ, POLICY_WRITE];
const WRITE_BY_PERSON: Names = &[POLICY_WRITE];
/// Whoever reads all of it needs both (S14.1).
const READERS: Roles = Roles::Actions(&[Action::ReadDefault, Action::ReadPartners]);

const fn asking(path: &'static str) -> Right {
    Right {
        method: "POST",
        path,
        application: ASK,
        delegated: ASK,
        roles: Roles::Anybody,
    }
}

const fn reading(path: &'static str) -> Right {
    Right {
        method: "GET",
        path,
        application: READ,
        delegated: READ_BY_PERSON,
        roles: READERS,
    }
}

const fn replacing(method: &'static str, path: &'static str) -> Right {
    Right {
        method,
        path,
        application: WRITE,
        delegated: WRITE_BY_PERSON,
        roles: Roles::Law,
    }
}

const fn by_programs(path: &'static str, permissions: Names) -> Right {
    Right {
        method: "POST",
        path,
        application: permissions,
        delegated: &[],
        roles: Roles::Nobody,
    }
}

/// Tells a caller who they are here, and what they may not do.
pub(crate) const WHO_AM_I: Right = Right {
    method: "GET",
    path: "/comity/v1/me",
    application: &[DECISION_READ, POLICY_READ, POLICY_WRITE],
    delegated: WHOEVER,
    roles: Roles::Anybody,
};
/// Asks one question.
pub(crate) const DECIDE: Right = asking("/comity/v1/decide");
/// Previews a draft; whose sign-ins it hits is told to those who may read the log.
pub(crate) const PREVIEW: Right = Right {
    method: "POST",
    path: "/comity/v1/preview",
    application: READ,
    delegated: READ_BY_PERSON,
    roles: READERS,
};
/// Says for which requests a draft gives another answer.
pub(crate) const DIFFERENCE: Right = Right {
    path: "/comity/v1/difference",
    ..PREVIEW
};
/// Checks settings, or a draft; what the log says about use is told to those who may read it.
pub(crate) const LINT: Right = Right {
    path: "/comity/v1/lint",
    ..PREVIEW
};
/// Counts what crossed.
pub(crate) const ACTIVITY: Right = Right {
    method: "GET",
    path: "/comity/v1/activity",
    ..logs::LIST_SIGN_INS
};
/// Asks one question over AuthZEN.
pub(crate) const EVALUATE: Right = asking("/access/v1/evaluation");
/// Asks several questions over AuthZEN.
pub(crate) const EVALUATE_MANY: Right = asking("/access/v1/evaluations");
/// Reads all settings.
pub(crate) const GET_SETTINGS: Right = reading("/comity/v1/tenants/{id}/settings");
/// Lists every partner with its name and what is customized, and nothing more.
pub(crate) const LIST_PARTNERS_SHORT: Right = reading("/comity/v1/tenants/{id}/partners");
/// Lists who signs in by SMS.
pub(crate) const LIST_SMS_SIGN_IN: Right = reading("/comity/v1/tenants/{id}/smsSignIn");
/// Lists what was changed when, and by whom.
pub(crate) const LIST_REVISIONS: Right = reading("/comity/v1/tenants/{id}/history");
/// Compares two revisions.
pub(crate) const COMPARE: Right = reading("/comity/v1/tenants/{id}/compare");
/// Replaces all settings; judged like the writes it consists of.
pub(crate) const PUT_SETTINGS: Right = replacing("PUT", "/comity/v1/tenants/{id}/settings");
/// Takes something back; judged like the writes it consists of.
pub(crate) const RESTORE: Right = replacing("POST", "/comity/v1/tenants/{id}/restore");
/// Reports sign-ins.
pub(crate) const REPORT_SIGN_INS: Right = by_programs("/comity/v1/signins", &[SIGN_INS_WRITE]);
/// Has the next requests refused.
pub(crate) const REFUSE_NEXT: Right = by_programs("/comity/v1/throttle", &[OPERATOR]);

/// All of them.
pub(crate) const ALL: &[&Right] = &[
    &WHO_AM_I,
    &DECIDE,
    &PREVIEW,
    &DIFFERENCE,
    &LINT,
    &ACTIVITY,
    &EVALUATE,
    &EVALUATE_MANY,
    &GET_SETTINGS,
    &LIST_PARTNERS_SHORT,
    &LIST_SMS_SIGN_IN,
    &LIST_REVISIONS,
    &COMPARE,
    &PUT_SETTINGS,
    &RESTORE,
    &REPORT_SIGN_INS,
    &REFUSE_NEXT,
];
