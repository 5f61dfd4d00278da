// Two cases of two companies become one case of one company, and two again: with the keyboard alone, without scripts, on a
// narrow screen. Every page is also looked at with axe-core, narrow and wide.
import { test } from "node:test";

import { signIn } from "./habits.mjs";
import { DESK, startBrowser, Visitor } from "./look.mjs";
import { Service } from "./service.mjs";

const TODAY = "2026-11-20 10:00:00";
const NARROW = { viewport: { width: 320, height: 700 } };
const PICTURES = process.env.MADOGUCHI_MERGE_PICTURES;

test("two cases are one and two again, by keyboard", { timeout: 600_000 }, async (it) => {
  const service = await Service.build(it);
  const browser = await startBrowser(it);
  await service.openDemo(TODAY);
  const center = await Visitor.enter(browser, service.address, NARROW, false);
  const other = await Visitor.enter(browser, service.address, DESK);
  for (const visitor of [center, other]) {
    await visitor.visit("/staff/sign-in");
    await signIn(visitor, "center1@example.jp", "madoguchi-demo");
  }
  const kept = await takeDown(center, "株式会社みどり印刷", "緑 一郎", "045-123-4567");
  const absorbed = await takeDown(center, "緑印刷有限会社", "緑 花子", "0451234567");
  const look = async (path, name) => {
    for (const width of [320, 1280]) {
      await other.page.setViewportSize({ width, height: 900 });
      await other.visit(path);
      if (PICTURES) await other.page.screenshot({ path: `${PICTURES}/${name}-${width}.png`, fullPage: true });
    }
  };

  const company = `/staff/consultations/${kept}?view=same-company`;
  await look(company, "same-company");
  await center.visit(company);
  await center.reads("電話番号が一致");
  const compare = `/staff/consultations/${kept}/company-merge?with=${absorbed}`;
  await look(compare, "company-merge");
  await follow(center, `同じ企業として統合する：${absorbed}`);
  await type(center, "理由", "電話で、社名を変えたと聞いた");
  await enter(center, "企業を統合する");
  // Little shows that the two are one: it has to be confirmed, and what was typed is kept.
  await center.reads("一致する点が足りません");
  await center.page.getByRole("checkbox", { name: /同じであることを確かめた/ }).focus();
  await center.page.keyboard.press("Space");
  await enter(center, "企業を統合する");
  await center.reads("2つの企業を1つに統合しました");

  await look(`/staff/consultations/${kept}/merge?with=${absorbed}`, "case-merge");
  await follow(center, `1つの案件に統合する：${absorbed}`);
  await choose(center, "担当者", "緑 花子");
  await type(center, "理由", "同じ相談だった");
  await enter(center, "案件を統合する");
  await center.reads(`${absorbed}をこの案件に統合しました`);
  await look(company, "merged");
  // The old number leads on.
  await center.visit(`/staff/consultations/${absorbed}`);
  await center.reads(`${absorbed}は、この案件に統合しました`);
  await center.reads("緑 花子");
  await look(`/staff/consultations/${absorbed}?view=history`, "absorbed");

  await center.visit(company);
  await enter(center, `統合を取り消す：${absorbed}`);
  await center.reads("案件の統合を取り消しました");
  await enter(center, "統合を取り消す：緑印刷有限会社");
  await center.reads("企業の統合を取り消しました");
  await center.visit(`/staff/consultations/${kept}`);
  await center.reads("緑 一郎");

  await look(`/staff/consultations/${kept}/split`, "split");
  await center.visit(`/staff/consultations/${kept}/split`);
  await choose(center, "新しい案件の分野", "労務管理");
  await type(center, "新しい案件の相談内容", "就業規則の見直しについて。");
  await enter(center, "案件を分ける");
  await center.reads("から分けました");
  await service.close();
});

/** Takes a call down. Returns the number of the case. */
async function takeDown(center, company, person, phone) {
  await center.visit("/staff/new");
  await center.type({ 会社の正式名称: company, 担当者の氏名: person, 電話番号: phone });
  await center.pick("相談の分野", "ICT");
  await center.type({ 困っていること: "在宅勤務の勤怠管理に困っています。" });
  await center.pick("希望する実施方法", "オンライン");
  await center.page.locator('input[name="consent"]').first().check();
  await center.press("登録する");
  if (center.path() === "/staff/new") await center.press("登録する");
  return center.path().split("/").pop();
}

/** Goes to an element with the keyboard, as a person does who presses Tab until it is reached. */
async function reach(visitor, target) {
  const { page } = visitor;
  for (let step = 0; step < 200; step += 1) {
    if (await target.evaluate((it) => it === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${target} on ${page.url()}`);
}

/** Presses a button. */
const enter = (visitor, name) => go(visitor, "button", name);

/** Follows a link. */
const follow = (visitor, name) => go(visitor, "link", name);

async function go(visitor, role, name) {
  // What only a screen reader reads stands apart from the rest of the name.
  const spaced = new RegExp(name.split("：").join("\\s*：\\s*"));
  await reach(visitor, visitor.page.getByRole(role, { name: spaced }).first());
  await Promise.all([visitor.page.waitForEvent("load"), visitor.page.keyboard.press("Enter")]);
  await visitor.look();
}

async function type(visitor, label, text) {
  await reach(visitor, visitor.page.getByRole("textbox", { name: label }).first());
  await visitor.page.keyboard.type(text);
}

/** Chooses one of several with the arrows, or ticks a box with the space bar. */
async function choose(visitor, legend, label) {
  const { page } = visitor;
  const group = page.getByRole("group", { name: legend }).first();
  const radio = group.getByRole("radio", { name: label });
  if (await radio.count()) {
    await reach(visitor, group.locator("input:checked").first());
    for (let step = 0; step < 5 && !(await radio.isChecked()); step += 1) await page.keyboard.press("ArrowDown");
    return;
  }
  await reach(visitor, group.getByRole("checkbox", { name: label }));
  await page.keyboard.press("Space");
}
