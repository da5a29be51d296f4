//! The steps that cannot be done at a door, and why.

/// One step of a case.
#[derive(Debug)]
pub(super) struct Exception {
    /// The case.
    pub(super) case: &'static str,
    /// Which of its steps, from 1.
    pub(super) step: usize,
    /// Why.
    pub(super) why: &'static str,
}

const fn except(case: &'static str, step: usize, why: &'static str) -> Exception {
    Exception { case, step, why }
}

const REPORT: &str = "a report over rows that are given: nobody signs in";
const SETTING: &str =
    "asks which setting is in force, or whether one would be stored: nobody signs in";
const ANONYMOUS: &str =
    "access without a sign-in has no door here: the carrier of the header judges it";
const PERSONAL: &str = "personal accounts sign in with Microsoft, never here";
const SOCIAL: &str = "people of other providers than the organization's own and mail sign in there";
const NOT_HERE: &str = "the tenant that is entered has no provider here";
const GONE: &str = "an account that is not there cannot sign in: name or password are wrong";
const FORSAKEN: &str = "nobody comes in from a tenant that has neither people nor a provider here";
const HAS_OBJECT: &str =
    "whoever has an object comes as a guest: no parameter asks for direct connect";
const NO_OBJECT: &str = "the way follows from what is there: no parameter asks for this one";
const METHOD: &str =
    "the second factor with the organization that is visited is an authenticator app";
const ORDER: &str = "a second factor is asked for when it helps, and here the device refuses first";
const ADDRESS: &str = "Graph takes no address with this character in an invitation";

/// All of them.
pub(super) const EXCEPTIONS: &[Exception] = &[
    except("what-tenant-restrictions-stop", 1, REPORT),
    except("the-redemption-order-belongs-to-the-default", 4, SETTING),
    except(
        "for-an-unlisted-tenant-of-another-cloud-it-is-the-gate-that-blocks",
        1,
        SETTING,
    ),
    except("direct-connect-stays-blocked-between-clouds", 1, SETTING),
    except("direct-connect-stays-blocked-between-clouds", 2, SETTING),
    except("direct-connect-stays-blocked-between-clouds", 3, SETTING),
    except(
        "a-device-policy-covers-access-without-sign-in",
        1,
        ANONYMOUS,
    ),
    except(
        "a-device-policy-covers-access-without-sign-in",
        2,
        ANONYMOUS,
    ),
    except("V125", 1, ANONYMOUS),
    except("V125", 2, ANONYMOUS),
    except("V123", 1, PERSONAL),
    except("V123", 2, PERSONAL),
    except(
        "an-identity-without-tenant-passes-the-settings-by",
        1,
        SOCIAL,
    ),
    except("V080", 1, SOCIAL),
    except("V161", 1, SOCIAL),
    except("V161", 2, SOCIAL),
    except("a-tenant-nobody-knows-is-in-the-same-cloud", 1, NOT_HERE),
    except("a-guest-object-is-not-an-account", 1, GONE),
    except("an-account-nobody-knows-is-logged-as-member", 1, GONE),
    except(
        "passing-tenant-restrictions-opens-nothing-else",
        1,
        FORSAKEN,
    ),
    except("claims-nobody-stated-are-absent", 1, FORSAKEN),
    except(
        "a-direct-connect-user-with-an-object-is-that-too",
        1,
        HAS_OBJECT,
    ),
    except("V099", 1, HAS_OBJECT),
    except("V100", 1, NO_OBJECT),
    except("V095", 1, NO_OBJECT),
    except("a-strength-where-trust-is-off", 2, METHOD),
    except(
        "the-worst-policy-counts-and-the-first-of-equals-is-told",
        1,
        ORDER,
    ),
    except("inviting-a-guest-object-of-the-home-tenant", 1, ADDRESS),
];
