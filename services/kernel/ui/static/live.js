/* A phone keeps each answer until the server has it; a screen follows the room. Without this file both pages work:
   the form is sent as any form, and the screen is asked again by hand. */
"use strict";

(() => {
  const WAITS = [1000, 2000, 4000, 8000, 15000], ASK = 4000, LONGEST = 15000;

  const phone = (room) => {
    const url = room.dataset.livePhone, store = `live:${url}`, form = room.querySelector("form");
    const topic = () => form?.elements[room.dataset.topic]?.value; /* what an answer is about: one waits for each */
    const status = room.querySelector("[data-status]");
    let failures = 0, timer, busy = false;
    const say = (words) => { if (status) status.textContent = words; };
    const queue = () => { try { return JSON.parse(localStorage.getItem(store)) || []; } catch { return []; } };
    const keep = (rows) => {
      try { rows.length ? localStorage.setItem(store, JSON.stringify(rows)) : localStorage.removeItem(store); return true; }
      catch { return false; }
    };
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(flush, WAITS[Math.min(failures++, WAITS.length - 1)] * (0.75 + Math.random() / 2));
    };
    const send = (body) => fetch(url, {
      method: "POST", body, headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
      signal: AbortSignal.timeout(LONGEST),
    });
    const flush = async () => {
      const rows = queue();
      if (busy || !rows.length) return;
      busy = true;
      try {
        const answer = await send(rows[0].body);
        if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
        keep(queue().filter((row) => row.id !== rows[0].id));
        failures = 0;
        const said = await answer.json().catch(() => ({}));
        say(answer.ok ? room.dataset.sent : said.detail ?? Object.values(said.errors ?? {})[0] ?? "");
        if (answer.ok && rows[0].about === topic()) form.hidden = true;
      } catch {
        say(room.dataset.kept);
        busy = false;
        later();
        return;
      }
      busy = false;
      flush();
    };
    form?.addEventListener("submit", (event) => {
      if (!form.checkValidity()) return; /* the server says what is missing, as without a script */
      const body = new URLSearchParams(new FormData(form)).toString();
      const about = topic();
      const rows = [...queue().filter((row) => row.about !== about), { id: `${Date.now()}-${Math.random()}`, about, body }];
      if (!keep(rows)) return; /* no place to keep it: sent as any form */
      event.preventDefault();
      say(room.dataset.kept);
      failures = 0;
      flush();
    });
    addEventListener("online", () => { failures = 0; flush(); });
    const typing = () => form && [...form.querySelectorAll("input:checked")].length && !queue().length
      && !form.hidden;
    setInterval(async () => {
      if (document.hidden) return;
      const answer = await fetch(`${url}/etat`).catch(() => null);
      const turn = answer?.ok ? (await answer.json()).turn : null;
      if (turn && turn !== room.dataset.turn && !typing()) location.replace(url);
    }, ASK * (0.75 + Math.random() / 2));
    flush();
  };

  const screen = (room) => {
    const source = new EventSource(room.dataset.liveScreen);
    source.addEventListener("message", (event) => {
      const told = JSON.parse(event.data);
      for (const [name, value] of [["voices", told.voices], ["answers", told.answers]]) {
        for (const place of room.querySelectorAll(`[data-${name}]`)) place.textContent = value;
      }
      if (told.turn !== room.dataset.turn) { source.close(); location.reload(); }
    });
  };

  document.querySelectorAll("[data-live-phone]").forEach(phone);
  document.querySelectorAll("[data-live-screen]").forEach(screen);
})();
