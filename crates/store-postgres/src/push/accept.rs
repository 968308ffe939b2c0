//! Accepting a push: the account is locked and read, the judge decides, and what it decided is written with the commit.

use std::collections::HashMap;
use std::sync::Arc;

use domain::connection::ConnectionStatus;
use domain::event::{Event, EventKind};
use domain::ids::ConnectionPath;
use domain::line::Text;
use domain::platform::{self, Platform};
use domain::push::{Accepted, Known, LineSpan, PushOperation, Refused, Standing, Verdict, judge};
use domain::source_account::AccountStatus;
use store::ledger::{self as encoding, ChunkNo, Head, NewSegment, Prepared, Run, Wanted};
use store::{AcceptedPush, Missing, PushIntake};
use tokio_postgres::types::ToSql;

use super::columns::{LineColumns, Numbers, PushColumns};
use crate::chunk::{self, DELETE_CHUNKS, WRITE_CHUNKS};
use crate::columns::Columns;
use crate::event::{News, finish_with};
use crate::fault::{Attempt, damaged};
use crate::ledger::{self, Ledger};
use crate::run_cache::RunCache;
use crate::session::{Session, Write};
use crate::{company, connection, managed_sync, work};

const FIND_STANDING: &str = "\
-- find_standing
select connection.platform, connection.status, source_account.status, source_account.feed_start
from source_account
join connection using (client_id, connection_id)
where client_id = $1 and connection_id = $2 and account_id = $3";

/// Numbers for the three chunks that a push may write, and for itself. Taken while the account is locked, so that the
/// account's pushes are numbered in their order.
const TAKE_NUMBERS: &str = "\
-- take_numbers
select nextval('chunk_no'), nextval('chunk_no'), nextval('chunk_no'), nextval('push_no')";

const WRITE_LEDGER: &str = "\
-- write_ledger
update ledger
set head = $3, balance = coalesce($4, balance)
where client_id = $1 and account_no = $2";

const CREATE_PUSH: &str = "\
-- create_push
insert into push
    (client_id, push_key, push_no, company_id, connection_id, account_id, account_no, requested_at,
     completed_at, status, error, validation, timeout_minutes, first_line, line_count, known_lines,
     awaited)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";

const CREATE_WORK: &str = "\
-- create_work
insert into work (client_id, account_no, push_no, push_key, company_id, due_at, attempts)
values ($1, $2, $3, $4, $5, least($6, (select noted_at + $7 from installation where only_row)), 0)";

/// One attempt. It may be tried again, so it only talks to the database.
pub(super) async fn accept(
    session: &Session,
    cache: &RunCache,
    intake: &PushIntake,
    prepared: &Prepared,
) -> Attempt<AcceptedPush> {
    let Some(ledger) = ledger::lock(session, &intake.account).await? else {
        return Ok(AcceptedPush::Missing(missing(session, &intake.account.connection).await?));
    };
    let scene = Scene::read(session, cache, intake, ledger).await?;
    let known = scene.known(session, intake, &prepared.wanted).await?;
    if let Some(sync) = intake.sync {
        managed_sync::link(session, sync, scene.ledger.account_no, intake).await?;
    }
    let profile = intake.profiles.of(scene.platform);
    let now = intake.requested_at;
    // A copy: the transaction may have to be tried again.
    let push = match judge(&profile, &scene.standing, &known, intake.draft.clone(), now) {
        Verdict::Accepted(accepted) => {
            let segment = prepared.segment_of(&accepted);
            scene.keep(session, intake, accepted, segment).await?
        }
        Verdict::Refused(refused) => scene.refuse(session, intake, refused).await?,
    };
    Ok(AcceptedPush::Kept(push))
}

/// What a push that has no account lacks.
async fn missing(session: &Session, path: &ConnectionPath) -> Attempt<Missing> {
    if !company::exists(session, path.client, path.company).await? {
        return Ok(Missing::Company);
    }
    let connection = connection::see(session, path).await?;
    Ok(if connection.is_none() { Missing::Connection } else { Missing::Account })
}

/// A locked account as a push finds it.
struct Scene {
    platform: &'static Platform,
    standing: Standing,
    ledger: Ledger,
    runs: Vec<Arc<Run>>,
    numbers: Numbers,
}

impl Scene {
    async fn read(
        session: &Session,
        cache: &RunCache,
        intake: &PushIntake,
        ledger: Ledger,
    ) -> Attempt<Self> {
        let path = intake.account.connection;
        let (client, connection) = (path.client.uuid(), path.connection.uuid());
        let account = intake.account.account.as_str();
        let ids: [&(dyn ToSql + Sync); 3] = [&client, &connection, &account];
        let (standing, numbers, runs) = tokio::try_join!(
            session.row(FIND_STANDING, &ids),
            session.row(TAKE_NUMBERS, &[]),
            runs(session, cache, intake, &ledger.head),
        )?;
        let standing = standing.ok_or_else(|| damaged("a ledger without an account"))?;
        let numbers = numbers.ok_or_else(|| damaged("sequences without numbers"))?;
        let (mut columns, mut numbers) = (Columns::of(&standing), Columns::of(&numbers));
        Ok(Self {
            platform: columns.parsed(platform::find)?,
            standing: Standing {
                connection: columns.parsed(ConnectionStatus::parse)?,
                account: columns.parsed(AccountStatus::parse)?,
                feed_start: columns.day_maybe()?,
                newest: ledger.head.newest(),
            },
            numbers: Numbers {
                segment: numbers.number()?,
                run: numbers.number()?,
                directory: numbers.number()?,
                push: numbers.take()?,
            },
            ledger,
            runs,
        })
    }

    /// Those ids of the push that the account has, with what they stand for. A fingerprint only raises suspicion: the
    /// line itself decides.
    async fn known(
        &self,
        session: &Session,
        intake: &PushIntake,
        wanted: &Wanted,
    ) -> Attempt<HashMap<Text, Known>> {
        let head = &self.ledger.head;
        let suspects = encoding::suspects(head, &self.runs, wanted)?;
        let Some(first) = suspects.first() else { return Ok(HashMap::new()) };
        let ids: Vec<&str> = intake.draft.ids().collect();
        let client = intake.account.connection.client;
        let mut entries = ledger::segments_from(session, client, head, first.position).await?;
        let mut positions: Vec<u64> = suspects.iter().map(|suspect| suspect.position).collect();
        positions.dedup();
        entries.retain(|entry| positions.iter().any(|position| entry.span.contains(*position)));
        let chunks: Vec<ChunkNo> = entries.iter().map(|entry| entry.chunk).collect();
        let (under_way, chunks) = tokio::try_join!(
            work::under_way_from(session, client, self.ledger.account_no),
            chunk::load(session, client, &chunks),
        )?;
        let mut kept_at: HashMap<u64, (Text, Known)> = HashMap::new();
        for (entry, (_, bytes)) in entries.iter().zip(chunks) {
            for kept in encoding::decode_lines_at(&bytes, entry.span, &positions)? {
                let known = Known::of(&kept, under_way);
                kept_at.insert(kept.position, (kept.line.id, known));
            }
        }
        let known = suspects.iter().filter_map(|suspect| {
            let (id, known) = kept_at.get(&suspect.position)?;
            (ids.get(suspect.index) == Some(&id.as_str())).then(|| (id.clone(), *known))
        });
        Ok(known.collect())
    }

    /// Writes an accepted push with its lines and its work.
    async fn keep(
        self,
        session: &Session,
        intake: &PushIntake,
        accepted: Accepted,
        segment: Option<NewSegment>,
    ) -> Attempt<PushOperation> {
        let head = &self.ledger.head;
        let append = segment.map(|segment| encoding::append(head, &self.runs, segment));
        let append = append.transpose()?;
        let span = append
            .as_ref()
            .map_or(LineSpan { first: head.lines(), count: 0 }, |append| append.span);
        let balance = accepted.balance.map(|amount| amount.to_string());
        let push = intake.pending(span, accepted);
        let row = PushColumns::of(&push, self.numbers, self.ledger.account_no)?;
        let lines = append.map(|append| LineColumns::of(append, self.numbers)).transpose()?;
        let push_values = row.values();
        let work_values = row.work_values();
        let mut writes =
            vec![Write::new(CREATE_PUSH, &push_values), Write::new(CREATE_WORK, &work_values)];
        let (client, account_no) = (&row.client, &row.account_no);
        let Some(lines) = lines else {
            session.finish(&writes).await?;
            return Ok(push);
        };
        let ledger_values: [&(dyn ToSql + Sync); 4] = [client, account_no, &lines.head, &balance];
        let chunk_values: [&(dyn ToSql + Sync); 5] =
            [client, account_no, &lines.numbers, &lines.kinds, &lines.bytes];
        let drop_values: [&(dyn ToSql + Sync); 2] = [client, &lines.dropped];
        writes.push(Write::new(WRITE_LEDGER, &ledger_values));
        writes.push(Write::new(WRITE_CHUNKS, &chunk_values));
        if !lines.dropped.is_empty() {
            writes.push(Write::new(DELETE_CHUNKS, &drop_values));
        }
        session.finish(&writes).await?;
        Ok(push)
    }

    /// Writes a refused push with its event, and nothing else of it.
    async fn refuse(
        self,
        session: &Session,
        intake: &PushIntake,
        refused: Refused,
    ) -> Attempt<PushOperation> {
        let push = intake.failed(refused);
        let path = push.path;
        let event = connection::event_on(&path, EventKind::WriteUnsuccessful, push.requested_at);
        let event: Event = event.for_account(push.account.clone()).for_push(push.key);
        let row = PushColumns::of(&push, self.numbers, self.ledger.account_no)?;
        let values = row.values();
        let writes = [Write::new(CREATE_PUSH, &values)];
        finish_with(session, &writes, &News::of(path.client, &[event])).await?;
        Ok(push)
    }
}

/// The runs of an account, from memory where they are there.
async fn runs(
    session: &Session,
    cache: &RunCache,
    intake: &PushIntake,
    head: &Head,
) -> Attempt<Vec<Arc<Run>>> {
    let numbers = head.run_chunks();
    let mut found: HashMap<ChunkNo, Arc<Run>> =
        numbers.iter().filter_map(|number| Some((*number, cache.find(*number)?))).collect();
    let lacking: Vec<ChunkNo> =
        numbers.iter().copied().filter(|number| !found.contains_key(number)).collect();
    let client = intake.account.connection.client;
    for (number, bytes) in chunk::load(session, client, &lacking).await? {
        let run = Arc::new(Run::decode(&bytes)?);
        cache.keep(number, run.clone());
        found.insert(number, run);
    }
    Ok(numbers.iter().filter_map(|number| found.remove(number)).collect())
}
