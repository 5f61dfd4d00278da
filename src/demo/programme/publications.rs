//! The publications of the invented programme: news, the shipped entries of the guide, and examples.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    calendar::japan_date,
    id::AccountId,
    publication::{
        Content, Facts, Period, PublicationKind,
        news::{NewsCategory, NewsFacts, WebAddress},
        shipped::SHIPPED,
    },
    text::{Prose, TextLine},
};

use crate::{
    app::App,
    ops::{self, publication::Seen},
    problem::Problem,
    store::{self, publication::reading::Readings},
};

/// One item of news: how many days before today it was published, and the days for which it stays.
struct Item {
    days_ago: i64,
    lasts: Option<i64>,
    category: NewsCategory,
    pinned: bool,
    title: &'static str,
    body: &'static str,
    related: Option<&'static str>,
}

/// The number of the entry of the guide that experts recommend in their reports: a grant.
pub(super) const RECOMMENDED_GRANT: i32 = 10_003;

const ITEMS: [Item; 5] = [
    Item {
        days_ago: 190,
        lasts: None,
        category: NewsCategory::Notice,
        pinned: false,
        title: "今年度の相談の受付を始めました",
        body: "テレワークの導入や運用について、ICTと労務管理の専門家が**無料**で相談に応じます。\n\n- オンラインまたは訪問\n- 申込みはおよそ10分",
        related: Some("/apply"),
    },
    Item {
        days_ago: 120,
        lasts: Some(30),
        category: NewsCategory::Notice,
        pinned: false,
        title: "夏季の休業のお知らせ",
        body: "休業の間にいただいた相談には、休業のあとに順にお答えします。",
        related: None,
    },
    Item {
        days_ago: 45,
        lasts: None,
        category: NewsCategory::Support,
        pinned: false,
        title: "使える支援制度を4つの質問で探せるようになりました",
        body: "会社の所在地、従業員数、テレワークの状況、目的から、合いそうな助成金やガイドラインを表示します。",
        related: Some("/guide/match"),
    },
    Item {
        days_ago: 12,
        lasts: None,
        category: NewsCategory::Survey,
        pinned: false,
        title: "相談後のアンケートにご協力をお願いします",
        body: "相談の内容をよりよくするため、相談のあとにアンケートをお送りしています。",
        related: None,
    },
    Item {
        days_ago: 3,
        lasts: Some(60),
        category: NewsCategory::Notice,
        pinned: true,
        title: "年末年始の休業のお知らせ",
        body: "## 休業日\n\n12月29日から1月3日まで休業します。\n\nこの間も、申込みフォームは利用できます。連絡の期限は、休業日を除いて数えます。",
        related: None,
    },
];

/// Publishes everything, each item on its day.
pub(super) async fn publish(app: &App, editor: AccountId, now: DateTime<Utc>) -> Result<(), Problem> {
    for entry in SHIPPED {
        let content = entry.content(japan_date(now)).map_err(|err| Problem::Internal(err.into()))?;
        put(app, editor, content, Period::new(now - TimeDelta::days(30), None)).await?;
    }
    read(app, now).await?;
    for item in ITEMS {
        let from = now - TimeDelta::days(item.days_ago);
        let until = item.lasts.map(|it| from + TimeDelta::days(it));
        put(app, editor, item.content()?, Period::new(from, until)).await?;
    }
    super::examples::publish(app, editor, now).await?;
    spare_other_sites(app, now).await
}

/// Notes that the entries of the guide were opened on the days before, the earlier ones more often.
async fn read(app: &App, now: DateTime<Utc>) -> Result<(), Problem> {
    let guides = store::publication::newest(&app.db, PublicationKind::Guide, 20).await?;
    let mut readings = Readings::new();
    for (it, n) in guides.iter().zip(1..) {
        for days in 1..=14 {
            let day = japan_date(now - TimeDelta::days(days));
            readings.insert((it.publication.id, day), 2 + (n * 7 + days * 3) % 11);
        }
    }
    let tx = app.begin().await?;
    store::publication::reading::add(&tx, &readings).await?;
    tx.commit().await?;
    Ok(())
}

/// Records every link as checked, so that the demo asks no other site.
async fn spare_other_sites(app: &App, now: DateTime<Utc>) -> Result<(), Problem> {
    while let Some(link) = store::publication::link_check::next_due(&app.db, DateTime::UNIX_EPOCH).await? {
        let tx = app.begin().await?;
        store::publication::link_check::record(&tx, &link, None, now).await?;
        tx.commit().await?;
    }
    Ok(())
}

pub(super) async fn put(
    app: &App,
    editor: AccountId,
    content: Content,
    period: Result<Period, domain::publication::EndsBeforeItBegins>,
) -> Result<(), Problem> {
    let period = period.map_err(|err| Problem::Internal(err.into()))?;
    let draft = ops::publication::create(app, content, editor).await?;
    let seen = Seen { id: draft.id, revision: draft.revision };
    ops::publication::publish(app, seen, period, editor).await?;
    Ok(())
}

impl Item {
    fn content(&self) -> Result<Content, Problem> {
        let wrong = |err: anyhow::Error| Problem::Internal(err);
        let related = self.related.map(WebAddress::parse).transpose().map_err(|err| wrong(err.into()))?;
        Ok(Content {
            title: TextLine::parse("見出し", self.title, 100).map_err(|err| wrong(err.into()))?,
            body: Some(Prose::parse("本文", self.body, 2_000).map_err(|err| wrong(err.into()))?),
            facts: Facts::News(NewsFacts { category: self.category, pinned: self.pinned, related }),
        })
    }
}
