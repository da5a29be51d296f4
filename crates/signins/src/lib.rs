//! What the sign-in log says about a tenant's partners.
