//! The policy itself: its name and the enabled clouds (S5.7).

use super::names::{self, Echo};
use super::{Answer, Edit, Judged, Refused, text, untreated};
use crate::audit::Value;
use crate::draft::{Patch, Written};
use crate::reason::Reason;
use crate::tenant::Cloud;

impl Edit<'_> {
    pub(super) fn update_policy(&mut self, written: &[Written]) -> Judged<Option<Answer>> {
        let id = self.policy.id.map(|id| id.to_string());
        names::read_only(written, |member| match member {
            Written::Id(value) => Echo::of(names::same_text(value, id.as_deref())),
            _ => Echo::NotReadOnly,
        })?;
        names::known(written, |member| {
            matches!(
                member,
                Written::Id(_)
                    | Written::DisplayName(_)
                    | Written::Clouds(Patch::Value(_))
                    | Written::Untreated(..)
            )
        })?;
        for member in written {
            match member {
                Written::Clouds(Patch::Value(endpoints)) => self.clouds(endpoints)?,
                Written::DisplayName(name) => {
                    let old = text(self.policy.display_name.take());
                    self.policy.display_name = name.value().cloned();
                    let new = text(self.policy.display_name.clone());
                    self.modify("displayName", old, new);
                }
                Written::Untreated(name, json) => {
                    let (old, new) = untreated(&mut self.policy.untreated, name, json);
                    self.modify(name, old, new);
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// S5.7; the list is replaced as a whole.
    fn clouds(&mut self, endpoints: &[String]) -> Judged {
        let refused = |reason| Refused::at(reason, "allowedCloudEndpoints");
        let parsed: Result<Vec<Cloud>, _> = endpoints.iter().map(|e| e.parse()).collect();
        let mut clouds = parsed.map_err(|_| refused(Reason::InvalidCloudEndpoint))?;
        let own = self.tenant.cloud;
        if clouds.contains(&own) {
            return Err(refused(Reason::OwnCloudEndpoint));
        }
        if clouds.iter().any(|cloud| !own.pairs_with(*cloud)) {
            return Err(refused(Reason::CloudPairUnsupported));
        }
        let mut seen = Vec::new();
        clouds.retain(|cloud| {
            let new = !seen.contains(cloud);
            seen.push(*cloud);
            new
        });
        let old = std::mem::replace(&mut self.policy.allowed_clouds, clouds.clone());
        self.modify(
            "allowedCloudEndpoints",
            Value::Clouds(old),
            Value::Clouds(clouds),
        );
        Ok(())
    }
}
