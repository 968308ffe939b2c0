//! The list of all cases.

/// Makes one test of every case: `store_conformance::suite!(crate::empty_database);` in a backend's test binary, where
/// `empty_database` is an `async fn() -> impl Backend`, named by a path from the crate's root.
#[macro_export]
macro_rules! suite {
    ($empty:path) => {
        $crate::tests! {
            $empty;

            installation:
                the_first_proposal_is_kept_and_answered_to_all
                proposals_made_at_once_agree_on_one
                a_database_that_answers_is_healthy
                after_the_close_calls_fail
                closing_twice_does_no_harm
                what_is_kept_outlives_the_process
                an_accepted_push_raises_the_signal
            ;

            inspection:
                a_sound_database_is_found_sound
                a_flipped_bit_is_found_wherever_it_is
                other_accounts_are_read_beside_a_damaged_one
                a_chunk_that_is_gone_is_found
                a_chunk_of_another_account_is_found
                operations_that_lost_their_lines_are_found
                statements_that_do_not_add_up_are_found
                a_head_that_went_back_is_found
                what_comes_while_an_account_is_inspected_is_not_told
                events_that_are_gone_are_found
                pushes_go_on_while_an_account_is_inspected
            ;

            client:
                a_client_is_found_by_its_name
                an_unknown_name_finds_no_client
                a_taken_name_is_refused_with_its_holder
                clients_are_listed_oldest_first
                of_clients_made_at_once_under_one_name_one_is_kept
            ;

            client_settings:
                a_new_client_s_profile_has_its_name_only
                a_profile_comes_back_as_it_was_set
                origins_come_back_in_their_order
                an_origin_is_known_if_any_client_allows_it
            ;

            branding:
                a_look_comes_back_as_it_was_set
                an_image_comes_back_byte_for_byte
                each_place_has_one_image_and_the_look_leaves_them
                one_image_may_stand_in_two_places
                images_belong_to_their_client
            ;

            api_key:
                a_key_is_found_by_its_hash_whoever_asks
                an_unknown_hash_finds_no_key
                a_client_sees_its_own_keys_oldest_first
                the_tenth_key_is_the_last_that_fits
                keys_made_at_once_keep_to_the_limit
                a_revoked_key_is_forgotten
                a_key_of_another_client_cannot_be_revoked
                the_last_key_goes_only_on_the_operators_word
                of_the_last_two_keys_revoked_at_once_one_stays
            ;

            access_token:
                a_token_opens_its_company_until_it_ends
                a_token_needs_a_company_of_its_client
                a_company_has_several_tokens_and_takes_them_with_it
            ;

            link_session:
                what_a_link_leads_to_is_found_by_its_ids
                a_link_opens_once
                of_many_who_open_one_link_at_once_one_does
                a_visit_is_found_until_it_ends
                visits_of_one_connection_do_not_disturb_each_other
                visits_go_with_what_they_open
                visits_and_passwords_that_have_ended_are_forgotten
            ;

            webhook_consumer:
                consumers_come_back_as_they_were_made
                a_deleted_consumer_is_gone_and_others_stay
                consumers_made_at_once_keep_to_the_limit
                a_change_changes_what_it_names
                secrets_are_changed_only_from_what_they_are
                consumers_of_all_clients_are_walked_through
            ;

            idempotency:
                a_key_is_claimed_once_until_it_is_answered
                an_answer_is_given_again_until_it_ends
                a_key_is_for_one_request
                a_released_key_is_free
                a_claim_that_nobody_ended_ends_by_itself
                a_clock_that_is_set_back_leaves_no_claim_behind
                a_late_answer_does_not_replace_that_of_another_claim
                keys_are_each_client_s_own
                of_claims_made_at_once_one_is_given
                ended_keys_are_forgotten_as_others_come
            ;

            call:
                calls_made_at_once_keep_to_the_limits
                silence_is_kept_for_one_organisation
            ;

            delivery:
                a_statement_is_kept_as_it_goes_along
                a_statement_continues_the_newest_that_was_delivered_to_its_feed
                a_statement_is_kept_only_by_who_holds_its_push
                who_sends_a_statement_holds_its_push_for_longer
                a_delivered_statement_is_the_connection_s_last_sync
                statements_that_look_alike_are_told_apart
                statements_go_with_their_company
            ;

            link:
                a_link_comes_back_as_it_was_kept
                a_link_is_changed_only_from_what_it_is
                a_link_needs_its_connection_to_begin_with
                of_changes_made_at_once_one_is_kept
                steps_change_connection_and_accounts_with_their_events
                a_step_that_an_account_is_not_ready_for_is_not_taken
                trouble_is_kept_until_it_ends_and_shown_afterwards
                a_due_link_is_held_by_one
                a_link_is_held_changed_and_let_go
                whatever_ends_a_feed_stirs_its_link
                a_link_outlives_its_connection_until_it_is_forgotten
                a_company_that_goes_stirs_its_links
                pushes_that_wait_are_due_when_a_connection_is_linked_again
                links_that_open_one_organisation_are_counted
                links_of_all_clients_are_walked_through
            ;

            webhook_delivery:
                a_consumer_follows_from_where_it_was_made
                an_attempt_is_kept_with_what_it_means
                many_attempts_are_settled_together
                consumers_of_two_clients_are_disabled_in_one_go
                an_order_that_is_taken_up_while_messages_are_sent_holds_none_up
                what_a_dead_worker_held_is_leased_again
                of_each_company_one_message_after_the_other_in_an_order
                an_order_may_be_given_up_and_taken_up
                a_disabled_consumer_waits_and_loses_nothing
                a_consumer_that_is_gone_or_fails_too_long_is_disabled_with_an_event
                a_message_is_sent_again_when_its_owner_wants_it
                events_of_the_past_are_looked_at_again_and_none_is_sent_twice
                a_consumer_gets_no_more_a_second_than_it_wants
                a_busy_consumer_leaves_room_for_others
                workers_at_once_never_hold_one_message_twice
                an_example_is_an_event_like_any_other
                old_deliveries_are_forgotten_when_they_have_ended
                deliveries_are_listed_newest_first_and_by_query
            ;

            rate_limit:
                a_day_is_used_up_once_and_that_is_news
                a_new_day_is_begun_by_whoever_comes_first
                a_day_that_nobody_used_up_ends_without_news
                a_company_that_is_linked_brings_its_share
                requests_under_way_are_counted_until_they_end
                of_requests_at_once_no_more_are_let_in
                addresses_are_counted_by_the_minute
            ;

            company:
                a_company_is_found_as_it_was_made
                a_new_company_is_news
                a_company_shows_its_connections_oldest_first
                a_company_of_nobody_or_of_another_client_is_not_there
                companies_are_listed_oldest_first_and_only_ones_own
                pages_of_companies_know_the_total
                companies_of_one_instant_stand_on_one_page_each
                companies_are_filtered_and_ordered_on_request
                companies_are_found_by_their_tags
                a_change_touches_what_it_names
                a_changed_company_still_shows_its_connections
                a_deleted_company_leaves_nothing_but_its_events
                deleting_a_company_is_news_once
                deleting_a_company_takes_its_work_from_the_worker
                deleting_a_company_leaves_others_alone
            ;

            connection:
                a_connection_is_found_as_it_was_made
                a_new_connection_is_news
                a_connection_needs_a_company_of_its_client
                a_connection_is_reached_by_its_own_path_only
                connections_are_listed_oldest_first_in_pages
                connections_are_filtered_and_ordered_on_request
                without_a_company_there_is_no_list_of_connections
                signing_on_links_a_connection_with_its_event
                unlinking_disconnects_the_connected_accounts
                unlinking_revokes_the_credentials
                what_is_not_linked_is_not_unlinked
                a_deleted_connection_takes_its_accounts_and_credentials
                deleting_a_connection_is_news_once
                a_push_outlives_its_connection_until_it_has_failed
                deleting_a_connection_leaves_others_alone
            ;

            source_account:
                accounts_of_both_shapes_are_found_as_they_were_made
                amounts_of_accounts_keep_every_digit
                accounts_need_a_connection_of_their_client
                a_taken_id_is_refused_and_the_others_are_kept
                of_an_id_that_stands_twice_the_first_is_kept
                an_update_takes_over_what_the_caller_says
                an_update_leaves_the_lines
                of_accounts_made_at_once_under_one_id_one_is_kept
                ids_that_differ_only_by_case_are_two_accounts
                one_id_on_two_connections_is_two_accounts
                accounts_are_listed_in_the_order_they_were_made
                an_account_is_reached_by_its_own_path_only
                name_and_balance_are_changed_while_not_connected
                the_balance_of_a_connected_account_is_not_changed
                a_rename_leaves_the_balance_that_a_push_brought
                disconnecting_the_last_connected_account_unlinks
                disconnecting_again_is_no_news
                a_deleted_account_takes_its_lines
                an_account_made_anew_knows_none_of_the_old_lines
                a_push_outlives_its_account_until_it_has_failed
                the_day_an_account_was_opened_is_kept
                an_update_leaves_a_connected_account_the_balance_of_its_lines
                lists_in_different_orders_do_not_block_each_other
                a_pending_account_can_be_disconnected
                an_old_push_takes_no_lines_from_an_account_made_anew
                old_statements_do_not_count_for_an_account_made_anew
                a_deletion_among_pushes_leaves_no_line
            ;

            credential:
                credentials_are_found_by_name_whoever_asks
                credentials_need_a_connection_of_their_client
                several_sets_are_valid_at_once
                the_newest_set_of_a_connection_is_found
                failures_are_counted_and_a_success_forgets_them
                too_many_failures_lock_a_name
                failures_at_once_are_all_counted
                revoking_ends_every_set_and_the_feed
                revoking_leaves_other_connections_alone
                without_a_connection_nothing_is_revoked
                revoking_where_there_is_nothing_is_no_news
                a_sign_on_with_credentials_just_revoked_is_no_fault
            ;

            push:
                an_accepted_push_pends_and_is_found_again
                the_lines_of_an_accepted_push_can_be_read_at_once
                each_push_continues_where_the_last_one_ended
                the_last_balance_told_becomes_the_accounts
                a_push_changes_nothing_of_its_account_but_the_balance
                an_accepted_push_is_due_at_once
                what_looked_odd_is_kept_with_the_push
                of_a_refused_push_only_the_operation_is_kept
                a_refused_push_is_news
                a_refused_push_takes_no_places
                the_rules_that_come_with_a_push_are_applied
                the_newest_line_kept_is_known_to_the_judge
                the_feeds_first_day_is_known_to_the_judge
                a_push_to_an_account_that_is_not_connected_fails
                a_push_to_nowhere_leaves_nothing
                a_push_is_found_under_its_own_company_only
                pushes_are_listed_newest_first_in_pages
                pushes_of_one_instant_stand_on_one_page_each
                pushes_are_filtered_and_ordered_on_request
                without_a_company_there_is_no_list_of_pushes
                pushes_to_one_account_at_once_share_no_place
            ;

            known_line:
                a_line_pushed_again_is_skipped_with_a_warning
                a_push_awaits_known_lines_whose_own_push_is_under_way
                lines_of_a_push_that_timed_out_are_awaited_until_all_is_known_of_them
                a_push_of_known_lines_alone_pends_and_keeps_none
                what_does_not_identify_a_line_may_differ
                a_known_id_with_another_transaction_is_refused
                what_was_refused_is_not_known
                ids_are_compared_letter_by_letter
                another_account_knows_nothing_of_them
                a_known_line_is_found_after_one_push
                a_known_line_is_found_after_eight_pushes
                a_known_line_is_found_after_three_hundred_pushes
                known_lines_are_found_among_five_thousand
                of_the_same_lines_pushed_at_once_each_is_kept_once
                a_known_line_may_be_older_than_the_window
            ;

            line:
                a_line_comes_back_as_it_was_sent
                a_type_that_the_platform_does_not_know_is_kept_as_unknown
                every_view_shows_the_same_lines
                the_moment_of_acceptance_is_kept_with_each_push
                lines_are_listed_by_date_then_place
                pages_of_lines_go_on_across_pushes
                pages_of_lines_out_of_order_are_in_order
                the_newest_lines_come_first_on_request
                lines_of_equal_rank_keep_the_lists_own_order
                lines_are_filtered_on_request
                an_account_without_lines_has_an_empty_list
                lines_are_reached_by_their_own_path_only
                accounts_do_not_share_their_lines
                a_statement_shows_the_days_of_its_window
                a_statement_finds_days_that_came_out_of_order
                a_statement_knows_the_account_as_a_whole
                lines_are_read_by_their_places
                withdrawn_lines_are_nowhere_to_be_seen
                the_watermark_stands_above_every_place
                withdrawn_lines_may_be_pushed_again
                lines_older_than_withdrawn_ones_may_be_pushed
                an_account_whose_lines_are_all_withdrawn_begins_anew
            ;

            fetch:
                the_first_statement_connects_a_pending_account
                later_statements_change_nothing
                lines_flow_once_the_first_statement_was_opened
                a_disconnected_account_stays_closed
                newer_credentials_open_a_disconnected_account_again
                a_statement_needs_an_account_of_its_client
                first_statements_at_once_connect_once
                a_fetch_is_found_as_it_was_recorded
                fetches_are_listed_newest_first
                a_fetch_is_the_connections_newest_sync
                fetches_of_another_client_are_not_there
                fetches_go_with_their_company
                fetches_of_a_connection_that_is_gone_are_dropped
            ;

            managed_sync:
                a_sync_is_found_as_it_was_begun
                the_first_sync_goes_back_to_the_feeds_first_day
                a_sync_goes_on_where_the_last_one_that_covered_its_period_ended
                of_one_account_one_sync_runs_at_a_time
                of_wishes_at_once_one_is_begun
                a_sync_needs_an_account_of_its_client
                a_sync_that_runs_is_leased_to_one_of_many_workers
                a_lease_that_ended_leaves_the_sync_to_the_next_attempt
                a_settled_sync_stands_as_it_was_settled
                a_sync_is_settled_once_and_only_by_its_holder
                a_sync_to_try_again_is_due_then
                the_pushes_of_a_sync_are_kept_with_it
                a_push_to_another_account_is_not_the_syncs
                syncs_are_listed_newest_first_in_pages
                syncs_are_filtered_and_ordered_on_request
                old_syncs_are_forgotten_but_for_the_one_that_later_ones_build_on
                a_schedule_is_found_as_it_was_set
                a_schedule_in_force_is_due_from_its_moment_on
                a_run_of_a_schedule_is_begun_once
                a_run_that_meets_a_running_sync_is_used_up
                a_schedule_that_was_changed_begins_no_old_run
                syncs_and_schedules_go_with_what_they_hang_on
            ;

            event:
                events_are_read_in_order_from_a_place
                a_client_reads_its_own_events_only
                the_sequence_never_goes_back
                a_reader_that_follows_misses_nothing
                events_tell_how_things_stood
            ;

            work:
                a_lease_shows_the_push_and_its_own_end
                a_lease_knows_an_account_that_is_gone_from_one_made_anew
                the_work_of_an_account_that_is_gone_is_due_at_once
                the_work_of_an_account_that_feeds_nothing_any_more_is_due_at_once
                where_nothing_is_due_nothing_is_leased
                leased_work_is_not_leased_again
                work_is_leased_to_one_of_many_workers
                a_lease_that_ended_is_as_if_it_had_never_been
                the_oldest_work_is_leased_first
                a_worker_serves_every_client
                an_accounts_pushes_are_settled_in_order
                pushes_of_one_instant_are_settled_in_the_order_they_came
                a_push_that_waits_holds_back_the_accounts_next
                accounts_do_not_wait_for_each_other
                a_released_lease_is_leased_at_once
                only_the_holder_can_release
                pushes_that_wait_for_long_are_listed
                of_one_account_many_workers_get_one_push
            ;

            settlement:
                a_settled_push_has_ended_with_its_event
                the_platforms_words_are_added_to_what_was_said
                lines_that_a_platform_did_not_take_are_new_when_they_come_again
                a_push_that_timed_out_on_its_way_is_followed_to_its_end
                a_platform_that_answered_makes_waits_grow_anew
                a_push_is_settled_once
                pushes_are_finished_together
                of_settlements_at_once_one_is_written
                a_lease_that_another_worker_took_cannot_settle
                a_push_to_try_again_is_due_then
                a_push_whose_lines_are_all_known_is_settled_too
                lines_that_timed_out_unseen_are_withdrawn
                lines_that_a_statement_showed_are_not_withdrawn
                lines_that_newer_ones_stand_after_are_not_withdrawn
                a_statement_of_another_account_shows_nothing
            ;

            clock:
                no_work_is_held_up
                a_push_that_comes_afterwards_is_due_soon
                who_took_work_by_the_new_clock_keeps_it
                syncs_are_held_up_by_the_old_clock_and_kept_by_the_new
                messages_are_held_up_by_the_old_clock_and_kept_by_the_new
                a_link_that_the_old_clock_held_is_free_soon
                who_took_a_link_by_the_new_clock_keeps_it
                a_links_pause_is_moved_back
                slow_workers_put_nothing_off_by_the_old_clock
                slow_workers_messages_are_due_soon
                slow_workers_links_and_calls_wait_for_minutes
                slow_workers_from_before_a_leap_put_nothing_off
                a_clock_that_comes_to_the_old_times_again_is_believed
                a_link_that_cannot_be_read_is_passed_over
                silence_is_moved_back
            ;

            model:
                usual_days_go_as_the_model_says
                eventful_days_go_as_the_model_says
                deep_accounts_go_as_the_model_says
                a_crowd_leaves_every_line_once_and_settles_in_order
            ;
        }
    };
}

#[cfg(test)]
mod tests {
    const SUITE: &str = include_str!("suite.rs");

    fn check(noun: &str, source: &str) {
        let (_, list) = SUITE.split_once(&format!("            {noun}:\n")).unwrap();
        let (list, _) = list.split_once(';').unwrap();
        let cases = source.lines().filter_map(|line| line.strip_prefix("pub async fn "));
        let cases: Vec<_> = cases.filter_map(|line| Some(line.split_once('(')?.0)).collect();
        assert_eq!(list.split_whitespace().collect::<Vec<_>>(), cases, "{noun}");
    }

    #[test]
    fn every_case_is_in_the_suite() {
        check("installation", include_str!("installation.rs"));
        check("inspection", include_str!("inspection.rs"));
        check("client", include_str!("client.rs"));
        check("branding", include_str!("branding.rs"));
        check("api_key", include_str!("api_key.rs"));
        check("company", include_str!("company.rs"));
        check("connection", include_str!("connection.rs"));
        check("source_account", include_str!("source_account.rs"));
        check("credential", include_str!("credential.rs"));
        check("push", include_str!("push.rs"));
        check("known_line", include_str!("known_line.rs"));
        check("line", include_str!("line.rs"));
        check("fetch", include_str!("fetch.rs"));
        check("webhook_delivery", include_str!("webhook_delivery.rs"));
        check("webhook_consumer", include_str!("webhook_consumer.rs"));
        check("link_session", include_str!("link_session.rs"));
        check("rate_limit", include_str!("rate_limit.rs"));
        check("managed_sync", include_str!("managed_sync.rs"));
        check("event", include_str!("event.rs"));
        check("link", include_str!("link.rs"));
        check("call", include_str!("call.rs"));
        check("delivery", include_str!("delivery.rs"));
        check("work", include_str!("work.rs"));
        check("settlement", include_str!("settlement.rs"));
        check("clock", include_str!("clock.rs"));
        check("model", include_str!("model/cases.rs"));
    }
}
