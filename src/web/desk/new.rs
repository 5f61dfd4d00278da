//! Handing an enquiry over: a desk fills in an application for a company in under two minutes.
use actix_web::{HttpRequest, HttpResponse, get, post, web::Data};
use askama::Template;
use chrono::{NaiveDate, TimeDelta};
use domain::{
    calendar::japan_date,
    field::Field,
    id::{DeskEntryId, DeskId},
    intake::{
        application::{Application, ApplicationForm, Intake},
        company::{Industry, Mode},
        desk_entry::{DeskChannel, DeskEntryRefused, HAND_OVER_WORDING, OTHER_THEME_LABEL},
    },
    text::TextLine,
    wording::iso_date,
};
use uuid::Uuid;

use crate::{
    app::App,
    ops::{
        self,
        intake::apply::{DeskMember, HandOverConsent},
    },
    problem::Problem,
    store,
    web::kit::{
        form::{Choice, FieldErrors, Fields, prefectures},
        page::{self, Shell},
        session::DeskUser,
    },
};

#[derive(Template)]
#[template(path = "desk/new.html")]
struct NewPage {
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    whose: Vec<Choice>,
    fields: Vec<Choice>,
    modes: Vec<Choice>,
    prefectures: Vec<Choice>,
    industries: Vec<Choice>,
    hows: Vec<Choice>,
    /// The key by which a form that is sent twice becomes one consultation.
    key: Uuid,
    /// The themes of the request from which the form was filled; empty if it was not.
    noted: String,
}

/// How the person was told about the use of their data: the code, and the word for the record.
const HOWS: [(&str, &str); 2] = [("phone", "電話"), ("counter", "窓口")];

/// The days that a visit to the desk may lie back.
const LONGEST_AGO: i64 = 366;

#[get("/desk/new")]
pub async fn show(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    user: DeskUser,
) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    let form = match entry_of(&query) {
        Some(id) => of_entry(&app, user.desk, id).await?,
        None => Fields::default(),
    };
    page::html(&new_page(shell, form, FieldErrors::default(), Uuid::new_v4()))
}

/// Returns the request that a form or an address names.
fn entry_of(form: &Fields) -> Option<DeskEntryId> {
    Uuid::parse_str(form.get("entry")).ok().map(DeskEntryId)
}

/// Returns the form with what the desk has noted before.
async fn of_entry(app: &App, desk: DeskId, id: DeskEntryId) -> Result<Fields, Problem> {
    let entry = store::intake::desk_entry::find(&app.db, desk, id).await?.ok_or(Problem::NotFound)?;
    let programme = app.programme_to_show().await?;
    let theme = programme.themes.iter().find(|it| it.code == entry.theme);
    let caller = entry.caller.ok_or(DeskEntryRefused::Erased)?;
    let mut form = Fields::default();
    form.add("entry", id.to_string());
    form.add("whose", "company");
    if let Some(theme) = theme {
        form.add("field", theme.field.code());
    }
    form.add("noted", theme.map_or(OTHER_THEME_LABEL, |it| it.label.as_str()));
    form.add("description", caller.memo.as_ref().map_or("", |it| it.as_str()));
    form.add("company_name", caller.company.as_ref().map_or("", |it| it.as_str()));
    form.add("contact_name", caller.name.as_str());
    form.add("phone", caller.phone.as_ref().map_or("", |it| it.as_str()));
    form.add("email", caller.email.as_ref().map_or("", |it| it.as_str()));
    form.add("told_name", caller.name.as_str());
    form.add("told_how", if entry.channel == DeskChannel::Counter { "counter" } else { "phone" });
    form.add("visited_on", iso_date(entry.noted_at));
    Ok(form)
}

#[post("/desk/new")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    user: DeskUser,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    if form.get("whose") == "own" {
        return Ok(page::see_other("/apply"));
    }
    let key = Uuid::parse_str(form.get("key")).map_err(|_| Problem::Unreadable)?;
    let mut errors = FieldErrors::default();
    if form.get("whose") != "company" {
        errors.add("whose", "どなたの相談か選択してください");
    }
    let application = Application::parse(&application_form(&form), Intake::OnBehalf);
    let application = application.map_err(|mistakes| {
        for (field, message) in mistakes {
            errors.add(field, message);
        }
    });
    let agreed = agreed(&form, japan_date(app.clock.now()), &mut errors);
    match (application, agreed) {
        (Ok(application), Some(agreed)) if errors.is_empty() => {
            let entry = entry_of(&form);
            let application = with_noted_theme(&app, application, user.desk, entry).await?;
            let member = DeskMember { desk: user.desk, account: Some(user.id), entry };
            let done = ops::intake::apply::hand_over(&app, &application, member, &agreed, key).await?;
            let message = format!("センターに引き継ぎました。受付番号は {} です。", done.number);
            Ok(page::see_other_with("/desk", &message))
        }
        _ => page::unprocessable(&new_page(shell, form, errors, key)),
    }
}

/// Gives an application the theme of the desk's request, so that experts read it, if its fields have that theme.
async fn with_noted_theme(
    app: &App,
    mut application: Application,
    desk: DeskId,
    entry: Option<DeskEntryId>,
) -> Result<Application, Problem> {
    let Some(id) = entry else { return Ok(application) };
    let entry = store::intake::desk_entry::find(&app.db, desk, id).await?.ok_or(Problem::NotFound)?;
    let programme = app.programme_to_show().await?;
    let noted = programme.themes.iter().find(|it| it.code == entry.theme);
    let topic = &mut application.topic;
    if let Some(theme) = noted.filter(|it| topic.themes.is_empty() && topic.fields.contains(it.field)) {
        topic.themes.push(theme.code.clone());
    }
    Ok(application)
}

fn agreed(form: &Fields, today: NaiveDate, errors: &mut FieldErrors) -> Option<HandOverConsent> {
    let person = errors.take("told_name", TextLine::parse("説明した相手の氏名", form.get("told_name"), 60));
    let how = HOWS.iter().find(|(code, _)| *code == form.get("told_how")).map(|(_, word)| *word);
    let how = errors.take("told_how", how.ok_or("説明した方法を選択してください"));
    if form.get("consent") != "1" {
        errors.add("consent", "個人情報の取扱いを説明し、同意を得た場合はチェックしてください");
    }
    let day = match form.get("visited_on").trim() {
        "" => Ok(today),
        typed => typed.parse().map_err(|_| "相談を受けた日は、カレンダーから選択してください"),
    };
    let day = day.and_then(|it: NaiveDate| {
        let recent = it <= today && today - it <= TimeDelta::days(LONGEST_AGO);
        recent.then_some(it).ok_or("相談を受けた日は、1年前から今日までの日付を入力してください")
    });
    let visited_on = errors.take("visited_on", day);
    Some(HandOverConsent { person: person?, how: how?, visited_on: visited_on? })
}

/// Fills an application with the fields that a desk asks for; the others stay empty.
fn application_form(form: &Fields) -> ApplicationForm {
    let one = |name: &str| form.get(name).to_owned();
    ApplicationForm {
        field: form.all("field").map(str::to_owned).collect(),
        description: one("description"),
        mode: one("mode"),
        company_name: one("company_name"),
        corporate_number: one("corporate_number"),
        prefecture: one("prefecture"),
        industry: one("industry"),
        employees: one("employees"),
        contact_name: one("contact_name"),
        email: one("email"),
        phone: one("phone"),
        ..ApplicationForm::default()
    }
}

fn new_page(shell: Shell, form: Fields, errors: FieldErrors, key: Uuid) -> NewPage {
    let noted = form.get("noted").to_owned();
    NewPage {
        shell,
        form,
        errors,
        whose: vec![
            Choice::new("company", "相談に来た企業・団体の相談を、代わりに申し込む"),
            Choice::new("own", "自分の会社・団体の相談を申し込む")
                .with_hint("企業用の申込みページへ進みます。"),
        ],
        fields: Field::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
        modes: Mode::ALL.iter().map(|it| Choice::new(it.code(), it.label())).collect(),
        prefectures: prefectures(),
        industries: Industry::ALL.iter().map(|it| Choice::new(it.code(), it.label())).collect(),
        hows: HOWS.map(|(code, word)| Choice::new(code, word)).to_vec(),
        key,
        noted,
    }
}
