// A wall display: boards in turn, when their data are of, and what is wrong where something is. Nobody touches it.
(() => {
  "use strict";
  const longwen = globalThis.longwen;
  const { language, version, zone, width, height, playlist } = document.body.dataset;
  const tongue = new longwen.Tongue(language);
  const { say } = tongue;
  const find = (id) => document.getElementById(id);
  const second = 1000, minute = 60 * second;
  const staleAfter = 25 * second; // two beats missed
  const locale = language === "zh" ? "zh-CN" : "en-GB";
  const timeForm = new Intl.DateTimeFormat(locale, { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const dayForm = new Intl.DateTimeFormat(locale, { timeZone: zone, dateStyle: "full" });
  const hourForm = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", hourCycle: "h23" });

  // The canvas: 1080 units high (or wide, where it stands upright), scaled as a whole to whatever hangs there.
  const unit = Math.min(Number(width) / 1920, Number(height) / 1080) || 1;
  const size = { width: Math.round(Number(width) / unit), height: Math.round(Number(height) / unit) };
  const canvas = find("canvas");
  canvas.style.width = `${size.width}px`;
  canvas.style.height = `${size.height}px`;
  const paneCount = size.width >= 2.6 * size.height ? 2 : 1; // two boards on a spliced wall

  function fit() {
    longwen.scale = Math.min(innerWidth / size.width, innerHeight / size.height);
    const left = (innerWidth - size.width * longwen.scale) / 2, top = (innerHeight - size.height * longwen.scale) / 2;
    canvas.style.transform = `translate(${left}px, ${top}px) scale(${longwen.scale})`;
  }
  fit();
  addEventListener("resize", fit);

  // One place for a board.
  class Pane {
    constructor() {
      this.title = longwen.element("h1", "");
      this.scope = longwen.element("p", "scope");
      this.note = longwen.element("p", "note");
      this.body = longwen.element("div", "body");
      this.node = longwen.element("section", "pane", longwen.element("div", "head", this.title, this.scope, this.note), this.body);
      Object.assign(this, { view: null, step: null, drawn: "" });
    }

    show(step) {
      this.clear();
      this.step = step;
      this.view = longwen.viewOf(step.kind, tongue);
      this.body.replaceChildren(this.view.node);
      this.draw(step);
    }

    // The same board with other data.
    draw(step) {
      const { board } = step, text = JSON.stringify(board);
      this.title.textContent = say(step.heading);
      this.scope.textContent = board.scope_name === play.district ? say({ zh: "全区", en: "whole district" }) : (board.scope_name ?? "");
      this.note.textContent = say(board.period?.note);
      if (text === this.drawn) return;
      this.drawn = text;
      this.view.draw(board);
    }

    tick() {
      this.view?.tick();
    }

    clear() {
      this.view?.dispose();
      this.view = this.step = null;
      this.drawn = "";
      this.body.replaceChildren();
    }
  }

  const panes = [];
  let play = null, steps = [], cursor = 0, turning = null, dataAt = null, heardAt = null, state = "connecting";

  const keyOf = (step) => [step.kind, step.scope, step.place_id, step.measure, step.title].join(" ");

  function notice(text) {
    for (const pane of panes.splice(0)) pane.clear();
    clearTimeout(turning);
    turning = null;
    find("stage").replaceChildren(longwen.element("p", "notice", text));
    find("turns").replaceChildren();
    find("rule").textContent = "";
  }

  function take(document) {
    const before = panes.map((pane) => keyOf(pane.step));
    const first = steps[cursor] ? keyOf(steps[cursor]) : null;
    play = document;
    steps = play.steps.filter((one) => one.board !== null && longwen.isKnown(one.kind));
    find("district").textContent = play.district;
    find("playlist").textContent = playlist ? say({ zh: `预览：${play.name}`, en: `Preview: ${play.name}` }) : play.name;
    if (!steps.length) return notice(say(play.steps.find((one) => one.off)?.off.text) || say({ zh: "播放单中没有可显示的榜单", en: "No board of the playlist can be shown" }));
    const place = steps.findIndex((one) => keyOf(one) === first);
    cursor = place >= 0 ? place : 0;
    const wanted = shown().map(keyOf);
    if (wanted.length !== before.length || wanted.some((key, index) => key !== before[index])) return turnTo(cursor);
    shown().forEach((step, index) => panes[index].draw(step));
  }

  const shown = () => Array.from({ length: Math.min(paneCount, steps.length) }, (_, index) => steps[(cursor + index) % steps.length]);

  function turnTo(index) {
    cursor = index % steps.length;
    const now = shown();
    if (panes.length !== now.length) {
      for (const pane of panes.splice(0)) pane.clear();
      panes.push(...now.map(() => new Pane()));
      find("stage").replaceChildren(...panes.map((pane) => pane.node));
    }
    now.forEach((step, place) => panes[place].show(step));
    const rules = now.map((one, place) => (one.kind === "ranking" ? say(play.tie_rule) : say(one.board.rule) || panes[place].view.rule));
    find("rule").textContent = [...new Set(rules.filter(Boolean))].join(" · ");
    find("turns").replaceChildren(...steps.map((one) => longwen.element("i", now.includes(one) ? "on" : "")));
    clearTimeout(turning);
    turning = setTimeout(turn, Math.max(...now.map((one) => one.seconds)) * second);
  }

  function turn() {
    if (steps.length) turnTo(cursor + panes.length);
  }

  // When the data are of, and whether they are still.
  function tell() {
    const isStale = heardAt !== null && performance.now() - heardAt > staleAfter;
    document.body.classList.toggle("lost", state === "lost");
    document.body.classList.toggle("stale", isStale);
    if (dataAt !== null) {
      const time = timeForm.format(dataAt);
      find("as-of").textContent = say({ zh: `数据截至 ${time}`, en: `Data as of ${time}` });
      find("day").textContent = dayForm.format(dataAt);
      find("lost").textContent = say({ zh: `连接中断，正在自动重连；所示为 ${time} 的数据`, en: `Connection lost, trying again; data as of ${time}` });
    } else {
      find("lost").textContent = say({ zh: "无法连接服务，正在自动重连", en: "The service cannot be reached; trying again" });
    }
    find("lost").hidden = state !== "lost";
  }

  // Another version of the page, or the night: it is loaded anew, but only when the service is there to load it from.
  let loadedAt = performance.now(), askedAt = performance.now();
  const nightly = 3 * 60 + Math.floor(Math.random() * 60); // minutes; between three and four

  async function renew(isDue) {
    askedAt = performance.now();
    try {
      const answer = await fetch(location.pathname + location.search, { cache: "no-store", credentials: "omit" });
      const found = answer.ok ? /data-version="([0-9a-f]+)"/.exec(await answer.text()) : null;
      if (found && (isDue || found[1] !== version)) location.reload();
    } catch { /* not now */ }
  }

  function lookAtClock() {
    tell();
    if (state !== "live") return;
    const age = performance.now() - loadedAt;
    const now = new Date(), isNight = hourForm.format(now) === "03" && now.getMinutes() >= nightly % 60;
    if (age > 12 * 60 * minute && isNight && performance.now() - askedAt > 5 * minute) renew(true);
    else if (performance.now() - askedAt > 30 * minute) renew(false);
  }

  // The token: behind # in the address, then in the tab only.
  const key = "screen token";
  let kept = null; // where the tab may store nothing

  function takeToken() {
    const found = decodeURIComponent(location.hash.slice(1));
    if (found) {
      kept = found;
      try { sessionStorage.setItem(key, found); } catch { /* kept above */ }
      history.replaceState(null, "", location.pathname + location.search);
    }
    try { return found || kept || sessionStorage.getItem(key); } catch { return kept; }
  }

  let connection = null;
  const tokenGone = { zh: "大屏令牌无效或已撤销。请向区两新工委索取新的大屏地址。", en: "The screen's token is not valid any more. Ask the district office for a new address." };
  const told = {
    document: take,
    beat: (at) => { dataAt = at; heardAt = performance.now(); tell(); },
    state(name, text, status) {
      const wasAway = state === "lost" || state === "refused";
      state = name;
      if (name === "refused") {
        steps = [];
        dataAt = heardAt = null;
        const outside = playlist ? { zh: "请先登录，再打开预览。", en: "Log in first, then open the preview." } : tokenGone;
        const why = status === 401 ? say(outside) : text;
        notice(why);
        find("as-of").textContent = "";
      }
      // A service that was away may have come back as another version; not all screens ask at once.
      if (name === "live" && wasAway) setTimeout(renew, Math.random() * 20 * second, false);
      tell();
    },
  };

  function begin() {
    if (playlist) return void new longwen.Look(playlist, language, told);
    const token = takeToken();
    if (!token) return notice(say({ zh: "请用区两新工委给出的大屏地址打开本页（地址末尾带 # 和大屏令牌）", en: "Open this page by the address that the district office gave, which ends in # and the screen's token" }));
    if (connection) return connection.use(token);
    connection = new longwen.Connection(token, language, told);
  }
  addEventListener("hashchange", () => { if (location.hash.length > 1) begin(); });

  setInterval(lookAtClock, second);
  setInterval(() => panes.forEach((pane) => pane.tick()), 2 * second);
  longwen.turn = turn;
  begin();
})();
