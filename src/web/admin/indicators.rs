//! The indicators that an administrator defines for the monthly report: each one a share of the counts of one table.
use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::statistics::{
    figures::FigureTable,
    indicator::{DefinedIndicator, INDICATORS, Indicator, IndicatorForm},
};
use uuid::Uuid;

use super::{Tab, tabs};
use crate::{
    app::App,
    ops::{self, statistics::indicator::MOST_INDICATORS},
    problem::Problem,
    store::statistics::indicator::{self, KeptIndicator},
    web::kit::{
        form::{Choice, Fields},
        form_state::FormState,
        page::{self, Shell},
        session::Administrator,
    },
};

#[derive(Template)]
#[template(path = "admin/indicators.html")]
struct IndicatorsPage {
    shell: Shell,
    tabs: Vec<Tab>,
    /// The indicators that come with the product.
    shipped: Vec<Indicator>,
    defined: Vec<KeptIndicator>,
    typed: FormState,
    tables: Vec<Choice>,
    /// The cells of the chosen table; empty before one was chosen.
    cells: Vec<Choice>,
}

#[get("/admin/indicators")]
pub async fn show(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    _: Administrator,
) -> Result<HttpResponse, Problem> {
    render(&app, shell, FormState::of(Fields::of_query(&req))).await
}

#[post("/admin/indicators")]
pub async fn define(
    app: Data<App>,
    shell: Shell,
    user: Administrator,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let own = |name: &str| form.get(name).to_owned();
    let all = |name: &str| form.all(name).map(str::to_owned).collect();
    let read = DefinedIndicator::parse(&IndicatorForm {
        label: own("label"),
        definition: own("definition"),
        table: own("table"),
        numerator: all("numerator"),
        denominator: all("denominator"),
        target: own("target"),
    });
    let mut typed = FormState::of(form);
    let indicator = match read {
        Ok(indicator) => indicator,
        Err(mistakes) => {
            for (field, why) in mistakes {
                typed.errors.add(field, why);
            }
            return render(&app, shell, typed).await;
        }
    };
    let defined = ops::statistics::indicator::define(&app, indicator, user.id).await;
    if typed.done(defined)? {
        return Ok(page::see_other_with(
            "/admin/indicators",
            "指標を追加しました。次に確定する月から載ります。",
        ));
    }
    render(&app, shell, typed).await
}

/// Ends an indicator. The months that are closed keep it.
#[post("/admin/indicators/{id}/end")]
pub async fn end(app: Data<App>, _: Administrator, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    ops::statistics::indicator::end(&app, *id).await?;
    Ok(page::see_other_with("/admin/indicators", "指標を終えました。確定した月の集計には残ります。"))
}

async fn render(app: &App, shell: Shell, typed: FormState) -> Result<HttpResponse, Problem> {
    let table = FigureTable::from_code(typed.form.get("table"));
    let cells = table.map(FigureTable::cells).unwrap_or_default();
    let page = IndicatorsPage {
        shell,
        tabs: tabs("/admin/indicators"),
        shipped: INDICATORS.to_vec(),
        defined: indicator::all(&app.db).await?,
        tables: FigureTable::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
        cells: cells.into_iter().map(|(code, label)| Choice::new(code, label)).collect(),
        typed,
    };
    page::html_with(page.typed.status(), &page)
}

impl IndicatorsPage {
    /// Returns the target in words.
    fn target(target: &Option<u8>) -> String {
        target.map_or_else(|| "－".to_owned(), |it| format!("{it}%"))
    }

    /// Returns the months in whose editions an indicator stands.
    fn months(it: &KeptIndicator) -> String {
        match it.until {
            None => format!("{}分から", it.from.label()),
            Some(until) => format!("{}分から{}分まで", it.from.label(), until.label()),
        }
    }
}
