//! `--deep`: everything that is kept is read again. What is found is told as it is found.

use super::report::{Report, Told};
use domain::ids::ClientId;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use store::Store;
use store::inspection::{DeepCheck, EventInspector, Finding, Inspected, Inspector, Place};
use store::ledger::ChunkKind;

/// What to do about damage that nothing in the database can mend.
pub(super) const RESTORE: &str = "stop the servers, keep a copy of this database, and restore the newest backup that `millrace doctor --deep` \
     finds sound";
/// The database's own findings are told up to so many.
const FAULTS_TOLD_MAX: u32 = 50;

/// Says what is found, and remembers which checks have found something.
struct Teller<'a> {
    clients: HashMap<ClientId, String>,
    failed: BTreeSet<DeepCheck>,
    report: &'a mut Report,
}

/// Reads everything.
pub(super) async fn check(store: &dyn Store, report: &mut Report) -> anyhow::Result<()> {
    let clients = store.list_clients().await?;
    let clients = clients.into_iter().map(|client| (client.id, client.name.as_str().to_owned()));
    let mut teller = Teller { clients: clients.collect(), failed: BTreeSet::new(), report };
    for what in store.examine(FAULTS_TOLD_MAX).await? {
        teller.tell(&Finding { check: DeepCheck::Files, place: Place::default(), what })?;
    }
    let (mut accounts, mut lines, mut events) = (0_u64, 0_u64, 0_u64);
    let mut inspector = Inspector::new(store);
    while let Some(inspected) = inspector.next_account().await? {
        accounts = accounts.saturating_add(1);
        lines = lines.saturating_add(teller.take(&inspected)?);
    }
    let mut inspector = EventInspector::new(store);
    while let Some(inspected) = inspector.next_events().await? {
        events = events.saturating_add(teller.take(&inspected)?);
    }
    teller.end(accounts, lines, events)
}

impl Teller<'_> {
    /// Tells all that was found; how much was read.
    fn take(&mut self, inspected: &Inspected) -> anyhow::Result<u64> {
        for finding in &inspected.findings {
            self.tell(finding)?;
        }
        Ok(inspected.count)
    }

    fn tell(&mut self, finding: &Finding) -> anyhow::Result<()> {
        self.failed.insert(finding.check);
        let place = Told { words: self.words(&finding.place), object: self.object(&finding.place) };
        self.report.wrong_at(finding.check.name(), &finding.what, &place, advice(finding.check))
    }

    /// The checks that have found nothing.
    fn end(self, accounts: u64, lines: u64, events: u64) -> anyhow::Result<()> {
        for check in DeepCheck::ALL.into_iter().filter(|check| !self.failed.contains(check)) {
            let sound = match check {
                DeepCheck::Files => "the database finds itself whole".to_owned(),
                DeepCheck::Heads => {
                    format!("those of {accounts} accounts agree with their segments")
                }
                DeepCheck::Lines => format!("{lines} lines were read back"),
                DeepCheck::Ids => "each stands once in its account".to_owned(),
                DeepCheck::Fingerprints => "every line's id is found by them".to_owned(),
                DeepCheck::Order => "positions and days follow one another".to_owned(),
                DeepCheck::Balances => "what was sent adds up, and continues".to_owned(),
                DeepCheck::Operations => "each has the lines that it brought".to_owned(),
                DeepCheck::Events => format!("{events} were read, none is missing"),
            };
            self.report.right(check.name(), &sound)?;
        }
        Ok(())
    }

    fn words(&self, place: &Place) -> String {
        let mut words = Vec::new();
        if let Some(client) = place.client {
            let name = self.clients.get(&client).map_or("unknown", String::as_str);
            words.push(format!("client {name} ({client})"));
        }
        match (&place.account, place.account_no) {
            (Some(path), _) => {
                let at = path.connection;
                words.push(format!("company {}", at.company));
                words.push(format!("connection {}", at.connection));
                words.push(format!("account {}", path.account.as_str()));
            }
            (None, Some(number)) => words.push(format!("the account with number {number}")),
            (None, None) => {}
        }
        if let Some((kind, number)) = place.chunk {
            words.push(format!("{} {number}", kind_name(kind)));
        }
        if let Some(lines) = place.lines {
            words.push(format!("lines {} to {}", lines.first, lines.end().saturating_sub(1)));
        }
        words.extend(place.push.map(|push| format!("operation {push}")));
        words.extend(place.event.map(|event| format!("event {event}")));
        words.join(", ")
    }

    fn object(&self, place: &Place) -> Value {
        let mut object = Map::new();
        let mut set = |name: &str, value: Option<Value>| {
            object.extend(value.map(|value| (name.to_owned(), value)));
        };
        set("client", place.client.map(|id| id.to_string().into()));
        let name = place.client.and_then(|client| self.clients.get(&client));
        set("clientName", name.map(|name| name.as_str().into()));
        let path = place.account.as_ref();
        set("company", path.map(|path| path.connection.company.to_string().into()));
        set("connection", path.map(|path| path.connection.connection.to_string().into()));
        set("account", path.map(|path| path.account.as_str().into()));
        set("accountNo", place.account_no.map(Value::from));
        let chunk = place.chunk.map(|(kind, no)| json!({"kind": kind_name(kind), "number": no}));
        set("chunk", chunk);
        let lines = place.lines.map(|span| json!({"first": span.first, "count": span.count}));
        set("lines", lines);
        set("operation", place.push.map(|push| push.to_string().into()));
        set("event", place.event.map(Value::from));
        Value::Object(object)
    }
}

const fn kind_name(kind: ChunkKind) -> &'static str {
    match kind {
        ChunkKind::Segment => "segment",
        ChunkKind::Run => "run",
        ChunkKind::Directory => "directory",
    }
}

const fn advice(check: DeepCheck) -> &'static str {
    match check {
        DeepCheck::Files | DeepCheck::Heads => RESTORE,
        DeepCheck::Lines => {
            "other accounts go on, and so do this one's other lines; restore a backup, or delete the account and \
             push its lines again"
        }
        DeepCheck::Ids => {
            "see which of the two lines the bank has, and take the other out of the books by hand"
        }
        DeepCheck::Fingerprints => {
            "stop pushing to this account: known lines may be refused, or taken again; restore a backup, or delete the \
             account and push its lines again"
        }
        DeepCheck::Order => "lists of this account may be out of order; restore a backup",
        DeepCheck::Balances => "compare the account's statements with the books at the platform",
        DeepCheck::Operations => {
            "the lines are what counts: `millrace lines` shows them; restore a backup if operations must be right"
        }
        DeepCheck::Events => {
            "whoever follows events may lack these: let them compare with the operations"
        }
    }
}
