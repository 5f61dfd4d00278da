//! The worklist: the consultations, grouped by the party whose turn it is.
use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    calendar::japan_date,
    consultation::State,
    field::Field,
    id::AccountId,
    intake::contact::Telephone,
    number::CaseNumber,
    prefecture::Prefecture,
    text::{digits, search_key},
    wording,
};
use uuid::Uuid;

use super::{
    action::StaffAction,
    case::{LOOKING, others},
    other_work::{OtherWork, other_work},
    outbox::preview::SpokenNews,
    time_proposals::{Proposed, proposed},
    transfer::coordinators,
};
use crate::{
    app::App,
    problem::Problem,
    store::{
        self,
        calendars::time_proposal::ProposalScope,
        intake::told_apart::{told_apart, with_equal_names},
        worklist::{
            InCharge, MOST_COUNTED, PageStart, SearchText, WorklistCounts, WorklistCursor, WorklistFilter,
            WorklistRow, WorklistTab,
            calls::{Call, CallReason},
            hand_overs::WaitingHandOver,
            waiting_desks::WaitingDesk,
        },
    },
    url::{self, Site},
    web::kit::{
        form::{Choice, Fields},
        page::{self, Shell},
        session::Coordinator,
    },
};

#[derive(Template)]
#[template(path = "staff/worklist.html")]
struct WorklistPage {
    shell: Shell,
    tab: WorklistTab,
    tabs: Vec<TabLink>,
    /// The chosen filters of the list.
    typed: Fields,
    prefectures: Vec<Choice>,
    rows: Vec<Line>,
    /// The number that was searched for, if no consultation has it.
    unknown: Option<CaseNumber>,
    failed_mails: i64,
    /// The number of participations for which a substitute has to be asked.
    absences: usize,
    open_mails: i64,
    /// The confirmed appointments on the center's closing days.
    closed: usize,
    /// The proposals of another time that wait for the center's answer.
    proposals: Vec<Proposed>,
    /// The hand-overs of desks that wait to be accepted, each with the address at which that is done.
    hand_overs: Vec<(WaitingHandOver, String)>,
    /// The cases that a desk has not answered in time.
    waiting_desks: Vec<WaitingDesk>,
    others: OtherWork,
    /// The signed-in person's tasks that are due today or before.
    tasks: u64,
    /// Every tag that can be chosen.
    tags: Vec<String>,
    /// The address of the list without filters, if any are set.
    unfiltered: Option<String>,
    previous: String,
    next: String,
    /// The people who can be put in charge of the ticked consultations.
    coordinators: Vec<Choice>,
    /// The people by whom the list can be narrowed.
    in_charge: Vec<Choice>,
    /// The filters that are set, by their names in addresses.
    filters: Vec<(&'static str, String)>,
}

struct TabLink {
    href: String,
    label: &'static str,
    count: Option<String>,
    current: bool,
}

/// A row of the worklist.
struct Line {
    row: WorklistRow,
    href: String,
    /// The deadline that the tab is about.
    due_at: Option<DateTime<Utc>>,
    late: bool,
    mine: bool,
    /// The name of another person who is in charge.
    coordinator: Option<String>,
    /// Whether the company or an expert has written since the signed-in person looked at the case.
    unread: bool,
    /// The others of the center who look at the case now.
    looking: Vec<String>,
    tags: Vec<String>,
    age: String,
    /// The value that tells the company from another one of that name in the list; may be empty.
    place: String,
    /// The call to be made, in the list of calls.
    call: Option<CallView>,
}

/// A call to be made.
struct CallView {
    name: String,
    phone: Option<String>,
    reasons: Vec<CallReason>,
    /// The call that the state of the case asks for.
    about: String,
    news: Vec<SpokenNews>,
    /// The address at which the call is recorded.
    called: String,
    /// The beginning of the addresses at which answers are recorded.
    questions: String,
}

/// The name of the filter by the person in charge.
const IN_CHARGE: &str = "coordinator";
/// The names of the filters in addresses.
const FILTERS: [&str; 7] = ["q", "field", "prefecture", "tag", "mine", IN_CHARGE, "overdue"];
/// The most tags that the filter offers.
const MOST_TAGS_SHOWN: u64 = 200;

#[get("/staff")]
pub async fn home(
    app: Data<App>,
    me: Coordinator,
    req: HttpRequest,
    shell: Shell,
) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    let tab = WorklistTab::from_code(query.get("tab")).unwrap_or(WorklistTab::Center);
    if tab == WorklistTab::All {
        return Ok(page::see_other(address(WorklistTab::All, &query, &[])));
    }
    list(&app, &me, shell, tab, query).await
}

#[get("/staff/consultations")]
pub async fn all(
    app: Data<App>,
    me: Coordinator,
    req: HttpRequest,
    shell: Shell,
) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    if let Ok(number) = CaseNumber::parse(query.get("q"))
        && store::consultation::by_number(&app.db, number).await?.is_some()
    {
        return Ok(page::see_other(url::staff(&number)));
    }
    list(&app, &me, shell, WorklistTab::All, query).await
}

async fn list(
    app: &App,
    me: &Coordinator,
    shell: Shell,
    tab: WorklistTab,
    typed: Fields,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let filter = filter(&typed, me.id);
    let listing = store::worklist::page(&app.db, tab, &filter, from(&typed), now).await?;
    let tallies = store::worklist::counts(&app.db, filter.in_charge, now).await?;
    let people = coordinators(app, me.id).await?;
    let proposals = proposed(app, ProposalScope::Everybody, now).await?;
    let link = |name, cursor: Option<WorklistCursor>| {
        cursor.map(|it| address(tab, &typed, &[(name, written(it))])).unwrap_or_default()
    };
    let tabs = WorklistTab::ALL.into_iter().map(|it| TabLink {
        href: address(it, &typed, &[]),
        label: it.label(),
        count: count(it, &tallies, proposals.len()),
        current: it == tab,
    });
    let tabs = tabs.collect();
    let is_filtered = filter != WorklistFilter::default();
    page::html(&WorklistPage {
        shell,
        tab,
        tabs,
        prefectures: Prefecture::all().map(|it| Choice::new(it.code().to_string(), it.name())).collect(),
        unknown: CaseNumber::parse(typed.get("q")).ok(),
        failed_mails: tallies.failed_mails,
        absences: store::booking::substitute::open(&app.db, now).await?,
        open_mails: tallies.open_mails,
        closed: super::closing_days::bookings(app).await?.len(),
        proposals: if tab == WorklistTab::Center { proposals } else { Vec::new() },
        hand_overs: if tab == WorklistTab::Center && !is_filtered && matches!(from(&typed), PageStart::Start)
        {
            hand_overs(app, now).await?
        } else {
            Vec::new()
        },
        waiting_desks: waiting_desks(app, tab == WorklistTab::Center && !is_filtered, now).await?,
        unfiltered: is_filtered.then(|| address(tab, &Fields::default(), &[])),
        previous: link("before", listing.previous),
        next: link("after", listing.next),
        // The calls have a form of their own in each row.
        coordinators: if matches!(tab, WorklistTab::Ended | WorklistTab::Calls) {
            Vec::new()
        } else {
            people.clone()
        },
        in_charge: in_charge_choices(&people, me.id),
        filters: FILTERS.map(|it| (it, typed.get(it).to_owned())).into(),
        others: other_work(app, now).await?,
        tasks: store::worklist::task::count_due(&app.db, me.id, japan_date(now)).await?,
        tags: store::worklist::tag::known(&app.db, MOST_TAGS_SHOWN).await?,
        rows: lines(app, me.id, tab, listing.rows, &names_of(&people, me.id)).await?,
        typed,
    })
}

/// The most hand-overs that stand above the list.
const HAND_OVERS: u64 = 20;

/// Returns the hand-overs that wait to be accepted, each with the address at which that is done.
async fn hand_overs(app: &App, now: DateTime<Utc>) -> Result<Vec<(WaitingHandOver, String)>, Problem> {
    let waiting = store::worklist::hand_overs::waiting(&app.db, now, HAND_OVERS).await?;
    let accept =
        |it: &WaitingHandOver| format!("{}/{}", url::staff(&it.number), StaffAction::StartCheck.code());
    Ok(waiting.into_iter().map(|it| (it.clone(), accept(&it))).collect())
}

/// Returns the cases that a desk has not answered in time, if they are shown.
async fn waiting_desks(app: &App, is_shown: bool, now: DateTime<Utc>) -> Result<Vec<WaitingDesk>, Problem> {
    if !is_shown {
        return Ok(Vec::new());
    }
    Ok(store::worklist::waiting_desks::waiting(&app.db, now, HAND_OVERS).await?)
}

/// Returns the rows as the page shows them. `names` are those of the others who can be in charge.
async fn lines(
    app: &App,
    me: AccountId,
    tab: WorklistTab,
    rows: Vec<WorklistRow>,
    names: &HashMap<AccountId, String>,
) -> Result<Vec<Line>, Problem> {
    let now = app.clock.now();
    let ids = || rows.iter().map(|it| it.place.id);
    let mut tags_of = store::worklist::tag::of_many(&app.db, ids()).await?;
    let seen = store::worklist::visit::of(&app.db, me, ids()).await?;
    let mut looks = store::worklist::visit::since_many(&app.db, ids(), now - LOOKING).await?;
    // Usually the names differ, and the query for places is skipped.
    let equal = with_equal_names(&rows, |it| (it.company.0, &it.company_name));
    let companies = told_apart(&app.db, equal.iter().map(|(it, _)| it.number)).await?;
    let mut calls = if tab == WorklistTab::Calls {
        store::worklist::calls::of_many(&app.db, ids(), now).await?
    } else {
        HashMap::new()
    };
    let whole = |it: WorklistRow| {
        let id = it.place.id;
        let tags = tags_of.remove(&id).unwrap_or_default();
        let call = calls.remove(&id).map(|call| call_view(call, &it, &app.site));
        let place = companies.place(&it.number).to_owned();
        let coordinator = it.coordinator.and_then(|id| names.get(&id).cloned());
        let looking = others(looks.remove(&id).unwrap_or_default(), Some(me), now);
        Line { call, coordinator, place, looking, ..line(it, tab, me, now, tags, seen.get(&id).copied()) }
    };
    Ok(rows.into_iter().map(whole).collect())
}

/// Returns the choices of the filter by the person in charge, in the order of `people`, which begins with oneself.
fn in_charge_choices(people: &[Choice], me: AccountId) -> Vec<Choice> {
    let me = me.to_string();
    let own = [Choice::new("me", "自分"), Choice::new("none", "担当なし")];
    own.into_iter().chain(people.iter().filter(|it| it.value != me).cloned()).collect()
}

/// Returns the names of the others who can be in charge.
fn names_of(people: &[Choice], me: AccountId) -> HashMap<AccountId, String> {
    let named = people.iter().filter_map(|it| {
        let id = AccountId(Uuid::try_parse(&it.value).ok()?);
        (id != me).then(|| (id, it.label.to_string()))
    });
    named.collect()
}

fn filter(typed: &Fields, me: AccountId) -> WorklistFilter {
    WorklistFilter {
        field: Field::from_code(typed.get("field")),
        prefecture: Prefecture::parse(typed.get("prefecture")).ok(),
        in_charge: in_charge(typed, me),
        overdue: typed.get("overdue") == "1",
        tag: Some(typed.get("tag").to_owned()).filter(|it| !it.is_empty()),
        search: searched(typed.get("q")),
    }
}

/// Returns the person in charge that is chosen: `me`, `none`, or the id of an account. The earlier `mine=1` is understood
/// too.
fn in_charge(typed: &Fields, me: AccountId) -> Option<InCharge> {
    match typed.get(IN_CHARGE) {
        "me" => Some(InCharge::Coordinator(me)),
        "none" => Some(InCharge::Nobody),
        "" => (typed.get("mine") == "1").then_some(InCharge::Coordinator(me)),
        other => Uuid::try_parse(other).ok().map(|id| InCharge::Coordinator(AccountId(id))),
    }
}

/// Returns what is searched for: digits of a corporate number or a telephone number, however they were typed, else a
/// name.
fn searched(raw: &str) -> Option<SearchText> {
    if let Ok(number) = CaseNumber::parse(raw) {
        return Some(SearchText { key: search_key(&number.to_string()), ..SearchText::default() });
    }
    let plain =
        Telephone::parse(raw).map_or_else(|_| digits(raw).replace('.', ""), |it| it.digits().to_owned());
    let is_number = plain.len() >= 4 && plain.bytes().all(|it| it.is_ascii_digit());
    if is_number {
        return Some(SearchText { key: plain.clone(), telephone: Some(plain), names: Vec::new() });
    }
    let key = search_key(raw);
    let squeezed: String = raw.to_lowercase().split_whitespace().collect();
    // One letter is in almost every name.
    let mut names = vec![squeezed, key.clone()];
    names.retain(|it| it.chars().count() > 1);
    names.dedup();
    (!key.is_empty()).then_some(SearchText { key, telephone: None, names })
}

fn from(typed: &Fields) -> PageStart {
    match (cursor(typed.get("after")), cursor(typed.get("before"))) {
        (Some(after), _) => PageStart::After(after),
        (None, Some(before)) => PageStart::Before(before),
        (None, None) => PageStart::Start,
    }
}

/// Parses a cursor, such as `2026-11-24T08:00:00Z,0193…`.
fn cursor(raw: &str) -> Option<WorklistCursor> {
    let (at, id) = raw.split_once(',')?;
    let at = DateTime::parse_from_rfc3339(at).ok()?.with_timezone(&Utc);
    Some(WorklistCursor { at, id: Uuid::try_parse(id).ok()? })
}

fn written(cursor: WorklistCursor) -> String {
    let at = cursor.at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
    format!("{at},{}", cursor.id)
}

/// Returns the address of a tab with the filters that are set.
pub fn address(tab: WorklistTab, typed: &Fields, more: &[(&str, String)]) -> String {
    let mut query = ::url::form_urlencoded::Serializer::new(String::new());
    if !matches!(tab, WorklistTab::All | WorklistTab::Center) {
        query.append_pair("tab", tab.code());
    }
    for name in FILTERS {
        let value = typed.get(name);
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    for (name, value) in more {
        query.append_pair(name, value);
    }
    let path = if tab == WorklistTab::All { "/staff/consultations" } else { "/staff" };
    match query.finish().as_str() {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

fn count(tab: WorklistTab, tallies: &WorklistCounts, proposals: usize) -> Option<String> {
    let n = match tab {
        WorklistTab::Center => tallies.center.saturating_add(i64::try_from(proposals).unwrap_or(i64::MAX)),
        WorklistTab::Unanswered => tallies.unanswered,
        WorklistTab::Snoozed => tallies.snoozed,
        WorklistTab::Reports => tallies.reports,
        WorklistTab::FurtherHelp => tallies.further_help,
        WorklistTab::Calls => tallies.calls,
        WorklistTab::Stalled => tallies.stalled,
        WorklistTab::Company => tallies.company,
        WorklistTab::Expert => tallies.expert,
        WorklistTab::Booked => tallies.booked,
        WorklistTab::FollowUp | WorklistTab::Ended | WorklistTab::All => return None,
    };
    let n = if n < MOST_COUNTED { n.to_string() } else { format!("{}件以上", wording::thousands(n)) };
    Some(n)
}

/// Returns what is to be said in a call to the company of a case.
fn call_about(row: &WorklistRow, has_begun: bool) -> &'static str {
    match row.state {
        State::Received | State::Checking if !row.address_confirmed => {
            "連絡先を確認し、相談の内容と都合のよい日時を聞いてください。"
        }
        State::Received | State::Checking => {
            "担当の専門家を調整していることを伝え、都合のよい日時を聞いてください。"
        }
        State::WaitingCompany => "センターからの質問への回答を聞き、記録してください。",
        State::Matching => "専門家に依頼していることと、次の連絡の時期を伝えてください。",
        State::Scheduling => "相談の日時を選んでもらい、登録してください。",
        State::Booked if has_begun => "相談が行われたかどうかを聞き、実施または欠席を記録してください。",
        State::Booked => "予約の日時と場所を伝え、都合を確かめてください。",
        State::Consulted => "報告書がまとまりしだいお渡しすることを伝えてください。",
        State::FollowUp => "報告書の内容を伝え、そのあとの状況を聞いてください。",
        State::Completed => {
            "相談が終わったことと、事例への協力の手続きをしている場合はその状況を伝えてください。"
        }
        State::Withdrawn if row.is_held => "相談が終わったことを伝えてください。",
        State::Withdrawn => "取下げを受け付けたことを伝えてください。",
        State::Unfulfilled { .. } if row.is_held => "相談を終えたことと、その理由を伝えてください。",
        State::Unfulfilled { .. } => "今回は相談を実施できなかったことと、その理由を伝えてください。",
        State::Referred { .. } => "ほかの窓口の名称と連絡先を伝えてください。",
    }
}

fn call_view(call: Call, row: &WorklistRow, site: &Site) -> CallView {
    let path = url::staff(&row.number);
    let Call { name, phone, reasons, has_begun, held_until, news } = call;
    let held = held_until.map(|it| format!("仮に押さえた日時の期限は{}です。", wording::month_day_time(it)));
    CallView {
        name,
        phone,
        reasons,
        about: format!("{}{}", held.unwrap_or_default(), call_about(row, has_begun)),
        news: news.into_iter().map(|it| SpokenNews::of(it, site)).collect(),
        called: format!("{path}/called"),
        questions: format!("{path}/questions"),
    }
}

fn line(
    row: WorklistRow,
    tab: WorklistTab,
    me: AccountId,
    now: DateTime<Utc>,
    tags: Vec<String>,
    seen_at: Option<DateTime<Utc>>,
) -> Line {
    let days = (japan_date(now) - japan_date(row.received_at)).num_days();
    let is_response = tab == WorklistTab::Unanswered;
    let due_at = if is_response { row.response_due_at } else { row.due_at };
    Line {
        href: if is_response {
            format!("{}?view=messages", url::staff(&row.number))
        } else {
            url::staff(&row.number)
        },
        due_at,
        late: due_at.is_some_and(|it| it <= now) && (is_response || row.state.is_open()),
        unread: row.last_inbound_at.is_some_and(|it| seen_at.is_none_or(|seen| seen < it)),
        tags,
        mine: row.coordinator == Some(me),
        coordinator: None,
        looking: Vec::new(),
        place: String::new(),
        call: None,
        age: if days <= 0 { "本日".to_owned() } else { format!("{}日", wording::thousands(days)) },
        row,
    }
}
