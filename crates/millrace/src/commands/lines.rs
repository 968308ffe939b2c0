//! `millrace lines`: what an account holds, for an operator; one line of text for each, oldest first.

use crate::cli::LinesArgs;
use crate::{load, output, wire_up};
use anyhow::Context as _;
use domain::ids::{CompanyId, ConnectionId, ConnectionPath};
use domain::line::{KeptLine, LINE_PROPERTIES};
use domain::page::{ListRequest, PAGE_ITEMS_MAX, PageRequest};
use domain::query::Filter;
use domain::source_account::{AccountId, AccountPath};

/// Prints them.
pub(crate) async fn run(args: &LinesArgs) -> anyhow::Result<()> {
    let filter = args.query.as_deref();
    let filter = filter.map(|text| Filter::parse_for(text, LINE_PROPERTIES, "BankTransaction"));
    let mut request = ListRequest { filter: filter.transpose()?, ..ListRequest::default() };
    let (settings, _) = load(args.config.config.as_deref(), &args.config.pairs())?;
    let store = wire_up::open_existing_store(&settings).await?;
    let client = wire_up::find_client(store.as_ref(), &args.client).await?;
    let connection = ConnectionPath {
        client: client.id,
        company: CompanyId::parse(&args.company).context("--company is not an id")?,
        connection: ConnectionId::parse(&args.connection).context("--connection is not an id")?,
    };
    let path = AccountPath { connection, account: AccountId::parse(&args.account)? };
    for number in 1.. {
        request.page = PageRequest::new(number, PAGE_ITEMS_MAX)?;
        let page = store.list_lines(&path, &request).await?;
        let page = page.context("the client has no such account")?;
        for kept in &page.items {
            output::line(shown(kept))?;
        }
        if !request.page.has_next(page.total) {
            break;
        }
    }
    store.close().await;
    Ok(())
}

/// Fields between tabs. A control character in a text would break the columns, or the terminal.
fn shown(kept: &KeptLine) -> String {
    let line = &kept.line;
    let balance = line.balance.map(|balance| balance.to_string()).unwrap_or_default();
    let plain = |text: &str| text.replace(char::is_control, " ");
    let description = plain(line.description.as_deref().unwrap_or_default());
    let id = plain(&line.id);
    format!("{}\t{id}\t{}\t{}\t{balance}\t{description}", kept.position, line.date, line.amount)
}
