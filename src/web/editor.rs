//! The editors' pages: news, the guide, examples, events and the telework month, from the draft to the end of their period.
mod campaign;
mod campaign_figures;
mod campaign_file;
mod campaign_form;
mod campaign_import;
mod campaign_outreach;
mod consent;
mod consent_panel;
mod entry;
mod event;
mod example_form;
mod form;
mod gathering_form;
mod guide_form;
mod history;
mod import;
mod import_file;
mod list;
mod news_form;
mod pictures;
mod publish;

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
        .service(history::show)
        .service(history::revision)
        .service(history::restore)
        .service(campaign_figures::csv)
        .service(campaign_figures::show)
        .service(campaign_outreach::show)
        .service(campaign_outreach::invite)
        .service(campaign_import::show)
        .service(campaign_import::submit)
        .service(campaign_import::preview)
        .service(campaign_import::take)
        .service(campaign_import::undo)
        .service(campaign::logos)
        .service(campaign::add_logo)
        .service(campaign::remove_logo)
        .service(campaign::show_registration)
        .service(campaign::decide)
        .service(campaign::show)
        .service(event::show)
        .service(event::attendance)
        .service(event::walk_in)
        .service(event::online_link)
        .service(event::materials)
        .service(event::call_off);
}
