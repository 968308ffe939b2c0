//! What a platform takes, told from the very rules that the judge applies.

use super::push_option::PushOption;
use crate::envelope::{Answer, ApiError};
use crate::locate::{AccountAt, ConnectionAt, DataTypeAt, missing_account};
use crate::nouns::load_connection;
use crate::state::Shared;
use crate::surface::{Area, Operation, Surface};
use axum::Json;
use axum::extract::State;
use domain::line::LineKind;
use domain::platform::{
    AccountMapping, History, Kinds, Need, PUSH_LINES_MAX, Platform, Profile, Strictness,
};

pub(super) fn surface() -> Surface {
    const LINES: &str = "/companies/{companyId}/connections/{connectionId}/options/bankAccounts/{accountId}/bankTransactions";
    const ACCOUNTS: &str = "/companies/{companyId}/connections/{connectionId}/options/bankAccounts";
    const ANY: &str = "/companies/{companyId}/connections/{connectionId}/options/{dataType}";
    Surface::of(Area::Transactions)
        .serve(
            Operation::get(
                LINES,
                "get-create-bank-transactions-model",
                "What the platform takes in a push",
            )
            .answers::<PushOption>()
            .open_to_tokens(),
            get_lines_model,
        )
        .serve(
            Operation::get(
                ACCOUNTS,
                "get-create-bankAccounts-model",
                "What the platform takes of a new account",
            )
            .answers::<PushOption>()
            .open_to_tokens(),
            get_accounts_model,
        )
        .serve(
            Operation::get(
                ANY,
                "get-create-update-model-options-by-data-type",
                "What the platform takes of bankTransactions or bankAccounts",
            )
            .answers::<PushOption>()
            .open_to_tokens(),
            get_model,
        )
}

async fn get_lines_model(
    State(state): State<Shared>,
    AccountAt(path): AccountAt,
) -> Answer<Json<PushOption>> {
    let connection = state.store.find_connection(&path.connection).await?;
    let account = state.store.find_source_account(&path).await?;
    let (Some(connection), Some(_)) = (connection, account) else {
        return Err(missing_account(&state, &path).await);
    };
    let platform = connection.platform;
    Ok(Json(lines_model(&state.profiles.of(platform))))
}

async fn get_accounts_model(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
) -> Answer<Json<PushOption>> {
    let connection = load_connection(&state, &path).await?;
    accounts_model(connection.platform).map(Json)
}

async fn get_model(
    State(state): State<Shared>,
    DataTypeAt { path, data_type }: DataTypeAt,
) -> Answer<Json<PushOption>> {
    let platform = load_connection(&state, &path).await?.platform;
    match data_type.as_str() {
        "bankTransactions" => Ok(Json(lines_model(&state.profiles.of(platform)))),
        "bankAccounts" => accounts_model(platform).map(Json),
        _ => Err(ApiError::no_such_data_type(&data_type)),
    }
}

/// What a push may hold under these rules.
fn lines_model(profile: &Profile) -> PushOption {
    let lines = PushOption::field("Array", "Transactions", "The lines, the oldest first")
        .required()
        .with([
            ("id", text("Id", "Your own id of the line, unique within the account").required()),
            ("date", PushOption::field("DateTime", "Date", DATE).required()),
            ("amount", number("Amount", "Money in is positive, money out negative").required()),
            ("description", described(profile.description)),
            ("balance", balanced(profile.balance)),
            ("counterparty", text("Counterparty", "Who the other side was")),
            ("reference", text("Reference", "The payment's reference")),
            ("reconciled", PushOption::field("Boolean", "Reconciled", "Whether you reconciled it")),
            ("transactionType", kinds(profile.kinds)),
        ]);
    let model = PushOption::field("Object", "Bank transactions", "A push of lines to one account")
        .required()
        .with([
            ("accountId", text("Account", "The source account, as in the path").required()),
            ("transactions", lines),
        ]);
    tell_rules(model, profile)
}

const DATE: &str = "When it happened, in the account's own time";

fn text(display_name: &'static str, description: &'static str) -> PushOption {
    PushOption::field("String", display_name, description)
}

fn number(display_name: &'static str, description: &'static str) -> PushOption {
    PushOption::field("Number", display_name, description)
}

fn described(need: Need) -> PushOption {
    let description = text("Description", "What it was");
    match need {
        Need::Required => description.required(),
        Need::Advised | Need::Optional => description,
    }
}

fn balanced(need: Need) -> PushOption {
    let balance = number("Balance", "The account's balance after the line");
    match need {
        Need::Required => balance.required(),
        Need::Advised => {
            balance.warned("balance", "the platform would show it: send it if you can")
        }
        Need::Optional => balance,
    }
}

fn kinds(kinds: Kinds) -> PushOption {
    let kind = text("Transaction type", "Its type");
    match kinds {
        Kinds::All => kind.one_of(LineKind::ALL.iter().map(|kind| kind.name())),
        Kinds::Only(known) => kind
            .one_of(known.iter().map(|kind| kind.name()))
            .told("transactionType", "another type of the contract is kept as Unknown"),
    }
}

/// The rules that no single field has.
fn tell_rules(model: PushOption, profile: &Profile) -> PushOption {
    const LINES: &str = "transactions";
    const DAY: &str = "transactions.date";
    let mut model = model
        .told(LINES, format!("one to {PUSH_LINES_MAX} lines in a push"))
        .told(DAY, "no line may be later than today, where on earth the day begins first (UTC+14)");
    if profile.ordered {
        model = model.told(DAY, "the lines of a push stand in order of their dates, oldest first");
    }
    if profile.not_before_newest {
        model = model.told(DAY, "no line may be older than the newest line of the account");
    }
    if let History::Days(days) = profile.history {
        model = model.told(DAY, format!("no line may be older than {days} days"));
    }
    match profile.before_feed_start {
        Strictness::Ignore => model,
        Strictness::Warn => model
            .warned(DAY, "a line from before the feed's first day may be left out by the platform"),
        Strictness::Refuse => model.told(DAY, "no line may be from before the feed's first day"),
    }
}

/// What a new account of the books may be.
fn accounts_model(platform: &Platform) -> Answer<PushOption> {
    match platform.mapping {
        AccountMapping::Inside => Err(ApiError::no_such_data_type("bankAccounts")),
        AccountMapping::ByApi { .. } => {
            Ok(PushOption::field("Object", "Bank account", "A new account in the books")
                .required()
                .with([
                    ("accountName", text("Name", "The account's name").required()),
                    ("accountNumber", text("Number", "The account's number").required()),
                    ("sortCode", text("Sort code", "The account's sort code")),
                    ("currency", text("Currency", "Three letters, such as EUR").required()),
                    (
                        "accountType",
                        text("Type", "Whether it is a bank account or a card")
                            .required()
                            .one_of(["Debit", "Credit"].into_iter()),
                    ),
                ]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::connection::ConnectionStatus;
    use domain::line::Text;
    use domain::platform::KNOWN;
    use domain::push::{DraftLine, Known, PushDraft, Standing, Verdict, judge};
    use domain::source_account::AccountStatus;
    use std::collections::HashMap;
    use testkit::{NOON, a_draft_of, a_line};

    #[test]
    fn every_platform_tells_its_rules() {
        for platform in KNOWN {
            let model = lines_model(&platform.profile);
            insta::assert_json_snapshot!(format!("{}_lines", platform.key), model);
        }
    }

    /// Whether the judge keeps a line under these rules.
    fn keeps(profile: &Profile, line: DraftLine) -> bool {
        let standing = Standing {
            connection: ConnectionStatus::Linked,
            account: AccountStatus::Connected,
            feed_start: None,
            newest: None,
        };
        let known: HashMap<Text, Known> = HashMap::new();
        let draft = PushDraft { lines: vec![line] };
        matches!(judge(profile, &standing, &known, draft, NOON), Verdict::Accepted(_))
    }

    fn required(model: &PushOption, name: &str) -> bool {
        let lines = &model.properties.as_ref().unwrap()["transactions"];
        lines.properties.as_ref().unwrap()[name].required
    }

    #[test]
    fn the_model_and_the_judge_agree_on_what_must_be_there() {
        for platform in KNOWN {
            let (profile, model) = (platform.profile, lines_model(&platform.profile));
            let whole = || a_draft_of(vec![a_line("a", "2024-02-29", "1")]).lines.remove(0);
            assert!(keeps(&profile, whole()), "{}", platform.key);
            for (name, without) in [
                ("id", DraftLine { id: None, ..whole() }),
                ("date", DraftLine { date: None, ..whole() }),
                ("amount", DraftLine { amount: None, ..whole() }),
                ("balance", DraftLine { balance: None, ..whole() }),
                ("description", DraftLine { description: None, ..whole() }),
                ("counterparty", DraftLine { counterparty: None, ..whole() }),
                ("reference", DraftLine { reference: None, ..whole() }),
                ("reconciled", DraftLine { reconciled: None, ..whole() }),
                ("transactionType", DraftLine { kind: None, ..whole() }),
            ] {
                let agrees = keeps(&profile, without) != required(&model, name);
                assert!(agrees, "{} of {}", name, platform.key);
            }
        }
    }
}
