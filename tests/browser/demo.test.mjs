// The demo: every page of every role's navigation, wide and narrow; and the pictures of the README.
import assert from "node:assert/strict";
import { test } from "node:test";

import { answerUpToTheSlots, signIn } from "./habits.mjs";
import { House } from "./house.mjs";
import { DESK, startBrowser, Visitor } from "./look.mjs";

const PASSWORD = "madoguchi-demo";
const TODAY = "2026-11-20 10:00:00";
const NARROW = 320;
/** Who signs in, and which links lead further than the menu does: one case, and what is behind its tabs. */
const ROLES = {
  "center1@example.jp": ["table tbody th", "nav ul.tabs"],
  "expert01@example.jp": ["main article", "main .acts"],
  "desk1@example.jp": [],
  "soumu@example.jp": [],
  "admin@example.jp": ["nav ul.tabs", "table tbody th"],
};
const PICTURES = new URL("pictures/", import.meta.url).pathname;
const PICTURE = { viewport: { width: 1200, height: 900 } };

test("every page of every role, wide and narrow", { timeout: 170_000 }, async (it) => {
  const house = await House.build(it);
  const browser = await startBrowser(it);
  await house.open("demo", TODAY);
  const enter = (screen) => Visitor.enter(browser, house.address, screen);
  for (const path of ["/", "/help", "/privacy", "/accessibility", "/apply", "/login"]) {
    await lookAround(await enter(DESK), path);
  }
  await lookAtMistakes(await enter(DESK));
  for (const [email, further] of Object.entries(ROLES)) {
    const visitor = await enter(DESK);
    await visitor.visit("/staff/sign-in");
    await signIn(visitor, email, PASSWORD);
    await walk(visitor, further);
  }
  if (process.env.MADOGUCHI_PICTURES === "1") await takePictures(enter);
  const doctor = await house.run("doctor", TODAY, { DATABASE_URL: "sqlite://data/demo.db" });
  assert.deepEqual(doctor, { code: 0, said: "" });
  await house.close();
});

/** The menu's pages; and, step by step, the pages behind the tabs and the first entry of a list. */
async function walk(visitor, further) {
  const home = visitor.page.url();
  const seen = new Set();
  for (const path of [home, ...(await visitor.links("nav.site-nav"))]) {
    if (seen.has(path)) continue;
    seen.add(path);
    await lookAround(visitor, path);
  }
  await visitor.visit(home);
  for (const selector of further) {
    const paths = (await visitor.links(selector)).filter((it) => !seen.has(it));
    const some = selector.includes("tabs") ? paths : paths.slice(0, 1);
    for (const path of some) {
      seen.add(path);
      await lookAround(visitor, path);
    }
  }
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
  await center.page.screenshot({ path: `${PICTURES}inbox.png` });
  const expert = await enter(PICTURE);
  await expert.visit("/expert/calendar");
  await signIn(expert, "expert01@example.jp", PASSWORD);
  await expert.press("次の週");
  await expert.page.screenshot({ path: `${PICTURES}calendar.png` });
}
