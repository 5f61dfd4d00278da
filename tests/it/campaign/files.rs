//! Files: registrations out and in, logos, and the figures beside those of the year before.
use super::*;
use crate::conversation::send as send_form;

const HEAD: &str =
    "登録する方,名称,フリガナ,都道府県,業種,テレワーク導入状況,予定している活動,従業員数,メールアドレス\n";

fn csv(bytes: &[u8]) -> [(&str, &str, &[u8]); 1] {
    [("登録.csv", "text/csv", bytes)]
}

/// Sends a file, and returns the address of its preview.
async fn sent(site: &Site, desk: &str, text: &str) -> String {
    let reply = send_form(site, &format!("{desk}/import"), &[], &csv(text.as_bytes())).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply.location.unwrap()
}

#[actix_web::test]
async fn a_file_is_previewed_with_every_bad_row_taken_whole_and_undone() {
    let (site, editor, it) = open().await;
    approved(&site, it.id, editor, "既存の会社", "known@example.co.jp", false).await;
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let desk = format!("/staff/month/{}", it.id);
    let bad = send_form(&site, &format!("{desk}/import"), &[], &csv(b"a,b\n1,2\n")).await;
    assert_eq!(bad.status, 422);
    bad.shows("次の列がありません");
    assert_eq!(send_form(&site, &format!("{desk}/import"), &[], &[]).await.status, 422);
    let text = format!(
        "{HEAD}企業,取込み一,イチ,秋田県,製造業,導入していない（予定なし）,社内での周知,12,one@example.co.jp\n\
         団体,取込み二,ニ,13,G,introduced,,,\n\
         会社,,サン,宇宙,製造業,導入,別の活動,x,y\n\
         企業,既存の会社,キゾン,秋田県,製造業,導入している,,5,KNOWN@example.co.jp\n"
    );
    let preview = sent(&site, &desk, &text).await;
    let shown = site.get(&preview).await;
    shown.shows("取り込めるもの2件、直す必要があるもの2件");
    for fault in [
        "4行目",
        "登録する方を選択",
        "名称を入力",
        "都道府県",
        "別の活動",
        "従業員数",
        "5行目「既存の会社」",
        "すでにあるか",
    ] {
        shown.shows(fault);
    }
    hides(&site.get("/month/2026").await, "取込み一");
    assert_eq!(site.post(&format!("{preview}/take"), &[]).await.status, 303);
    assert_eq!(site.post(&format!("{preview}/take"), &[]).await.status, 409, "once");
    let list = site.get("/month/2026").await;
    list.shows("取込み一");
    list.shows("3件");
    assert!(kinds(&site, "one@example.co.jp").await.is_empty(), "the address is not proved");
    let one = of(&site, "one@example.co.jp").await;
    assert_eq!((one.opt_in.clone(), one.rules, one.number), (None, None, Some(2)));
    let reason = Prose::parse("", "重複", 100).unwrap();
    ops::campaign::reject(&site.app, seen(&one), &reason, editor).await.unwrap();
    assert!(kinds(&site, "one@example.co.jp").await.is_empty());
    let reply = site.post(&format!("{preview}/undo"), &[]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    site.get(&preview).await.shows("取り消しました");
    assert_eq!(site.post(&format!("{preview}/undo"), &[]).await.status, 409);
    let rows = registration_row::Entity::find().all(&site.app.db).await.unwrap();
    assert_eq!(rows.len(), 2, "the one about which was decided stays");
    hides(&site.get("/month/2026").await, "取込み二");
    sound(&site).await;
}

#[actix_web::test]
async fn an_exported_file_can_be_imported_and_no_cell_is_a_formula() {
    let (site, editor, it) = open().await;
    approved(&site, it.id, editor, "=cmd|'/c calc'!A1", "a@example.co.jp", true).await;
    let gone = approved(&site, it.id, editor, "取り下げた会社", "b@example.co.jp", false).await;
    ops::campaign::withdraw(&site.app, gone.id).await.unwrap();
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let bytes = site.send_bytes(&format!("/staff/month/{}/registrations.csv", it.id)).await;
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.starts_with('\u{feff}') && text.contains("\r\n"), "for spreadsheets");
    assert!(text.contains("'=cmd") && !text.contains(",=cmd"), "{text}");
    assert!(text.contains("佐藤 一郎") && text.contains(domain::campaign::OPT_IN.0));
    let next = published(&site, editor, month(2027)).await;
    let preview = sent(&site, &format!("/staff/month/{}", next.id), &text).await;
    let shown = site.get(&preview).await;
    shown.shows("取り込めるもの1件、直す必要があるもの1件");
    shown.shows("状態が「取下げ」の行は、取り込めません");
    assert_eq!(site.post(&format!("{preview}/take"), &[]).await.status, 303);
    let taken = of(&site, "a@example.co.jp").await;
    assert_eq!(taken.campaign, next.id);
    assert_eq!(taken.life.wanted.name.as_str(), "=cmd|'/c calc'!A1");
    assert_eq!((taken.opt_in, taken.proved_at), (None, None), "a file proves no consent and no address");
    sound(&site).await;
}

#[actix_web::test]
async fn the_figures_stand_beside_those_of_the_year_before_and_small_ones_are_hidden() {
    let (site, editor, it) = open().await;
    site.account(Role::Observer, "observer@example.jp").await;
    let before = published(&site, editor, month(2025)).await;
    let row = |n: usize| {
        let (prefecture, status) = if n < 6 { ("秋田県", "none") } else { ("東京都", "introduced") };
        format!("企業,会社{n},カイシャ,{prefecture},製造業,{status},,,\n")
    };
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    for (of, count) in [(before.id, 6), (it.id, 8)] {
        let text = format!("{HEAD}{}", (0..count).map(row).collect::<String>());
        let preview = sent(&site, &format!("/staff/month/{of}"), &text).await;
        assert_eq!(site.post(&format!("{preview}/take"), &[]).await.status, 303);
    }
    let shown = site.get(&format!("/staff/month/{}/figures", it.id)).await;
    shown.shows("登録は8件です（2025年は6件）");
    shown.shows("<th scope=\"row\">東京都</th><td class=\"num\">2</td><td class=\"num\">0</td>");
    hides(&site.visitor().get("/stats?year=2026").await, "<th scope=\"row\">東京都</th>");
    let list = site.visitor().get("/month/2026").await;
    hides(&list, "<td class=\"num\">2</td>");
    let observer = site.visitor();
    assert_eq!(observer.sign_in("observer@example.jp", PASSWORD).await.status, 303);
    hides(&observer.get("/stats?year=2026").await, "<th scope=\"row\">東京都</th>");
    site.account(Role::Coordinator, "figures@example.jp").await;
    let center = site.visitor();
    assert_eq!(center.sign_in("figures@example.jp", PASSWORD).await.status, 303);
    let insiders = center.get("/stats?year=2026").await;
    insiders.shows("登録は8件です（前の年は6件）");
    insiders.shows("<th scope=\"row\">東京都</th><td class=\"num\">2</td>");
    insiders.shows("登録の件数（登録した方別）");
    let csv = center.get("/stats.csv?year=2026").await.body;
    assert!(
        csv.contains(",8\r\n") && csv.contains("テレワーク月間の登録（都道府県別）,1,秋田県,6\r\n"),
        "{csv}"
    );
    for path in ["", "/figures", "/registrations.csv", "/outreach", "/import"] {
        let reply = observer.get(&format!("/staff/month/{}{path}", it.id)).await;
        assert_eq!(reply.status, 403, "an observer reads figures, never a person: {path}");
    }
}

#[actix_web::test]
async fn logos_are_downloads_and_no_drawing_with_scripts_is_taken() {
    let (site, _, it) = open().await;
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let page = format!("/staff/files/{}", it.id);
    let png: &[u8] = b"\x89PNG\r\n\x1a\n0123456789";
    for (name, bytes) in [("a.svg", &b"<svg onload='x'/>"[..]), ("a.png", b"<svg/>"), ("a.exe", png)] {
        let reply = send_form(&site, &page, &[], &[(name, "image/png", bytes)]).await;
        assert_eq!(reply.status, 422, "{name}");
        reply.shows("PNG、JPEG、PDFまたはZIP");
    }
    let reply = send_form(&site, &page, &[], &[("ロゴ.png", "image/png", png)]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let visitor = site.visitor();
    let shown = visitor.get("/month/2026").await;
    shown.shows("ロゴ.png");
    let address = shown.body.split("href=\"").find(|it| it.contains("/logos/")).unwrap();
    let address = address.split('"').next().unwrap();
    let reply = visitor.get(address).await;
    assert_eq!(reply.header("content-type"), Some("image/png"));
    assert!(reply.header("content-disposition").unwrap().starts_with("attachment"));
    assert!(reply.header("content-security-policy").unwrap().contains("sandbox"));
    assert_eq!(visitor.send_bytes(address).await, png);
    let folder = &site.app.config.attachments.folder;
    let now = site.app.clock.now();
    assert_eq!(doctor::files::examine(&site.app.db, folder, now).await.unwrap(), []);
    // The sweep spares the file while the month has it.
    site.app.clock.advance(TimeDelta::days(3));
    ops::housekeeping::sweep_files(&site.app).await.unwrap();
    assert_eq!(visitor.get(address).await.status, 200);
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    let logo = store::publication::file::of(&site.app.db, it.id).await.unwrap().remove(0);
    let now = site.app.clock.now();
    assert_eq!(doctor::files::examine(&site.app.db, folder, now).await.unwrap(), [], "it is no orphan");
    std::fs::write(folder.join(&logo.sha256[..2]).join(&logo.sha256[2..]), b"other").unwrap();
    let found = doctor::files::examine(&site.app.db, folder, now).await.unwrap();
    assert_eq!(found.iter().map(|it| it.rule).collect::<Vec<_>>(), ["file"]);
    assert_eq!(site.post(&format!("{page}/{}/remove", logo.id), &[]).await.status, 303);
    assert_eq!(visitor.get(address).await.status, 404);
}
