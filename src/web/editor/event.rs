//! An event beside its text: who takes part, who was there, the meeting link, materials, and calling it off.
use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    gathering::{Material, NextStep, SeatCount, SeatKind, SignUpStatus, Usefulness},
    id::{PublicationId, SignUpId},
    publication::{PublicationKind, news::WebAddress},
    text::{Prose, optional},
    wording::long_date_time_range,
};
use uuid::Uuid;

use crate::{
    app::App,
    ops::{
        self,
        gathering::{AttendanceMark, WalkIn},
    },
    problem::Problem,
    store::{
        self,
        gathering::{
            Gathering,
            questionnaire::{self, QuestionnaireAnswer},
            sign_up::{self, SignUp},
        },
    },
    url,
    web::kit::{
        form::{Choice, Fields},
        form_state::FormState,
        page::{self, Shell},
        session::EditorUser,
        sign_up_form::{parse_person, parse_seat, seat_choices},
    },
};

/// The most people on a page.
const SHOWN: usize = 200;

/// The sign-ups that the list of participants has.
const LISTED: [SignUpStatus; 5] = [
    SignUpStatus::Seated,
    SignUpStatus::WalkIn,
    SignUpStatus::Offered,
    SignUpStatus::Waiting,
    SignUpStatus::Cancelled,
];

/// The number of people of one kind of seat.
struct SeatsRow {
    kind: SeatKind,
    count: SeatCount,
    attended: u64,
}

#[derive(Template)]
#[template(path = "editor/event.html")]
struct EventPage {
    shell: Shell,
    event: Gathering,
    when: String,
    public_address: String,
    entry_address: String,
    seats: Vec<SeatsRow>,
    people: Vec<SignUp>,
    /// The number of people that the search found.
    found: usize,
    searched: String,
    kinds: Vec<Choice>,
    answers: Vec<QuestionnaireAnswer>,
    typed: FormState,
    now: DateTime<Utc>,
}

#[get("/staff/events/{id}")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: EditorUser,
    id: Path<Uuid>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let searched = Fields::of_query(&req).get("q").to_owned();
    answer(&app, shell, PublicationId(*id), searched, FormState::default()).await
}

/// Marks one person as there, or takes the mark back.
#[post("/staff/events/{id}/attendance")]
pub async fn attendance(
    app: Data<App>,
    user: EditorUser,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let sign_up = Uuid::parse_str(form.get("sign_up")).map_err(|_| Problem::Unreadable)?;
    let mark = AttendanceMark { sign_up: SignUpId(sign_up), was_there: form.get("was_there") == "yes" };
    ops::gathering::mark_attendance(&app, PublicationId(*id), &[mark], user.id).await?;
    let back = searched_address(*id, form.get("q"));
    Ok(page::see_other_with(
        back,
        if mark.was_there {
            "出席を記録しました。"
        } else {
            "出席の記録を取り消しました。"
        },
    ))
}

#[post("/staff/events/{id}/walk-in")]
pub async fn walk_in(
    app: Data<App>,
    shell: Shell,
    user: EditorUser,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let id = PublicationId(*id);
    let mut typed = FormState::of(form);
    let (form, errors) = (&typed.form, &mut typed.errors);
    let (seat, person) = (parse_seat(form, errors, |_| true), parse_person(form, errors));
    let (Some(seat), Some(person)) = (seat, person) else {
        return answer(&app, shell, id, String::new(), typed).await;
    };
    let outcome = ops::gathering::add_walk_in(&app, id, WalkIn { seat, person }, user.id).await;
    done(&app, shell, id, typed, outcome, "当日参加の方を追加しました。").await
}

#[post("/staff/events/{id}/online-link")]
pub async fn online_link(
    app: Data<App>,
    shell: Shell,
    user: EditorUser,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let id = PublicationId(*id);
    let mut typed = FormState::of(form);
    let link = optional(typed.form.get("online_link"), |it| {
        WebAddress::parse(it).map_err(|err| err.to_string()).and_then(|it| {
            if it.is_outside() {
                Ok(it)
            } else {
                Err("接続先は、https:// で始まるアドレスにしてください".to_owned())
            }
        })
    });
    let Some(link) = typed.errors.take("online_link", link) else {
        return answer(&app, shell, id, String::new(), typed).await;
    };
    let outcome = ops::gathering::save_link(&app, id, link, user.id).await;
    done(&app, shell, id, typed, outcome, "接続先を保存しました。").await
}

#[post("/staff/events/{id}/materials")]
pub async fn materials(
    app: Data<App>,
    shell: Shell,
    user: EditorUser,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let id = PublicationId(*id);
    let mut typed = FormState::of(form);
    let Some(all) = typed.errors.take("materials", Material::parse_all(typed.form.get("materials"))) else {
        return answer(&app, shell, id, String::new(), typed).await;
    };
    let outcome = ops::gathering::save_materials(&app, id, Material::lines(&all), user.id).await;
    done(&app, shell, id, typed, outcome, "資料を保存しました。").await
}

#[post("/staff/events/{id}/call-off")]
pub async fn call_off(
    app: Data<App>,
    shell: Shell,
    user: EditorUser,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let id = PublicationId(*id);
    let mut typed = FormState::of(form);
    let reason = Prose::parse("中止の理由", typed.form.get("reason"), 500);
    let Some(reason) = typed.errors.take("reason", reason) else {
        return answer(&app, shell, id, String::new(), typed).await;
    };
    let outcome = ops::gathering::call_off(&app, id, &reason, user.id).await;
    done(&app, shell, id, typed, outcome, "中止にしました。参加者にメールを送りました。").await
}

async fn done(
    app: &App,
    shell: Shell,
    id: PublicationId,
    mut typed: FormState,
    outcome: Result<(), Problem>,
    said: &str,
) -> Result<HttpResponse, Problem> {
    if typed.done(outcome)? {
        return Ok(page::see_other_with(url::event_desk(id), said));
    }
    answer(app, shell, id, String::new(), typed).await
}

async fn answer(
    app: &App,
    shell: Shell,
    id: PublicationId,
    searched: String,
    mut typed: FormState,
) -> Result<HttpResponse, Problem> {
    let event = store::gathering::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let tally = sign_up::tally(&app.db, &[id]).await?;
    let mut seats = Vec::new();
    for kind in SeatKind::ALL {
        let Some(capacity) = event.seats(kind) else { continue };
        let count = sign_up::seat_count(&tally, id, kind, capacity);
        seats.push(SeatsRow { kind, count, attended: sign_up::attended(&app.db, id, kind).await? });
    }
    let mut people = sign_up::of_event(&app.db, id, &LISTED).await?;
    if !searched.trim().is_empty() {
        people.retain(|it| sign_up::fits(it, &searched));
    }
    let found = people.len();
    people.truncate(SHOWN);
    if typed.form.pairs().next().is_none() {
        typed.form.add("online_link", event.online_link.as_ref().map_or("", |it| it.as_str()));
        typed.form.add("materials", event.materials.as_deref().unwrap_or_default());
    }
    let answers = questionnaire::of_event(&app.db, id).await?;
    let page = EventPage {
        shell,
        when: long_date_time_range(event.starts_at, event.ends_at),
        public_address: url::publication(PublicationKind::Gathering, event.number),
        entry_address: format!("/staff/publish/{}/{id}", PublicationKind::Gathering.code()),
        seats,
        people,
        found,
        searched,
        kinds: seat_choices(|it| event.seats(it).is_some()),
        answers,
        typed,
        now: app.clock.now(),
        event,
    };
    page::html_with(page.typed.status(), &page)
}

fn searched_address(id: Uuid, searched: &str) -> String {
    let base = url::event_desk(PublicationId(id));
    if searched.is_empty() {
        return base;
    }
    format!("{base}?q={}", url::percent_encoded(searched))
}

impl EventPage {
    fn is_over(&self) -> bool {
        self.event.ends_at <= self.now
    }

    /// Returns whether the event is over and no attendance was entered.
    fn lacks_attendance(&self) -> bool {
        self.is_over() && self.seats.iter().any(|it| it.count.taken > 0 && it.attended == 0)
    }

    fn desk(&self) -> String {
        url::event_desk(self.event.id)
    }

    fn action(&self, act: &str) -> String {
        format!("{}/{act}", self.desk())
    }

    fn usefulness(&self) -> Vec<(&'static str, usize)> {
        let of = |it: Usefulness| self.answers.iter().filter(|answer| answer.usefulness == it).count();
        Usefulness::ALL.map(|it| (it.label(), of(it))).to_vec()
    }

    fn next_steps(&self) -> Vec<(&'static str, usize)> {
        let of = |it: NextStep| self.answers.iter().filter(|answer| answer.next_step == it).count();
        NextStep::ALL.map(|it| (it.label(), of(it))).to_vec()
    }

    fn comments(&self) -> impl Iterator<Item = &str> {
        self.answers.iter().filter_map(|it| it.comment.as_deref())
    }
}
