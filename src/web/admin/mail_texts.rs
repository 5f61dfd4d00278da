//! The texts of mails, by fiscal year.
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use domain::{calendar::japan_date, number::FiscalYear};

use super::{Tab, tabs};
use crate::{
    app::App,
    mail::{
        outgoing_mail::OutgoingMail,
        text::{self, Kept, MailWording, Reader, TextFault, TextKind, TextPart, Variable},
    },
    ops,
    problem::Problem,
    store::{self, correspondence::mail_text::MailTextVersion},
    web::kit::{
        form::{FieldErrors, Fields},
        page::{self, Shell},
        session::Administrator,
    },
};

const HERE: &str = "/admin/mail-texts";

#[derive(Template)]
#[template(path = "admin/mail_texts.html")]
struct ListPage {
    shell: Shell,
    tabs: Vec<Tab>,
    year: FiscalYear,
    years: Vec<FiscalYear>,
    /// The readers, each with the texts of the mails they are sent.
    groups: Vec<(Reader, Vec<Entry>)>,
}

/// One text in the list of texts.
struct Entry {
    kind: TextKind,
    /// 「標準の文面」, or the origin of the text that replaces it.
    origin: String,
    is_broken: bool,
}

#[derive(Template)]
#[template(path = "admin/mail_text.html")]
struct EditPage {
    shell: Shell,
    tabs: Vec<Tab>,
    year: FiscalYear,
    kind: TextKind,
    /// The variables, each with the part of the text in which it is required, if it is required.
    variables: Vec<(Variable, Option<&'static str>)>,
    history: Vec<MailTextVersion>,
    writing: Writing,
    /// The earlier year from which the current text is inherited; `None` if this year has its own.
    inherited: Option<FiscalYear>,
    /// The faults because of which the current text is not sent.
    broken: Vec<TextFault>,
    /// Whether another administrator saved a version in the meantime.
    overtaken: bool,
    preview: Option<OutgoingMail>,
}

/// The text in the form: the current one, or the one that was typed.
struct Writing {
    form: Fields,
    errors: FieldErrors,
    /// The newest version that the form knows; 0 if there is none.
    version: i32,
}

impl Writing {
    fn of(words: MailWording, version: i32) -> Self {
        let form = Fields::from_iter([("title", words.title), ("body", words.body)]);
        Self { form, errors: FieldErrors::default(), version }
    }

    fn typed(form: Fields) -> Result<Self, Problem> {
        let version = form.get("version").parse().map_err(|_| Problem::Unreadable)?;
        Ok(Self { form, errors: FieldErrors::default(), version })
    }

    fn words(&self) -> MailWording {
        MailWording {
            title: self.form.get("title").trim().to_owned(),
            body: self.form.get("body").replace("\r\n", "\n").trim().to_owned(),
        }
    }

    fn check(&mut self, kind: TextKind) {
        for flaw in text::Template::parse(kind, &self.words()).err().unwrap_or_default() {
            let field = match flaw.part {
                TextPart::Title => "title",
                TextPart::Body => "body",
            };
            self.errors.add(field, flaw.message);
        }
    }
}

#[get("/admin/mail-texts")]
pub async fn list(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    _: Administrator,
) -> Result<HttpResponse, Problem> {
    let current = FiscalYear::of(japan_date(app.clock.now())).map_err(anyhow::Error::from)?;
    let query = Fields::of_query(&req);
    let year = if query.get("year").is_empty() { current } else { year(query.get("year"))? };
    let programme = app.programme().await?;
    let newest = store::correspondence::mail_text::newest(&app.db, year).await?;
    let entry = |kind: TextKind| {
        let kept = programme.texts.of(kind, year.start_year());
        let origin = match (newest.get(&kind), kept) {
            (Some(it), _) => {
                let what = if it.words.is_some() { "変更済み" } else { "標準の文面に戻した" };
                let when = domain::wording::table_date_time(it.saved_at);
                format!("{what}（第{}版、{when} {}）", it.version, it.saved_by)
            }
            (None, Some((from, Kept::Own(_) | Kept::Broken(_)))) => {
                FiscalYear::new(from).map(|it| format!("{}の文面", it.label())).unwrap_or_default()
            }
            (None, Some((_, Kept::Shipped)) | None) => "標準の文面".to_owned(),
        };
        Entry { kind, origin, is_broken: matches!(kept, Some((_, Kept::Broken(_)))) }
    };
    let of = |reader: Reader| TextKind::ALL.into_iter().filter(move |it| it.reader() == reader);
    let groups = Reader::ALL.into_iter().map(|it| (it, of(it).map(entry).collect())).collect();
    let years = [current.previous().ok(), Some(current), current.next().ok()].into_iter().flatten().collect();
    page::html(&ListPage { shell, tabs: tabs(HERE), year, years, groups })
}

#[get("/admin/mail-texts/{year}/{kind}")]
pub async fn edit(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    _: Administrator,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (year, kind) = named(&path)?;
    let history = store::correspondence::mail_text::history(&app.db, year, kind).await?;
    // An older version can be loaded into the form, to be saved again.
    let version = Fields::of_query(&req).get("version").parse::<i32>().ok();
    let old = version.and_then(|it| history.iter().find(|of| of.version == it)).cloned();
    let words = match old {
        Some(version) => version.words.unwrap_or_else(|| kind.shipped_words()),
        None => in_force(&app, year, kind, &history).await?,
    };
    page::html(&edit_page(&app, shell, (year, kind), Writing::of(words, newest(&history))).await?)
}

#[post("/admin/mail-texts/{year}/{kind}")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    user: Administrator,
    path: Path<(String, String)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (year, kind) = named(&path)?;
    let mut writing = Writing::typed(form)?;
    writing.check(kind);
    if !writing.errors.is_empty() {
        return page::unprocessable(&edit_page(&app, shell, (year, kind), writing).await?);
    }
    let words = writing.words();
    if writing.form.get("action") == "preview" {
        let mail = ops::correspondence::mail_text::preview(&app, kind, &words).await?;
        let page = edit_page(&app, shell, (year, kind), writing).await?;
        return page::html(&EditPage { preview: Some(mail), ..page });
    }
    match ops::correspondence::mail_text::save(&app, year, kind, writing.version, Some(&words), user.id).await
    {
        Ok(()) => Ok(page::see_other_with(
            address(year, kind),
            "文面を保存しました。これから作るメールに使います。",
        )),
        Err(Problem::Stale) => overtaken(&app, shell, (year, kind), Some(writing)).await,
        Err(problem) => Err(problem),
    }
}

#[post("/admin/mail-texts/{year}/{kind}/restore")]
pub async fn restore(
    app: Data<App>,
    shell: Shell,
    user: Administrator,
    path: Path<(String, String)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (year, kind) = named(&path)?;
    let version = form.get("version").parse().map_err(|_| Problem::Unreadable)?;
    let words = match form.get("from") {
        "shipped" => None,
        old => {
            let old: i32 = old.parse().map_err(|_| Problem::Unreadable)?;
            let history = store::correspondence::mail_text::history(&app.db, year, kind).await?;
            history.into_iter().find(|it| it.version == old).ok_or(Problem::NotFound)?.words
        }
    };
    match ops::correspondence::mail_text::save(&app, year, kind, version, words.as_ref(), user.id).await {
        Ok(()) => {
            let message = match words {
                Some(_) => format!("第{}版の文面に戻しました。", form.get("from")),
                None => "標準の文面に戻しました。".to_owned(),
            };
            Ok(page::see_other_with(address(year, kind), &message))
        }
        Err(Problem::Stale) => overtaken(&app, shell, (year, kind), None).await,
        Err(Problem::Refused(why)) => {
            let mut writing = Writing::of(words.unwrap_or_else(|| kind.shipped_words()), version);
            writing.errors.add("body", why);
            page::unprocessable(&edit_page(&app, shell, (year, kind), writing).await?)
        }
        Err(problem) => Err(problem),
    }
}

/// Answers with a conflict because another version was saved first; the typed text is kept.
async fn overtaken(
    app: &App,
    shell: Shell,
    (year, kind): (FiscalYear, TextKind),
    typed: Option<Writing>,
) -> Result<HttpResponse, Problem> {
    let history = store::correspondence::mail_text::history(&app.db, year, kind).await?;
    let version = newest(&history);
    let writing = match typed {
        Some(typed) => Writing { version, ..typed },
        None => Writing::of(in_force(app, year, kind, &history).await?, version),
    };
    let page = edit_page(app, shell, (year, kind), writing).await?;
    page::html_with(StatusCode::CONFLICT, &EditPage { overtaken: true, ..page })
}

fn newest(history: &[MailTextVersion]) -> i32 {
    history.first().map_or(0, |it| it.version)
}

/// Returns the current text: the one that is sent now, or would be sent if it had no faults.
async fn in_force(
    app: &App,
    year: FiscalYear,
    kind: TextKind,
    history: &[MailTextVersion],
) -> Result<MailWording, Problem> {
    if let Some(newest) = history.first() {
        return Ok(newest.words.clone().unwrap_or_else(|| kind.shipped_words()));
    }
    let programme = app.programme().await?;
    let from = programme.texts.of(kind, year.start_year()).and_then(|(from, _)| FiscalYear::new(from).ok());
    let Some(from) = from else { return Ok(kind.shipped_words()) };
    let earlier = store::correspondence::mail_text::history(&app.db, from, kind).await?;
    let words = earlier.into_iter().next().and_then(|it| it.words);
    Ok(words.unwrap_or_else(|| kind.shipped_words()))
}

async fn edit_page(
    app: &App,
    shell: Shell,
    (year, kind): (FiscalYear, TextKind),
    writing: Writing,
) -> Result<EditPage, Problem> {
    let history = store::correspondence::mail_text::history(&app.db, year, kind).await?;
    let programme = app.programme().await?;
    let kept = programme.texts.of(kind, year.start_year());
    let broken = match kept {
        Some((_, Kept::Broken(flaws))) => flaws.clone(),
        Some((_, Kept::Own(_) | Kept::Shipped)) | None => Vec::new(),
    };
    let from = kept.filter(|(_, it)| !matches!(it, Kept::Shipped)).map(|(from, _)| from);
    let inherited = from.filter(|_| history.is_empty()).and_then(|it| FiscalYear::new(it).ok());
    Ok(EditPage {
        shell,
        tabs: tabs(HERE),
        year,
        kind,
        variables: kind.variables().map(|it| (it, required_in(kind, it))).collect(),
        history,
        writing,
        inherited,
        broken,
        overtaken: false,
        preview: None,
    })
}

fn required_in(kind: TextKind, it: Variable) -> Option<&'static str> {
    if kind.required().contains(&it) {
        Some("本文")
    } else {
        kind.required_in_title().contains(&it).then_some("件名")
    }
}

impl EditPage {
    const fn title_hint(&self) -> &'static str {
        if matches!(self.kind, TextKind::Frame) {
            "100文字以内。"
        } else {
            "100文字以内。前後に、すべてのメールに共通の言葉が付きます。"
        }
    }
}

fn named(path: &(String, String)) -> Result<(FiscalYear, TextKind), Problem> {
    Ok((year(&path.0)?, TextKind::from_code(&path.1).ok_or(Problem::NotFound)?))
}

fn year(typed: &str) -> Result<FiscalYear, Problem> {
    typed.parse().ok().and_then(|it| FiscalYear::new(it).ok()).ok_or(Problem::NotFound)
}

fn address(year: FiscalYear, kind: TextKind) -> String {
    format!("{HERE}/{}/{}", year.start_year(), kind.code())
}
