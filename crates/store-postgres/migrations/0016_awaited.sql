-- Lines that were skipped as known while the push that brought them was under way: a JSON text, or nothing.
alter table push add column awaited text;
