// A person in front of a screen, and what must hold on every page that they meet.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

import { chromium } from "playwright-core";

const AXE = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const PATIENCE = 30_000;
/** How often a page is opened again within the patience. */
const AGAIN = 150;

export const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
export const DESK = { viewport: { width: 1280, height: 900 } };

/** A browser, closed after the test. */
export async function startBrowser(test) {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
    ],
  });
  test.after(() => browser.close());
  return browser;
}

/** Somebody with cookies of their own. Each page is looked at as soon as it is there. */
export class Visitor {
  #complaints = [];
  #looksDeeply;

  constructor(page, looksDeeply) {
    this.page = page;
    this.#looksDeeply = looksDeeply;
    page.setDefaultTimeout(PATIENCE);
    page.on("pageerror", (error) => this.#complaints.push(String(error)));
    page.on("console", (message) => {
      // The browser also tells the status of the page itself there, where it is not a success.
      const isStatus = message.location().url === page.url() && message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isStatus) this.#complaints.push(message.text());
    });
  }

  /** `screen` is PHONE or DESK. Without scripts, axe-core is not asked: it is one itself. */
  static async enter(browser, address, screen, javaScriptEnabled = true) {
    // Without motion a page is looked at as it stays, not on its way there.
    const settings = { baseURL: address, javaScriptEnabled, locale: "ja-JP", reducedMotion: "reduce" };
    const context = await browser.newContext({ ...screen, ...settings });
    return new Visitor(await context.newPage(), javaScriptEnabled);
  }

  /** Opens an address and expects a page, with that status. */
  async visit(path, status = 200) {
    const answer = await this.page.goto(path);
    assert.equal(answer.status(), status, `what ${path} answers`);
    await this.look();
  }

  /** Opens an address again until it shows a text that a worker causes, and looks at the page. */
  async visitUntil(path, text) {
    for (let n = 0; n < AGAIN; n += 1) {
      await this.page.goto(path);
      if ((await this.page.locator("main").innerText()).includes(text)) return this.look();
      await pause(PATIENCE / AGAIN);
    }
    throw new Error(`${path} does not show ${text}`);
  }

  /** Looks at the same page on a screen of another width. */
  async lookAt(width) {
    await this.page.setViewportSize({ ...this.page.viewportSize(), width });
    await this.look();
  }

  /** The addresses of the links in these elements, each once. */
  async links(selector) {
    const hrefs = await this.page.locator(selector).locator("a").evaluateAll((all) => all.map((it) => it.href));
    return [...new Set(hrefs.map((it) => it.replace(/#.*/, "")))];
  }

  /** Presses the button or follows the link whose name begins so, to the page behind it. */
  async press(name) {
    const button = this.page.getByRole("button", { name: starting(name) });
    const target = button.or(this.page.getByRole("link", { name: starting(name) })).first();
    await this.#try(`press ${name}`, () => Promise.all([this.page.waitForEvent("load"), target.click()]));
    await this.look();
  }

  /** Types into fields, by the beginning of their labels. */
  async type(answers) {
    for (const [label, answer] of Object.entries(answers)) {
      const field = this.page.getByRole("textbox", { name: starting(label) });
      await this.#try(`type into ${label}`, () => field.fill(answer));
    }
  }

  /** Types dates (2026-12-10), by the beginning of their labels. A field of a date has no role either. */
  async typeDates(answers) {
    for (const [label, date] of Object.entries(answers)) {
      await this.#try(`type into ${label}`, () => this.page.getByLabel(starting(label)).fill(date));
    }
  }

  /** The field of a password has no role. */
  async typePassword(label, password) {
    await this.#try(`type into ${label}`, () => this.page.getByLabel(starting(label)).fill(password));
  }

  /** Ticks a box that stands alone, by the beginning of its label. */
  async tick(label) {
    const box = this.page.getByRole("checkbox", { name: starting(label) });
    await this.#try(`tick ${label}`, () => box.check());
  }

  /** Chooses from lists, by the beginning of their labels and by what the list shows. */
  async select(answers) {
    for (const [label, choice] of Object.entries(answers)) {
      const list = this.page.getByRole("combobox", { name: starting(label) });
      await this.#try(`select ${label}`, () => list.first().selectOption({ label: choice }));
    }
  }

  /** Ticks boxes or chooses one of several, each by the beginning of its label, in the group of that legend. */
  async pick(legend, ...labels) {
    const group = this.page.getByRole("group", { name: starting(legend) });
    for (const label of labels) {
      const box = group.getByRole("checkbox", { name: starting(label) });
      const either = box.or(group.getByRole("radio", { name: starting(label) })).first();
      await this.#try(`pick ${label} of ${legend}`, () => either.check());
    }
  }

  /** Opens what is folded under a line that begins so, unless it is open. */
  async unfold(line) {
    const folded = this.page.locator("details:not([open]) > summary", { hasText: starting(line) });
    await this.#try(`unfold ${line}`, async () => {
      if (await folded.count()) await folded.first().click();
    });
  }

  /** Expects a text on the page. */
  async reads(text) {
    await this.#try(`read ${text}`, () => this.page.getByText(text).first().waitFor());
  }

  /** The address without the host. */
  path() {
    return new URL(this.page.url()).pathname;
  }

  /** What must hold on every page. */
  async look() {
    const { page } = this;
    const where = `${page.url()} at ${page.viewportSize().width} px`;
    assert.match(await page.title(), /.｜テレワーク相談窓口$/, `the title of ${where}`);
    assert.equal(await page.locator("h1").count(), 1, `one h1 on ${where}`);
    const [content, room] = await page.evaluate(() => {
      const root = document.documentElement;
      return [root.scrollWidth, root.clientWidth];
    });
    assert.ok(content <= room, `${where} scrolls sideways: ${content} px`);
    if (this.#looksDeeply) assert.deepEqual(await this.#violations(), [], `axe-core on ${where}`);
    assert.deepEqual(this.#complaints, [], `the console of ${where}`);
  }

  /** With what was on the page, where it fails. */
  async #try(what, act) {
    try {
      await act();
    } catch (error) {
      const text = await this.page.locator("main").ariaSnapshot().catch(() => "nothing");
      throw new Error(`cannot ${what} on ${this.page.url()}, which shows\n${text}`, { cause: error });
    }
  }

  async #violations() {
    // Not as a script element, which the Content-Security-Policy would refuse, and should.
    // A page that is looked at again, at another width, has it already.
    if (!(await this.page.evaluate(() => "axe" in globalThis))) await this.page.evaluate(AXE);
    // Of what is in order one element a rule is enough; of what is not, every one is named.
    const options = { runOnly: TAGS, resultTypes: ["violations"] };
    const { violations, passes } = await this.page.evaluate((options) => globalThis.axe.run(options), options);
    assert.ok(passes.length > 10, "axe-core has looked");
    return violations.map((it) => `${it.id}: ${it.help}: ${it.nodes.map((node) => node.html).join(" ")}`);
  }
}

function starting(text) {
  return new RegExp(`^\\s*${text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);
}
