//! Partners that nobody uses.

use policy::settings::BlockName::B2bCollaborationInbound;
use policy::tenant::{Cloud, TenantId};
use posture::facts::Activity;
use posture::finding::Whom::Partner as Of;
use signins::event::SignIn;
use signins::observation::Observation;
use signins::window::Moment;

use super::{ADATUM, CONTOSO, CRM, FABRIKAM, NORTHWIND, Settings, open_to};

const UNUSED: &str = "partner-unused";

fn day(day: i128) -> Moment {
    Moment::from_nanoseconds(day * 86_400_000_000_000)
}

fn crossing(home: TenantId, resource: TenantId, created: Option<Moment>) -> SignIn {
    SignIn {
        created,
        home_tenant: Some(home),
        resource_tenant: Some(resource),
        ..SignIn::bare("s", 0)
    }
}

/// Fabrikam's entry shares an application; the log goes from day 0 to day 100.
fn with(rows: &[SignIn]) -> Settings {
    let mut settings = Settings::new().block(FABRIKAM, B2bCollaborationInbound, open_to(&[CRM]));
    let ends = [0, 100].map(|at| crossing(CONTOSO, NORTHWIND, Some(day(at))));
    let log = ends.iter().chain(rows).map(Observation::from);
    settings.facts.activity = Some(Activity::of(CONTOSO, log));
    settings
}

#[test]
fn a_partner_whom_nobody_came_from_or_went_to_is_found_s17_1() {
    assert_eq!(with(&[]).about(UNUSED), [Of(FABRIKAM)]);
    let came = crossing(FABRIKAM, CONTOSO, Some(day(50)));
    assert_eq!(with(&[came]).about(UNUSED), []);
    let went = crossing(CONTOSO, FABRIKAM, Some(day(50)));
    assert_eq!(with(&[went]).about(UNUSED), []);
    let long_ago = crossing(FABRIKAM, CONTOSO, Some(day(9)));
    assert_eq!(with(&[long_ago]).about(UNUSED), [Of(FABRIKAM)]);
    let at_some_time = crossing(FABRIKAM, CONTOSO, None);
    assert_eq!(with(&[at_some_time]).about(UNUSED), []);
}

#[test]
fn a_partner_that_is_open_like_everybody_is_a_matter_of_the_default_s2_3() {
    let inherits = with(&[]).partner(FABRIKAM, |partner| partner.blocks = Default::default());
    assert_eq!(inherits.about(UNUSED), []);
    // S5.2: in another cloud it is the entry that opens.
    let mut elsewhere = inherits.partner(ADATUM, |_| {});
    assert_eq!(elsewhere.about(UNUSED), []);
    elsewhere.policy.allowed_clouds = vec![Cloud::UsGovernment];
    assert_eq!(elsewhere.about(UNUSED), [Of(ADATUM)]);
}

#[test]
fn a_log_that_is_too_short_calls_nobody_unused() {
    let mut short = with(&[]);
    short.facts.unused_days = 101;
    let report = short.lint(|check| check.name == UNUSED);
    assert_eq!((report.findings.len(), report.not_made.len()), (0, 1));
    short.facts.unused_days = 100;
    assert_eq!(short.about(UNUSED), [Of(FABRIKAM)]);
}
