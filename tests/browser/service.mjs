// One service of its own: the real binary in a folder under the temporary one, on a free port, at a time of our choosing.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { linkUnder, mailsIn } from "./mail.mjs";

const TARGET = process.env.CARGO_TARGET_DIR ?? new URL("../../target", import.meta.url).pathname;
const BINARY = join(TARGET, "debug/madoguchi");
const READY_WITHIN = 90_000;
/** The invented programme is filled by a program without optimisation, beside other tests. */
const FILLED_WITHIN = 300_000;
const MAIL_WITHIN = 60_000;
const STOPPED_WITHIN = 60_000;

export class Service {
  #process;
  #log = "";

  constructor(folder, port) {
    this.folder = folder;
    this.port = port;
    this.address = `http://127.0.0.1:${port}`;
    this.said = "";
  }

  /** A new folder, taken away after the test together with whatever still runs in it. */
  static async build(test) {
    const folder = mkdtempSync(join(tmpdir(), "madoguchi-browser-"));
    const service = new Service(folder, await freePort());
    test.after(() => service.#tearDown());
    return service;
  }

  /** Starts the demo with its programme of that day, which is filled once for all tests of a build. */
  async openDemo(at) {
    const filled = join(TARGET, "tmp", `demo-${statSync(BINARY).mtimeMs}-${at.slice(0, 10)}`);
    const data = join(this.folder, "data");
    if (existsSync(filled)) cpSync(filled, data, { recursive: true });
    await this.open("demo", at, {}, FILLED_WITHIN);
    if (existsSync(filled)) return;
    // What SQLite keeps beside its file belongs to it only once the service has ended.
    await this.close();
    mkdirSync(join(TARGET, "tmp"), { recursive: true });
    const copy = mkdtempSync(join(TARGET, "tmp", "filling-"));
    cpSync(data, copy, { recursive: true });
    renameSync(copy, filled);
    await this.open("demo", at);
  }

  /** Starts the service; its clock goes on from `at` ("2026-11-20 10:00:00", in Japan) if that is given. */
  async open(command, at, settings = {}, within = READY_WITHIN) {
    const { env, ...surroundings } = this.#surroundings(at);
    this.#process = spawn(BINARY, [command], { ...surroundings, env: { ...env, ...settings } });
    this.#process.stdout.setEncoding("utf8").on("data", (text) => (this.said += text));
    this.#process.stderr.setEncoding("utf8").on("data", (text) => (this.#log += text));
    await this.#until("the service is ready", within, async () => {
      if (this.#process.exitCode !== null) throw new Error(`the service ended\n${this.#log}`);
      const answer = await fetch(`${this.address}/readyz`).catch(() => undefined);
      return answer?.ok;
    });
  }

  /** Stops the service as an operator's system does, which must be graceful. */
  async close() {
    const end = ended(this.#process);
    this.#process.kill("SIGTERM");
    const code = await Promise.race([end, pause(STOPPED_WITHIN, "no end", { ref: false })]);
    if (code !== 0) throw new Error(`the service stopped with ${code}\n${this.#log}`);
  }

  /** Later on: stops, and starts again with the clock at `at`. */
  async reopen(at, settings = {}) {
    await this.close();
    await this.open("serve", at, settings);
  }

  /** Runs a command to its end: its exit code, and all that it said. */
  run(command, at, settings = {}) {
    return this.#runWith([command], "", at, settings);
  }

  /** Receives a mail, as the pipe of a mail server does. */
  receive(mail, at, settings = {}) {
    return this.#runWith(["mail", "receive"], mail, at, settings);
  }

  async #runWith(words, input, at, settings) {
    const { env, ...surroundings } = this.#surroundings(at);
    const stdio = ["pipe", "pipe", "pipe"];
    const process = spawn(BINARY, words, { ...surroundings, stdio, env: { ...env, ...settings } });
    process.stdin.end(input);
    let said = "";
    for (const stream of [process.stdout, process.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (said += text));
    }
    return { code: await ended(process), said };
  }

  /** The newest mail to an address that has a link under `▼label`, and the link. Waits for it. */
  mailWith(label, to) {
    return this.#until(`a mail to ${to} with ▼${label}`, MAIL_WITHIN, () => {
      const mails = mailsIn(join(this.folder, "data/mail")).filter((it) => it.to === to);
      const mail = mails.findLast((it) => linkUnder(it, label));
      return mail && { ...mail, link: linkUnder(mail, label) };
    });
  }

  /** The newest mail to an address with these words in its subject or text. Waits for it. */
  mailTo(to, words) {
    return this.#until(`a mail to ${to} with ${words}`, MAIL_WITHIN, () => {
      const mails = mailsIn(join(this.folder, "data/mail")).filter((it) => it.to === to);
      return mails.findLast((it) => `${it.subject}\n${it.text}`.includes(words));
    });
  }

  #surroundings(at) {
    const { PATH, HOME } = process.env;
    const listen = { MADOGUCHI_LISTEN: `127.0.0.1:${this.port}`, MADOGUCHI_PUBLIC_URL: this.address };
    // People of these tests have no authenticator application.
    const env = { PATH, HOME, ...listen, MADOGUCHI_SECOND_FACTOR: "none", ...(at && clockAt(at)) };
    return { cwd: this.folder, env, stdio: ["ignore", "pipe", "pipe"] };
  }

  async #until(what, within, holds) {
    const deadline = Date.now() + within;
    while (Date.now() < deadline) {
      const result = await holds();
      if (result) return result;
      await pause(50);
    }
    throw new Error(`waited ${within / 1000} s in vain until ${what}\n${this.said}\n${this.#log}`);
  }

  async #tearDown() {
    if (this.#process?.pid && this.#process.exitCode === null && this.#process.signalCode === null) {
      const end = ended(this.#process);
      this.#process.kill("SIGKILL");
      await end;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** How a process ends: its exit code, or the signal. */
function ended(process) {
  return new Promise((resolve, reject) => {
    process.once("error", reject);
    process.once("close", (code, signal) => resolve(code ?? signal));
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * Settings under which a process's clock goes on from a time in Japan. The library is used without the program of that
 * name, which would stand between us and the process when it is to end.
 */
function clockAt(at) {
  const places = readdirSync("/usr/lib").map((it) => `/usr/lib/${it}/faketime/libfaketimeMT.so.1`);
  const library = places.find((it) => existsSync(it));
  if (!library) throw new Error("libfaketime is missing; run: apt-get install faketime");
  return {
    LD_PRELOAD: library,
    FAKETIME: `@${at}`,
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    NO_FAKE_STAT: "1",
    // POSIX's notation, which needs no database of time zones.
    TZ: "JST-9",
  };
}
