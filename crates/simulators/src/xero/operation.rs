//! What can be asked of Xero, by the names that faults and seen calls use.

use axum::http::Method;

macro_rules! operations {
    ($($operation:ident = $name:literal, $method:ident, $path:literal;)*) => {
        /// One thing that can be asked.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Operation { $($operation,)* }

        impl Operation {
            /// All of them.
            pub(crate) const ALL: &[Self] = &[$(Self::$operation,)*];

            /// Its name in the control API.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$operation => $name,)* }
            }

            /// The operation of a route, wherever the routes are mounted.
            pub(crate) fn of(method: &Method, route: &str) -> Option<Self> {
                let fits = |operation: &Self| match operation {
                    $(Self::$operation => *method == Method::$method && route.ends_with($path),)*
                };
                Self::ALL.iter().copied().find(fits)
            }
        }
    };
}

operations! {
    ShowConsent = "show-consent", GET, "/authorize";
    Consent = "consent", POST, "/authorize";
    Token = "token", POST, "/connect/token";
    Revoke = "revoke", POST, "/connect/revocation";
    ListConnections = "list-connections", GET, "/connections";
    DeleteConnection = "delete-connection", DELETE, "/connections/{id}";
    ListAccounts = "list-accounts", GET, "/Accounts";
    GetOrganisation = "get-organisation", GET, "/Organisation";
    ListFeeds = "list-feeds", GET, "/FeedConnections";
    CreateFeeds = "create-feeds", POST, "/FeedConnections";
    GetFeed = "get-feed", GET, "/FeedConnections/{id}";
    DeleteFeeds = "delete-feeds", POST, "/FeedConnections/DeleteRequests";
    ListStatements = "list-statements", GET, "/Statements";
    CreateStatements = "create-statements", POST, "/Statements";
    GetStatement = "get-statement", GET, "/Statements/{id}";
}

/// Which of Xero's services answers, with its own headers and errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// Pages and tokens.
    Identity,
    /// The list of tenants.
    Connections,
    /// Accounts and the organisation.
    Accounting,
    /// Feeds and statements.
    BankFeeds,
}

impl Operation {
    /// The operation of that name.
    pub(crate) fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operation| operation.name() == name)
    }

    /// Who answers it.
    pub(crate) const fn service(self) -> Service {
        match self {
            Self::ShowConsent | Self::Consent | Self::Token | Self::Revoke => Service::Identity,
            Self::ListConnections | Self::DeleteConnection => Service::Connections,
            Self::ListAccounts | Self::GetOrganisation => Service::Accounting,
            Self::ListFeeds
            | Self::CreateFeeds
            | Self::GetFeed
            | Self::DeleteFeeds
            | Self::ListStatements
            | Self::CreateStatements
            | Self::GetStatement => Service::BankFeeds,
        }
    }

    /// Whether its answer is kept under an idempotency key.
    pub(crate) const fn is_kept(self) -> bool {
        matches!(self, Self::CreateFeeds | Self::DeleteFeeds | Self::CreateStatements)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_known_by_its_name_and_under_any_prefix() {
        for operation in Operation::ALL {
            assert_eq!(Operation::find(operation.name()), Some(*operation));
        }
        let of = |method, route| Operation::of(&method, route);
        assert_eq!(of(Method::GET, "/a/b/connections"), Some(Operation::ListConnections));
        let path = "/x/bankfeeds.xro/1.0/FeedConnections";
        assert_eq!(of(Method::POST, path), Some(Operation::CreateFeeds));
        assert_eq!(of(Method::PUT, path), None);
    }
}
