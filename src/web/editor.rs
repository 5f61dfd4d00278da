//! The editors' pages: news, the guide, examples, events, the telework month and surveys, from the draft to the end of their period.
mod campaign;
mod campaign_file;
mod campaign_form;
mod campaign_import;
mod campaign_outreach;
mod campaign_statistics;
mod consent;
mod consent_panel;
mod deletion;
mod entry;
mod event;
mod event_sheet;
mod example_file;
mod example_form;
mod files;
mod form;
mod gathering_form;
mod grants_file;
mod guide_form;
mod history;
mod import;
mod import_file;
mod import_row;
mod list;
mod news_file;
mod news_form;
mod pictures;
mod publish;
mod successor;
mod survey;
mod survey_form;
mod survey_invitation;

use actix_web::web::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list::index)
        .service(list::show)
        .service(import::show)
        .service(import::submit)
        .service(import::preview)
        .service(import::take)
        .service(import::undo)
        .service(consent::ask)
        .service(pictures::show)
        .service(pictures::picture)
        .service(pictures::add)
        .service(pictures::remove)
        .service(entry::new)
        .service(entry::create)
        .service(entry::show)
        .service(entry::save)
        .service(publish::show)
        .service(publish::submit)
        .service(publish::archive)
        .service(publish::check)
        .service(successor::save)
        .service(deletion::show)
        .service(deletion::submit)
        .service(files::show)
        .service(files::add)
        .service(files::remove)
        .service(history::show)
        .service(history::revision)
        .service(history::restore)
        .service(campaign_statistics::csv)
        .service(campaign_statistics::show)
        .service(campaign_outreach::show)
        .service(campaign_outreach::invite)
        .service(campaign_import::show)
        .service(campaign_import::submit)
        .service(campaign_import::preview)
        .service(campaign_import::take)
        .service(campaign_import::undo)
        .service(campaign::show_registration)
        .service(campaign::decide)
        .service(campaign::show)
        .service(event_sheet::show)
        .service(survey::answers)
        .service(survey::codes)
        .service(survey::print_codes)
        .service(survey::publish_results)
        .service(survey_invitation::show)
        .service(survey_invitation::invite)
        .service(survey::show)
        .service(event::show)
        .service(event::attendance)
        .service(event::walk_in)
        .service(event::online_link)
        .service(event::materials)
        .service(event::call_off);
}
