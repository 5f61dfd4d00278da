// The demo: every page of every role's navigation, wide and narrow; and the pictures of the README.
import assert from "node:assert/strict";
import { test } from "node:test";

import { answerUpToTheSlots, signIn } from "./habits.mjs";
import { Service } from "./service.mjs";
import { DESK, startBrowser, Visitor } from "./look.mjs";

const PASSWORD = "madoguchi-demo";
const TODAY = "2026-11-20 10:00:00";
const NARROW = 320;
/** Who signs in, and what they look at besides the pages of their menu. */
const ROLES = {
  "center1@example.jp": lookAtCases,
  "expert01@example.jp": lookAtWork,
  "desk1@example.jp": lookAtDesk,
  "soumu@example.jp": async () => {},
  "editor@example.jp": lookAtPublications,
  "admin@example.jp": lookAtSettings,
};
/** The answers to the questions of the guide's matcher, after the first. */
const ANSWERS = {
  常時雇用する従業員は何人ですか: "20人以下",
  テレワークを導入していますか: "導入していない",
  何のための支援を探していますか: "費用",
};
const PICTURES = new URL("pictures/", import.meta.url).pathname;
const PICTURE = { viewport: { width: 1200, height: 900 } };

test("every page of every role, wide and narrow", { timeout: 1_800_000 }, async (it) => {
  const service = await Service.build(it);
  const browser = await startBrowser(it);
  await service.openDemo(TODAY);
  const enter = (screen) => Visitor.enter(browser, service.address, screen);
  for (const path of ["/", "/help", "/privacy", "/accessibility", "/apply", "/login", "/desks", "/desks?prefecture=13", "/desks?prefecture=47", "/stats", "/stats/adoption", "/stats/pref/13", "/search", "/search?q=%E3%83%86%E3%83%AC%E3%83%AF%E3%83%BC%E3%82%AF", "/search?q=%E3%81%AA%E3%81%84%E8%A8%80%E8%91%89"]) {
    await lookAround(await enter(DESK), path);
  }
  await lookAtNews(await enter(DESK));
  await lookAtMistakes(await enter(DESK));
  for (const [email, lookFurther] of Object.entries(ROLES)) {
    const visitor = await enter(DESK);
    await visitor.visit("/staff/sign-in");
    await signIn(visitor, email, PASSWORD);
    for (const page of await visitor.links("nav.site-nav")) await lookAround(visitor, page);
    await lookFurther(visitor);
  }
  // In a sandbox nothing runs, axe-core neither.
  const reader = await Visitor.enter(browser, service.address, DESK, false);
  await reader.visit("/staff/sign-in");
  await signIn(reader, "center1@example.jp", PASSWORD);
  await lookAtHtml(reader);
  if (process.env.MADOGUCHI_PICTURES === "1") await takePictures(enter);
  const doctor = await service.run("doctor", TODAY, { DATABASE_URL: "sqlite://data/demo.db" });
  assert.deepEqual(doctor, { code: 0, said: "" });
  await service.close();
});

/** A case of every list, and all that is told of one of them. */
async function lookAtCases(center) {
  await lookAround(center, "/stats/editions");
  await lookAround(center, "/stats/editions/2026-10");
  await center.visit("/staff");
  const cases = new Set();
  for (const list of await center.links("nav ul.tabs")) {
    await center.visit(list);
    const [first] = await center.links("table tbody th");
    if (first) cases.add(first);
  }
  for (const page of cases) await lookAround(center, page);
  await lookAround(center, `${[...cases][0]}/hand-back`);
  await lookAround(center, `${[...cases][0]}/wait`);
  await lookAtOutcome(center);
  for (const page of await center.links("nav ul.tabs")) await lookAround(center, page);
  for (const page of ["plan", "schedule/free", "waiting", "absences", "templates", "notifications"]) {
    await lookAround(center, `/staff/${page}`);
  }
  for (const list of ["/staff/doubts", "/staff/network"]) {
    await lookAround(center, list);
    const [entry] = await center.links("table tbody th");
    await lookAround(center, entry);
  }
  const [mentor] = await center.links("main ul");
  if (mentor) await lookAround(center, mentor);
  for (const list of ["/staff/mail", "/staff/mail/in"]) {
    await lookAround(center, list);
    const [mail] = await center.links("table tbody th");
    await lookAround(center, mail);
  }
}

/** The correction of an outcome, with nothing typed and as it is asked for, and the form of days of absence. */
async function lookAtOutcome(center) {
  await center.visit("/staff?tab=ended");
  const [ended] = await center.links("table tbody th");
  await center.visit(`${ended}?view=sessions`);
  const [correction] = (await center.links("main table tbody")).filter((it) => it.includes("/outcome/"));
  if (correction) {
    await lookAround(center, correction);
    await center.press("結果を訂正する");
    await center.reads("正しい結果を選択してください");
    await center.lookAt(NARROW);
  }
  await lookAround(center, `${ended}/example`);
  await lookAround(center, `${ended}/hand-back`, 409);
  await lookAround(center, "/staff/absences/new");
}

/** What a stranger's mail holds of HTML: the document alone is asked for, and nothing from outside. */
async function lookAtHtml(center) {
  await center.visit("/staff/mail/in?state=attached");
  const [mail] = await center.links("table tbody th");
  await center.visit(new URL(mail).pathname);
  const asked = [];
  center.page.on("request", (it) => asked.push(it.url()));
  await center.press("HTMLで表示");
  assert.deepEqual(asked, [`${mail}/html`]);
  await center.reads("［画像：会社のロゴ］");
  await center.lookAt(NARROW);
  await center.press("前の画面に戻る");
}

/** What is to be done, and what is in this week's calendar. */
async function lookAtWork(expert) {
  for (const page of ["availability", "calendars", "notifications"]) await lookAround(expert, `/expert/${page}`);
  await expert.visit("/expert/availability");
  const [day] = await expert.links("main dl.sum");
  await lookAround(expert, day);
  for (const [page, entries] of [["/expert", "main article"], ["/expert/calendar", "main table"]]) {
    await expert.visit(page);
    for (const entry of await expert.links(entries)) await lookAround(expert, entry);
  }
}

/** The requests of a desk: the list, one of them, and a new one that is noted by the keyboard alone. */
async function lookAtDesk(desk) {
  await lookAround(desk, "/desk/calls?state=open");
  const [entry] = await desk.links("table tbody th");
  await lookAround(desk, entry);
  await lookAround(desk, entry.replace("/desk/calls/", "/desk/new?entry="));
  await lookAround(desk, "/desk/calls/new");
  await desk.visit("/desk/calls/new");
  const { keyboard } = desk.page;
  // The first field has the focus.
  await keyboard.type("株式会社あおば見本");
  await keyboard.press("Tab");
  await keyboard.press("ArrowDown");
  await keyboard.press("Tab");
  await keyboard.type("Web会議を始めたい。");
  await keyboard.press("Tab");
  await keyboard.type("03-0000-0000");
  await Promise.all([desk.page.waitForEvent("load"), keyboard.press("Enter")]);
  await desk.reads("「株式会社あおば見本」を、回答済みとして記録しました。");
}

/** The lists of news, of the guide and of examples, an entry of each, the awards of a year, and the way through the four questions. */
async function lookAtNews(visitor) {
  for (const [list, entries] of [["/news", "main ul.news"], ["/guide", "main h2"], ["/cases", "main h2"], ["/events", "main h2"], ["/events?past=1", "main h2"]]) {
    await lookAround(visitor, list);
    const [first] = await visitor.links(entries);
    await lookAround(visitor, first);
  }
  const searches = ["/cases?q=%E5%9C%A8%E5%AE%85&industry=E", "/cases?q=%E3%81%AA%E3%81%84%E8%A8%80%E8%91%89", "/awards/2025"];
  for (const page of ["/news/2026", "/news?category=press", "/guide/local-government", ...searches]) await lookAround(visitor, page);
  await visitor.visit("/events");
  const [event] = await visitor.links("main h2");
  await lookAround(visitor, `${event}/sign-up`);
  await lookAround(visitor, `${event}/sign-up/sent`);
  for (const page of ["", "/2026", "/2026?q=%E3%81%BF%E3%81%BB%E3%82%93&industry=E", "/2025", "/2026/rules", "/register", "/register/sent"]) {
    await lookAround(visitor, `/month${page}`);
  }
  for (const page of ["", "?q=%E3%81%BF%E3%81%BB%E3%82%93%E7%B5%B1%E8%A8%88+050-0000-0199", "?q=%E3%81%AA%E3%81%84", "/report", "/report/sent"]) {
    await lookAround(visitor, `/surveys${page}`);
  }
  await visitor.visit("/surveys");
  let answered;
  for (const notice of await visitor.links("main ul.news")) {
    await lookAround(visitor, notice);
    answered ??= (await visitor.links("main")).find((it) => it.endsWith("/answer"));
  }
  await lookAround(visitor, answered);
  await visitor.press("回答を始める");
  await visitor.lookAt(NARROW);
  await visitor.press("保存して次へ進む");
  await visitor.reads("入力内容を確認してください");
  await visitor.lookAt(NARROW);
  for (const page of ["", "?industry=E", "/register", "/register/sent", "/ask", "/ask/sent"]) await lookAround(visitor, `/network${page}`);
  await visitor.page.setViewportSize(DESK.viewport);
  await visitor.visit("/month/register");
  await visitor.press("登録を申し込む");
  await visitor.reads("入力内容を確認してください");
  await visitor.lookAt(NARROW);
  await lookAround(visitor, "/guide/match");
  await visitor.select({ 会社はどこにありますか: "秋田県" });
  await visitor.press("次へ進む");
  for (const [question, answer] of Object.entries(ANSWERS)) {
    await visitor.lookAt(NARROW);
    await visitor.pick(question, answer);
    await visitor.press("次へ進む");
  }
  await visitor.reads("合いそうな支援制度");
  await visitor.lookAt(NARROW);
}

/** What the editor writes, from the list to the page that asks before it publishes, and with something wrong. */
async function lookAtPublications(editor) {
  for (const kind of ["cases", "news", "guide"]) await lookAround(editor, `/staff/publish/${kind}/import`);
  for (const kind of ["news", "guide", "cases", "events", "month", "surveys"]) {
    const list = `/staff/publish/${kind}`;
    await lookAround(editor, list);
    const [entry] = await editor.links("table tbody th");
    const pages = ["cases", "surveys"].includes(kind) ? ["/pictures"] : [];
    for (const page of ["", "/publish", "/history", "/history/1", ...pages]) await lookAround(editor, `${entry}${page}`);
    await editor.visit(entry);
    for (const page of (await editor.links("main")).filter((it) => /^\/staff\/files\//.test(it))) await lookAround(editor, page);
    await editor.visit(entry);
    const [preview] = await editor.links("main p:has-text('確認用のリンク')");
    await lookAround(editor, preview);
    if (kind === "events") {
      await editor.visit(entry);
      const [desk] = (await editor.links("main")).filter((it) => it.includes("/staff/events/"));
      for (const page of ["", "/sheet"]) await lookAround(editor, `${desk}${page}`);
    }
    if (kind === "month") {
      await editor.visit(entry);
      const [desk] = (await editor.links("main")).filter((it) => it.includes("/staff/month/"));
      for (const page of ["", "/figures", "/import"]) await lookAround(editor, `${desk}${page}`);
      await editor.visit(desk);
      const [registration] = await editor.links("table tbody th");
      await lookAround(editor, registration);
      await editor.press("見送る");
      await editor.reads("理由を入力してください");
      await editor.lookAt(NARROW);
    }
    if (kind === "surveys") {
      await editor.visit(list);
      for (const survey of await editor.links("table tbody th")) {
        await editor.visit(survey);
        for (const desk of (await editor.links("main")).filter((it) => it.includes("/staff/surveys/"))) await lookAround(editor, desk);
      }
    }
    await lookAround(editor, `${list}/new`);
    await editor.press("保存する");
    await editor.reads("入力内容を確認してください");
    await editor.lookAt(DESK.viewport.width);
  }
}

async function lookAtSettings(admin) {
  for (const page of ["/admin/masters/desks/import", "/admin/figures"]) await lookAround(admin, page);
  await admin.visit("/admin/masters");
  const [desk] = (await admin.links("table tbody th")).filter((it) => it.includes("/desks/"));
  await lookAround(admin, desk);
  await admin.visit("/admin/users");
  const [user] = await admin.links("table tbody th");
  for (const page of [user, ...(await admin.links("nav ul.tabs"))]) await lookAround(admin, page);
  for (const list of ["/admin/mail-texts", "/admin/follow-up/2026"]) {
    await lookAround(admin, list);
    const [entry] = await admin.links("main table tbody");
    await lookAround(admin, entry);
  }
  for (const page of ["/account", "/account/password", "/account/second-factor"]) await lookAround(admin, page);
  await lookAtErasures(admin);
}

/** What is erased of a case, and a hold that keeps it. */
async function lookAtErasures(admin) {
  const day = (back) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
  await admin.visit(`/admin/audit?from=${day(60)}&to=${day(0)}`);
  const number = await admin.page.locator("main table td", { hasText: /^R\d\d-\d{6}$/ }).first().innerText();
  await lookAround(admin, `/admin/retention/${number}`);
  await admin.visit("/admin/retention");
  await admin.press("消去を停止する");
  await admin.reads("受付番号は、R08-000123のような形で入力してください");
  await admin.lookAt(NARROW);
  await admin.page.getByLabel(/消去を停止する案件の受付番号/).fill(number);
  await admin.page.getByLabel("理由").fill("監査のため");
  await admin.press("消去を停止する");
  await admin.reads("の消去を停止しました");
  await admin.lookAt(NARROW);
}

async function lookAround(visitor, path, status) {
  await visitor.page.setViewportSize(DESK.viewport);
  await visitor.visit(path, status);
  await visitor.lookAt(NARROW);
}

/** Where something is missing or wrong, in a form and in an address. */
async function lookAtMistakes(visitor) {
  await lookAround(visitor, "/nowhere", 404);
  await visitor.page.setViewportSize(DESK.viewport);
  await visitor.visit("/apply");
  await visitor.press("申込みを始める");
  const topic = visitor.page.url();
  for (const step of [topic, topic.replace("topic", "company"), topic.replace("topic", "contact")]) {
    await visitor.visit(step);
    await visitor.press("次へ進む");
    await visitor.reads("入力内容を確認してください");
    await visitor.lookAt(NARROW);
  }
}

async function takePictures(enter) {
  const company = await enter(PICTURE);
  await answerUpToTheSlots(company, "hanako@minato.example.jp");
  await company.page.screenshot({ path: `${PICTURES}slot.png` });
  const center = await enter(PICTURE);
  await center.visit("/staff");
  await signIn(center, "center1@example.jp", PASSWORD);
  await center.page.screenshot({ path: `${PICTURES}worklist.png` });
  const expert = await enter(PICTURE);
  await expert.visit("/expert/calendar");
  await signIn(expert, "expert01@example.jp", PASSWORD);
  await expert.press("次の週");
  await expert.page.screenshot({ path: `${PICTURES}calendar.png` });
}
