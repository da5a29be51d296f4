//! What a column means, whoever wrote the log: Graph, the portal, Azure Monitor or a rollup.
//!
//! Names are compared without case, blanks and punctuation, so "Resource tenant ID",
//! `resourceTenantId` and `ResourceTenantId` are one.

/// What a value of a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Column {
    Id,
    Created,
    /// When, in a column that says UTC (or is documented to be).
    CreatedUtc,
    /// When the row was taken up; used where nothing says when it happened. Always UTC.
    Generated,
    HomeTenant,
    HomeTenantName,
    ResourceTenant,
    AccessType,
    TokenIssuer,
    User,
    UserType,
    UserDisplayName,
    UserPrincipalName,
    ClientApp,
    ClientAppName,
    ResourceApp,
    /// Azure Monitor's resource application; its `ResourceId` is the address of the directory.
    ResourceIdentity,
    ResourceAppName,
    ErrorCode,
    FailureReason,
    /// Azure Monitor's error code.
    ResultType,
    /// Azure Monitor's failure reason.
    ResultDescription,
    /// An object with `errorCode` and `failureReason`, the same as text, or a word.
    Status,
    IsInteractive,
    EventTypes,
    /// Which table or category of Azure Monitor it comes from.
    Category,
    /// An object with `isCompliant` and `trustType`, or the same as text.
    DeviceDetail,
    IsCompliant,
    TrustType,
    /// How many rows this line stands for, in a rollup.
    Count,
    /// The first of them.
    First,
    /// The last of them.
    Last,
    /// The row itself, inside of an event of Azure Monitor.
    Properties,
}

/// How many there are.
pub(crate) const COLUMNS: usize = Column::Properties as usize + 1;

/// Every name, without case, blanks and punctuation.
const NAMES: &[(&str, Column)] = &[
    ("appdisplayname", Column::ClientAppName),
    ("appid", Column::ClientApp),
    ("application", Column::ClientAppName),
    ("applicationid", Column::ClientApp),
    ("category", Column::Category),
    ("compliant", Column::IsCompliant),
    ("count", Column::Count),
    ("createddatetime", Column::Created),
    ("createddatetimeutc", Column::CreatedUtc),
    ("crosstenantaccesstype", Column::AccessType),
    ("date", Column::Created),
    ("dateutc", Column::CreatedUtc),
    ("devicedetail", Column::DeviceDetail),
    ("devicedetailiscompliant", Column::IsCompliant),
    ("devicedetailtrusttype", Column::TrustType),
    ("errorcode", Column::ErrorCode),
    ("failurereason", Column::FailureReason),
    ("firstseen", Column::First),
    ("hometenantid", Column::HomeTenant),
    ("hometenantname", Column::HomeTenantName),
    ("id", Column::Id),
    ("isinteractive", Column::IsInteractive),
    ("iscompliant", Column::IsCompliant),
    ("jointype", Column::TrustType),
    ("lastseen", Column::Last),
    ("properties", Column::Properties),
    ("requestid", Column::Id),
    ("resource", Column::ResourceAppName),
    ("resourcedisplayname", Column::ResourceAppName),
    ("resourceid", Column::ResourceApp),
    ("resourceidentity", Column::ResourceIdentity),
    ("resourcetenantid", Column::ResourceTenant),
    ("resultdescription", Column::ResultDescription),
    ("resulttype", Column::ResultType),
    ("signinerrorcode", Column::ErrorCode),
    ("signineventtypes", Column::EventTypes),
    ("status", Column::Status),
    ("statuserrorcode", Column::ErrorCode),
    ("statusfailurereason", Column::FailureReason),
    ("timegenerated", Column::Generated),
    ("timegeneratedutc", Column::Generated),
    ("tokenissuertype", Column::TokenIssuer),
    ("trusttype", Column::TrustType),
    ("type", Column::Category),
    ("user", Column::UserDisplayName),
    ("userdisplayname", Column::UserDisplayName),
    ("userid", Column::User),
    ("username", Column::UserPrincipalName),
    ("userprincipalname", Column::UserPrincipalName),
    ("usertype", Column::UserType),
];

impl Column {
    /// The column of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let plain = name.bytes().filter(u8::is_ascii_alphanumeric);
        let mut short = [0_u8; 24];
        let mut length = 0;
        for (place, byte) in short.iter_mut().zip(plain.clone()) {
            *place = byte.to_ascii_lowercase();
            length += 1;
        }
        if plain.count() != length {
            return None;
        }
        let name = short.get(..length)?;
        let found = NAMES.iter().find(|(known, _)| known.as_bytes() == name);
        found.map(|(_, column)| *column)
    }

    /// Whether nothing is asked of its texts but the numbers under which they are learned.
    pub(crate) const fn has_numbers(self) -> bool {
        matches!(
            self,
            Column::HomeTenant
                | Column::ResourceTenant
                | Column::AccessType
                | Column::TokenIssuer
                | Column::User
                | Column::UserDisplayName
                | Column::UserPrincipalName
                | Column::ClientApp
                | Column::ClientAppName
                | Column::ResourceApp
                | Column::ResourceIdentity
                | Column::ResourceAppName
                | Column::FailureReason
                | Column::ResultDescription
        )
    }

    /// Its name in Graph, or what comes closest.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Column::Id => "id",
            Column::Created | Column::CreatedUtc => "createdDateTime",
            Column::Generated => "TimeGenerated",
            Column::HomeTenant => "homeTenantId",
            Column::HomeTenantName => "homeTenantName",
            Column::ResourceTenant => "resourceTenantId",
            Column::AccessType => "crossTenantAccessType",
            Column::TokenIssuer => "tokenIssuerType",
            Column::User => "userId",
            Column::UserType => "userType",
            Column::UserDisplayName => "userDisplayName",
            Column::UserPrincipalName => "userPrincipalName",
            Column::ClientApp => "appId",
            Column::ClientAppName => "appDisplayName",
            Column::ResourceApp => "resourceId",
            Column::ResourceIdentity => "ResourceIdentity",
            Column::ResourceAppName => "resourceDisplayName",
            Column::ErrorCode => "errorCode",
            Column::FailureReason => "failureReason",
            Column::ResultType => "ResultType",
            Column::ResultDescription => "ResultDescription",
            Column::Status => "status",
            Column::IsInteractive => "isInteractive",
            Column::EventTypes => "signInEventTypes",
            Column::Category => "Category",
            Column::DeviceDetail => "deviceDetail",
            Column::IsCompliant => "isCompliant",
            Column::TrustType => "trustType",
            Column::Count => "count",
            Column::First => "firstSeen",
            Column::Last => "lastSeen",
            Column::Properties => "properties",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_in_the_spelling_of_each_writer() {
        for (known, column) in NAMES {
            assert_eq!(Column::named(known), Some(*column), "{known}");
        }
        assert_eq!(Column::named("Date (UTC)"), Some(Column::CreatedUtc));
        assert_eq!(Column::named("Application ID "), Some(Column::ClientApp));
        assert_eq!(
            Column::named("Cross tenant access type"),
            Some(Column::AccessType)
        );
        assert_eq!(Column::named("status_errorCode"), Some(Column::ErrorCode));
        assert_eq!(Column::named("appliedConditionalAccessPolicies"), None);
    }
}
