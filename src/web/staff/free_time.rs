//! The next free times by field, prefecture and expert, and the reasons why a day has none.
use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use askama::Template;
use chrono::NaiveDate;
use domain::{
    booking::{
        appointment::AppointmentMode,
        availability::{Day, Slot},
    },
    field::Fields as Wanted,
    prefecture::Prefecture,
    routing::ReasonAgainst,
    wording,
};

use crate::{
    app::App,
    ops::booking::free_time::{DayAvailability, FreeTimeBoard, FreeTimeQuery},
    problem::Problem,
    store::routing::expert::Roster,
    web::kit::{
        form::{Choice, Fields},
        page::{self, Shell},
        session::Coordinator,
    },
};

/// The greatest number of experts of one field in a search for a team.
const MOST_OF_A_FIELD: usize = 2;

#[derive(Template)]
#[template(path = "staff/free_time.html")]
struct FreePage {
    shell: Shell,
    typed: Fields,
    kind: FreeTimeQuery,
    prefectures: Vec<Choice>,
    /// The first day on which companies can book; `last` is the last such day.
    first: String,
    last: String,
    fields: Vec<(&'static str, String)>,
    places: Vec<(&'static str, String)>,
    experts: Vec<(String, String)>,
    team: Option<Team>,
    date: String,
    day: OneDay,
}

struct Team {
    size: String,
    found: String,
    names: Vec<String>,
}

/// One day, with the experts grouped by the rule that makes them unavailable.
struct OneDay {
    name: String,
    starts: Vec<String>,
    rules: Vec<Rule>,
}

struct Rule {
    sentence: String,
    names: Vec<String>,
}

#[get("/staff/schedule/free")]
pub async fn show(
    app: Data<App>,
    _me: Coordinator,
    req: HttpRequest,
    shell: Shell,
) -> Result<HttpResponse, Problem> {
    let typed = Fields::of_query(&req);
    let board = FreeTimeBoard::load(&app).await?;
    let (_, roster) = app.programme_and_experts().await?;
    let kind = kind(&typed);
    let date: NaiveDate = typed.get("date").parse().unwrap_or(board.window.earliest);
    let of_fields =
        |fields: Wanted| (fields.label(), next_time_text(board.next(FreeTimeQuery { fields, ..kind })));
    let of_place = |it: Prefecture| {
        (it.name(), next_time_text(board.next(FreeTimeQuery { prefecture: Some(it), ..kind })))
    };
    let mut experts: Vec<_> = board.next_of_each(kind.mode);
    // The expert with the earliest free time comes first; experts without one come last.
    experts.sort_by_key(|it| (it.1.is_none(), it.1, it.0));
    let experts = experts.into_iter().map(|(id, next)| (roster.name(id).to_owned(), next_time_text(next)));
    // An online appointment does not depend on a place.
    let places = match kind.mode {
        AppointmentMode::Online => Vec::new(),
        AppointmentMode::Visit => Prefecture::all().map(of_place).collect(),
    };
    page::html(&FreePage {
        shell,
        prefectures: Prefecture::all().map(|it| Choice::new(it.code().to_string(), it.name())).collect(),
        first: wording::month_day_weekday(board.window.earliest),
        last: wording::month_day_weekday(board.window.horizon),
        fields: [Wanted::Ict, Wanted::Labor, Wanted::Both].map(of_fields).into(),
        places,
        experts: experts.collect(),
        team: team(&board, &roster, kind, &typed),
        day: one_day(&board, &roster, kind, date),
        date: wording::iso_date(date),
        kind,
        typed,
    })
}

fn kind(typed: &Fields) -> FreeTimeQuery {
    FreeTimeQuery {
        fields: match typed.get("field") {
            "labor" => Wanted::Labor,
            "both" => Wanted::Both,
            _ => Wanted::Ict,
        },
        mode: AppointmentMode::from_code(typed.get("mode")).unwrap_or(AppointmentMode::Online),
        prefecture: Prefecture::parse(typed.get("prefecture")).ok(),
    }
}

/// Returns the free times of several experts together, if more than one is asked for.
fn team(board: &FreeTimeBoard, roster: &Roster, kind: FreeTimeQuery, typed: &Fields) -> Option<Team> {
    let count = |name| typed.get(name).parse::<usize>().unwrap_or_default().min(MOST_OF_A_FIELD);
    let (ict, labor) = (count("ict"), count("labor"));
    if ict + labor < 2 {
        return None;
    }
    let size = format!("ICT {ict}人、労務管理 {labor}人");
    let found = board.next_team(kind, ict, labor);
    Some(match found {
        Some((date, starts, experts)) => Team {
            size,
            found: format!("{} {}", wording::month_day_weekday(date), times(date, starts).join("、")),
            names: experts.into_iter().map(|it| roster.name(it).to_owned()).collect(),
        },
        None => Team { size, found: next_time_text(None), names: Vec::new() },
    })
}

fn one_day(board: &FreeTimeBoard, roster: &Roster, kind: FreeTimeQuery, date: NaiveDate) -> OneDay {
    let (starts, experts) = board.day(kind, date);
    let mut rules: BTreeMap<(u8, String), Vec<String>> = BTreeMap::new();
    for (id, on_day) in experts {
        let rule = match on_day {
            DayAvailability::Free(n) => (0, format!("空きがあります（{n}枠）")),
            DayAvailability::Blocked(blocked) => (1, blocked.sentence().to_owned()),
            // Experts of another field are of the least interest here.
            DayAvailability::NotEligible(ReasonAgainst::Fields { .. }) => (3, "分野が合いません".to_owned()),
            DayAvailability::NotEligible(against) => (2, against.sentence()),
        };
        rules.entry(rule).or_default().push(roster.name(id).to_owned());
    }
    OneDay {
        name: wording::month_day_weekday(date),
        starts: times(date, starts),
        rules: rules.into_iter().map(|((_, sentence), names)| Rule { sentence, names }).collect(),
    }
}

fn times(date: NaiveDate, starts: Day) -> Vec<String> {
    starts.quarters().filter_map(|it| Slot::new(date, it)).map(|it| wording::time(it.start())).collect()
}

fn next_time_text(next: Option<Slot>) -> String {
    next.map_or_else(|| "予約期間内に空きがありません".to_owned(), |it| wording::month_day_time(it.start()))
}
