//! The numbers that the database gave to what a caller names by path.

use crate::row::Put;
use crate::{Database, row, sql};
use domain::ids::{ClientId, CompanyId, ConnectionPath};
use domain::source_account::AccountPath;
use store::Answer;

const FIND_COMPANY_NO: &str = "
    -- find_company_no
    select company_no
    from company
    where client_id = ?1 and company_id = ?2";

const FIND_CONNECTION_NO: &str = "
    -- find_connection_no
    select connection.connection_no
    from company
    join connection on connection.company_no = company.company_no
    where company.client_id = ?1 and company.company_id = ?2 and connection.connection_id = ?3";

const FIND_ACCOUNT_NO: &str = "
    -- find_account_no
    select source_account.account_no
    from company
    join connection on connection.company_no = company.company_no
    join source_account on source_account.connection_no = connection.connection_no
    where company.client_id = ?1 and company.company_id = ?2 and connection.connection_id = ?3
        and source_account.account_id = ?4";

/// A company's number.
pub(crate) fn company_no(
    database: &Database,
    client: ClientId,
    company: CompanyId,
) -> Answer<Option<i64>> {
    sql::one(database, FIND_COMPANY_NO, &[&client, &company], row::only)
}

/// A connection's number.
pub(crate) fn connection_no(database: &Database, path: &ConnectionPath) -> Answer<Option<i64>> {
    let values: [&dyn Put; 3] = [&path.client, &path.company, &path.connection];
    sql::one(database, FIND_CONNECTION_NO, &values, row::only)
}

/// An account's number.
pub(crate) fn account_no(database: &Database, path: &AccountPath) -> Answer<Option<i64>> {
    let AccountPath { connection, account } = path;
    sql::one(
        database,
        FIND_ACCOUNT_NO,
        &[&connection.client, &connection.company, &connection.connection, account],
        row::only,
    )
}
