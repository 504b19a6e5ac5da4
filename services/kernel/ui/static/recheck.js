/* A form whose figures are checked again as they are typed: the page that its button would show is asked for, and the
   parts that say what holds are taken from it. Without this file the button does it. Nothing is kept by checking. */
"use strict";

(() => {
  const PAUSE = 400, LONGEST = 10000;

  const watch = (area) => {
    const form = area.querySelector("form"), [name, value] = area.dataset.recheckAs.split("=");
    let timer, asked;

    /* The field keeps its focus and its words; only what is said of it changes. */
    const mark = (control, shown) => {
      const there = shown.getElementById(control.id), field = control.closest(".field");
      if (!there || !field) return;
      field.querySelector(".error")?.remove();
      const error = there.closest(".field").querySelector(".error");
      if (error) (control.closest(".with-unit") ?? control).before(document.importNode(error, true));
      field.classList.toggle("field-wrong", Boolean(error));
      for (const said of ["aria-invalid", "aria-describedby"]) {
        there.hasAttribute(said) ? control.setAttribute(said, there.getAttribute(said)) : control.removeAttribute(said);
      }
    };

    const show = (shown) => {
      for (const id of area.dataset.recheck.split(" ")) {
        const here = document.getElementById(id), there = shown.getElementById(id);
        if (here && there && here.innerHTML !== there.innerHTML) here.replaceChildren(...document.importNode(there, true).childNodes);
      }
      for (const control of form.querySelectorAll("input.input")) mark(control, shown);
    };

    const check = async () => {
      asked?.abort();
      const mine = asked = new AbortController(), body = new URLSearchParams(new FormData(form));
      body.set(name, value);
      try {
        const signal = AbortSignal.any([mine.signal, AbortSignal.timeout(LONGEST)]);
        const answer = await fetch(form.action, { method: "POST", body, signal });
        if (!answer.ok && answer.status !== 422) throw new Error(answer.status);
        show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      } catch {
        const status = mine.signal.aborted ? null : document.getElementById(area.dataset.recheck.split(" ")[0]);
        if (status) status.textContent = area.dataset.failed;
      }
    };

    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(check, PAUSE); });
    form.addEventListener("submit", () => { clearTimeout(timer); asked?.abort(); });
  };

  document.querySelectorAll("[data-recheck]").forEach(watch);
})();
