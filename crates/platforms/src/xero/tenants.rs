//! Tenants: which organisations are connected, what is known of them, and their accounts.

use super::answer::Effect;
use super::capabilities::Xero;
use super::client::is_success;
use super::map;
use super::wire::{AccountsBody, ConnectionBody, OrganisationsBody};
use crate::access::{Access, Secret};
use crate::error::PlatformError;
use crate::platform::{ListsAccounts, ListsOrganisations};
use async_trait::async_trait;
use domain::link::{Company, Organisation, TargetAccount};

/// `Type=="BANK" AND Status=="ACTIVE"`, as it stands in a query.
const ACTIVE_BANKS: &str = "Type%3D%3D%22BANK%22%20AND%20Status%3D%3D%22ACTIVE%22";

#[async_trait]
impl ListsOrganisations for Xero {
    async fn list_organisations(&self, token: &Secret) -> Result<Vec<Organisation>, PlatformError> {
        let reply = self.client.get_own(token, "connections").await?;
        let bodies: Vec<ConnectionBody> = self.client.take(&reply, Effect::Repeatable)?;
        Ok(bodies.into_iter().filter_map(map::organisation).collect())
    }

    async fn describe(&self, access: Access<'_>) -> Result<Company, PlatformError> {
        let body: OrganisationsBody = self.client.read(access, "api.xro/2.0/Organisation").await?;
        let first = body.organisations.into_iter().next();
        first
            .map(map::company)
            .ok_or_else(|| PlatformError::unavailable("xero shows no organisation for this tenant"))
    }

    async fn disconnect(&self, token: &Secret, connection: &str) -> Result<(), PlatformError> {
        let path = format!("connections/{}", map::in_path(connection));
        let reply = self.client.delete_own(token, &path).await?;
        if is_success(&reply) || reply.status == 404 {
            return Ok(());
        }
        Err(self.client.refusal(&reply, Effect::Repeatable))
    }
}

#[async_trait]
impl ListsAccounts for Xero {
    async fn list_accounts(&self, access: Access<'_>) -> Result<Vec<TargetAccount>, PlatformError> {
        let path = format!("api.xro/2.0/Accounts?where={ACTIVE_BANKS}");
        let body: AccountsBody = self.client.read(access, &path).await?;
        Ok(body.accounts.into_iter().filter_map(map::target_account).collect())
    }
}
