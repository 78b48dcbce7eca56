// What pages do beyond plain forms: keep what is typed, warn before the log-in ends, tick many rows at once.
// Everything works without it.
(() => {
  "use strict";
  const minute = 60_000;

  // Phones begin with the menu closed.
  if (matchMedia("(max-width: 50rem)").matches) {
    document.querySelector(".menu details")?.removeAttribute("open");
  }

  // A form comes back as it was typed after a log-in that ended, for as long as the tab lives. What was sent is kept
  // until a page shows that it was taken: the log-in may have ended before. Only what was changed is kept: the rest may
  // have been saved by somebody else meanwhile.
  const isAsked = !document.body.dataset.idleMinutes; // for the log-in: nothing was taken, and nothing of it is kept
  const unlike = new Set(["csrf", "id", "seen", "version", "rows"]);
  const told = (one) => !unlike.has(one.name) && !one.name.startsWith("was.");
  const about = (form) => [...form.querySelectorAll("input[type=hidden]")].filter(told).map((one) => one.value).join(" ");
  const whose = document.querySelector(".top .who")?.textContent ?? ""; // nobody finds what another has typed here
  const keyOf = (form) =>
    `draft ${whose} ${form.dataset.keep ? `${location.pathname} ${form.dataset.keep}` : `${form.getAttribute("action")} ${about(form)}`}`;
  const forms = isAsked ? [] : [...document.querySelectorAll("main form[method=post]")];
  const sent = sessionStorage.getItem("sent");
  const isDone = document.querySelector("main > .told") || !forms.some((form) => keyOf(form) === sent);
  sessionStorage.removeItem("sent");
  if (sent && isDone && !isAsked) sessionStorage.removeItem(sent);
  const isRefused = document.querySelector(".refusal") !== null;
  const isKept = (one) => one.name && !["hidden", "file", "password", "submit"].includes(one.type) && !one.multiple;
  const isChosen = (one) => ["checkbox", "radio"].includes(one.type);
  const usual = (one) =>
    one.options ? ([...one.options].find((option) => option.defaultSelected) ?? one.options[0])?.value : one.defaultValue;
  const isChanged = (one) =>
    one.type === "radio" ? one.checked && !one.defaultChecked
      : isChosen(one) ? one.checked !== one.defaultChecked : one.value !== usual(one);
  document.querySelector("form[action='/logout']")?.addEventListener("submit", () => sessionStorage.clear());
  for (const form of forms) {
    const key = keyOf(form);
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "[]");
    if (key !== sent && !isRefused) {
      for (const [name, value, checked] of kept) {
        const field = [...form.elements].find((one) => one.name === name && (checked === null || one.value === value));
        if (!field) continue;
        if (checked === null) field.value = value;
        else field.checked = checked;
        for (let at = field; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
      }
    }
    const keep = () => {
      const changed = [...form.elements].filter((one) => isKept(one) && isChanged(one));
      const values = changed.map((one) => [one.name, one.value, isChosen(one) ? one.checked : null]);
      // A refused form holds as its own what was typed before: what is kept of that stays.
      const names = new Set(values.map((one) => one[0]));
      const all = isRefused ? [...kept.filter((one) => !names.has(one[0])), ...values] : values;
      if (all.length) sessionStorage.setItem(key, JSON.stringify(all));
      else sessionStorage.removeItem(key);
    };
    form.addEventListener("input", keep);
    form.addEventListener("keyup", keep); // by which the sheet of a meeting marks people
    form.addEventListener("submit", () => sessionStorage.setItem("sent", key));
  }

  // The log-in ends after some minutes without use; two minutes before, whoever is there is asked.
  const idle = Number(document.body.dataset.idleMinutes || 0);
  const dialog = document.getElementById("idle");
  if (idle && dialog) {
    let warning, ending;
    const wait = () => {
      clearTimeout(warning);
      clearTimeout(ending);
      warning = setTimeout(() => dialog.showModal(), (idle - 2) * minute);
      ending = setTimeout(() => location.assign(location.pathname + location.search), idle * minute + 5_000);
    };
    dialog.querySelector("[data-stay]").addEventListener("click", async () => {
      const answer = await fetch("/still-here", { headers: { "HX-Request": "true" } });
      if (answer.headers.get("HX-Redirect")) location.reload();
      dialog.close();
      wait();
    });
    document.addEventListener("htmx:after:request", wait);
    wait();
  }

  // A box in the head of a table ticks all rows; the number of ticked ones stands on the button.
  for (const all of document.querySelectorAll("input[data-all]")) {
    const table = all.closest("form");
    const boxes = () => [...table.querySelectorAll(`input[type=checkbox][name="${all.dataset.all}"]`)];
    const count = () => {
      const ticked = boxes().filter((one) => one.checked).length;
      all.checked = ticked > 0 && ticked === boxes().length;
      all.indeterminate = ticked > 0 && ticked < boxes().length;
      for (const shown of table.querySelectorAll("[data-ticked]")) shown.textContent = String(ticked);
    };
    all.addEventListener("change", () => {
      for (const one of boxes()) one.checked = all.checked;
      count();
    });
    table.addEventListener("change", count);
    count();
  }
})();

// The sheet of a meeting: find somebody by a few letters, mark by Enter, see the count.
document.addEventListener("alpine:init", () => {
  Alpine.data("meeting", () => ({
    sought: "",
    summary: "",
    rows: [],
    last: null,
    init() {
      this.rows = [...this.$root.querySelectorAll("table.roster tbody tr")];
      this.$root.addEventListener("change", () => this.count());
      this.count();
      // The subject is filled in already; who was not there is what is left to say.
      if (!document.querySelector(".refusal")) requestAnimationFrame(() => this.$root.querySelector("#search").focus());
    },
    fits(row) {
      const sought = this.sought.trim().toLowerCase();
      const { name, number, readings } = row.dataset;
      return !sought || name.includes(sought) || number.toLowerCase().includes(sought) || ` ${readings}`.includes(` ${sought}`);
    },
    find() {
      for (const row of this.rows) {
        row.hidden = !this.fits(row);
        row.classList.remove("chosen");
      }
      this.last = null;
      if (this.sought.trim()) this.rows.find((row) => !row.hidden)?.classList.add("chosen");
    },
    // The first that fits: on leave; the same again: absent; once more: present.
    mark(event) {
      if (event.ctrlKey || event.metaKey) return; // which sends the form
      const row = this.last ?? (this.sought.trim() ? this.rows.find((one) => !one.hidden) : null);
      if (!row) return;
      const order = ["present", "leave", "absent"];
      const now = row.querySelector("input:checked")?.value;
      const next = order[(order.indexOf(now) + 1) % order.length];
      row.querySelector(`input[value="${next}"]`).checked = true;
      this.last = row;
      this.sought = "";
      for (const one of this.rows) {
        one.hidden = false;
        one.classList.toggle("chosen", one === row);
      }
      row.scrollIntoView({ block: "nearest" });
      this.count();
    },
    count() {
      const english = document.body.dataset.language === "en";
      const of = (value) => this.rows.filter((row) => row.querySelector(`input[value="${value}"]`).checked).length;
      const [leave, absent] = [of("leave"), of("absent")];
      const there = this.rows.length - leave - absent;
      this.summary = english
        ? `${this.rows.length} expected, ${there} present, ${leave} on leave, ${absent} absent`
        : `应到 ${this.rows.length}，到会 ${there}，请假 ${leave}，缺席 ${absent}`;
    },
  }));
});

// Ctrl and Enter send a form from any of its fields: past a long list the button is far away.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest("main form[method=post]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("button.primary") ?? undefined);
});

// A number leads into what is folded up: it is opened on the way.
const unfold = () => {
  let at = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  for (; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
};
addEventListener("hashchange", unfold);
unfold();

// A long list is narrowed down while one types.
for (const field of document.querySelectorAll("input[data-narrow]")) {
  field.addEventListener("input", () => {
    const sought = field.value.trim().toLowerCase();
    for (const one of document.querySelectorAll(field.dataset.narrow)) {
      one.hidden = sought !== "" && !one.dataset.text.includes(sought);
    }
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    [...document.querySelectorAll(field.dataset.narrow)].find((one) => !one.hidden)?.querySelector("a")?.click();
  });
}

// A sheet for the wall is printed.
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());

// The head of a table stays in sight, where the table is as wide as its page and needs no scrolling of its own.
const stick = () => {
  const isWide = matchMedia("(min-width: 50rem)").matches;
  for (const one of document.querySelectorAll(".scroll")) {
    one.classList.remove("fits");
    one.classList.toggle("fits", isWide && one.clientWidth > 0 && one.scrollWidth <= one.clientWidth);
  }
};
addEventListener("resize", stick);
document.addEventListener("toggle", stick, true); // what was folded had no width
stick();
