//! The identifiers of the directory: GUIDs, one type for each kind of thing they name.
//!
//! A `TenantId` is not a `UserId`, even though both are written as GUIDs. Text becomes an id in
//! one place, [`std::str::FromStr`], which accepts the hyphenated form only and compares without
//! regard to case (S1.2). Everything else (wire, file, command line) goes through it.

/// The text was not a GUID in its hyphenated form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a GUID (expected the form 00000000-0000-0000-0000-000000000000)")]
pub struct InvalidGuid(String);

/// Reads a GUID in the hyphenated form.
pub(crate) fn parse(text: &str) -> Result<u128, InvalidGuid> {
    let shown = || InvalidGuid(text.chars().take(64).collect());
    digits(text.as_bytes())
        .and_then(|digits| const_hex::decode_to_array(digits).ok())
        .map(u128::from_be_bytes)
        .ok_or_else(shown)
}

/// The thirty-two digits, if the hyphens are where they belong.
fn digits(text: &[u8]) -> Option<[u8; 32]> {
    let text: &[u8; 36] = text.try_into().ok()?;
    let mut digits = [0; 32];
    let mut left = digits.as_mut_slice();
    let mut parts = [8, 4, 4, 4, 12].into_iter();
    let mut rest = text.as_slice();
    while let Some(length) = parts.next() {
        let (part, after) = rest.split_at_checked(length)?;
        let (into, others) = left.split_at_mut_checked(length)?;
        into.copy_from_slice(part);
        left = others;
        rest = match parts.len() {
            0 => after,
            _ => after.strip_prefix(b"-")?,
        };
    }
    Some(digits)
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
            "0x000000-0000-4000-8000-00000000abcd",
            "0c000000-0000-4000-8000-00000000abc\u{e9}",
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
