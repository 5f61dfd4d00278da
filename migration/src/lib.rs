//! The history of the schema. The migrations run alike on SQLite and PostgreSQL, and import neither `entity`
//! nor `domain`. A new migration has a number above all others; among the first ones the order below is the true one.
pub use sea_orm_migration::{MigratorTrait, prelude::*};

mod checks;
mod foreign_keys;
mod indexes;
mod m20261120_000001_people;
mod m20261120_000002_programme;
mod m20261120_000003_expert;
mod m20261120_000004_consultation;
mod m20261120_000005_appointment;
mod m20261120_000006_outbox;
mod m20261120_000008_substitute;
mod m20261120_000009_outside;
mod m20261120_000010_inbound;
mod m20261120_000011_conversation;
mod m20261120_000012_waiting;
mod m20261120_000013_outgoing;
mod m20261120_000014_follow_up;
mod m20261120_000014_texts;
mod m20261120_000015_travel;
mod m20261120_000016_calendars;
mod m20261120_000017_bounces;
mod m20261120_000019_received;
mod m20261120_000020_wishes;
mod m20261129_000001_readiness;
mod m20261129_000002_one_name_per_thing;
mod m20261129_000003_set_aside;
mod m20261130_000001_silence;
mod m20261130_000002_correction;
mod m20261130_000003_stead;
mod m20261130_000004_center_workspace;
mod m20261130_000020_merge;
mod m20261130_000021_letters;
mod m20261130_000023_report_handed_over;
mod m20261130_000024_names;
mod m20261130_000030_publication;
mod m20261130_000031_outcome;
mod m20261130_000033_coordination;
mod m20261130_000040_examples;
mod m20261130_000041_example_import;
mod m20261130_000043_counts;
mod m20261130_000044_reports_to_approve;
mod m20261130_000046_example_consent;
mod m20261130_000047_example_picture;
mod m20261130_000051_attendance;
mod m20261130_000061_gathering;
mod m20261130_000062_consultation_day;
mod m20261130_000071_campaign;
mod m20261130_000081_desks;
mod m20261130_000082_desk_entry;
mod m20261130_000091_released;
mod m20261130_000101_adoption;
mod m20261130_000102_edition;
mod m20261130_000111_survey;
mod m20261130_000112_network;
mod m20261130_000121_file_import;
mod m20261130_000122_publication_file;
mod m20261130_000123_sign_up_kana;
mod m20261130_000124_guide_reading;
mod m20261130_000125_deleted_draft;
mod m20261130_000131_desk_clock;
mod m20261130_000132_link_asked;
mod m20261130_000141_adoption_files;
mod m20261130_000142_successor;
mod m20261130_000143_next_field;
mod m20261130_000151_duplicate_keys;
mod m20261130_000161_report_revision;
mod m20261130_000181_added_mail;
mod m20261130_000191_editor_act;
mod m20261130_000192_survey_result;
mod m20261130_000193_indicator;
mod m20261130_000194_survey_member;
mod m20261130_000205_no_whole_reads;
mod m20261130_000231_sign_in_attempt;
mod m20261130_000232_mail_budget_date;
mod m20261130_000233_draft_network;
mod m20261201_000240_retention;
mod m20261201_000251_known_device;
mod m20261201_000252_sign_in_failure;
mod m20261201_000253_second_factor;
mod renames;

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        consultation().into_iter().chain(programme()).collect()
    }
}

/// Returns the migrations of the consultation, and of the first systems around it.
fn consultation() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m20261120_000001_people::Migration),
        Box::new(m20261120_000002_programme::Migration),
        Box::new(m20261120_000003_expert::Migration),
        Box::new(m20261120_000004_consultation::Migration),
        Box::new(m20261120_000005_appointment::Migration),
        Box::new(m20261120_000006_outbox::Migration),
        Box::new(m20261120_000008_substitute::Migration),
        Box::new(m20261120_000009_outside::Migration),
        Box::new(m20261120_000010_inbound::Migration),
        Box::new(m20261120_000012_waiting::Migration),
        Box::new(m20261120_000013_outgoing::Migration),
        Box::new(m20261120_000011_conversation::Migration),
        Box::new(m20261120_000014_texts::Migration),
        Box::new(m20261120_000014_follow_up::Migration),
        Box::new(m20261120_000015_travel::Migration),
        Box::new(m20261120_000016_calendars::Migration),
        Box::new(m20261120_000017_bounces::Migration),
        Box::new(m20261120_000019_received::Migration),
        Box::new(m20261120_000020_wishes::Migration),
        Box::new(m20261129_000001_readiness::Migration),
        Box::new(m20261129_000002_one_name_per_thing::Migration),
        Box::new(m20261129_000003_set_aside::Migration),
        Box::new(m20261130_000002_correction::Migration),
        Box::new(m20261130_000003_stead::Migration),
        Box::new(m20261130_000001_silence::Migration),
        Box::new(m20261130_000004_center_workspace::Migration),
        Box::new(m20261130_000020_merge::Migration),
        Box::new(m20261130_000021_letters::Migration),
        Box::new(m20261130_000023_report_handed_over::Migration),
        // Renames tables, so it comes after every migration that names them as they were.
        Box::new(m20261130_000024_names::Migration),
        Box::new(m20261130_000030_publication::Migration),
        Box::new(m20261130_000031_outcome::Migration),
        Box::new(m20261130_000033_coordination::Migration),
        Box::new(m20261130_000043_counts::Migration),
        Box::new(m20261130_000040_examples::Migration),
        Box::new(m20261130_000041_example_import::Migration),
        Box::new(m20261130_000044_reports_to_approve::Migration),
        Box::new(m20261130_000051_attendance::Migration),
        Box::new(m20261130_000061_gathering::Migration),
        Box::new(m20261130_000062_consultation_day::Migration),
        Box::new(m20261130_000046_example_consent::Migration),
        Box::new(m20261130_000047_example_picture::Migration),
    ]
}

/// Returns the migrations that follow, from the telework month on.
fn programme() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m20261130_000071_campaign::Migration),
        Box::new(m20261130_000081_desks::Migration),
        Box::new(m20261130_000082_desk_entry::Migration),
        Box::new(m20261130_000091_released::Migration),
        Box::new(m20261130_000101_adoption::Migration),
        Box::new(m20261130_000102_edition::Migration),
        Box::new(m20261130_000111_survey::Migration),
        Box::new(m20261130_000112_network::Migration),
        Box::new(m20261130_000121_file_import::Migration),
        Box::new(m20261130_000122_publication_file::Migration),
        Box::new(m20261130_000123_sign_up_kana::Migration),
        Box::new(m20261130_000124_guide_reading::Migration),
        Box::new(m20261130_000125_deleted_draft::Migration),
        Box::new(m20261130_000131_desk_clock::Migration),
        Box::new(m20261130_000132_link_asked::Migration),
        Box::new(m20261130_000141_adoption_files::Migration),
        Box::new(m20261130_000142_successor::Migration),
        Box::new(m20261130_000143_next_field::Migration),
        Box::new(m20261130_000151_duplicate_keys::Migration),
        Box::new(m20261130_000161_report_revision::Migration),
        Box::new(m20261130_000181_added_mail::Migration),
        Box::new(m20261130_000191_editor_act::Migration),
        Box::new(m20261130_000192_survey_result::Migration),
        Box::new(m20261130_000193_indicator::Migration),
        Box::new(m20261130_000194_survey_member::Migration),
        Box::new(m20261130_000205_no_whole_reads::Migration),
        Box::new(m20261130_000231_sign_in_attempt::Migration),
        Box::new(m20261130_000232_mail_budget_date::Migration),
        Box::new(m20261130_000233_draft_network::Migration),
        Box::new(m20261201_000240_retention::Migration),
        Box::new(m20261201_000251_known_device::Migration),
        Box::new(m20261201_000252_sign_in_failure::Migration),
        Box::new(m20261201_000253_second_factor::Migration),
    ]
}
