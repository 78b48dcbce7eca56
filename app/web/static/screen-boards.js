// How each kind of board stands on a screen. A view has a node, draws what it is given, ticks, and is disposed of.
// Texts are set as text, never as markup.
(() => {
  "use strict";
  const longwen = (globalThis.longwen ??= {});
  const stillness = matchMedia("(prefers-reduced-motion: reduce)");

  function element(tag, classes, ...children) {
    const made = document.createElement(tag);
    if (classes) made.className = classes;
    made.append(...children.filter((one) => one !== null && one !== undefined));
    return made;
  }
  longwen.element = element;

  const words = {
    now: { zh: "目前", en: "now" },
    sealed: { zh: "封账结果", en: "as sealed" },
    few: { zh: "人数较少，不显示平均值", en: "Too few for an average" },
    none: { zh: "暂无内容", en: "Nothing yet" },
  };
  const stars = { 1: "一星", 2: "二星", 3: "三星", 4: "四星", 5: "五星" };

  // Of one language.
  class Tongue {
    constructor(language) {
      this.language = language;
      this.say = (value) => (value ? value[language] : "");
    }

    quarter(code) {
      const [year, number] = (code ?? "").split("Q");
      if (!number) return code ?? "";
      return this.language === "zh" ? `${year}年${"一二三四"[number - 1]}季度` : `Q${number} ${year}`;
    }

    day(iso) {
      const [, month, day] = iso.split("-").map(Number);
      return this.language === "zh" ? `${month}月${day}日` : `${day}/${month}`;
    }

    period(period) {
      if (!period) return "";
      if (period.kind === "now") return this.say(words.now);
      return [this.quarter(period.quarter), this.say(words.sealed)].filter(Boolean).join(this.language === "zh" ? "" : " ");
    }

    stars(count) {
      const glyphs = "★".repeat(count) + "☆".repeat(Math.max(0, 5 - count));
      return [this.language === "zh" ? (stars[count] ?? "") : `${count} of 5`, glyphs];
    }

    points(value, places = 0) {
      if (value === null || value === undefined) return "—";
      return value.toLocaleString("en", { useGrouping: false, minimumFractionDigits: places, maximumFractionDigits: 2 });
    }

    count(value) {
      return value.toLocaleString("en");
    }
  }

  // Rows under each other. What does not fit is shown by stepping one row at a time; where all fits, a light steps.
  class Listing {
    constructor({ rowMin = 75, classes = "" } = {}) {
      Object.assign(this, { rowMin, offset: 0, rest: 0, light: -1, known: null, count: 0 });
      this.rows = element("ol", `rows ${classes}`);
      this.node = element("div", "listing", this.rows);
    }

    // Each row has a key of what it says, so that what is new can be lit up.
    draw(rows) {
      const keys = rows.map((one) => one.key);
      const before = this.known;
      this.rows.replaceChildren(...rows.map(({ key, node }) => {
        if (before && !before.has(key)) node.classList.add("changed");
        return node;
      }));
      this.known = new Set(keys);
      this.count = rows.length;
      this.rows.children[this.light]?.classList.add("lit");
      this.measure();
    }

    measure() {
      const height = this.node.clientHeight;
      if (!height) return;
      this.visible = Math.max(1, Math.floor(height / this.rowMin));
      this.height = Math.min(height / this.visible, this.rowMin * 1.25);
      this.rows.style.setProperty("--row", `${this.height}px`);
      this.offset = Math.min(this.offset, Math.max(0, this.count - this.visible));
      this.move();
    }

    tick() {
      if (!this.height) this.measure();
      if (this.count <= this.visible) return this.step();
      const isAtEnd = this.offset >= this.count - this.visible;
      if ((isAtEnd || this.offset === 0) && this.rest < 2) this.rest += 1; // the beginning and the end stay for a while
      else [this.offset, this.rest] = isAtEnd ? [0, 0] : [this.offset + 1, 0];
      this.move();
    }

    step() {
      this.rows.children[this.light]?.classList.remove("lit");
      this.light = this.count ? (this.light + 1) % this.count : -1;
      this.rows.children[this.light]?.classList.add("lit");
    }

    move() {
      this.rows.style.transform = `translateY(${-this.offset * (this.height ?? 0)}px)`;
    }
  }

  const row = (classes, cells) => ({
    key: cells.map(([, text]) => text).join("\t"),
    node: element("li", `row ${classes}`, ...cells.map(([name, text]) => element("span", name, String(text)))),
  });

  const medal = (rank) => (rank <= 3 ? ` medal-${rank}` : "");

  function moved(movement) {
    if (movement === null || movement === undefined) return ["moved", ""];
    if (movement === 0) return ["moved same", "—"];
    return movement > 0 ? ["moved up", `▲${movement}`] : ["moved down", `▼${-movement}`];
  }

  function facts(pairs) {
    return pairs.filter(([, value]) => value).map(([name, value]) => element("div", "fact", element("dt", "", name), element("dd", "", value)));
  }

  // A listing with facts beside it.
  class Ranked {
    constructor(tongue, options, rowOf, factsOf) {
      Object.assign(this, { tongue, rowOf, factsOf, listing: new Listing(options) });
      this.aside = element("dl", "facts");
      this.node = element("div", factsOf ? "beside" : "alone", this.listing.node, factsOf ? this.aside : null);
      this.empty = element("p", "notice", tongue.say(words.none));
    }

    draw(board) {
      const rows = board.rows ?? board.deeds;
      this.listing.draw(rows.map((one) => this.rowOf(one, rows)));
      if (this.factsOf) this.aside.replaceChildren(...facts(this.factsOf(board)));
      if (rows.length) this.empty.remove();
      else this.listing.node.append(this.empty);
    }

    tick() {
      this.listing.tick();
    }

    dispose() {}
  }

  function ranking(tongue) {
    const { say } = tongue;
    return new Ranked(
      tongue,
      { classes: "members" },
      (one) => row(`member${medal(one.rank)}`, [["rank", one.rank], ["name", one.name], ["branch", one.branch], ["points", tongue.points(one.points)], moved(one.movement)]),
      (board) => [
        [say({ zh: "参加排名", en: "Ranked" }), say({ zh: `${tongue.count(board.members)} 人`, en: `${tongue.count(board.members)} members` })],
        [say({ zh: "排名依据", en: "By" }), say(board.measure_name)],
        [say({ zh: "时间", en: "As of" }), tongue.period(board.period)],
        [say({ zh: "升降对比", en: "Movement since" }), tongue.quarter(board.period.compared_with)],
      ],
    );
  }

  function branches(tongue) {
    const { say } = tongue;
    return new Ranked(
      tongue,
      { classes: "averages" },
      (one) => row(`average${medal(one.rank)}`, [["rank", one.rank], ["branch", one.branch], ["members", say({ zh: `${one.members} 人`, en: String(one.members) })], ["points", tongue.points(one.average, 2)], moved(one.movement)]),
      (board) => [
        [say({ zh: "参加排名", en: "Ranked" }), say({ zh: `${board.counted} 个支部`, en: `${board.counted} branches` })],
        [say({ zh: "排名依据", en: "By the average of" }), say(board.measure_name)],
        [say({ zh: "时间", en: "As of" }), tongue.period(board.period)],
        [say({ zh: "升降对比", en: "Movement since" }), tongue.quarter(board.period.compared_with)],
      ],
    );
  }

  function starred(tongue) {
    const { say } = tongue;
    return new Ranked(
      tongue,
      { classes: "stars-list" },
      (one) => {
        const [text, glyphs] = tongue.stars(one.star);
        return row("starred", [["branch", one.branch], ["level", text], ["glyphs", glyphs]]);
      },
      (board) => [
        [say({ zh: "已评定", en: "Rated" }), say({ zh: `${board.counted} 个支部`, en: `${board.counted} branches` })],
        // What is recognised; how many have less is in the papers.
        ...board.levels.filter((one) => one.star >= 3).map((one) => [tongue.stars(one.star).join(" "), say({ zh: `${one.branches} 个支部`, en: `${one.branches} branches` })]),
      ],
    );
  }

  function deeds(tongue) {
    return new Ranked(tongue, { classes: "deeds" }, (one) =>
      row("deed", [["on", tongue.day(one.on)], ["title", tongue.say(one.title)], ["name", one.name], ["branch", one.branch]]),
    );
  }

  class RadarView {
    constructor(tongue, still) {
      this.tongue = tongue;
      this.chart = new longwen.Chart(tongue.language, still);
      this.spokes = element("ul", "spokes");
      this.node = element("div", "beside wide", this.chart.node, this.spokes);
    }

    draw(board) {
      const { tongue } = this;
      if (!board.spokes.length) return void this.spokes.replaceChildren(element("li", "notice", tongue.say(words.few)));
      const { option, least } = longwen.radarOption(board.spokes, tongue.say, tongue.language);
      this.chart.draw(option);
      this.rule = tongue.say({ zh: `中心为满分的 ${least}%，外圈为满分`, en: `Centre: ${least}% of the full points; rim: all of them` });
      this.spokes.replaceChildren(...board.spokes.map((one) => {
        const share = one.full > 0 ? Math.min(1, Math.max(0, one.average / one.full)) : 0;
        const made = element("li", "spoke",
          element("span", "name", tongue.say(one.name)),
          element("span", "points", element("b", "", tongue.points(one.average, 2)), ` / ${tongue.points(one.full)}`),
          element("span", "bar", ""),
        );
        made.style.setProperty("--share", String(share));
        return made;
      }));
    }

    tick() {}

    dispose() {
      this.chart.dispose();
    }
  }

  class TrendView {
    constructor(tongue, still) {
      this.tongue = tongue;
      this.chart = new longwen.Chart(tongue.language, still);
      this.empty = element("p", "notice", tongue.say(words.none));
      this.node = element("div", "alone", this.chart.node);
    }

    draw(board) {
      this.rule = this.tongue.say({ zh: "各季度封账时全体参加排名党员的平均分", en: "Averages of all who were ranked, as each quarter was sealed" });
      if (!board.points.length) return void this.node.replaceChildren(this.empty);
      if (!this.chart.node.isConnected) this.node.replaceChildren(this.chart.node);
      this.chart.draw(longwen.trendOption(board.points, this.tongue.say, (code) => this.tongue.quarter(code)));
    }

    tick() {}

    dispose() {
      this.chart.dispose();
    }
  }

  // Every grid with its leads, and under each lead whom it helps. Grids that do not fit come by pages, leads likewise.
  class GridsView {
    constructor(tongue) {
      Object.assign(this, { tongue, round: 0, ticks: 0, listings: [], grids: [] });
      this.node = element("div", "grids");
      this.rule = tongue.say({ zh: "★ 龙头支部及其星级 · → 结对帮带的支部和两新组织", en: "★ leading branch and its stars · → branches and enterprises that it helps" });
    }

    // Those of a list that are shown in this round.
    part(list, count) {
      const pages = Math.max(1, Math.ceil(list.length / count)), page = this.round % pages;
      return list.slice(page * count, (page + 1) * count);
    }

    draw(board) {
      this.grids = board.grids;
      this.show();
    }

    show() {
      const offsets = this.listings.map(([listing]) => [listing.offset, listing.rest, listing.known]);
      this.listings = [];
      const perPage = this.grids.length <= 4 ? 4 : 6;
      this.node.classList.toggle("few", perPage === 4);
      this.node.replaceChildren(...this.part(this.grids, perPage).map((one) => this.card(one)));
      this.listings.forEach(([listing, rows], place) => {
        if (offsets.length === this.listings.length) [listing.offset, listing.rest, listing.known] = offsets[place];
        listing.draw(rows);
      });
      if (!this.grids.length) this.node.replaceChildren(element("p", "notice", this.tongue.say(words.none)));
    }

    card(grid) {
      const { tongue } = this;
      const count = tongue.say({ zh: `${grid.enterprises} 家两新组织`, en: `${grid.enterprises} enterprises` });
      const leads = this.part(grid.leads, 3).map((lead) => this.lead(lead));
      if (!leads.length) leads.push(element("p", "no-lead", tongue.say({ zh: "尚无龙头支部", en: "No leading branch yet" })));
      return element("section", "grid", element("h3", "", element("span", "name", grid.name), element("span", "count", count)), ...leads);
    }

    lead(lead) {
      const listing = new Listing({ rowMin: 44, classes: "lines" });
      this.listings.push([listing, lead.helps.map((one) => row(`helped ${one.kind}`, [["mark", "→"], ["branch", one.name]]))]);
      const head = element("p", "lead", element("span", "glyphs", `${lead.star}★`), element("span", "branch", lead.branch));
      return element("div", "led", head, listing.node);
    }

    tick() {
      this.ticks += 1;
      const hasMore = this.grids.length > 6 || this.grids.some((one) => one.leads.length > 3);
      if (hasMore && this.ticks % 6 === 0) {
        this.round = (this.round + 1) % 5040; // every small number of pages goes into it
        this.listings = [];
        return this.show();
      }
      for (const [listing] of this.listings) if (listing.count > listing.visible) listing.tick();
    }

    dispose() {}
  }

  const kinds = {
    ranking,
    branches,
    stars: starred,
    deeds,
    radar: (tongue) => new RadarView(tongue, stillness.matches),
    trend: (tongue) => new TrendView(tongue, stillness.matches),
    grids: (tongue) => new GridsView(tongue),
  };
  const viewOf = (kind, tongue) => kinds[kind](tongue);

  Object.assign(longwen, { Tongue, viewOf, isKnown: (kind) => Object.hasOwn(kinds, kind) });
})();
