//! `madoguchi demo`: serves an invented programme for trying everything out, on a file and an address of its own.
use std::{io::Write, net::TcpListener, path::Path};

use anyhow::{Context, anyhow};
use madoguchi::{
    app::App,
    clock::Clock,
    config::{Config, Hidden},
    database,
    demo::{
        arrivals,
        programme::{self, Found, PASSWORD},
    },
};
use sea_orm::DatabaseConnection;

use super::start;
use crate::{
    exit::{Failure, bad_config, software, unavailable, usage},
    serve,
};

const FILE: &str = "data/demo.db";
/// The suffixes of the files that SQLite keeps for one database.
const BESIDE: [&str; 3] = ["", "-wal", "-shm"];

/// Fills the demo's file if it is new or from another day, prints the accounts, and serves.
pub async fn demo(config: Config) -> Result<(), Failure> {
    let config = for_the_demo(config)?;
    // Checked before anything is rebuilt: another demo may be running on the file.
    let free = TcpListener::bind(config.listen);
    free.with_context(|| format!("cannot listen on {} (MADOGUCHI_LISTEN)", config.listen))
        .map_err(unavailable)?;
    let now = Clock::System.now();
    let db = open().await?;
    match programme::look(&db, now).await.map_err(software)? {
        Found::Ours => {
            db.close().await.map_err(software)?;
            say(&format!("今日作成したデモのデータ（{FILE}）を、続きから使います。"))?;
        }
        Found::Empty => fill(&config, db, "デモのデータを作成しています（数秒かかります）。").await?,
        Found::Outdated => {
            db.close().await.map_err(software)?;
            remove()?;
            let why = format!("別の日に作成したデモのデータ（{FILE}）を、今日の日付で作り直しています。");
            fill(&config, open().await?, &why).await?;
        }
        Found::Foreign => {
            return Err(usage(anyhow!(
                "{FILE} holds something that is not the demo; move it away to start the demo"
            )));
        }
    }
    let app = App { runs_worker: true, ..start(config).await? };
    say(&welcome(app.site.as_str()))?;
    serve::serve(app).await
}

/// Returns the settings for the demo: on the demo's file, reachable from this machine alone, without sending mail, and
/// without a second factor, which the invented accounts cannot have.
fn for_the_demo(config: Config) -> Result<Config, Failure> {
    if !config.listen.ip().is_loopback() {
        return Err(bad_config(anyhow!(
            "MADOGUCHI_LISTEN={}: the demo can be reached from this machine alone; accepted: an address such as \
             127.0.0.1:8080 or [::1]:8080",
            config.listen
        )));
    }
    let by_default = config.public_url.as_str() == "http://127.0.0.1:8080/";
    let own = format!("http://{}", config.listen).parse();
    let public_url = if by_default { own.map_err(software)? } else { config.public_url.clone() };
    let database_url = Hidden::new(format!("sqlite://{FILE}"));
    let second_factor = Vec::new();
    Ok(Config {
        database_url,
        public_url,
        second_factor,
        smtp_url: None,
        imap_url: None,
        dkim: None,
        ..config
    })
}

async fn open() -> Result<DatabaseConnection, Failure> {
    let db = database::connect_for_filling(FILE).await.map_err(unavailable)?;
    database::migrate(&db).await.map_err(software)?;
    Ok(db)
}

async fn fill(config: &Config, db: DatabaseConnection, why: &str) -> Result<(), Failure> {
    say(why)?;
    let filling = App { writer: db.clone(), db, ..start(config.clone()).await? };
    programme::fill(&filling, Clock::System.now()).await.map_err(software)?;
    arrivals::arrive(&filling).await.map_err(software)?;
    filling.db.close().await.map_err(software)
}

fn remove() -> Result<(), Failure> {
    for beside in BESIDE {
        let path = format!("{FILE}{beside}");
        if Path::new(&path).exists() {
            std::fs::remove_file(&path)
                .with_context(|| format!("cannot remove {path}"))
                .map_err(unavailable)?;
        }
    }
    Ok(())
}

fn welcome(site: &str) -> String {
    format!(
        "
窓口（Madoguchi）のデモを {site} で開きました。止めるときは Ctrl+C を押してください。
会社・人物・相談の内容は、すべて架空のものです。メールは送信せず、data/mail に書き出します。

  役割              メールアドレス                               最初のページ
  ----------------  -------------------------------------------  ------------
  相談センター      center1@example.jp から center3@example.jp   /staff
  専門家            expert01@example.jp から expert40@example.jp /expert
  一次相談窓口      desk1@example.jp から desk5@example.jp       /desk
  所管省庁          soumu@example.jp、mhlw@example.jp            /stats
  編集担当          editor@example.jp                            /staff/publish
  管理者            admin@example.jp                             /admin

  パスワードは、すべて {PASSWORD} です。ログイン：{site}/staff/sign-in

試してみること
  1. 企業として申し込む：{site}/apply
     日時を選んで申し込むと、確認のメールが data/mail に届きます。中のリンクを開くと、専門家に依頼します。
  2. 専門家として答える：expert01でログインし、依頼への回答、今週の予約、報告書の作成を試す。
  3. センターとして案件を進める：center1でログインし、期限を過ぎた案件と、連絡先未確認の案件を開く。
  4. 使える支援制度を探す：{site}/guide/match　お知らせと支援制度を書く：editorでログインする。
"
    )
}

fn say(text: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{text}").map_err(software)
}
