//! `millrace doctor`: whether settings and database are sound. It changes nothing, and servers may run meanwhile. What
//! must be true of a database is decided in `store::inspection`; here it is said.

mod deep;
mod report;
mod secrets;
mod settings;
mod waiting;

use crate::cli::DoctorArgs;
use crate::config::Settings;
use crate::{load, output, wire_up};
use anyhow::bail;
use domain::clock::Clock as _;
use jiff::{SignedDuration, Timestamp};
use report::{Form, Report};
use std::sync::Arc;
use store::{Outage, Store, StoreError};

use crate::world::SystemClock;

/// A difference that answers over a slow network do not explain.
const CLOCK_DIFFERENCE_MAX: SignedDuration = SignedDuration::from_secs(5);
/// So many events of each client are looked at: the last alone may have come after the clock was set back.
const EVENTS_LOOKED_AT: u32 = 100;

/// Looks, and says what it finds. An error when something is wrong.
pub(crate) async fn run(args: &DoctorArgs) -> anyhow::Result<()> {
    let mut report = Report::new(if args.json { Form::Json } else { Form::Text });
    if let Some((settings, store)) = begin(args, &mut report).await? {
        let looked = look(args, &settings, store.as_ref(), &mut report).await;
        store.close().await;
        looked?;
    }
    match report.end()? {
        0 => Ok(()),
        1 => bail!("one thing is wrong"),
        faults => bail!("{faults} things are wrong"),
    }
}

/// The settings and the database; nothing when there is no going on without them.
async fn begin(
    args: &DoctorArgs,
    report: &mut Report,
) -> anyhow::Result<Option<(Settings, Arc<dyn Store>)>> {
    let loaded = load(args.config.config.as_deref(), &args.config.pairs());
    let mut settings = match loaded {
        Ok((settings, _)) => settings,
        Err(error) => {
            let advice = "`millrace config dump` shows every setting, and where it comes from";
            report.wrong("settings", &output::told(&error), advice)?;
            return Ok(None);
        }
    };
    settings::check(&settings, report).await?;
    // A look changes nothing, and the schema least of all.
    settings.storage.migrate = false;
    let opened = wire_up::open_existing_store(&settings).await;
    let store = match opened {
        Ok(store) => store,
        Err(error) => {
            let advice = advice_to_open(&error);
            report.wrong("database", &output::told(&error), advice)?;
            return Ok(None);
        }
    };
    match store.check_health().await {
        Ok(()) => {
            let place =
                format!("{:?} answers, with the schema of this version", settings.storage.place);
            report.right("database", &place)?;
            Ok(Some((settings, store)))
        }
        Err(error) => {
            let advice = match &error {
                StoreError::Unavailable { outage, .. } => advice_to_mend(*outage),
                StoreError::Busy(_)
                | StoreError::SchemaTooNew { .. }
                | StoreError::SchemaTooOld { .. }
                | StoreError::Damaged(_)
                | StoreError::Failed(_) => "see the database's own log",
            };
            report.wrong("database", &error.to_string(), advice)?;
            store.close().await;
            Ok(None)
        }
    }
}

fn advice_to_open(error: &anyhow::Error) -> &'static str {
    match error.downcast_ref::<StoreError>() {
        Some(StoreError::SchemaTooOld { .. }) => "back it up, then run `millrace migrate`",
        Some(StoreError::SchemaTooNew { .. }) => "use the version that wrote it, or a newer one",
        Some(StoreError::Damaged(_)) => deep::RESTORE,
        Some(StoreError::Busy(_)) => "try again in a moment",
        Some(StoreError::Unavailable { outage, .. }) => advice_to_mend(*outage),
        Some(StoreError::Failed(_)) | None => {
            "see that the database runs, and that storage.data or storage.database names it"
        }
    }
}

const fn advice_to_mend(outage: Outage) -> &'static str {
    match outage {
        Outage::DiskFull => "make room on the disk: a running server goes on by itself",
        Outage::ReadOnly | Outage::DiskFails => {
            "see the kernel's log about the disk, and who may write the folder"
        }
        Outage::CannotOpen => {
            "raise the limit of open files (`ulimit -n`), and see who may read the folder"
        }
        Outage::Unreachable => {
            "see that the database runs, and that storage.database names it: a running server goes on by itself"
        }
    }
}

async fn look(
    args: &DoctorArgs,
    settings: &Settings,
    store: &dyn Store,
    report: &mut Report,
) -> anyhow::Result<()> {
    clock(store, report).await?;
    secrets::check(settings, store, report).await?;
    waiting::check(store, report).await?;
    if args.deep {
        deep::check(store, report).await?;
    }
    Ok(())
}

/// This machine's clock against the database's, and against what was written before.
async fn clock(store: &dyn Store, report: &mut Report) -> anyhow::Result<()> {
    let advice = "set the clock of this machine, and of the database's, by NTP";
    let theirs = store.database_time().await?;
    let now = SystemClock.now();
    if let Some(theirs) = theirs
        && now.duration_since(theirs).abs() > CLOCK_DIFFERENCE_MAX
    {
        let what = format!("it is {now} here, and {theirs} at the database");
        return report.wrong("clock", &what, advice);
    }
    match newest_moment(store).await? {
        Some(newest) if newest.duration_since(now) > CLOCK_DIFFERENCE_MAX => {
            let what = format!("it is {now} here, and the newest event is of {newest}");
            report.wrong("clock", &what, advice)
        }
        Some(_) | None => report.right("clock", "it agrees with the database"),
    }
}

/// Of the newest events of all clients. Ones that cannot be read are what `--deep` is for.
async fn newest_moment(store: &dyn Store) -> anyhow::Result<Option<Timestamp>> {
    let mut newest = None;
    for client in store.list_clients().await? {
        let sequence = store.newest_event(client.id).await?;
        let before = sequence.saturating_sub(EVENTS_LOOKED_AT.into());
        match store.list_events(client.id, before, EVENTS_LOOKED_AT).await {
            Ok(events) => newest = newest.max(events.iter().map(|kept| kept.event.at).max()),
            Err(StoreError::Damaged(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(newest)
}
