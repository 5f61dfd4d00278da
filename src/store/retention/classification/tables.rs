//! The classes of the columns of every table, in the order of the tables' names.
use super::{
    ColumnClass,
    ColumnClass::{Company, Figure, FreeText, Personal, Public, Secret, Technical},
    Kept,
};

/// A table with its time, and its columns by class; the names are separated by spaces.
type Classified = (&'static str, Kept, &'static [(ColumnClass, &'static str)]);

/// The columns of every table.
#[rustfmt::skip]
pub(super) const TABLES: &[Classified] = &[
    ("absence", Kept::Account, &[
        (FreeText, "note"),
        (Technical, "id expert_id first_date last_date stand_in_id"),
    ]),
    ("account", Kept::Account, &[
        (Personal, "email email_key name"),
        (Secret, "password_hash"),
        (Technical, "id role desk_id active failed_sign_ins locked_until created_at"),
    ]),
    ("adoption_figure", Kept::NamesNobody, &[
        (Public, "survey year stage as_of dimension category base companies rate source_title"),
        (Public, "source_address"),
        (Technical, "id import_id"),
    ]),
    ("application", Kept::Record, &[
        (Company, "company_kana corporate_number postal_code city street building capital reading_key"),
        (Company, "address_key"),
        (FreeText, "description visit_place participants"),
        (Figure, "organization employees regular_employees telework_status"),
        (Technical, "consultation_id"),
    ]),
    ("appointment", Kept::Record, &[
        (FreeText, "place end_reason"),
        (Technical, "id consultation_id draft_id waiting_id state starts_at ends_at mode site uid sequence"),
        (Technical, "held_until created_at ended_at makes_up"),
    ]),
    ("appointment_expert", Kept::NamesNobody, &[
        (Technical, "appointment_id expert_id report_handed_over_at absent"),
    ]),
    ("assignment", Kept::Record, &[
        (FreeText, "decline_reason release_reason"),
        (Technical, "id consultation_id expert_id ict labor state offered_at due_at deadline answered_at"),
        (Technical, "reasons instead_of"),
    ]),
    ("attachment", Kept::Record, &[
        (FreeText, "name"),
        (Technical, "id message_id position content_type size sha256 state note scan_at created_at"),
    ]),
    ("calendar_cell", Kept::NamesNobody, &[
        (Technical, "expert_id quarter lane appointment_id"),
    ]),
    ("campaign", Kept::NamesNobody, &[
        (Public, "title"),
        (Technical, "publication_id year starts_on ends_on opens_on closes_on rules_revision last_number"),
        (Technical, "reminded_at erased_at due_at"),
    ]),
    ("cancelled_invitation", Kept::NamesNobody, &[
        (Technical, "appointment_id expert_id starts_at ends_at sequence left_at"),
    ]),
    ("case_merge", Kept::Record, &[
        (FreeText, "reason"),
        (Technical, "id kept_id absorbed_id merged_by merged_at changed undone_by undone_at"),
    ]),
    ("case_number_counter", Kept::NamesNobody, &[
        (Technical, "fiscal_year last"),
    ]),
    ("case_tag", Kept::Record, &[
        (FreeText, "tag"),
        (Technical, "consultation_id"),
    ]),
    ("case_visit", Kept::NamesNobody, &[
        (Technical, "account_id consultation_id seen_at"),
    ]),
    ("closing_day", Kept::NamesNobody, &[
        (Public, "note"),
        (Technical, "date added_at"),
    ]),
    ("company", Kept::Record, &[
        (Company, "corporate_number name search_key"),
        (Technical, "id created_at merged_into"),
    ]),
    ("company_merge", Kept::Record, &[
        (FreeText, "reason"),
        (Technical, "id kept_id absorbed_id merged_by merged_at changed undone_by undone_at"),
    ]),
    ("conflict_of_interest", Kept::Record, &[
        (FreeText, "reason"),
        (Technical, "expert_id company_id"),
    ]),
    ("consultation", Kept::Record, &[
        (Company, "company_name search_key"),
        (FreeText, "referred_to"),
        (Figure, "fiscal_year state unfulfilled_reason prefecture industry ict labor mode origin"),
        (Figure, "received_at ended_at appointments_done newsletter visit_prefecture"),
        (Technical, "id number serial state_since company_id desk_id entered_by coordinator_id"),
        (Technical, "address_confirmed_at turn deadline_kind deadline due_at sort_at event_count version"),
        (Technical, "submission_key consent_version consent_at wants_help_since to_call_since silence_kind"),
        (Technical, "silence_since silence_stage next_step_at stalled_since unanswered_since response_due_at"),
        (Technical, "last_inbound_at snoozed_until merged_into own_company_id number_unconfirmed"),
        (Technical, "report_by_center report_gap owed_field next_field contact_erased_at record_erased_at"),
    ]),
    ("consultation_theme", Kept::NamesNobody, &[
        (Technical, "consultation_id theme"),
    ]),
    ("contact", Kept::Contact, &[
        (Personal, "name kana department position email email_key phone phone_digits second_name second_kana"),
        (Personal, "second_email second_phone proven_email proven_email_key person_key"),
        (Technical, "consultation_id proven_at"),
    ]),
    ("correction", Kept::Record, &[
        (FreeText, "old_value new_value reason"),
        (Technical, "consultation_id seq field undoes company_before confirmed_before"),
    ]),
    ("deleted_draft", Kept::NamesNobody, &[
        (Technical, "publication_id kind number revisions deleted_by deleted_at"),
    ]),
    ("desk", Kept::NamesNobody, &[
        (Public, "name prefecture postal_code address phone hours subjects website"),
        (Technical, "id active"),
    ]),
    ("desk_entry", Kept::OwnTime, &[
        (Personal, "name company phone email"),
        (FreeText, "memo"),
        (Technical, "id desk_id noted_by noted_at channel theme status changed_at version handed_over_id"),
        (Technical, "from_case_id due_at"),
    ]),
    ("doubt", Kept::OwnTime, &[
        (Personal, "name contact"),
        (FreeText, "sender phone description note"),
        (Technical, "id status channel created_at look_by settled_at settled_by due_at"),
    ]),
    ("draft", Kept::OwnTime, &[
        (Personal, "form email_key network"),
        (Technical, "id created_at updated_at expires_at consultation_id gathering_id"),
    ]),
    ("edition_release", Kept::NamesNobody, &[
        (Public, "comment"),
        (Technical, "month comment_until commented_by commented_at released_at released_by version"),
    ]),
    ("editor_act", Kept::NamesNobody, &[
        (Technical, "id at account_id act kind number quantity"),
    ]),
    ("erasure", Kept::NamesNobody, &[
        (Technical, "id at kind cause consultation_id account_id quantity"),
    ]),
    ("erasure_notice", Kept::NamesNobody, &[
        (Technical, "day contact_years record_years announced_at"),
    ]),
    ("event", Kept::Record, &[
        (FreeText, "detail"),
        (Technical, "id consultation_id seq at actor_kind actor_id act from_state to_state previous_hash hash"),
        (Technical, "erased_at"),
    ]),
    ("example_consent", Kept::Record, &[
        (FreeText, "wish"),
        (Technical, "consultation_id status is_named given_at wording publication_id shown_revision"),
        (Technical, "approved_revision due_at updated_at"),
    ]),
    ("example_picture", Kept::NamesNobody, &[
        (Technical, "publication_id sha256 size created_at"),
    ]),
    ("expert", Kept::Account, &[
        (Public, "profile"),
        (Personal, "home_prefecture"),
        (Secret, "video_url feed_hash"),
        (Technical, "id ict labor works_online works_visit daily_limit weekly_limit open_limit capacity"),
        (Technical, "active"),
    ]),
    ("expert_industry", Kept::NamesNobody, &[
        (Technical, "expert_id industry"),
    ]),
    ("expert_prefecture", Kept::NamesNobody, &[
        (Technical, "expert_id prefecture"),
    ]),
    ("expert_theme", Kept::NamesNobody, &[
        (Technical, "expert_id theme"),
    ]),
    ("external_busy", Kept::Account, &[
        (Personal, "first_quarter end_quarter"),
        (Technical, "source_id"),
    ]),
    ("external_calendar", Kept::Account, &[
        (Personal, "name host"),
        (FreeText, "error"),
        (Secret, "access"),
        (Technical, "id expert_id kind writes blocks_when_stale blocking version created_at due_at fetched_at"),
        (Technical, "read_at failing_since failures unread unknown_zones lease_token lease_until"),
    ]),
    ("external_entry", Kept::NamesNobody, &[
        (Technical, "id source_id appointment_id href state sequence etag moved_from moved_to noticed_at"),
        (Technical, "failures due_at error"),
    ]),
    ("file_import", Kept::OwnTime, &[
        (FreeText, "file_name content"),
        (Technical, "id kind campaign_id created_by created_at taken_at undone_at"),
    ]),
    ("file_import_entry", Kept::NamesNobody, &[
        (Technical, "publication_id import_id"),
    ]),
    ("follow_up", Kept::Record, &[
        (FreeText, "answer"),
        (Technical, "id consultation_id kind step_id round state due_at sent_at answered_at wants_help step"),
        (Technical, "appointment_ended_at approved_at"),
    ]),
    ("follow_up_programme", Kept::NamesNobody, &[
        (Public, "steps"),
        (Technical, "fiscal_year version saved_at saved_by"),
    ]),
    ("gathering", Kept::NamesNobody, &[
        (Public, "title place starts_at ends_at deadline venue_seats online_seats experts materials"),
        (Public, "call_off_reason"),
        (Secret, "online_link"),
        (Technical, "publication_id number kind sequence called_off_at thanked_at erased_at link_asked_at"),
        (Technical, "due_at"),
    ]),
    ("guide_reading", Kept::NamesNobody, &[
        (Technical, "publication_id day count"),
    ]),
    ("imap_mailbox", Kept::NamesNobody, &[
        (Technical, "name uid_validity last_uid lease_token lease_until polled_at failure"),
    ]),
    ("inbound_mail", Kept::Contact, &[
        (Personal, "envelope_to envelope_from from_address from_name from_key subject message_id"),
        (FreeText, "outcome handled_note added"),
        (Technical, "id content_hash source size truncated received_at state reason open fingerprint has_html"),
        (Technical, "consultation_id entry_id proposed_start proposed_end handled_by handled_at raw_erased_at"),
        (Technical, "attempts next_try_at"),
    ]),
    ("inbound_raw", Kept::Contact, &[
        (Personal, "bytes"),
        (Technical, "inbound_id"),
    ]),
    ("indicator", Kept::NamesNobody, &[
        (Public, "label definition figure_table numerator denominator target from_month until_month"),
        (Technical, "id created_by created_at"),
    ]),
    ("legal_hold", Kept::Record, &[
        (FreeText, "reason"),
        (Technical, "id consultation_id placed_by placed_at lifted_by lifted_at"),
    ]),
    ("link", Kept::Contact, &[
        (Personal, "email_key"),
        (Secret, "token_hash"),
        (Technical, "purpose account_id consultation_id created_at expires_at used_at"),
    ]),
    ("link_check", Kept::NamesNobody, &[
        (Public, "address fault"),
        (Technical, "publication_id checked_at failures"),
    ]),
    ("mail_bounce", Kept::Contact, &[
        (Personal, "address_key status diagnostic"),
        (Technical, "id inbound_id outbox_id consultation_id permanent at cleared_at"),
    ]),
    ("mail_budget", Kept::OwnTime, &[
        (Secret, "key"),
        (Technical, "date count"),
    ]),
    ("mail_rate", Kept::OwnTime, &[
        (Company, "domain"),
        (Technical, "used_until"),
    ]),
    ("mail_text", Kept::NamesNobody, &[
        (Public, "title body"),
        (Technical, "fiscal_year kind version saved_at saved_by"),
    ]),
    ("mentor", Kept::OwnTime, &[
        (Public, "name industry prefecture topics"),
        (Personal, "contact_name email email_key"),
        (FreeText, "reason"),
        (Technical, "id status employees a_month open_from open_until agreed_at proved_at until state_since"),
        (Technical, "version due_at"),
    ]),
    ("message", Kept::Record, &[
        (FreeText, "body"),
        (Technical, "id consultation_id author_kind author_id channel internal created_at read_by_company_at"),
        (Technical, "automatic center_only with_desk"),
    ]),
    ("message_draft", Kept::Record, &[
        (FreeText, "body"),
        (Technical, "consultation_id writer form updated_at"),
    ]),
    ("network_message", Kept::OwnTime, &[
        (FreeText, "words"),
        (Technical, "id question_id side created_at"),
    ]),
    ("network_pass", Kept::NamesNobody, &[
        (Technical, "id mentor_id month slot question_id"),
    ]),
    ("network_question", Kept::OwnTime, &[
        (Company, "company_name"),
        (Personal, "contact_name email email_key"),
        (FreeText, "words"),
        (Technical, "id status wanted_id mentor_id consultation_id industry size prefecture until back_reason"),
        (Technical, "asker_agrees mentor_agrees state_since agreed_at version created_at due_at"),
    ]),
    ("notification_opt_out", Kept::NamesNobody, &[
        (Technical, "account_id topic"),
    ]),
    ("outbox", Kept::Contact, &[
        (Personal, "recipient recipient_name subject text_body html_body calendar dedup_key last_reply"),
        (Personal, "domain"),
        (Secret, "unsubscribe"),
        (Technical, "id consultation_id relay_id kind calendar_method message_id send_condition state due_at"),
        (Technical, "attempts lease_token lease_until created_at sent_at planned_at hold_reason"),
        (Technical, "unknown_outcomes follows"),
    ]),
    ("outbox_log", Kept::Contact, &[
        (Personal, "detail"),
        (Technical, "id outbox_id at event account_id"),
    ]),
    ("publication", Kept::NamesNobody, &[
        (Technical, "id kind number revision public_revision status public_from public_until updated_at"),
        (Technical, "change_number"),
    ]),
    ("publication_file", Kept::NamesNobody, &[
        (Public, "name"),
        (Technical, "id publication_id content_type size sha256 created_at state note scan_at"),
    ]),
    ("publication_revision", Kept::NamesNobody, &[
        (Public, "title body facts"),
        (Technical, "publication_id revision act changed_by changed_at"),
    ]),
    ("publication_successor", Kept::NamesNobody, &[
        (Public, "address"),
        (Technical, "publication_id saved_by saved_at"),
    ]),
    ("questionnaire_answer", Kept::OwnTime, &[
        (FreeText, "comment"),
        (Technical, "sign_up_id usefulness next_step answered_at"),
    ]),
    ("readiness", Kept::NamesNobody, &[
        (Technical, "process token checked_at"),
    ]),
    ("registration", Kept::OwnTime, &[
        (Public, "industry listed_name listed_kana listed_key listed_industry"),
        (Company, "name kana name_key corporate_number employees teleworkers"),
        (Personal, "contact_name email email_key phone"),
        (FreeText, "activities reason"),
        (Technical, "id publication_id kind prefecture telework_status number status until state_since"),
        (Technical, "rules_revision agreed_at opt_in_version opted_in_at opted_out_at proved_at decided_at"),
        (Technical, "decided_by invited_at import_id version created_at"),
    ]),
    ("related_case", Kept::Record, &[
        (FreeText, "note"),
        (Technical, "first_id second_id related_by related_at"),
    ]),
    ("reply_template", Kept::NamesNobody, &[
        (Public, "name body"),
        (Technical, "id updated_by updated_at"),
    ]),
    ("report", Kept::Record, &[
        (FreeText, "body returned_reason"),
        (Technical, "id consultation_id appointment_id author_id state submitted_at decided_at decided_by"),
        (Technical, "took_place version updated_at"),
    ]),
    ("report_revision", Kept::Record, &[
        (FreeText, "body reason"),
        (Technical, "report_id version replaced_at replaced_by"),
    ]),
    ("revision", Kept::NamesNobody, &[
        (Technical, "name n"),
    ]),
    ("schedule_change", Kept::Account, &[
        (FreeText, "what"),
        (Technical, "id expert_id at actor_kind actor_id"),
    ]),
    ("schedule_exception", Kept::Account, &[
        (Personal, "date kind start_quarter end_quarter"),
        (Technical, "id expert_id"),
    ]),
    ("session", Kept::OwnTime, &[
        (Personal, "contact_email_key"),
        (Secret, "token_hash"),
        (Technical, "account_id created_at expires_at revoked_at"),
    ]),
    ("set_aside", Kept::NamesNobody, &[
        (Technical, "job row_id failure failures first_at last_at next_try_at"),
    ]),
    ("sign_in_attempt", Kept::OwnTime, &[
        (Secret, "network"),
        (Technical, "since count"),
    ]),
    ("sign_up", Kept::OwnTime, &[
        (Personal, "name organization email email_key kana"),
        (Technical, "id publication_id seat_kind status seat_number until since attended_at created_at"),
    ]),
    ("statistics_edition", Kept::NamesNobody, &[
        (Figure, "month closed_at content"),
    ]),
    ("survey", Kept::NamesNobody, &[
        (Public, "title opens_at closes_on"),
        (Technical, "publication_id number access closes_at reminded_at closed_at erased_at texts_erased_at"),
        (Technical, "due_at"),
    ]),
    ("survey_code", Kept::OwnTime, &[
        (Secret, "code_hash"),
        (Technical, "id publication_id registration_id member_id opt_in_version invited_at reminded_at"),
        (Technical, "used_at created_at"),
    ]),
    ("survey_member", Kept::OwnTime, &[
        (Personal, "email email_key name"),
        (Figure, "prefecture industry telework_status"),
        (Technical, "id opt_in_version opted_in_at opted_out_at"),
    ]),
    ("survey_response", Kept::OwnTime, &[
        (FreeText, "answers"),
        (Technical, "id publication_id status code_id saved_at"),
    ]),
    ("survey_result", Kept::NamesNobody, &[
        (Public, "content"),
        (Technical, "publication_id published_at published_by"),
    ]),
    ("task", Kept::Record, &[
        (FreeText, "title"),
        (Technical, "id consultation_id owner_id due_on created_by created_at done_by done_at"),
    ]),
    ("theme", Kept::NamesNobody, &[
        (Public, "code field label"),
        (Technical, "position active"),
    ]),
    ("waiting_list_entry", Kept::NamesNobody, &[
        (Technical, "id consultation_id preferred_times since turned_down ended_at end_reason"),
    ]),
    ("waiting_offer", Kept::NamesNobody, &[
        (Technical, "id waiting_id appointment_id starts_at offered_at until state answered_at"),
    ]),
    ("weekly_rule", Kept::Account, &[
        (Personal, "weekday start_quarter end_quarter valid_from valid_until"),
        (Technical, "id expert_id"),
    ]),
    ("worker_heartbeat", Kept::NamesNobody, &[
        (Technical, "name at"),
    ]),
    ("year_settings", Kept::NamesNobody, &[
        (Public, "settings"),
        (Technical, "fiscal_year version updated_at updated_by"),
    ]),
];
