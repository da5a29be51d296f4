//! Routes, and which there are: a router of the library does not tell.

use axum::Router;
use axum::routing::MethodRouter;

use crate::state::App;

/// A router that knows its addresses.
#[derive(Default)]
pub(crate) struct Routes {
    router: Router<App>,
    addresses: Vec<String>,
}

impl Routes {
    /// None yet.
    pub(crate) fn new() -> Self {
        Routes::default()
    }

    /// One more.
    pub(crate) fn route(mut self, path: &str, methods: MethodRouter<App>) -> Self {
        self.addresses.push(path.to_owned());
        self.router = self.router.route(path, methods);
        self
    }

    /// Those as well.
    pub(crate) fn merge(mut self, others: Routes) -> Self {
        self.addresses.extend(others.addresses);
        self.router = self.router.merge(others.router);
        self
    }

    /// Those below an address.
    pub(crate) fn nest(mut self, path: &str, others: Routes) -> Self {
        let below = others.addresses.iter();
        self.addresses
            .extend(below.map(|below| format!("{path}{below}")));
        self.router = self.router.nest(path, others.router);
        self
    }

    /// With something around them.
    pub(crate) fn within(mut self, around: impl FnOnce(Router<App>) -> Router<App>) -> Self {
        self.router = around(self.router);
        self
    }

    /// The router, and the addresses that are in it.
    pub(crate) fn into_parts(self) -> (Router<App>, Vec<String>) {
        (self.router, self.addresses)
    }
}
