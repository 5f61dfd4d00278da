//! The editors' pages: news, the guide, examples and events, from the draft to the end of their period.
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
        .service(event::show)
        .service(event::attendance)
        .service(event::walk_in)
        .service(event::online_link)
        .service(event::materials)
        .service(event::call_off);
}
