// What a screen hears of the service: a stream of events, followed for months. It hands on whole documents only.
(() => {
  "use strict";
  const longwen = (globalThis.longwen ??= {});
  const events = "/api/v1/screens/playlist/events";
  const second = 1000;
  const waitMax = 60 * second; // between two tries
  const silenceMax = 35 * second; // the service beats every 10
  const bufferMax = 16_000_000; // characters of one event: more is no playlist
  const retryFirst = 2 * second;
  const lookEvery = 5 * second; // of a preview
  const steadyAfter = 8 * second; // a stream that is cut earlier counts as a try that failed

  // JSON Patch (RFC 6902). Throws where it does not fit; the document is then worth nothing any more.
  const keysOf = (pointer) => ["document", ...pointer.split("/").slice(1).map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"))];

  function placeOf(holder, pointer) {
    const keys = keysOf(pointer);
    const last = keys.pop();
    const parent = keys.reduce((found, key) => found[key], holder);
    if (parent === null || typeof parent !== "object") throw new Error(`no ${pointer}`);
    return [parent, Array.isArray(parent) && last === "-" ? parent.length : last];
  }

  function taken(holder, pointer) {
    const [parent, key] = placeOf(holder, pointer);
    if (!(key in parent)) throw new Error(`no ${pointer}`);
    const value = parent[key];
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
    return value;
  }

  function put(holder, pointer, value) {
    const [parent, key] = placeOf(holder, pointer);
    if (Array.isArray(parent)) parent.splice(Number(key), 0, value);
    else parent[key] = value;
  }

  function valueAt(holder, pointer) {
    const [parent, key] = placeOf(holder, pointer);
    if (!(key in parent)) throw new Error(`no ${pointer}`);
    return parent[key];
  }

  function patched(document, operations) {
    const holder = { document };
    for (const one of operations) {
      if (one.op === "add") put(holder, one.path, one.value);
      else if (one.op === "remove") taken(holder, one.path);
      else if (one.op === "replace") {
        const [parent, key] = placeOf(holder, one.path);
        if (!(key in parent)) throw new Error(`no ${one.path}`);
        parent[key] = one.value;
      } else if (one.op === "move") put(holder, one.path, taken(holder, one.from));
      else if (one.op === "copy") put(holder, one.path, structuredClone(valueAt(holder, one.from)));
      else if (one.op !== "test" || JSON.stringify(valueAt(holder, one.path)) !== JSON.stringify(one.value)) throw new Error(one.op);
    }
    return holder.document;
  }

  // One screen's connection. `told` has: document(document), beat(milliseconds), state(name, text).
  // States: live; lost (nobody answers); refused (the service says why not).
  class Connection {
    constructor(token, language, told) {
      Object.assign(this, { token, language, told, document: null, id: null, tries: 0, retry: retryFirst, offset: 0 });
      addEventListener("online", () => this.wake?.());
      this.keep();
    }

    // Another token: what the old one showed is dropped.
    use(token) {
      Object.assign(this, { token, document: null, id: null, tries: 0 });
      this.stop?.abort();
      this.wake?.();
    }

    async keep() {
      for (;;) {
        let wait;
        try {
          wait = await this.once();
        } catch {
          this.told.state("lost");
        }
        this.tries += 1;
        // Spread, so that a service that comes back is not asked by every screen at once.
        wait ??= Math.min(waitMax, this.retry * 2 ** Math.min(this.tries - 1, 10)) * (0.5 + Math.random() / 2);
        await new Promise((resolve) => {
          const timer = setTimeout(resolve, wait);
          this.wake = () => { clearTimeout(timer); resolve(); };
        });
        this.wake = null;
      }
    }

    // One stream from its beginning to its end; how long to wait before the next, if that is known.
    async once() {
      const stop = (this.stop = new AbortController()), began = performance.now();
      let silence = setTimeout(() => stop.abort(), silenceMax);
      try {
        const headers = { Authorization: `Bearer ${this.token}`, "Accept-Language": this.language };
        if (this.id && this.document) headers["Last-Event-ID"] = this.id;
        // Begun anew every hour, so that no connection is older than what stands between the two allows.
        const seconds = 3300 + Math.floor(Math.random() * 600);
        const answer = await fetch(`${events}?seconds=${seconds}`, { headers, signal: stop.signal, cache: "no-store", credentials: "omit" });
        if (!answer.ok) return await this.refused(answer);
        const reader = answer.body.getReader(), decoder = new TextDecoder();
        let buffer = "", ended = false;
        for (;;) {
          const { done, value } = await reader.read();
          clearTimeout(silence);
          silence = setTimeout(() => stop.abort(), silenceMax);
          if (done) break;
          if (performance.now() - began > steadyAfter) this.tries = 0;
          buffer += decoder.decode(value, { stream: true });
          let end;
          while ((end = buffer.indexOf("\n\n")) >= 0) {
            ended = this.heard(buffer.slice(0, end)) || ended;
            buffer = buffer.slice(end + 2);
          }
          if (buffer.length > bufferMax) throw new Error("too long");
        }
        if (ended || this.document === null || performance.now() - began < steadyAfter) throw new Error("ended");
        return Math.random() * second; // the hour is over: nothing is lost
      } catch (error) {
        if (error instanceof Misfit) this.document = this.id = null;
        throw error;
      } finally {
        clearTimeout(silence);
        stop.abort();
      }
    }

    async refused(answer) {
      let text = "";
      try {
        text = (await answer.json()).detail ?? "";
      } catch { /* no answer of ours: a proxy's page */ }
      const isBusy = answer.status === 429 || answer.status >= 500;
      if (isBusy) throw new Error(String(answer.status));
      // Not ours to show any more; the office may change its mind, so it is asked again.
      this.document = this.id = null;
      this.told.state("refused", text || String(answer.status), answer.status);
      return (10 + Math.random() * 10) * second;
    }

    // One event; true for the last.
    heard(text) {
      const fields = {};
      for (const line of text.split("\n")) {
        const colon = line.indexOf(":");
        if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1).replace(/^ /, "");
      }
      if (fields.retry) this.retry = Number(fields.retry) || retryFirst;
      if (!fields.event) return false;
      if (fields.event === "end") return true;
      let data;
      try {
        data = JSON.parse(fields.data);
        if (fields.event === "board") this.document = data;
        else if (fields.event === "change") this.document = patched(this.document, data);
      } catch (error) {
        throw new Misfit(String(error));
      }
      if (fields.id) this.id = fields.id;
      if (fields.event === "beat") {
        if (data.checked_at) {
          this.offset = Date.parse(data.checked_at) - Date.now(); // the display's own clock may be wrong
          this.told.beat(Date.parse(data.checked_at));
        }
        if (this.document) this.told.state("live");
      } else {
        this.told.document(this.document);
        this.told.beat(Date.now() + this.offset);
        this.told.state("live");
      }
      return false;
    }
  }

  // What the office looks at before it lets a screen play it: asked for every few seconds, as whoever is logged in.
  class Look {
    constructor(playlist, language, told) {
      Object.assign(this, { playlist, language, told });
      this.keep();
    }

    async keep() {
      for (;;) {
        try {
          const answer = await fetch(`/api/v1/playlists/${this.playlist}/preview`, { headers: { "Accept-Language": this.language }, cache: "no-store" });
          const found = await answer.json();
          if (answer.ok) {
            this.told.document(found);
            this.told.beat(Date.now());
          }
          this.told.state(answer.ok ? "live" : "refused", found.detail, answer.status);
        } catch {
          this.told.state("lost");
        }
        await new Promise((resolve) => setTimeout(resolve, lookEvery));
      }
    }
  }

  class Misfit extends Error {}

  Object.assign(longwen, { Connection, Look, patched });
})();
