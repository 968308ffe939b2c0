//! Clients (tenants).

use crate::row::Fields;
use crate::{Database, SqliteStore, sql};
use async_trait::async_trait;
use domain::client::{Client, ClientName};
use store::{Answer, ClientKept, Clients};

const CREATE_CLIENT: &str = "
    -- create_client
    insert into client (client_id, name, created_at_us)
    values (?1, ?2, ?3)";

const FIND_CLIENT: &str = "
    -- find_client
    select client_id, name, created_at_us
    from client
    where name = ?1";

const LIST_CLIENTS: &str = "
    -- list_clients
    select client_id, name, created_at_us
    from client
    order by created_at_us, client_id";

#[async_trait]
impl Clients for SqliteStore {
    async fn create_client(&self, client: &Client) -> Answer<ClientKept> {
        let client = client.clone();
        self.write(move |writing| create_client(writing.database, &client)).await
    }

    async fn find_client(&self, name: &ClientName) -> Answer<Option<Client>> {
        let name = name.clone();
        self.read(move |database| find_client(database, &name)).await
    }

    async fn list_clients(&self) -> Answer<Vec<Client>> {
        self.read(|database| sql::all(database, LIST_CLIENTS, &[], client)).await
    }
}

fn create_client(database: &Database, client: &Client) -> Answer<ClientKept> {
    if let Some(existing) = find_client(database, &client.name)? {
        return Ok(ClientKept::NameTaken(existing));
    }
    sql::execute(database, CREATE_CLIENT, &[&client.id, &client.name, &client.created_at])?;
    Ok(ClientKept::Kept)
}

fn find_client(database: &Database, name: &ClientName) -> Answer<Option<Client>> {
    sql::one(database, FIND_CLIENT, &[name], client)
}

fn client(row: &mut Fields<'_>) -> Answer<Client> {
    Ok(Client { id: row.next()?, name: row.next()?, created_at: row.next()? })
}
