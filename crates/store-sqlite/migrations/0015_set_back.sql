-- The time that was noted when the clock was last set back.
alter table installation add column set_back_from_us integer;
