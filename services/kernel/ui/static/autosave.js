/* Keeps each answer as it is written; without this file the same form is saved page by page.
   The hidden field revision-<name> tells on which version an answer was written. Nothing stays on the device. */
"use strict";

(() => {
  const $ = (selector, root) => root.querySelector(selector);
  const $$ = (selector, root) => [...root.querySelectorAll(selector)];
  const PAUSE = 800, WAITS = [5, 10, 20, 30], LONGEST = 20000;

  const watch = (area) => {
    const form = $("form", area), url = area.dataset.autosave, status = $("[data-status]", area);
    const waiting = new Set(), mine = new Map(), taken = new Map();
    let timer, running = null, failures = 0;
    const say = (words) => { if (status.textContent !== words) status.textContent = words; };
    const mark = (name) => form.elements[`revision-${name}`];
    const nameOf = (field) => field.closest("[data-rows]")?.dataset.rows ?? field.name;
    const controls = (name) => $$("input, select, textarea", form).filter((field) => field.name === name);
    const cells = (row) => $$("input, select, textarea", row).map((cell) => [cell.name.split("-")[2], cell.value]);
    const valueOf = (name) => {
      const table = $(`[data-rows="${name}"]`, form), fields = controls(name);
      if (table) return $$("[data-row]", table).map((row) => Object.fromEntries(cells(row)));
      const ticked = fields.filter((field) => field.checked).map((field) => field.value);
      if (fields[0].type === "checkbox") return ticked;
      return fields[0].type === "radio" ? ticked[0] ?? "" : fields[0].value;
    };
    /* Two versions: the other one is shown where the answer is, and one of two buttons settles it. */
    const block = (name) => $(`[data-crossed="${name}"]`, form);
    const settle = async (name, revision, take) => {
      const field = controls(name)[0] ?? $(`[data-rows="${name}"] input`, form);
      const simple = typeof take === "string" && field.type !== "radio";
      block(name).remove();
      mark(name).value = revision;
      if (simple) field.value = take;
      waiting.add(name);
      if (take !== undefined && !simple) taken.set(name, take);
      field.focus();
      await flush();
      if (taken.has(name) && !waiting.size) location.reload(); /* the page shows rows and boxes as they are kept */
    };
    const cross = (name, answer, sent) => {
      block(name)?.remove();
      taken.delete(name);
      mine.set(name, sent);
      mark(name).before($("[data-versions-model]", area).content.cloneNode(true));
      const shown = mark(name).previousElementSibling;
      shown.dataset.crossed = name;
      $("[data-at]", shown).textContent = answer.at;
      for (const line of answer.shown.length ? answer.shown : ["(vide)"]) {
        const paragraph = $("[data-other]", shown).appendChild(document.createElement("p"));
        Object.assign(paragraph, { dir: "auto", textContent: line });
      }
      $("[data-keep]", shown).addEventListener("click", () => settle(name, answer.revision));
      $("[data-take]", shown).addEventListener("click", () => settle(name, answer.revision, answer.theirs));
      say("Cette réponse a aussi été écrite ailleurs : choisissez entre les deux versions, sous la question.");
    };
    /* One answer at a time, in order; what fails is tried again until it is kept. */

    const send = async (name) => {
      const value = taken.get(name) ?? valueOf(name);
      const settles = mine.has(name) ? [mine.get(name)] : [];
      const body = JSON.stringify({ field: name, value, base: mark(name).value, settles });
      const headers = { "Content-Type": "application/json" }, signal = AbortSignal.timeout(LONGEST);
      const answer = await fetch(url, { method: "PUT", headers, body, signal, keepalive: body.length < 20000 });
      const told = await answer.json().catch(() => ({}));
      if (answer.ok) {
        mark(name).value = told.revision;
        mine.delete(name);
        block(name)?.remove();
        say(`Enregistré à ${told.at}`);
      } else if (answer.status === 409 && told.revision) cross(name, told, value);
      else if (answer.status < 500 && answer.status !== 429) say(told.detail ?? "Cette réponse n’a pas été enregistrée.");
      else throw new Error(`answer ${answer.status}`);
    };
    const refresh = async () => { /* the sums are the server's */
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      $("[data-totals]", area).replaceWith($("[data-totals]", page));
    };
    const work = async () => {
      for (const name of waiting) {
        waiting.delete(name);
        try {
          await send(name);
          failures = 0;
        } catch {
          waiting.add(name);
          const wait = WAITS[Math.min(failures++, WAITS.length - 1)];
          say(`Pas encore enregistré : nouvel essai dans ${wait} s`);
          timer = setTimeout(flush, wait * 1000);
          break;
        }
      }
    };
    const flush = async () => {
      clearTimeout(timer);
      while (running) await running;
      await (running = work().finally(() => { running = null; }));
      if ($("[data-totals]", area)) refresh().catch(() => {});
    };
    const touch = (name, pause) => {
      if (mark(name)) waiting.add(name);
      clearTimeout(timer);
      timer = setTimeout(flush, pause);
    };
    form.addEventListener("input", (event) => touch(nameOf(event.target), PAUSE));
    form.addEventListener("change", (event) => touch(nameOf(event.target), 0));
    form.addEventListener("click", (event) => { /* in time to see the row that goes */
      if (event.target.closest("[data-remove]")) touch(nameOf(event.target), 0);
    }, true);
    area.addEventListener("submit", async (event) => {
      if (!waiting.size && !running) return;
      event.preventDefault();
      event.stopPropagation();
      await flush();
      if (!waiting.size) form.requestSubmit(event.submitter);
    }, true);
    for (const change of ["online", "visibilitychange"]) addEventListener(change, () => { if (waiting.size) flush(); });
    addEventListener("beforeunload", (event) => { if (waiting.size || running) event.preventDefault(); });
  };
  for (const area of $$("[data-autosave]", document)) watch(area);
})();
