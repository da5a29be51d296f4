//! What was deleted and can still be taken back: `/policies/deletedItems/…` (beta), and
//! `/directory/deletedItems`.

use policy::settings::{IdentitySynchronization, Partner};
use serde_json::Value;
use signins::window::Moment;

use crate::directory_audit::time_text;
use crate::query::{Member, QueryOption, Shape};
use crate::settings::partner::{self, Expand};
use crate::settings::{Form, synchronization};

/// Deleted partners.
pub static PARTNER: Shape = Shape {
    members: &[Member::guid("tenantId"), Member::time("deletedDateTime")],
    always: &["tenantId"],
    is_open: true,
    options: &[
        QueryOption::Select,
        QueryOption::Top,
        QueryOption::SkipToken,
        QueryOption::Count,
    ],
    ..Shape::EMPTY
};

/// Users who were deleted.
pub static USER: Shape = Shape {
    members: &[
        Member::guid("id"),
        Member::time("deletedDateTime"),
        Member::texts("businessPhones"),
        Member::text("displayName"),
        Member::text("givenName"),
        Member::text("jobTitle"),
        Member::text("mail"),
        Member::text("mobilePhone"),
        Member::text("officeLocation"),
        Member::text("preferredLanguage"),
        Member::text("surname"),
        Member::text("userPrincipalName"),
        Member::text("userType").on_select(),
        Member::boolean("accountEnabled").on_select(),
    ],
    options: &[
        QueryOption::Select,
        QueryOption::Top,
        QueryOption::SkipToken,
        QueryOption::Count,
    ],
    ..Shape::EMPTY
};

/// Adds when somebody was deleted.
pub fn render_user(value: Value, deleted: Moment) -> Value {
    stamped(value, deleted)
}

fn stamped(mut value: Value, deleted: Moment) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.insert("deletedDateTime".to_owned(), time_text(deleted).into());
    }
    value
}

/// Writes a deleted partner.
pub fn render_partner(entry: &Partner, deleted: Moment) -> Value {
    stamped(
        partner::render(entry, Expand::Nothing, Form::Answer),
        deleted,
    )
}

/// Writes deleted synchronization.
pub fn render_synchronization(entry: &Partner, deleted: Moment) -> Value {
    let none = IdentitySynchronization::default();
    let setting = entry.synchronization.as_ref().unwrap_or(&none);
    stamped(
        synchronization::render(entry.tenant, setting, Form::Answer),
        deleted,
    )
}
