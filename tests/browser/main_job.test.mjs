// The whole chain, as the people in it live it: set-up, application, answers, appointment, report, approval, survey.
import assert from "node:assert/strict";
import { test } from "node:test";

import { answerUpToTheSlots, signIn } from "./habits.mjs";
import { Service } from "./service.mjs";
import { DESK, PHONE, startBrowser, Visitor } from "./look.mjs";

const PASSWORD = "correct horse battery staple";
const COMPANY = "hanako@minato.example.jp";
const CENTER = "center@example.jp";
const ICT = { email: "ict@example.jp", name: "鈴木 一郎", field: "ICT" };
const LABOR = { email: "labor@example.jp", name: "佐藤 次郎", field: "労務管理" };

const SURVEY = ["問い合わせの目的が達成できた", "問い合わせへの対応に満足した", "テレワークの導入を積極的に検討する"];

// A Friday; the appointment is after a holiday and three business days.
const APPLIED = "2026-11-20 10:00:00";
const DAY = "11月26日（木）";
const TIME = "10:00から11:00";
const AFTER_SESSION = "2026-11-26 11:30:00";
const NEXT_BUSINESS_DAY = "2026-11-27 10:30:00";

test("the whole chain, each page accessible", { timeout: 600_000 }, (it) => wholeChain(it, true));
test("the whole chain without JavaScript", { timeout: 600_000 }, (it) => wholeChain(it, false));

async function wholeChain(it, javaScript) {
  const service = await Service.build(it);
  const browser = await startBrowser(it);
  const enter = (screen) => Visitor.enter(browser, service.address, screen, javaScript);
  await service.open("serve", APPLIED);

  const admin = await enter(DESK);
  await setUp(service, admin);
  await invite(admin, "相談センター", { メールアドレス: CENTER, 氏名: "窓口 花子" });
  for (const expert of [ICT, LABOR]) await inviteExpert(admin, expert);
  const center = await enter(DESK);
  await join(service, center, CENTER);
  const experts = [];
  for (const { email } of [ICT, LABOR]) {
    const expert = await enter(DESK);
    await join(service, expert, email);
    await offerTime(expert);
    experts.push(expert);
  }

  const company = await enter(PHONE);
  const number = await apply(company);
  await confirmAddress(service, company);
  for (const { email } of [ICT, LABOR]) await accept(service, await enter(PHONE), email);
  await readBooking(service, company, number);

  await service.reopen(AFTER_SESSION);
  await recordAndReport(experts[0], ICT.email);
  await approve(center, number);
  await readReport(company, number);

  await service.reopen(NEXT_BUSINESS_DAY);
  await answerSurvey(service, await enter(PHONE));
  await readAnswers(center, number);

  await service.close();
  const doctor = await service.run("doctor", NEXT_BUSINESS_DAY);
  assert.deepEqual(doctor, { code: 0, said: "" });
}

async function setUp(service, admin) {
  const link = service.said.match(/http:\/\/\S+/)?.[0];
  assert.ok(link, `a link in ${service.said}`);
  await setPassword(admin, link, service.said.match(/\S+@\S+/)[0]);
  assert.equal(admin.path(), "/admin");
}

async function setPassword(visitor, link, email) {
  await visitor.visit(link);
  await visitor.typePassword("新しいパスワード", PASSWORD);
  await visitor.press("パスワードを設定する");
  await signIn(visitor, email, PASSWORD);
}

async function invite(admin, role, answers, facts = async () => {}) {
  await admin.visit("/admin/users");
  await admin.press("利用者を招待する");
  await admin.pick("役割", role);
  await admin.press("次へ進む");
  await admin.type(answers);
  await facts();
  await admin.press("招待のメールを送る");
}

async function inviteExpert(admin, { email, name, field }) {
  await invite(admin, "専門家", { メールアドレス: email, 氏名: name }, async () => {
    await admin.pick("相談の分野", field);
    await admin.pick("実施方法", "オンライン");
    await admin.select({ 拠点の都道府県: "東京都" });
    await admin.type({
      会議のアドレス: `https://video.example.jp/${field === "ICT" ? "ict" : "labor"}`,
      紹介文: "中小企業のテレワーク導入を支援しています。",
    });
  });
}

async function join(service, visitor, email) {
  const { link, subject } = await service.mailWith("パスワードを設定する", email);
  assert.match(subject, /^【テレワーク相談センター】/);
  await setPassword(visitor, link, email);
}

async function offerTime(expert) {
  await expert.visit("/expert/availability");
  await expert.pick("曜日", "月曜日", "火曜日", "水曜日", "木曜日", "金曜日");
  const weekly = expert.page.getByRole("region", { name: "毎週の空き" });
  await weekly.getByRole("combobox", { name: "開始" }).selectOption("9:00");
  await weekly.getByRole("combobox", { name: "終了" }).selectOption("17:00");
  await expert.press("毎週の空きを登録する");
  await expert.reads("木曜日");
}

/** On a phone, from the front door to the receipt. Returns the case's number. */
async function apply(company) {
  await answerUpToTheSlots(company, COMPANY);
  await company.unfold(DAY);
  await company.pick("希望する日時", `${DAY} ${TIME}`);
  await company.press("次へ進む");
  await company.reads(`${DAY}${TIME}（仮予約）`);
  await company.page.getByRole("checkbox", { name: "個人情報の取扱いに同意します" }).check();
  await company.press("この内容で申し込む");
  await company.reads("申込みを受け付けました");
  return (await company.page.locator("main").innerText()).match(/R\d\d-\d{6}/)[0];
}

async function confirmAddress(service, company) {
  const { link, text } = await service.mailWith("メールアドレスを確認する", COMPANY);
  assert.ok(!text.includes("みなと製作所"), "an address that is not confirmed is told nothing that was typed");
  await company.visit(link);
  await company.press("メールアドレスを確認する");
}

/** From the mail, on a phone, without signing in. */
async function accept(service, phone, email) {
  const { link, text, calendar } = await service.mailWith("内容を見て回答する", email);
  assert.ok(text.includes(`${DAY}${TIME}`), text);
  assert.match(calendar, /^METHOD:REQUEST$/m);
  await phone.visit(link);
  await phone.pick("回答", "引き受ける");
  await phone.press("この内容で回答する");
  await phone.reads("担当を引き受けました");
}

async function readBooking(service, company, number) {
  await company.visit(`/my/${number}`);
  await company.reads("予約確定");
  await company.reads(`${DAY}${TIME}`);
  for (const page of ["messages", "reschedule", "waiting", "cancel", "survey", "report"]) {
    await company.visit(`/my/${number}/${page}`);
  }
  const { calendar } = await service.mailWith("予約の内容を確認する", COMPANY);
  const download = await company.page.request.get(`/my/${number}/appointment.ics`);
  assert.equal(download.status(), 200);
  const entries = [calendar, await download.text()].map(calendarEntry);
  for (const entry of entries) {
    assert.equal(entry.get("DTSTART"), "20261126T010000Z");
    assert.equal(entry.get("DTEND"), "20261126T020000Z");
    assert.equal(entry.get("STATUS"), "CONFIRMED");
    assert.equal(entry.get("UID"), entries[0].get("UID"));
    assert.match(entry.get("LOCATION"), /^https:\/\/video\.example\.jp\//);
  }
}

/** The one event of an iCalendar object, property by property (RFC 5545). */
function calendarEntry(text) {
  const lines = text.replaceAll("\r\n", "\n").replaceAll(/\n[ \t]/g, "").trim().split("\n");
  assert.equal(lines[0], "BEGIN:VCALENDAR");
  assert.equal(lines.at(-1), "END:VCALENDAR");
  const inside = lines.slice(lines.indexOf("BEGIN:VEVENT") + 1, lines.indexOf("END:VEVENT"));
  const property = (line) => [line.match(/^[A-Z-]+/)[0], line.slice(line.indexOf(":") + 1)];
  return new Map(inside.map(property));
}

/** Days later, so that the expert signs in again. */
async function recordAndReport(expert, email) {
  await expert.visit("/expert");
  await signIn(expert, email, PASSWORD);
  await expert.press("実施・欠席を記録する");
  await expert.pick("相談の結果", "実施した");
  await expert.press("記録する");
  await expert.type({
    現状: "紙の出勤簿で勤怠を管理している。",
    助言の内容: "勤怠管理ツールを小さく試し、規程の案を作る。",
    今後の取組み: "総務部が、1月までに試行を始める。",
  });
  await expert.press("提出する");
}

async function approve(center, number) {
  await center.visit("/staff");
  await signIn(center, CENTER, PASSWORD);
  await center.press("報告書の確認");
  await center.press(number);
  await center.press("提出された報告書を確認する");
  await center.press("提出済み");
  await center.pick("報告書の確認結果", "確認済みにする");
  await center.press("確認の結果を記録する");
}

async function readReport(company, number) {
  await company.visit(`/my/${number}/report`);
  await company.reads("総務部が、1月までに試行を始める。");
}

/** From the mail, on a phone that nobody has signed in on. */
async function answerSurvey(service, phone) {
  const { link } = await service.mailWith("アンケートに答える", COMPANY);
  await phone.visit(link);
  for (const sentence of SURVEY) await phone.pick(sentence, "そう思う");
  await phone.type({ ご意見: "次の一歩が分かりました。" });
  await phone.press("回答を送る");
  await phone.reads("ありがとうございました");
}

async function readAnswers(center, number) {
  await center.visit(`/staff/consultations/${number}`);
  await signIn(center, CENTER, PASSWORD);
  await center.press("予約・報告書");
  await center.reads("次の一歩が分かりました。");
}
