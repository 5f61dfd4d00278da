//! The editions of the statistics: the closed months with every number, what has changed since, the center's comment and the
//! release, for the center; and what is published of them, for the ministries.
use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    actor::Role,
    field::Field,
    statistics::{
        figures::{FigureTable, LateChange, MonthFigures, WaitKind},
        indicator::{INDICATORS, IndicatorValue},
        month::EditionMonth,
    },
    text::{Prose, optional},
    wording::{long_date_time, month_day_time},
};

use super::published_edition::{PublishedEdition, PublishedEditionPage};
use crate::{
    app::App,
    ops::{self, statistics::edition as operations},
    problem::Problem,
    store::{
        self,
        statistics::{
            edition::{self, Edition, EditionRelease},
            indicator,
        },
    },
    url,
    web::kit::{
        form::{FieldErrors, Fields},
        page::{self, Shell},
        session::{AnyStaff, Coordinator},
    },
};

/// The longest comment, in characters.
const LONGEST_COMMENT: usize = 2_000;

#[derive(Template)]
#[template(path = "stats/editions.html")]
struct EditionsPage {
    shell: Shell,
    releases: Vec<EditionRelease>,
}

#[derive(Template)]
#[template(path = "stats/edition.html")]
struct EditionPage {
    shell: Shell,
    edition: Edition,
    release: EditionRelease,
    /// The field whose figures are shown; all without one.
    field: Option<Field>,
    indicators: Vec<IndicatorValue>,
    tables: Vec<EditionTable>,
    late: Vec<LateChange>,
    /// The name of the person who wrote the comment.
    commented_by: Option<String>,
    form: Fields,
    errors: FieldErrors,
}

/// A table with its counts of the month and of the fiscal year until then.
struct EditionTable {
    table: FigureTable,
    rows: Vec<(String, u64, u64)>,
}

/// The editions that an account may read: the center sees them before the ministries do.
#[get("/stats/editions")]
pub async fn list(app: Data<App>, shell: Shell, user: AnyStaff) -> Result<HttpResponse, Problem> {
    let sees_all = sees_all(&user)?;
    let releases = edition::releases(&app.db).await?;
    let releases = releases.into_iter().filter(|it| sees_all || it.released_at.is_some()).collect();
    page::html(&EditionsPage { shell, releases })
}

#[get("/stats/editions/{month}")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    user: AnyStaff,
    month: Path<String>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (found, release) = find(&app, &user, &month).await?;
    let query = Fields::of_query(&req);
    if reads_published(&user, &query) {
        let published = published(&app, found, release).await?;
        return page::html(&PublishedEditionPage::new(shell, published));
    }
    let field = Field::from_code(query.get("field"));
    let mut form = Fields::default();
    form.add("comment", release.comment.as_ref().map(|it| it.text.clone()).unwrap_or_default());
    let shown = edition_page(&app, shell, (found, release), field, (form, FieldErrors::default()));
    page::html(&shown.await?)
}

/// Saves the center's comment, or removes it.
#[post("/stats/editions/{month}/comment")]
pub async fn save_comment(
    app: Data<App>,
    shell: Shell,
    user: Coordinator,
    month: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let month = parsed(&month)?;
    let mut errors = FieldErrors::default();
    let text = optional(form.get("comment"), |it| Prose::parse("コメント", it, LONGEST_COMMENT));
    let Some(text) = errors.take("comment", text) else {
        let found = edition::find(&app.db, month).await?.ok_or(Problem::NotFound)?;
        let release = edition::release_of(&app.db, month).await?.ok_or(Problem::NotFound)?;
        let shown = edition_page(&app, shell, (found, release), None, (form, errors)).await?;
        return page::unprocessable(&shown);
    };
    operations::comment(&app, month, text.as_ref(), (user.id, version(&form)?)).await?;
    Ok(page::see_other_with(url::edition(month), "コメントを保存しました。"))
}

/// Releases an edition to the ministries and the public.
#[post("/stats/editions/{month}/release")]
pub async fn release_now(
    app: Data<App>,
    user: Coordinator,
    month: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let month = parsed(&month)?;
    operations::release(&app, month, (user.id, version(&form)?)).await?;
    Ok(page::see_other_with(url::edition(month), "集計を公開しました。関係府省と一般の人が見られます。"))
}

/// Returns an edition that the account may read, with its release.
pub async fn find(app: &App, user: &AnyStaff, month: &str) -> Result<(Edition, EditionRelease), Problem> {
    let (month, sees_all) = (parsed(month)?, sees_all(user)?);
    let release = edition::release_of(&app.db, month).await?.ok_or(Problem::NotFound)?;
    if release.released_at.is_none() && !sees_all {
        return Err(Problem::NotFound);
    }
    Ok((edition::find(&app.db, month).await?.ok_or(Problem::NotFound)?, release))
}

/// Returns the months of the fiscal year from its first edition to this one, with their figures.
pub async fn months_of_year(
    app: &App,
    of: &Edition,
    field: Option<Field>,
) -> Result<Vec<(EditionMonth, MonthFigures)>, Problem> {
    let year = of.month.fiscal_year().ok_or(Problem::NotFound)?;
    let first = EditionMonth::of(year.first_day());
    let months = edition::between(&app.db, first, of.month).await?;
    Ok(months.into_iter().map(|it| (it.month, it.content.about(field).clone())).collect())
}

/// Returns what is published with an edition.
pub async fn published(
    app: &App,
    edition: Edition,
    release: EditionRelease,
) -> Result<PublishedEdition, Problem> {
    let months = months_of_year(app, &edition, None).await?;
    let defined = indicator::all(&app.db).await?.into_iter().filter(|it| it.is_of(edition.month));
    let defined = defined.map(|it| it.indicator).collect();
    PublishedEdition::of(edition, release, &months, defined).ok_or(Problem::NotFound)
}

/// Returns whether an account reads nothing but what is published: a ministry always, the center when it asks for it.
pub fn reads_published(user: &AnyStaff, query: &Fields) -> bool {
    user.account.role == Role::Observer || query.get("view") == "published"
}

/// Returns the indicators of the edition of a month with the counts of these figures: those of the product, and those that
/// an administrator has defined for it.
pub async fn indicators(
    app: &App,
    month: EditionMonth,
    figures: &MonthFigures,
) -> Result<Vec<IndicatorValue>, Problem> {
    let defined = indicator::all(&app.db).await?.into_iter().filter(|it| it.is_of(month));
    let own = INDICATORS.iter().map(|it| it.of(figures));
    Ok(own.chain(defined.map(|it| it.indicator.of(figures))).collect())
}

/// Returns whether an account sees editions that are not released. Only the center and the ministries see editions.
fn sees_all(user: &AnyStaff) -> Result<bool, Problem> {
    match user.account.role {
        Role::Coordinator | Role::Administrator => Ok(true),
        Role::Observer => Ok(false),
        Role::Expert | Role::Desk | Role::Editor => Err(Problem::Forbidden),
    }
}

fn parsed(month: &str) -> Result<EditionMonth, Problem> {
    EditionMonth::parse(month).ok_or(Problem::NotFound)
}

fn version(form: &Fields) -> Result<i32, Problem> {
    form.get("version").parse().map_err(|_| Problem::Unreadable)
}

async fn edition_page(
    app: &App,
    shell: Shell,
    (edition, release): (Edition, EditionRelease),
    field: Option<Field>,
    (form, errors): (Fields, FieldErrors),
) -> Result<EditionPage, Problem> {
    let now = ops::statistics::edition::count_now(app, edition.month).await?;
    let figures = edition.content.about(field);
    let mut year = MonthFigures::default();
    months_of_year(app, &edition, field).await?.iter().for_each(|(_, it)| year.add(it));
    let table = |table: FigureTable| {
        let rows = table
            .cells()
            .into_iter()
            .map(|(cell, label)| (label, figures.count(table, &cell), year.count(table, &cell)));
        let rows: Vec<_> = rows.filter(|it| it.1 > 0 || it.2 > 0).collect();
        (!rows.is_empty()).then_some(EditionTable { table, rows })
    };
    let commented_by = match release.comment.as_ref().and_then(|it| it.by) {
        Some(id) => store::accounts::account::find(&app.db, id).await?.map(|it| it.name),
        None => None,
    };
    Ok(EditionPage {
        shell,
        indicators: indicators(app, edition.month, figures).await?,
        tables: FigureTable::ALL.into_iter().filter_map(table).collect(),
        late: figures.late_changes(now.about(field)),
        commented_by,
        field,
        form,
        errors,
        edition,
        release,
    })
}

impl EditionPage {
    fn figures(&self) -> &MonthFigures {
        self.edition.content.about(self.field)
    }

    /// Returns the spreads of the waits, with their number.
    fn waits(&self) -> Vec<(&'static str, String, u32, usize)> {
        let wait = |it: WaitKind| {
            let spread = self.figures().spread(it)?;
            Some((it.label(), spread.median(), spread.ninetieth, spread.n))
        };
        WaitKind::ALL.into_iter().filter_map(wait).collect()
    }

    /// Returns the three selections: the code, the label and whether it is shown.
    fn selections(&self) -> [(&'static str, &'static str, bool); 3] {
        [
            ("", "すべて", self.field.is_none()),
            ("ict", "総務省（ICTと両方）", self.field == Some(Field::Ict)),
            ("labor", "厚生労働省（労務管理と両方）", self.field == Some(Field::Labor)),
        ]
    }

    /// Returns the numbers of consultations: both ministries' and those that are in both.
    fn double_count(&self) -> (u64, u64, u64, u64) {
        let all = &self.edition.content.all;
        let [ict, labor, both] = ["ict", "labor", "both"].map(|it| all.count(FigureTable::Fields, it));
        (ict + both, labor + both, both, ict + labor + both)
    }

    /// Returns whether the center may still comment and release.
    fn is_open(&self) -> bool {
        let role = self.shell.account.as_ref().map(|it| it.role);
        self.release.released_at.is_none() && role == Some(Role::Coordinator)
    }
}

impl EditionsPage {
    /// Returns the words for the state of a release.
    fn state(it: &EditionRelease) -> String {
        match it.released_at {
            Some(at) => format!("{}に公開", long_date_time(at)),
            None => format!("センターのコメント待ち（{}に公開）", month_day_time(it.comment_until)),
        }
    }
}
