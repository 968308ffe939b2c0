//! `millrace simulate`: plays the customer, QuickBooks and Xero on a running server, over HTTP like anybody else.

mod books;
mod browser;
mod consent;
mod fault;
mod link;
mod poll;
mod table;

pub(super) use books::{shown_account, shown_xero_account};
pub(super) use consent::Customer;

use crate::cli::SimulateCommand;

/// Plays the part that was asked for.
pub(crate) async fn run(command: SimulateCommand) -> anyhow::Result<()> {
    match command {
        SimulateCommand::Link(args) => link::run(&args).await,
        SimulateCommand::Poll { server } => poll::run(&server).await,
        SimulateCommand::Books { server, json } => {
            let form = if json { books::Form::Json } else { books::Form::Table };
            books::run(&server, form).await
        }
        SimulateCommand::Fault(args) => fault::run(&args).await,
    }
}
