-- Answers that are kept for an Idempotency-Key are sealed from now on: of earlier ones only stays that they were given.
update idempotency set body = '' where body is not null;
