//! The guarantees, one function each, grouped by noun. A backend runs all of them in one line:
//! `suite!(Place)`.

pub(crate) mod audit;
pub(crate) mod catch_up;
pub(crate) mod deleted;
pub(crate) mod directory;
pub(crate) mod feed;
pub(crate) mod history;
pub(crate) mod keeping;
pub(crate) mod passes;
pub(crate) mod people;
pub(crate) mod server;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod sign_ins;
pub(crate) mod synchronization;
pub(crate) mod tenants;
pub(crate) mod writers;

use std::sync::Arc;

use comity_store::Store;

/// Somewhere a store can be.
pub(crate) trait Place: Send + Sync + Sized + 'static {
    /// Whether a store that is opened again finds what was kept.
    const KEEPS: bool;

    /// An empty place. `None`: there is none on this machine, and whoever looks has been told so.
    fn fresh() -> impl Future<Output = Option<Self>> + Send;

    /// Opens the store there. Opening twice gives two handles on the same store.
    fn open(&self) -> impl Future<Output = Arc<dyn Store>> + Send;
}

/// Runs one guarantee in an empty place.
pub(crate) fn run<P: Place, F: Future<Output = ()>>(guarantee: impl FnOnce(P) -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        if let Some(place) = P::fresh().await {
            guarantee(place).await;
        }
    });
}

/// A test for each guarantee.
macro_rules! suite {
    ($place:ty) => {
        $crate::conformance::suite! { $place;
            tenants:
                a_tenant_is_kept_whole,
                a_registered_tenant_has_neither_policy_nor_people,
                a_registered_tenant_becomes_hosted,
                a_tenant_is_created_once,
                a_domain_belongs_to_one_tenant,
                a_domain_moves_within_one_commit,
                tenants_are_listed_in_pages,
                many_tenants_are_looked_up_at_once,
                a_tenant_nobody_knows_is_not_in_a_world,
                a_profile_is_changed_and_has_a_history;
            deleted:
                what_is_dropped_is_kept_for_thirty_days,
                what_is_forgotten_is_gone;
            settings:
                only_the_changed_entity_gets_the_new_revision,
                partners_stay_in_the_order_they_were_added,
                a_partner_that_is_removed_is_gone,
                a_write_that_changes_nothing_is_still_a_revision,
                a_commit_on_an_old_state_conflicts_and_leaves_nothing,
                a_commit_over_several_tenants_is_all_or_nothing,
                a_commit_relies_on_the_other_side_if_told_to,
                a_commit_is_made_once,
                a_change_without_an_audit_entry_does_not_fit,
                what_was_not_read_cannot_be_changed,
                the_shared_facts_are_kept_and_checked,
                joining_is_carried_out_in_the_shared_facts,
                snapshots_of_single_tenants_are_put_together;
            history:
                every_revision_can_be_read_again,
                a_state_is_found_by_time,
                revisions_say_who_when_why_and_what;
            writers:
                many_writers_of_one_tenant_lose_nothing,
                writers_of_overlapping_tenants_do_not_stand_in_each_others_way,
                a_reader_never_sees_half_a_commit,
                a_writer_who_stops_waiting_leaves_nothing_half_done;
            audit:
                entries_are_read_in_pages_both_ways,
                entries_are_found_by_what_they_say,
                an_entry_once_read_never_moves_while_others_write,
                a_refusal_is_kept_alone,
                an_entry_of_another_log_is_not_there,
                an_entry_has_its_id_alone,
                pruning_leaves_a_checkpoint,
                each_log_is_a_chain_whoever_writes,
                pruning_leaves_the_end_of_the_chain,
                all_logs_are_read_in_the_order_of_writing,
                the_old_part_of_a_log_ends_before_the_first_entry_that_is_not_old;
            sign_ins:
                a_row_is_kept_whole,
                a_row_is_kept_once,
                ids_of_rows_compare_byte_by_byte,
                the_rollup_is_the_rollup_of_the_rows,
                overlapping_batches_at_once_count_once,
                rows_are_read_in_pages_newest_first,
                rows_are_found_by_what_they_say,
                rows_are_read_in_the_order_of_arrival,
                rows_are_read_oldest_first_if_asked_for,
                rows_that_crossed_or_failed_are_found,
                a_window_holds_the_rows_that_do_not_say_when,
                a_large_batch_is_kept,
                rows_of_a_tenant_nobody_knows_are_refused,
                forgetting_rows_leaves_the_rollup;
            people:
                users_are_put_found_and_dropped,
                a_user_is_found_by_address_without_case,
                the_object_of_an_account_is_found,
                a_directory_without_anybody_is_known,
                groups_are_put_listed_and_dropped,
                an_application_belongs_to_one_tenant,
                people_of_a_tenant_nobody_knows_are_refused,
                an_invitation_and_its_redemption_are_commits,
                a_commit_that_changes_people_conflicts_with_another;
            directory:
                what_is_said_about_a_user_is_kept_whole,
                an_object_is_written_on_the_version_that_was_read,
                a_user_principal_name_is_somebodys_own,
                people_are_read_in_pages_in_every_order,
                the_members_of_a_group_are_those_who_say_so,
                a_group_that_goes_has_no_members_any_more,
                a_password_goes_with_its_user,
                a_change_may_rely_on_who_is_not_there,
                applications_and_their_principals_are_found;
            sessions:
                whose_sessions_were_ended_is_read_with_the_people;
            synchronization:
                a_job_is_kept_whole_and_once_for_each_target,
                a_job_is_due_from_then_on,
                a_step_is_kept_whole_or_not_at_all_and_by_one_of_many,
                rows_of_the_provisioning_log_are_read_in_pages,
                the_objects_of_a_source_are_found_by_their_accounts,
                a_client_speaks_for_one_source,
                a_user_who_is_retired_can_be_taken_back_for_thirty_days;
            server:
                a_client_belongs_to_one_tenant,
                keys_are_added_retired_and_erased,
                a_value_is_written_by_one_of_many,
                names_compare_byte_by_byte;
            passes:
                a_pass_is_taken_up_by_one_of_many,
                a_family_ends_together,
                passes_that_are_over_are_forgotten,
                a_record_of_an_account_is_written_by_one_and_goes_with_the_user;
            feed:
                what_has_moved_is_told_once_for_each_tenant,
                a_watch_wakes_after_a_commit,
                a_watch_ends_when_the_store_is_closed;
            catch_up:
                what_is_lacking_is_what_was_written,
                what_a_change_of_settings_leaves_need_not_be_read,
                whoever_has_nothing_lacks_everything;
            keeping:
                everything_is_there_when_the_store_is_opened_again,
                a_closed_store_says_that_it_is_lost,
                strange_text_is_kept_as_it_is,
                what_one_store_cannot_keep_no_store_keeps;
        }
    };
    ($place:ty; $($noun:ident: $($guarantee:ident),+;)+) => {$($(
        #[test]
        fn $guarantee() {
            $crate::conformance::run::<$place, _>($crate::conformance::$noun::$guarantee);
        }
    )+)+};
}
pub(crate) use suite;
