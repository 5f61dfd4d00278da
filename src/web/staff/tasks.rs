//! The center's tasks: a list of them, and their changes.
use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use chrono::NaiveDate;
use domain::{
    actor::Role,
    calendar::japan_date,
    id::{AccountId, TaskId},
};
use uuid::Uuid;

use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{
        self,
        intake::told_apart::told_apart,
        worklist::task::{Task, TaskFilter},
    },
    url,
    web::kit::{
        form::{Choice, FieldErrors, Fields},
        page::{self, Shell},
        session::Coordinator,
    },
};

const HERE: &str = "/staff/tasks";
/// The most tasks on the page.
const MOST: u64 = 200;

/// The lists of the page, by their code in its address.
const LISTS: [(&str, &str); 3] = [("mine", "自分の作業"), ("open", "すべての作業"), ("done", "終えた作業")];

#[derive(Template)]
#[template(path = "staff/tasks.html")]
struct TasksPage {
    shell: Shell,
    list: &'static str,
    lists: Vec<(String, &'static str, bool)>,
    tasks: Vec<Task>,
    owners: Vec<Choice>,
    today: NaiveDate,
}

#[get("/staff/tasks")]
pub async fn show(
    app: Data<App>,
    me: Coordinator,
    req: HttpRequest,
    shell: Shell,
) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    let list = LISTS.iter().find(|it| it.0 == query.get("list")).map_or("mine", |it| it.0);
    let filter = match list {
        "open" => TaskFilter::Open,
        "done" => TaskFilter::Done,
        _ => TaskFilter::Of(me.id),
    };
    let mut tasks = store::worklist::task::list(&app.db, filter, MOST).await?;
    let companies = told_apart(&app.db, tasks.iter().map(|it| it.number)).await?;
    for it in &mut tasks {
        it.company_name = companies.name(&it.number, &it.company_name);
    }
    page::html(&TasksPage {
        shell,
        list,
        lists: LISTS
            .iter()
            .map(|(code, label)| (format!("{HERE}?list={code}"), *label, list == *code))
            .collect(),
        tasks,
        owners: owners(&app).await?,
        today: japan_date(app.clock.now()),
    })
}

#[post("/staff/tasks/{id}/done")]
pub async fn done(
    app: Data<App>,
    me: Coordinator,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    set_done(&app, &me, *id, true, &form, "作業を終えました。").await
}

#[post("/staff/tasks/{id}/reopen")]
pub async fn reopen(
    app: Data<App>,
    me: Coordinator,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    set_done(&app, &me, *id, false, &form, "作業をもう一度開きました。").await
}

/// Changes who does a task, and by which day. A wrong value leaves the task as it is.
#[post("/staff/tasks/{id}")]
pub async fn plan(
    app: Data<App>,
    me: Coordinator,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let mut errors = FieldErrors::default();
    let due_on = day(&form, &mut errors, japan_date(app.clock.now()));
    let owner = owner(&app, &form, &mut errors).await?;
    let (Some(due_on), Some(owner)) = (due_on, owner) else {
        let wrong = errors.of("due_on").or_else(|| errors.of("owner")).unwrap_or_default().to_owned();
        return Ok(page::see_other_with(back(&form), &format!("変更していません。{wrong}。")));
    };
    ops::worklist::task::plan(&app, TaskId(*id), owner, due_on, me.id).await?;
    Ok(page::see_other_with(back(&form), "作業を変更しました。"))
}

async fn set_done(
    app: &App,
    me: &Coordinator,
    id: Uuid,
    is_done: bool,
    form: &Fields,
    flash: &str,
) -> Result<HttpResponse, Problem> {
    ops::worklist::task::set_done(app, TaskId(id), is_done, me.id).await?;
    Ok(page::see_other_with(back(form), flash))
}

/// Returns the page from which the form was sent: the case's, or the list of tasks.
fn back(form: &Fields) -> String {
    match domain::number::CaseNumber::parse(form.get("case")) {
        Ok(number) => url::staff(&number),
        Err(_) => LISTS
            .iter()
            .find(|it| it.0 == form.get("list"))
            .map_or_else(|| HERE.to_owned(), |it| format!("{HERE}?list={}", it.0)),
    }
}

/// Parses the day by whose end a task has to be done.
pub fn day(form: &Fields, errors: &mut FieldErrors, today: NaiveDate) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(form.get("due_on").trim(), "%Y-%m-%d").ok();
    let day = day.filter(|it| *it >= today).ok_or("今日以降の日付を入力してください");
    errors.take("due_on", day)
}

/// Parses who does a task: a coordinator who can sign in, or none yet.
pub async fn owner(
    app: &App,
    form: &Fields,
    errors: &mut FieldErrors,
) -> Result<Option<Option<AccountId>>, Problem> {
    let typed = form.get("owner");
    if typed.is_empty() {
        return Ok(Some(None));
    }
    let known = owners(app).await?.into_iter().find(|it| it.value == typed);
    let id = known.and_then(|_| Uuid::try_parse(typed).ok()).map(|it| Some(AccountId(it)));
    Ok(errors.take("owner", id.ok_or("担当者を選択してください")))
}

/// Returns the coordinators who can do a task.
pub async fn owners(app: &App) -> Result<Vec<Choice>, Problem> {
    let people = store::accounts::account::active(&app.db, Role::Coordinator).await?;
    Ok(people.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)).collect())
}
