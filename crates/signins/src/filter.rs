//! What narrows the workbook and its panels (S17.5).
//!
//! The administrator types "fred" and sees what Fred of Fabrikam did; "fre" finds nobody, because
//! text is matched by whole terms.

use policy::tenant::TenantId;

use crate::observation::Observation;
use crate::window::{Moment, Window};

/// Text that has to occur in a value as whole terms, without regard to case (S17.5, `has`).
///
/// A term is a run of letters and digits. The text may hold several with what stands between
/// them ("fred@fabrikam"); it has to occur as it is, and neither begin nor end inside a term.
///
/// ```
/// use comity_signins::filter::Term;
/// let fred = Term::new("Fred").unwrap();
/// assert!(fred.is_in("fred@fabrikam.com"));
/// assert!(!fred.is_in("alfred@fabrikam.com"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Term(String);

/// Folds case character by character, so that no character's case depends on its neighbours.
fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Whether a term goes on from one character to the next.
fn joined(before: Option<char>, after: Option<char>) -> bool {
    let within = |side: Option<char>| side.is_some_and(char::is_alphanumeric);
    within(before) && within(after)
}

impl Term {
    /// The text to look for. Blanks around it do not count; `None` when nothing is left, which
    /// filters nothing.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Term(folded(text)))
    }

    /// Whether the value has the text.
    pub fn is_in(&self, value: &str) -> bool {
        let value = folded(value);
        let stands_alone = |start: usize| {
            let (Some(before), Some(here)) = (value.get(..start), value.get(start..)) else {
                return false;
            };
            here.strip_prefix(self.0.as_str()).is_some_and(|after| {
                !joined(before.chars().next_back(), self.0.chars().next())
                    && !joined(self.0.chars().next_back(), after.chars().next())
            })
        };
        value.char_indices().any(|(start, _)| stands_alone(start))
    }
}

/// Which outcomes to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum StatusFilter {
    /// All of them.
    #[default]
    All,
    /// Error code 0.
    Success,
    /// Any other error code.
    Failure,
}

impl StatusFilter {
    /// The value called that, without regard to case.
    pub fn from_name(name: &str) -> Option<Self> {
        let named = [
            ("All", Self::All),
            ("Success", Self::Success),
            ("Failure", Self::Failure),
        ];
        named
            .into_iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    fn pass(self, sign_in: &Observation<'_>) -> bool {
        match self {
            Self::All => true,
            Self::Success => sign_in.succeeded(),
            Self::Failure => !sign_in.succeeded(),
        }
    }
}

/// How many days the workbook shows at first (S17.5, S18).
pub const INITIAL_DAYS: u32 = 30;
/// How many days it can show at most (S17.5, S18).
pub const MAXIMUM_DAYS: u32 = 90;

/// The filters of the workbook; `Default` filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// When.
    pub window: Window,
    /// In the id of the external tenant.
    pub external_tenant: Option<Term>,
    /// In the user principal name.
    pub user: Option<Term>,
    /// In the display name of the resource application.
    pub application: Option<Term>,
    /// How it ended.
    pub status: StatusFilter,
}

impl Filters {
    /// What the workbook shows when it is opened: the last 30 days (S17.5).
    pub fn initial(now: Moment) -> Self {
        Filters {
            window: Window::last_days(now, INITIAL_DAYS),
            ..Filters::default()
        }
    }

    /// Whether a sign-in with this external tenant is shown. A name that the log does not say has
    /// no terms, so any text filters it out.
    pub(crate) fn pass<'a>(&self, external: TenantId, row: impl Into<Observation<'a>>) -> bool {
        let sign_in = row.into();

        let has = |filter: &Option<Term>, value: Option<&str>| match filter {
            None => true,
            Some(term) => value.is_some_and(|value| term.is_in(value)),
        };
        self.window.holds(sign_in)
            && self.status.pass(&sign_in)
            && has(&self.user, sign_in.user_principal_name)
            && has(&self.application, sign_in.resource_app_name)
            && (self.external_tenant.is_none()
                || has(&self.external_tenant, Some(&external.to_string())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::SignIn;
    use crate::sample::{CONTOSO, FABRIKAM, crossing};

    fn has(value: &str, text: &str) -> bool {
        Term::new(text).unwrap().is_in(value)
    }

    #[test]
    fn text_is_found_as_whole_terms_only_s17_5() {
        for (text, found) in [
            ("fred", true),
            ("FRED", true),
            ("fre", false),
            ("red", false),
            ("fabrikam", true),
            ("com", true),
            ("co", false),
            ("fred@fabrikam.com", true),
            ("fred@fabrikam", true),
            ("fred@fab", false),
            ("fred fabrikam", false),
            ("fabrikam fred", false),
            (" fred ", true),
        ] {
            assert_eq!(has("fred@fabrikam.com", text), found, "{text}");
        }
    }

    #[test]
    fn punctuation_ends_a_term_and_may_be_looked_for_s17_5() {
        assert!(has("fred@fabrikam.com", "@fabrikam.com"));
        assert!(has("fred@fabrikam.com", "@"));
        assert!(!has("fred@fabrikam.com", "-"));
        assert!(has("fred_fabrikam.com#EXT#@contoso.com", "ext"));
        assert!(has("fred_fabrikam.com#EXT#@contoso.com", "fred"));
        assert!(has("Windows Azure Service-Management API", "service"));
        assert!(!has("Office365 Portal", "office"));
    }

    #[test]
    fn a_later_or_overlapping_occurrence_is_found_s17_5() {
        assert!(has("alfred@fred.com", "fred"));
        assert!(has("xab ab ab", "ab ab"));
    }

    #[test]
    fn letters_of_every_script_make_terms_s17_5() {
        assert!(has("ANDRÉ@contoso.com", "andré"));
        assert!(!has("andré@contoso.com", "andr"));
        assert!(has("ΟΔΟΣ", "οδοσ"));
    }

    #[test]
    fn blank_text_filters_nothing_s17_5() {
        assert_eq!(Term::new(""), None);
        assert_eq!(Term::new(" \t"), None);
    }

    #[test]
    fn a_name_the_log_does_not_say_has_no_terms_s17_5() {
        let nameless = SignIn {
            user_principal_name: None,
            resource_app_name: None,
            ..crossing(FABRIKAM, CONTOSO)
        };
        let user = Filters {
            user: Term::new("fred"),
            ..Filters::default()
        };
        let application = Filters {
            application: Term::new("erp"),
            ..Filters::default()
        };
        assert!(!user.pass(FABRIKAM, &nameless));
        assert!(!application.pass(FABRIKAM, &nameless));
        assert!(Filters::default().pass(FABRIKAM, &nameless));
        assert!(application.pass(FABRIKAM, &crossing(FABRIKAM, CONTOSO)));
    }

    #[test]
    fn the_external_tenant_is_found_by_its_id_in_any_case_s17_5() {
        let filters = |text: &str| Filters {
            external_tenant: Term::new(text),
            ..Filters::default()
        };
        let row = crossing(FABRIKAM, CONTOSO);
        let id = FABRIKAM.to_string();
        assert!(filters(&id.to_uppercase()).pass(FABRIKAM, &row));
        assert!(!filters(&CONTOSO.to_string()).pass(FABRIKAM, &row));
    }

    #[test]
    fn the_status_and_the_window_filter_too_s17_5() {
        let row = SignIn {
            created: Some(Moment::from_nanoseconds(0)),
            ..crossing(FABRIKAM, CONTOSO)
        };
        let failures = Filters {
            status: StatusFilter::from_name("failure").unwrap(),
            ..Filters::default()
        };
        assert!(!failures.pass(FABRIKAM, &row));
        assert_eq!(StatusFilter::from_name("interrupted"), None);
        let day = 86_400_000_000_000;
        let shown = |days: i128| Filters::initial(Moment::from_nanoseconds(days * day));
        assert!(shown(30).pass(FABRIKAM, &row));
        assert!(!shown(31).pass(FABRIKAM, &row));
    }
}
