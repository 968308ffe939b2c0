-- The time that was noted before the clock was last found set ahead.
alter table installation add column leapt_from bigint;
