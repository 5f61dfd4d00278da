// What the telephone brings to the center: an application with an agreed time, and an address that was wrong.
import assert from "node:assert/strict";
import { test } from "node:test";

import { signIn } from "./habits.mjs";
import { Keyboard } from "./keyboard.mjs";
import { DESK, startBrowser, Visitor } from "./look.mjs";
import { bounceOf } from "./mail.mjs";
import { Service } from "./service.mjs";

const PASSWORD = "madoguchi-demo";
const TODAY = "2026-11-20 10:00:00";
const MISTYPED = "hanako@shokai.example.jp";
const RIGHT = "hanako@syokai.example.jp";
const DEMO = { DATABASE_URL: "sqlite://data/demo.db" };
/** Seconds of a call, at the pace of `Keyboard`. */
const LONGEST_CALL = 180;

test("what the telephone brings is entered where it belongs", { timeout: 600_000 }, async (it) => {
  const service = await Service.build(it);
  const browser = await startBrowser(it);
  await service.openDemo(TODAY);
  const center = await Visitor.enter(browser, service.address, DESK);
  await center.visit("/staff/sign-in");
  await signIn(center, "center1@example.jp", PASSWORD);
  const number = await takeDown(it, center);
  await correctAddress(service, browser, center, number);
  const doctor = await service.run("doctor", TODAY, DEMO);
  assert.deepEqual(doctor, { code: 0, said: "" });
  await service.close();
});

/** From the worklist to the case with an agreed time, by the keyboard alone. Returns the case's number. */
async function takeDown(it, center) {
  const keyboard = await Keyboard.at(center);
  await keyboard.to("a[href='/staff/new']");
  await keyboard.open();
  await keyboard.to("#company_name");
  await keyboard.write("合同会社みなと商会");
  await keyboard.to("#contact_name");
  await keyboard.write("伊藤 花子");
  await keyboard.to("#phone");
  await keyboard.write("045-000-0001");
  await keyboard.to("#email");
  await keyboard.write(MISTYPED);
  await keyboard.to("#address_confirmed");
  await keyboard.choose();
  await keyboard.to("#field");
  await keyboard.choose();
  await keyboard.to("#description");
  await keyboard.write("在宅勤務の勤怠管理の方法を相談したい。");
  await keyboard.to("#consent");
  await keyboard.choose();
  // The free times are beside the form; what was typed stays, and the keyboard goes on there.
  await keyboard.to("button[value='times']");
  await keyboard.open();
  assert.equal(await center.page.inputValue("#company_name"), "合同会社みなと商会");
  assert.ok(await isBeside(center.page), "the free times are beside the form");
  await keyboard.to("input[name='slot']", 5);
  await keyboard.choose();
  await keyboard.to("button[value='hold']");
  await keyboard.open();
  await center.reads("まで押さえています");
  await keyboard.to("section .btn:not(.btn--2)", 5);
  await keyboard.open();
  await center.reads("で登録しました。");
  await center.reads("担当者調整中");
  const { keys, fields, seconds } = keyboard;
  it.diagnostic(`${keys} keys and ${fields} fields: ${seconds} s of a call`);
  assert.ok(seconds < LONGEST_CALL, `${seconds} s of a call`);
  assert.equal(await keyboard.pointed(), false, "no mouse was used");
  return center.path().match(/R\d\d-\d{6}/)[0];
}

/** Whether the free times stand to the right of the form. */
function isBeside(page) {
  return page.evaluate(() => {
    const [form, times] = ["#contact_name", "#time-h"].map((it) => document.querySelector(it).getBoundingClientRect());
    return times.left > form.right;
  });
}

/** The acknowledgement bounces; the address is corrected, and the mail goes out again. */
async function correctAddress(service, browser, center, number) {
  const bounced = await service.mailTo(MISTYPED, number);
  const received = await service.receive(bounceOf(bounced), TODAY, DEMO);
  assert.deepEqual(received, { code: 0, said: "" });
  await center.visitUntil(`/staff/consultations/${number}`, "メールが届きませんでした");
  await center.press("メールアドレスを訂正する");
  await center.type({ メールアドレス: RIGHT, 訂正の理由: "電話で確認" });
  await center.press("訂正する");
  await center.reads("確認のメールを送りました");
  await center.reads("前のアドレスに届かなかったメールが1件あります");
  await center.press("訂正したアドレスに送り直す");
  await center.reads("届かなかったメール1件を、訂正したアドレスに送り直しました");

  const { link, text } = await service.mailWith("メールアドレスを確認する", RIGHT);
  assert.ok(!text.includes("みなと商会"), "an address that is not confirmed is told nothing that was typed");
  const company = await Visitor.enter(browser, service.address, DESK);
  await company.visit(link);
  await company.press("メールアドレスを確認する");
  await company.visit(`/my/${number}`);
  const again = await service.mailTo(RIGHT, "みなと商会");
  assert.equal(again.subject, bounced.subject);
  await center.visit(`/staff/consultations/${number}?view=history`);
  await center.reads("理由：電話で確認");
  const warnings = center.page.locator(".banner", { hasText: "メールが届きませんでした" });
  assert.equal(await warnings.count(), 0, "the bounce is settled");
}
