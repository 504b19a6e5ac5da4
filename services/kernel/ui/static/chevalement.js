/* Comfort only: every page works without this file. */
"use strict";

(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  /* Rows of a form: fields are named <prefix>-<row>-<column>, rows are counted from 0 without a gap. */

  const number = (fieldset) => {
    const prefix = fieldset.dataset.rows;
    const own = new RegExp(`\\b${prefix}-\\d+-`, "g");
    const rows = $$("[data-row]", fieldset);
    rows.forEach((row, index) => {
      for (const element of [row, ...$$("*", row)]) {
        for (const name of ["id", "name", "for", "aria-describedby"]) {
          const value = element.getAttribute(name);
          if (value) element.setAttribute(name, value.replace(own, `${prefix}-${index}-`));
        }
      }
      row.setAttribute("aria-label", `Ligne ${index + 1}`);
      $(".rows-number", row).textContent = index + 1;
      const remove = $("[data-remove]", row);
      remove.hidden = rows.length === 1;
      $(".visually-hidden", remove).textContent = ` la ligne ${index + 1}`;
    });
  };

  const addRow = (fieldset) => {
    const last = $$("[data-row]", fieldset).at(-1);
    const row = last.cloneNode(true);
    $$(".error", row).forEach((error) => error.remove());
    $$("input, select, textarea", row).forEach((field) => {
      field.value = "";
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
    });
    last.after(row);
    number(fieldset);
    $("input, select, textarea", row).focus();
  };

  const removeRow = (fieldset, row) => {
    const near = row.previousElementSibling?.matches("[data-row]") ? row.previousElementSibling : row.nextElementSibling;
    row.remove();
    number(fieldset);
    $("input, select, textarea", near).focus();
  };

  for (const fieldset of $$("[data-rows]")) {
    $("[data-add]", fieldset).hidden = false;
    number(fieldset);
    fieldset.addEventListener("click", (event) => {
      if (event.target.closest("[data-add]")) addRow(fieldset);
      else if (event.target.closest("[data-remove]")) removeRow(fieldset, event.target.closest("[data-row]"));
    });
  }

  /* Lists: j and k walk, enter opens (the link has the focus), ? explains. The choice to use them is kept. */

  const STORED = "raccourcis";
  const help = $("[data-keys-help]");
  const active = () => localStorage.getItem(STORED) !== "non";
  const links = () => $$("[data-keys] > *").map((row) => $("a", row)).filter(Boolean);

  const walk = (step) => {
    const all = links();
    const here = all.findIndex((link) => link.closest("tr, li").contains(document.activeElement));
    const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step;
    all[next]?.focus();
  };

  const typing = (target) => target.closest("input, select, textarea, [contenteditable], dialog");

  if (help) {
    $("[data-keys-open]").hidden = false;
    $("[data-keys-open] button").addEventListener("click", () => help.showModal());
    const box = $("[data-keys-active]", help);
    box.checked = active();
    box.addEventListener("change", () => localStorage.setItem(STORED, box.checked ? "oui" : "non"));
    document.addEventListener("keydown", (event) => {
      if (!active() || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "j") walk(1);
      else if (event.key === "k") walk(-1);
      else if (event.key === "?") help.showModal();
    });
  }

  /* A form leaves once: a second press while the answer is awaited does nothing. */

  for (const form of $$("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "oui";
      const button = event.submitter;
      if (!button) return;
      button.dataset.words = button.textContent;
      button.setAttribute("aria-disabled", "true");
      button.textContent = "Envoi en cours…";
    });
  }

  addEventListener("pageshow", (event) => {
    if (!event.persisted) return; /* come back by the browser's arrow: the form may leave again */
    for (const form of $$("form[data-sent]")) delete form.dataset.sent;
    for (const button of $$("[data-words]")) {
      button.textContent = button.dataset.words;
      button.removeAttribute("aria-disabled");
    }
  });

  $("[data-error-summary]")?.focus();
})();
