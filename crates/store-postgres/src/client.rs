//! Verbs about clients.

use async_trait::async_trait;
use domain::client::{Client, ClientName};
use domain::ids::ClientId;
use store::{Answer, ClientKept, Clients};
use tokio_postgres::Row;

use crate::PostgresStore;
use crate::columns::{Columns, micros};
use crate::fault::{Attempt, damaged};

const CREATE_CLIENT: &str = "\
-- create_client
insert into client (client_id, name, created_at)
values ($1, $2, $3)
on conflict (name) do nothing";

const FIND_CLIENT: &str = "\
-- find_client
select client_id, name, created_at
from client
where name = $1";

/// Whoever counts what a client has, or replaces all of it, takes turns with others.
pub(crate) const LOCK_CLIENT: &str = "\
-- lock_client
select client_id
from client
where client_id = $1
for no key update";

const LIST_CLIENTS: &str = "\
-- list_clients
select client_id, name, created_at
from client
order by created_at, client_no";

fn client_of(row: &Row) -> Attempt<Client> {
    let mut columns = Columns::of(row);
    Ok(Client {
        id: columns.id(ClientId::new)?,
        name: columns.parsed(|text| ClientName::parse(text).ok())?,
        created_at: columns.moment()?,
    })
}

#[async_trait]
impl Clients for PostgresStore {
    async fn create_client(&self, client: &Client) -> Answer<ClientKept> {
        self.transact(|session| async move {
            let name = client.name.as_str();
            let written = session
                .run(CREATE_CLIENT, &[&client.id.uuid(), &name, &micros(client.created_at)])
                .await?;
            if written == 1 {
                return Ok(ClientKept::Kept);
            }
            let row = session.row(FIND_CLIENT, &[&name]).await?;
            let row = row.ok_or_else(|| damaged("a client's name that is taken and not there"))?;
            Ok(ClientKept::NameTaken(client_of(&row)?))
        })
        .await
    }

    async fn find_client(&self, name: &ClientName) -> Answer<Option<Client>> {
        self.ask(|session| async move {
            let row = session.row(FIND_CLIENT, &[&name.as_str()]).await?;
            row.as_ref().map(client_of).transpose()
        })
        .await
    }

    async fn list_clients(&self) -> Answer<Vec<Client>> {
        self.ask(|session| async move {
            session.rows(LIST_CLIENTS, &[]).await?.iter().map(client_of).collect()
        })
        .await
    }
}
