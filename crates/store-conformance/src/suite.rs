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

            client:
                a_client_is_found_by_its_name
                an_unknown_name_finds_no_client
                a_taken_name_is_refused_with_its_holder
                clients_are_listed_oldest_first
                of_clients_made_at_once_under_one_name_one_is_kept
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
            ;

            credential:
                credentials_are_found_by_name_whoever_asks
                credentials_need_a_connection_of_their_client
                several_sets_are_valid_at_once
                failures_are_counted_and_a_success_forgets_them
                too_many_failures_lock_a_name
                failures_at_once_are_all_counted
                revoking_ends_every_set_and_the_feed
                revoking_leaves_other_connections_alone
                without_a_connection_nothing_is_revoked
                revoking_where_there_is_nothing_is_no_news
            ;

            event:
                events_are_read_in_order_from_a_place
                a_client_reads_its_own_events_only
                the_sequence_never_goes_back
                a_reader_that_follows_misses_nothing
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
        check("client", include_str!("client.rs"));
        check("api_key", include_str!("api_key.rs"));
        check("company", include_str!("company.rs"));
        check("connection", include_str!("connection.rs"));
        check("source_account", include_str!("source_account.rs"));
        check("credential", include_str!("credential.rs"));
        check("event", include_str!("event.rs"));
    }
}
