// One conversation over types that were generated from the API's description.
//
// The environment names the server (LONGWEN_URL), who speaks (LONGWEN_LOGIN, LONGWEN_PASSWORD) and of which day
// (LONGWEN_DAY).

import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { env } from "node:process";
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./longwen.js";

type Longwen = Client<paths>;
type RecordItem = components["schemas"]["RecordItem"];

function given(name: string): string {
  const value = env[name];
  assert(value, `${name} is not set`);
  return value;
}

const baseUrl = given("LONGWEN_URL");
const login = given("LONGWEN_LOGIN");
const day = given("LONGWEN_DAY");

function fact(member_id: string, item: string, more: Partial<RecordItem> = {}): RecordItem {
  return { id: randomUUID(), member_id, item, effective_on: day, evidence: [], ...more };
}

// A wrong password is refused in the caller's language, with a code for programs.
async function refused(): Promise<void> {
  const client: Longwen = createClient<paths>({ baseUrl, headers: { "Accept-Language": "en" } });
  const { error, response } = await client.POST("/api/v1/sessions", { body: { login, password: "not the password" } });
  assert.equal(response.status, 401);
  assert.equal(error?.code, "login_refused");
}

async function logIn(): Promise<Longwen> {
  const client: Longwen = createClient<paths>({ baseUrl });
  const password = given("LONGWEN_PASSWORD");
  const { data } = await client.POST("/api/v1/sessions", { body: { login, password } });
  assert(data && "access_token" in data && data.access_token);
  return createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${data.access_token}` } });
}

// Who is logged in, what waits for them, the members of the branch, and how one of them stands.
async function openApp(client: Longwen): Promise<[string, string, string]> {
  const session = await client.GET("/api/v1/sessions/current");
  assert.equal(session.data?.stage, "open");
  const inbox = await client.GET("/api/v1/me/messages");
  assert(inbox.data && inbox.data.unread >= 0);
  const { data } = await client.GET("/api/v1/members");
  const [first, second, third] = (data?.members ?? []).map((member) => member.id);
  assert(first && second && third, "three members");
  const standing = await client.GET("/api/v1/members/{member_id}/standing", { params: { path: { member_id: first } } });
  assert.equal(standing.data?.member_id, first);
  return [first, second, third];
}

// For three at once, and the same again, as a phone does that did not hear the answer.
async function record(client: Longwen, members: string[]): Promise<void> {
  const body = { entries: members.map((member) => fact(member, "ORG-D03", { outcome: "missed" })) };
  const first = await client.POST("/api/v1/entries", { body });
  assert.equal(first.response.status, 201, JSON.stringify(first.error));
  assert.deepEqual(first.data?.results.map((one) => one.status), ["posted", "posted", "posted"]);
  const again = await client.POST("/api/v1/entries", { body });
  assert.equal(again.response.status, 200);
  assert.equal(again.response.headers.get("Idempotent-Replay"), "true");
  assert(again.data?.results.every((one) => one.replayed));
}

// An addition waits for its review.
async function apply(client: Longwen, member: string): Promise<void> {
  const addition = fact(member, "EXC-A01", { tier: "adopted", matter: `合理化建议 ${randomUUID()}` });
  const { data } = await client.POST("/api/v1/entries", { body: { entries: [addition] } });
  assert.equal(data?.results[0]?.status, "submitted");
}

// What came since a number, and nothing after the last.
async function follow(client: Longwen, member_id: string): Promise<void> {
  const path = { member_id };
  const page = await client.GET("/api/v1/members/{member_id}/entries", { params: { path, query: { after: 0 } } });
  const last = page.data?.entries.at(-1);
  assert(last && last.item === "ORG-D03");
  const rest = await client.GET("/api/v1/members/{member_id}/entries", {
    params: { path, query: { after: last.seq } },
  });
  assert.deepEqual(rest.data?.entries, []);
}

// About whom nobody knows: told with the element and the field.
async function mistake(client: Longwen): Promise<void> {
  const { error } = await client.POST("/api/v1/entries", { body: { entries: [fact(randomUUID(), "ORG-D03")] } });
  const fault = error?.faults?.[0];
  assert.deepEqual([fault?.index, fault?.field, fault?.code], [0, "member_id", "not_a_member_then"]);
}

await refused();
const client = await logIn();
const members = await openApp(client);
await record(client, members);
await apply(client, members[0]);
await follow(client, members[0]);
await mistake(client);
const ended = await client.DELETE("/api/v1/sessions/current");
assert.equal(ended.response.status, 204);
const gone = await client.GET("/api/v1/sessions/current");
assert.equal(gone.error?.status, 401);
console.log("typescript: done");
