//! What the application keywords stand for, as flat sets (S1.9, S9.3).

use std::collections::BTreeSet;

use super::line::Line;
use super::list::{Arena, Kind, List, Wanted, probe};
use crate::target::ApplicationId;
use crate::world::Suites;

/// The three sets, asked in constant time.
#[derive(Debug)]
pub(super) struct CompiledSuites {
    lines: Box<[Line]>,
    office_365: List,
    all_microsoft_apps: List,
    direct_connect_capable: List,
}

impl CompiledSuites {
    pub(super) fn new(suites: &Suites) -> CompiledSuites {
        let mut arena = Arena::default();
        let mut list = |apps: &BTreeSet<ApplicationId>| {
            let ids = apps.iter().map(|app| (app.as_u128(), Kind::Plain, ()));
            arena.append_with(ids.collect(), u32::MAX).0
        };
        let office_365 = list(&suites.office365);
        let all_microsoft_apps = list(&suites.all_microsoft_apps);
        let direct_connect_capable = list(&suites.direct_connect_capable);
        CompiledSuites {
            lines: arena.finish().into(),
            office_365,
            all_microsoft_apps,
            direct_connect_capable,
        }
    }

    pub(super) fn office_365(&self, app: ApplicationId) -> bool {
        self.names(self.office_365, app)
    }

    pub(super) fn all_microsoft_apps(&self, app: ApplicationId) -> bool {
        self.names(self.all_microsoft_apps, app)
    }

    pub(super) fn direct_connect_capable(&self, app: ApplicationId) -> bool {
        self.names(self.direct_connect_capable, app)
    }

    #[inline]
    fn names(&self, list: List, app: ApplicationId) -> bool {
        let wanted = Wanted::new(app.as_u128(), Kind::Plain);
        probe(&self.lines, list, &wanted).found(&self.lines, &wanted)
    }
}
