-- The latest time at which anybody worked: a clock that is behind it was set back.

alter table installation add column noted_at_us integer;

-- Counts the checks that wrote: SQLite writes nothing when a row stays as it was.
alter table installation add column checks integer not null default 0;
