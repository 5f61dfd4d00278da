//! The pages of the center, and the sign-in page of every account with a password.
mod absences;
mod account;
mod action;
mod action_page;
mod after_correction;
mod calendars;
mod candidates;
mod case;
mod case_head;
mod case_merge;
mod case_tabs;
mod case_views;
mod closing_days;
mod company_merge;
mod corporate_number;
mod correction;
mod correction_undo;
mod doubts;
mod example;
mod expert_absence;
mod expert_answer;
mod factor_form;
mod follow_up;
mod forgotten_password;
mod free_time;
mod hand_back;
mod inbound_mail;
mod intake;
mod meeting_link;
mod network;
mod notifications;
mod opened;
mod other_work;
mod outbox;
mod outcome;
mod password;
mod plan;
mod possible_duplicate;
mod quick_record;
mod related_case;
mod replacement;
mod reply_templates;
mod report;
mod report_correction;
mod report_writing;
mod request;
mod request_browser;
mod schedule;
mod second_step;
mod sign_in;
mod slots;
mod split;
mod stead;
mod tasks;
mod thread;
mod time_proposal_answer;
mod time_proposals;
mod transfer;
mod transferred;
mod waiting_entry;
mod waiting_list;
mod way_out;
mod worklist;
mod workspace;

use actix_web::web::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(sign_in::show)
        .service(sign_in::submit)
        .service(sign_in::sign_out)
        .service(forgotten_password::show)
        .service(forgotten_password::submit)
        .service(password::show)
        .service(password::submit)
        .service(second_step::enter_code)
        .service(second_step::set_up)
        .service(account::show)
        .service(account::sign_out_elsewhere)
        .service(account::show_password)
        .service(account::change_password)
        .service(account::show_factor)
        .service(account::set_up_factor)
        .service(account::remove_factor)
        .service(account::renew_recovery_codes);
    work(cfg);
}

/// The pages of the center's work.
fn work(cfg: &mut ServiceConfig) {
    cfg.service(worklist::home)
        .service(worklist::all)
        .service(intake::show)
        .service(intake::submit)
        .service(plan::show)
        .service(plan::submit)
        .service(schedule::show)
        .service(absences::show)
        .service(absences::submit)
        .service(expert_absence::show)
        .service(expert_absence::submit)
        .service(closing_days::show)
        .service(free_time::show)
        .service(inbound_mail::list)
        .service(inbound_mail::show)
        .service(inbound_mail::original)
        .service(inbound_mail::html)
        .service(inbound_mail::attach)
        .service(inbound_mail::discard)
        .service(inbound_mail::done)
        .service(inbound_mail::take_back)
        .service(waiting_entry::show)
        .service(waiting_entry::submit)
        .service(waiting_list::list)
        .service(waiting_list::answer)
        .service(notifications::show)
        .service(notifications::submit)
        .service(outbox::list)
        .service(outbox::show)
        .service(outbox::document)
        .service(outbox::act)
        .service(reply_templates::show)
        .service(reply_templates::add)
        .service(reply_templates::change)
        .service(reply_templates::remove)
        .service(network::list)
        .service(network::show)
        .service(network::act)
        .service(network::show_mentor)
        .service(network::decide)
        .service(doubts::list)
        .service(doubts::show)
        .service(doubts::submit)
        .service(tasks::show)
        .service(tasks::done)
        .service(tasks::reopen)
        .service(transferred::many)
        .configure(case_routes);
}

/// Registers the pages of one consultation.
fn case_routes(cfg: &mut ServiceConfig) {
    cfg.service(case::show)
        .service(example::show)
        .service(example::submit)
        .service(hand_back::show)
        .service(hand_back::submit)
        .service(company_merge::show)
        .service(company_merge::submit)
        .service(company_merge::undo)
        .service(corporate_number::decide)
        .service(case_merge::show)
        .service(case_merge::submit)
        .service(case_merge::undo)
        .service(related_case::relate)
        .service(related_case::remove)
        .service(related_case::undo_split)
        .service(split::show)
        .service(split::submit)
        .service(request::submit)
        .service(correction::show)
        .service(correction::submit)
        .service(correction_undo::show)
        .service(correction_undo::submit)
        .service(quick_record::show)
        .service(quick_record::submit)
        .service(correction::send_again)
        .service(time_proposal_answer::keep)
        .service(slots::show)
        .service(slots::submit)
        .service(meeting_link::show)
        .service(meeting_link::submit)
        .service(outcome::show)
        .service(outcome::submit)
        .service(thread::message)
        .service(thread::note)
        .service(thread::center_note)
        .service(thread::desk_message)
        .service(thread::answered)
        .service(tasks::plan)
        .service(workspace::add_task)
        .service(workspace::add_tags)
        .service(workspace::remove_tag)
        .service(workspace::snooze)
        .service(thread::download)
        .service(thread::html)
        .service(report::show)
        .service(report::submit)
        .service(report_correction::show)
        .service(report_correction::submit)
        .service(report_writing::show)
        .service(report_writing::submit)
        .service(replacement::show)
        .service(replacement::submit)
        .service(transfer::show)
        .service(transfer::submit)
        .service(expert_answer::show)
        .service(expert_answer::submit)
        .service(follow_up::show)
        .service(follow_up::submit)
        // This is registered last because it matches any path after the number.
        .service(action_page::show)
        .service(action_page::submit);
}
