//! The identifiers of the directory: GUIDs, one type for each kind of thing they name.
//!
//! A `TenantId` is not a `UserId`, even though both are written as GUIDs. Text becomes an id in
//! one place, [`std::str::FromStr`], which accepts the hyphenated form only and compares without
//! regard to case (S1.2). Everything else (wire, file, command line) goes through it.

use uuid::Uuid;

/// The text was not a GUID in its hyphenated form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a GUID (expected the form 00000000-0000-0000-0000-000000000000)")]
pub struct InvalidGuid(String);

/// Reads a GUID in the hyphenated form.
pub(crate) fn parse(text: &str) -> Result<u128, InvalidGuid> {
    let shown = || InvalidGuid(text.chars().take(64).collect());
    // The library also reads braces, URNs and bare digits; none of them is legal on the wire.
    if text.len() != 36 {
        return Err(shown());
    }
    Uuid::try_parse(text)
        .map(|id| id.as_u128())
        .map_err(|_| shown())
}

macro_rules! guid {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// The id with these 128 bits, the first digit of the text first.
            pub const fn from_u128(bits: u128) -> Self {
                Self(bits)
            }
            /// The 128 bits of the id.
            pub const fn as_u128(self) -> u128 {
                self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::guid::InvalidGuid;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::guid::parse(text).map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                uuid::Uuid::from_u128(self.0).hyphenated().fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{self}")
            }
        }
    };
}
pub(crate) use guid;

#[cfg(test)]
mod tests {
    use crate::tenant::TenantId;

    #[test]
    fn ids_compare_without_case_and_print_in_lower_case() {
        let lower: TenantId = "0c000000-0000-4000-8000-00000000abcd".parse().unwrap();
        let upper: TenantId = "0C000000-0000-4000-8000-00000000ABCD".parse().unwrap();
        assert_eq!(lower, upper);
        assert_eq!(upper.to_string(), "0c000000-0000-4000-8000-00000000abcd");
    }

    #[test]
    fn other_spellings_of_a_guid_are_refused() {
        for text in [
            "",
            "contoso.com",
            "0c0000000000400080000000000000ab",
            "{0c000000-0000-4000-8000-0000000000ab}",
            "0c000000-0000-4000-8000-0000000000ab ",
            "0c000000-0000-4000-8000-0000000000a\u{202e}",
        ] {
            assert!(text.parse::<TenantId>().is_err(), "{text}");
        }
    }
}
