// A person who uses the keyboard alone, at a steady pace, so that the length of a call can be computed.

const KEYS_PER_SECOND = 5;
/** Seconds to hear and understand what belongs in a field. */
const SECONDS_PER_FIELD = 1;
/** Keys for a character that an input method makes: its reading and the choice among the candidates. */
const KEYS_PER_KANJI = 3;
const FURTHEST = 80;

export class Keyboard {
  keys = 0;
  fields = 0;

  constructor(visitor) {
    this.visitor = visitor;
    this.page = visitor.page;
  }

  /** Starts on the page that is open; remembers over all pages whether a mouse was used. */
  static async at(visitor) {
    await visitor.page.addInitScript(() => {
      addEventListener("pointerdown", () => sessionStorage.setItem("pointed", "1"), true);
    });
    const path = visitor.path();
    await visitor.visit(path);
    return new Keyboard(visitor);
  }

  get seconds() {
    return Math.ceil(this.keys / KEYS_PER_SECOND + this.fields * SECONDS_PER_FIELD);
  }

  /** Presses Tab until the focus is on such an element. */
  async to(selector, furthest = FURTHEST) {
    for (let n = 0; n < furthest; n += 1) {
      await this.#press("Tab");
      if (await this.page.evaluate((it) => document.activeElement?.matches(it), selector)) return;
    }
    const where = await this.page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200));
    throw new Error(`no ${selector} within ${furthest} tabs; the focus is on ${where}`);
  }

  /** Types into the focused field. */
  async write(text) {
    const ascii = [...text].filter((it) => it <= "~").length;
    this.keys += ascii + ([...text].length - ascii) * KEYS_PER_KANJI;
    this.fields += 1;
    await this.page.keyboard.insertText(text);
  }

  /** Ticks the focused box. */
  async choose() {
    this.fields += 1;
    await this.#press("Space");
  }

  /** Follows the focused link or presses the focused button, to the page behind it. */
  async open() {
    await Promise.all([this.page.waitForEvent("load"), this.#press("Enter")]);
    await this.visitor.look();
  }

  /** Whether a mouse was used since the start. */
  pointed() {
    return this.page.evaluate(() => sessionStorage.getItem("pointed") !== null);
  }

  async #press(key) {
    this.keys += 1;
    await this.page.keyboard.press(key);
  }
}
