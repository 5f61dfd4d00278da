// The systems around the desk, as the people in them live them: what the editor publishes, a company finds, reads, signs up
// for and registers for, and asks the center about in the end.
import assert from "node:assert/strict";
import { test } from "node:test";

import { answerQuestions, signIn } from "./habits.mjs";
import { DESK, PHONE, startBrowser, Visitor } from "./look.mjs";
import { Service } from "./service.mjs";

const PASSWORD = "madoguchi-demo";
const TODAY = "2026-11-20 10:00:00";
const DEMO = { DATABASE_URL: "sqlite://data/demo.db" };
const GRANT = "秋田のテレワーク機器の助成金";
const EXAMPLE = "秋田の12人の工場で、事務を在宅勤務に";
const SEMINAR = "雪の日に備えるテレワーク講座";
const DAY = "オンライン個別相談会";

/** Who walks through, each with an address and a name of their own. */
const VISITORS = [
  { screen: PHONE, javaScript: true, email: "akita1@minato.example.jp", name: "あきた見本一号" },
  { screen: DESK, javaScript: true, email: "akita2@minato.example.jp", name: "あきた見本二号" },
  { screen: PHONE, javaScript: false, email: "akita3@minato.example.jp", name: "あきた見本三号" },
];

test("from a grant that fits to the request that is filled in", { timeout: 900_000 }, async (it) => {
  const service = await Service.build(it);
  const browser = await startBrowser(it);
  const enter = (screen, javaScript) => Visitor.enter(browser, service.address, screen, javaScript);
  await service.openDemo(TODAY);
  await service.reopen(TODAY, DEMO);

  const editor = await enter(DESK);
  await editor.visit("/staff/sign-in");
  await signIn(editor, "editor@example.jp", PASSWORD);
  await publishGrant(editor);
  await publishExample(editor);
  await publishSeminar(editor);
  for (const { screen, javaScript, email, name } of VISITORS) {
    const company = await enter(screen, javaScript);
    await findGrant(company);
    await readExample(company);
    await signUp(service, company, email);
    await chooseTime(company, email);
    await register(service, company, email, name);
    await approve(editor, name);
    await beginRequest(service, company, email, name);
  }
  await readParticipants(editor);
  await readFigures(await enter(DESK));
  await service.close();
  const doctor = await service.run("doctor", TODAY, DEMO);
  assert.deepEqual(doctor, { code: 0, said: "" });
});

/** From the saved draft to the public page. */
async function publish(editor) {
  await editor.press("保存する");
  await editor.reads("下書きを保存しました");
  await editor.press("公開する");
  await editor.press("公開する");
  await editor.reads("公開しました");
}

async function publishGrant(editor) {
  await editor.visit("/staff/publish/guide/new");
  await editor.type({
    見出し: GRANT,
    "実施する機関※": "見本県",
    内容の要約: "機器を買う費用の一部を助成します。",
    実施する機関のページ: "https://www.example.jp/grant",
  });
  await editor.select({ 種類: "助成金・補助金" });
  await editor.pick("目的", "費用の助成を受けたい");
  await editor.pick("対象の従業員数", "20人以下");
  await editor.unfold("地域・業種を限る");
  await editor.pick("対象の都道府県", "秋田県");
  await publish(editor);
}

async function publishExample(editor) {
  await editor.visit("/staff/publish/cases/new");
  await editor.type({
    見出し: EXAMPLE,
    "企業・団体": "株式会社あきた見本工業",
    従業員数: "12",
    取組の要約: "事務の4人が、週2日の在宅勤務を始めました。",
    取り組んだこと: "図面を、共有の保管場所に移しました。",
    出典: "会社の説明",
  });
  await editor.select({ 業種: "製造業", 都道府県: "秋田県" });
  await publish(editor);
}

/** A seminar with a missing seat number first, which the form tells and keeps what was typed. */
async function publishSeminar(editor) {
  await editor.visit("/staff/publish/events/new");
  await editor.type({
    見出し: SEMINAR,
    始まる時刻: "13:00",
    終わる時刻: "15:00",
    申込みを締め切る時刻: "17:00",
    会場の名称と住所: "見本会館 秋田市見本町1-1",
    主催: "見本省",
    案内の本文: "雪の日の働き方を、例を見ながら考えます。",
  });
  await editor.select({ 種類: "セミナー", 会場の都道府県: "秋田県" });
  await editor.typeDates({ 始まる日: "2026-12-16", 終わる日: "2026-12-16", 申込みを締め切る日: "2026-12-15" });
  await editor.press("保存する");
  await editor.reads("入力内容を確認してください");
  await editor.type({ 会場の席の数: "20" });
  await publish(editor);
}

/** A grant that fits, by the four questions. */
async function findGrant(company) {
  await company.visit("/");
  await company.press("使える支援制度を探す");
  await company.select({ 会社はどこにありますか: "秋田県" });
  await company.press("次へ進む");
  await company.pick("常時雇用する従業員は何人ですか", "20人以下");
  await company.press("次へ進む");
  await company.pick("テレワークを導入していますか", "導入していない");
  await company.press("次へ進む");
  await company.pick("何のための支援を探していますか", "費用");
  await company.press("次へ進む");
  await company.reads("表示した理由：");
  await company.press(GRANT);
  await company.reads("機器を買う費用の一部を助成します。");
  await company.reads("確認日");
}

/** An example of a company like it, by industry and prefecture. */
async function readExample(company) {
  await company.visit("/");
  await company.reads("テレワークの事例");
  await company.press("業種や地域で事例を探す");
  await company.unfold("条件で絞り込む");
  const [industry, prefecture] = ["#industry", "#prefecture"].map((it) => company.page.locator(it));
  await industry.selectOption({ value: "E" });
  await prefecture.selectOption({ value: "05" });
  await company.press("探す");
  await company.press(EXAMPLE);
  await company.reads("図面を、共有の保管場所に移しました。");
}

/** A seat of the seminar: the form, the link in the mail, the calendar. */
async function signUp(service, company, email) {
  await company.visit("/events");
  await company.press(SEMINAR);
  await company.press("参加を申し込む");
  await company.press("申し込む");
  await company.reads("入力内容を確認してください");
  await company.pick("参加の方法", "会場");
  await company.type({ お名前: "秋田 花子", メールアドレス: email });
  await company.press("申し込む");
  await company.reads("まだ確定していません");
  const { link } = await service.mailWith("申込みを確定する", email);
  await company.visit(link);
  await company.press("申込みを確定する");
  await company.reads("参加予定");
  const { calendar } = await service.mailWith("申込みの内容を確認する", email);
  assert.match(calendar, /^METHOD:REQUEST$/m);
  assert.match(calendar, /^DTSTART:20261216T040000Z$/m);
}

/** A time of the consultation day, which begins an application of its own. */
async function chooseTime(company, email) {
  await company.visit("/events");
  await company.press(DAY);
  await company.press("日時を選んで相談を申し込む");
  await answerQuestions(company, email);
  await company.reads("個別相談会は、オンラインで行います");
  const day = company.page.locator("details:not([open]):has(input[name='slot']) > summary");
  if (await day.count()) await day.first().click();
  await company.page.locator("input[name='slot']:not([value='none'])").first().check();
  await company.press("次へ進む");
  await company.reads("（仮予約）");
}

/** The telework month: the form, and the link in the mail. */
async function register(service, company, email, name) {
  await company.visit("/month");
  await company.press("登録を申し込む");
  await company.pick("登録する方", "企業");
  await company.type({ 名称: `株式会社${name}`, フリガナ: "アキタミホン", 従業員数: "12", 担当者のお名前: "秋田 花子", メールアドレス: email });
  await company.select({ 業種: "製造業", 都道府県: "秋田県" });
  await company.pick("予定している活動", "在宅勤務を実施する");
  await company.pick("テレワーク導入状況", "導入していないが予定がある");
  await company.tick("活動規約に同意します");
  await company.press("登録を申し込む");
  await company.reads("まだ確定していません");
  const { link } = await service.mailWith("登録を確定する", email);
  await company.visit(link);
  await company.press("登録を確定する");
  await company.reads("承認待ち");
}

/** From the editors' list to the approval. */
async function approve(editor, name) {
  await editor.visit("/staff/publish/month");
  await editor.press("テレワーク月間2026");
  const [desk] = (await editor.links("main")).filter((it) => it.includes("/staff/month/"));
  await editor.visit(desk);
  await editor.press(`株式会社${name}`);
  await editor.reads("秋田 花子");
  await editor.press("承認する");
}

/** The certificate, and an application that knows what the registration knows. */
async function beginRequest(service, company, email, name) {
  const { link } = await service.mailWith("登録の内容と登録証を見る", email);
  await company.visit(link);
  await company.press("登録証を表示する");
  await company.reads(`株式会社${name}　殿`);
  const file = await company.page.request.get(`${company.path()}.pdf`);
  assert.equal(file.headers()["content-type"], "application/pdf");
  await company.press("登録のページに戻る");
  await company.press("相談も申し込む");
  await company.pick("相談の分野", "ICT");
  await company.pick("ICTのテーマ", "勤怠・業務管理ツール");
  await company.type({ 困っていること: "雪の日の在宅勤務を始めたい。" });
  await company.pick("実施方法", "オンライン");
  await company.press("次へ進む");
  const written = await company.page.getByRole("textbox", { name: /^\s*会社の正式名称/ }).inputValue();
  assert.equal(written, `株式会社${name}`);
}

/** The people of the seminar, ticked at the door, and the sheet. */
async function readParticipants(editor) {
  await editor.visit("/staff/publish/events");
  await editor.press(SEMINAR);
  const [desk] = (await editor.links("main")).filter((it) => it.includes("/staff/events/"));
  await editor.visit(desk);
  await editor.reads("秋田 花子");
  await editor.visit(`${desk}/sheet`);
  assert.equal(await editor.page.getByText("秋田 花子").count(), VISITORS.length);
}

/** The figures of the systems around the desk, as the center reads them. */
async function readFigures(center) {
  await center.visit("/staff/sign-in");
  await signIn(center, "center1@example.jp", PASSWORD);
  await center.visit("/stats");
  for (const system of ["イベント", "調査", "推進企業ネットワーク"]) {
    await center.page.getByRole("heading", { name: system, exact: true }).waitFor();
  }
}
