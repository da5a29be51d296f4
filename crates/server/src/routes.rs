//! One file for each resource. A handler is a short list: who asks, parse, read or change, answer.

pub(crate) mod applications;
pub(crate) mod audit_head;
pub(crate) mod authzen;
pub(crate) mod clients;
pub(crate) mod decide;
pub(crate) mod default;
pub(crate) mod directory_audits;
pub(crate) mod groups;
pub(crate) mod health;
pub(crate) mod history;
pub(crate) mod invitations;
pub(crate) mod openid;
pub(crate) mod organization;
pub(crate) mod partner;
pub(crate) mod partners;
pub(crate) mod policy;
pub(crate) mod service_providers;
pub(crate) mod sign_ins;
pub(crate) mod storage;
pub(crate) mod synchronization;
pub(crate) mod templates;
pub(crate) mod tenant_information;
pub(crate) mod tenants;
pub(crate) mod throttle;
pub(crate) mod transfer;
pub(crate) mod users;
