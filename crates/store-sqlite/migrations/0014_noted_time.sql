-- The latest time at which anybody worked: a clock that is behind it was set back.

alter table installation add column noted_at_us integer;
