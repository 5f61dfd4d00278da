//! The list of participants at the door, on paper: names in the order of their reading, with boxes and without addresses.
use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    gathering::{SeatKind, SignUpStatus},
    id::PublicationId,
    wording::long_date_time_range,
};
use uuid::Uuid;

use crate::{
    app::App,
    problem::Problem,
    store::{
        self,
        gathering::{
            Gathering,
            sign_up::{self, SignUp},
        },
    },
    url,
    web::kit::{
        page::{self, Shell},
        session::EditorUser,
    },
};

#[derive(Template)]
#[template(path = "editor/event_sheet.html")]
struct SheetPage {
    shell: Shell,
    event: Gathering,
    when: String,
    desk: String,
    /// The participants who have a seat, by its kind.
    seats: Vec<(SeatKind, Vec<SignUp>)>,
}

#[get("/staff/events/{id}/sheet")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: EditorUser,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let id = PublicationId(*id);
    let event = store::gathering::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let mut people = sign_up::of_event(&app.db, id, &[SignUpStatus::Seated]).await?;
    sign_up::sort_by_reading(&mut people);
    let of = |kind| people.iter().filter(|it| it.seat == kind).cloned().collect::<Vec<_>>();
    let seats = SeatKind::ALL.map(|kind| (kind, of(kind)));
    page::html(&SheetPage {
        shell,
        when: long_date_time_range(event.starts_at, event.ends_at),
        desk: url::event_desk(id),
        seats: seats.into_iter().filter(|(_, people)| !people.is_empty()).collect(),
        event,
    })
}
