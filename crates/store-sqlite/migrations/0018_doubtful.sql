-- Whether an attempt at a statement may have arrived, though it was looked for in vain. Of what is kept by now it is not
-- known of every later attempt: all of those are in doubt.
alter table sent_statement add column doubtful integer not null default 0;
update sent_statement set doubtful = 1
where stage <> 'Delivered'
    and (attempt > 1 or (stage in ('Sending', 'Unsent') and stage_at_us <> attempted_at_us));
