-- Answers that are kept for an Idempotency-Key are sealed from now on: of earlier ones only the fact stays.
update idempotency set body = null;
