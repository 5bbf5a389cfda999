// A campaign day by an app whose client was generated from the API document: a volunteer's phone is activated, the head's
// phone works without a network and loses answers, and at the end its copy is what the service has.
//
// Run by `tests/clients/run`, with the facts of a demo in the file that is named first.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./generated/danvan.js";

type Api = Client<paths, "application/json" | "application/problem+json">;
type Operation = components["schemas"]["BatchOperation"];
type Row = { id: string; version: number };

const demo = JSON.parse(readFileSync(process.argv[2] ?? "demo.json", "utf8"));
const baseUrl: string = demo.base_url;
const commune: string = demo.commune_id;

// The network: while `losing`, what is asked is done, and its answer never comes.
let losing = false;
async function network(request: Request): Promise<Response> {
  const answer = await fetch(request);
  if (losing) {
    await answer.arrayBuffer();
    throw new TypeError("connection reset");
  }
  return answer;
}

function client(token?: string): Api {
  return createClient<paths, "application/json" | "application/problem+json">({ baseUrl, fetch: network, headers: token ? { Authorization: `Bearer ${token}` } : {} });
}

async function login(username: string): Promise<Api> {
  const account = demo.accounts.find((one: { username: string }) => one.username === username);
  const { data, error } = await client().POST("/v1/auth/login", {
    body: { username, password: account.password, device_name: "app" },
  });
  assert.ok(data, JSON.stringify(error));
  return client(data.access_token);
}

// A phone's copy of what its user may see.
class Copy {
  readonly rows = new Map<string, Row>();
  private cursor: string | undefined;

  constructor(private readonly api: Api) {}

  /** Returns the kinds and ids that came. */
  async sync(): Promise<string[]> {
    const came: string[] = [];
    for (;;) {
      const query = { commune, resources: ["activities", "sign-ups", "volunteers", "hamlets"], ...(this.cursor ? { cursor: this.cursor } : {}) };
      const { data, error } = await this.api.GET("/v1/sync", { params: { query } });
      assert.ok(data, JSON.stringify(error));
      for (const [kind, changes] of Object.entries(data.changes ?? {})) {
        const { upserted, removed } = changes as { upserted: Row[]; removed: { id: string }[] };
        for (const row of upserted) {
          this.rows.set(`${kind}/${row.id}`, row);
          came.push(`${kind}/${row.id}`);
        }
        for (const row of removed) this.rows.delete(`${kind}/${row.id}`);
      }
      this.cursor = data.next_cursor;
      if (!data.has_more) return came;
    }
  }
}

// Errors have a type of their own: what went wrong by `code`, and what is there now.
const nobody = await client().POST("/v1/auth/login", { body: { username: "khong-co", password: "khong-dung", device_name: "app" } });
assert.equal(nobody.error?.code, "sign_in_failed");
assert.equal(nobody.response.status, nobody.error?.status);

// Sends until an answer comes; the first two are lost on the way back.
async function throughBadNetwork<T>(send: () => Promise<T>): Promise<T> {
  losing = true;
  await assert.rejects(send);
  await assert.rejects(send);
  losing = false;
  return send();
}

const office = await login("vanphong");
const head = await login("truongap1");
const campaign: string = demo.campaign_id;

// The office makes an activity of today and opens it.
const hamlets = await office.GET("/v1/hamlets", { params: { query: { commune, code: "ap-1" } } });
const hamlet = hamlets.data?.items[0]?.id;
assert.ok(hamlet);
const activity = randomUUID();
const soon = new Date(Date.now() + 3600_000).toISOString();
const later = new Date(Date.now() + 4 * 3600_000).toISOString();
const made = await office.POST("/v1/activities", {
  body: {
    id: activity,
    commune_id: commune,
    campaign_id: campaign,
    code: `app-${activity.slice(0, 8)}`,
    kind: "road_labour",
    title: "Phát quang đường ấp 1",
    date: new Date(Date.parse(soon) + 7 * 3600_000).toISOString().slice(0, 10),
    starts_at: soon,
    ends_at: later,
    place: { kind: "hamlet", name: "Nhà văn hóa ấp 1" },
    hamlet_id: hamlet,
    outside_period: true,
  },
});
assert.equal(made.response.status, 201, JSON.stringify(made.error));
for (const action of ["schedule", "open"] as const) {
  const { error } = await office.POST(`/v1/activities/{id}/actions/${action}`, {
    params: { path: { id: activity }, header: { "If-Match": "*" } },
    body: {},
  });
  assert.equal(error, undefined, JSON.stringify(error));
}
const published = await office.POST("/v1/activities/{id}/actions/publish", {
  params: { path: { id: activity }, header: { "If-Match": "*" } },
  body: { public_title: "Phát quang đường" },
});
assert.equal(published.error, undefined, JSON.stringify(published.error));

// The head enters a volunteer and invites them; their phone is activated with the code.
const volunteer = randomUUID();
const entered = await head.POST("/v1/volunteers", {
  body: {
    id: volunteer,
    commune_id: commune,
    full_name: "Đặng Thị Gấm",
    birth_year: 1995,
    phone: "0912000333",
    hamlet_id: hamlet,
    consents: [{ purpose: "participation", text_version: "1", given_via: "oral_to_head" }],
  },
});
assert.equal(entered.response.status, 201, JSON.stringify(entered.error));
const invited = await head.POST("/v1/volunteers/{id}/actions/invite", { params: { path: { id: volunteer }, header: { "If-Match": "*" } }, body: {} });
assert.ok(invited.data, JSON.stringify(invited.error));
const code = invited.data.code;
const activated = await client().POST("/v1/auth/activate", { body: { code, device_name: "Điện thoại của Gấm", device_id: randomUUID() } });
assert.ok(activated.data, JSON.stringify(activated.error));
const phone = client(activated.data.access_token);

// A first sync of both phones.
const [volunteers, heads] = [new Copy(phone), new Copy(head)];
await volunteers.sync();
await heads.sync();
assert.ok(volunteers.rows.has(`activities/${activity}`) && heads.rows.has(`volunteers/${volunteer}`));

// The volunteer signs up, through a network that loses answers: once.
const signUp = randomUUID();
const signed = await throughBadNetwork(() =>
  phone.POST("/v1/sign-ups", { body: { id: signUp, commune_id: commune, activity_id: activity, volunteer_id: volunteer } }),
);
assert.equal(signed.response.status, 200, JSON.stringify(signed.error));
assert.ok((await heads.sync()).includes(`sign_ups/${signUp}`));

// The day itself, offline: the head writes down who came, and a walk-in without a sign-up.
const walkIn = randomUUID();
const queue = [
  { id: walkIn, commune_id: commune, full_name: "Lý Văn Bền", hamlet_id: hamlet, consents: [{ purpose: "participation", text_version: "1", given_via: "oral_to_head" }] },
];
const operations: Operation[] = queue.map((body) => ({ id: randomUUID(), method: "POST", path: "/v1/volunteers", body }));
operations.push(
  { id: randomUUID(), method: "PATCH", path: `/v1/sign-ups/${signUp}`, headers: { "If-Match": "*" }, body: { note: "mang cuốc" } },
  { id: randomUUID(), method: "POST", path: `/v1/sign-ups/${randomUUID()}/actions/check_in`, body: {} },
);
const batch = await throughBadNetwork(() => head.POST("/v1/batch", { body: { operations } }));
assert.ok(batch.data, JSON.stringify(batch.error));
assert.deepEqual(batch.data.results.map((result) => result.status), [201, 200, 404]);
assert.deepEqual(batch.data.results.map((result) => result.replayed), [true, true, false], "what was done before its answer was lost is not done again");

const at = new Date().toISOString();
const items = [
  { id: randomUUID(), action: "check_in" as const, sign_up_id: signUp, occurred_at: at },
  { id: randomUUID(), action: "check_in" as const, activity_id: activity, volunteer_id: walkIn, occurred_at: at },
  { id: randomUUID(), action: "check_in" as const, sign_up_id: signUp, occurred_at: at },
];
const present = await throughBadNetwork(() => head.POST("/v1/sign-ups/check-ins", { body: { commune_id: commune, items } }));
assert.ok(present.data, JSON.stringify(present.error));
const sums = await office.GET("/v1/activity-sums/{id}", { params: { path: { id: activity } } });
assert.equal(sums.data?.present, 2, "each person counts once");

// Resync: both copies are what a new phone gets, and what the service says of them.
await volunteers.sync();
await heads.sync();
for (const [copy, api] of [[volunteers, phone], [heads, head]] as const) {
  const fresh = new Copy(api);
  await fresh.sync();
  const sorted = (rows: Map<string, Row>) => [...rows.entries()].sort(([one], [other]) => one.localeCompare(other));
  assert.deepEqual(sorted(copy.rows), sorted(fresh.rows));
}
const checksums = await head.GET("/v1/sync/checksums", { params: { query: { commune, resources: ["volunteers"] } } });
const counted = checksums.data?.items.reduce((sum, item) => sum + item.count, 0);
assert.equal(counted, [...heads.rows.keys()].filter((key) => key.startsWith("volunteers/")).length);
assert.equal((heads.rows.get(`sign_ups/${signUp}`) as unknown as { status: string }).status, "checked_in");
// Buttons offline: for every account, of every row in its copy, the very actions that the service names, from the
// lifecycle tables and from what the copy says the user is to each row.
const tables = (await client().GET("/v1/lifecycles")).data;
assert.ok(tables);
const known = ["hamlets", "units", "campaigns", "documents", "document_recipients", "plan_items", "activities", "activity_units", "road_registrations", "volunteers", "consents", "sign_ups", "results", "rewards"];
const lifecycles = tables.items.filter((table) => known.includes(table.resource));
assert.equal(lifecycles.length, known.length);
let computed = 0;
for (const account of demo.accounts) {
  const api = await login(account.username);
  let cursor: string | undefined;
  const rows = new Map<string, { status: string; rights: string[] }>();
  for (;;) {
    const query = { commune, resources: lifecycles.map((table) => table.resource), rights: true, ...(cursor ? { cursor } : {}) };
    const { data, error } = await api.GET("/v1/sync", { params: { query } });
    assert.ok(data, JSON.stringify(error));
    for (const [kind, changes] of Object.entries(data.changes)) {
      for (const row of (changes as { upserted: { id: string; status: string; rights: string[] }[] }).upserted) rows.set(`${kind}/${row.id}`, row);
    }
    cursor = data.next_cursor;
    if (!data.has_more) break;
  }
  for (const table of lifecycles) {
    let next = "";
    do {
      const answer = await api.GET(`/v1/${table.resource.replaceAll("_", "-")}` as "/v1/sign-ups", { params: { query: { commune, limit: 200, ...(next ? { cursor: next } : {}) } } });
      assert.ok(answer.data, `${account.username} ${table.resource}: ${JSON.stringify(answer.error)}`);
      for (const row of answer.data.items) {
        const copy = rows.get(`${table.resource}/${row.id}`);
        assert.ok(copy, `${account.username}: ${table.resource}/${row.id} is not in the copy`);
        const may = table.steps.filter((step) => step.from.includes(copy.status) && step.by.some((by) => copy.rights.includes(`${by.role}:${by.relation}`)));
        assert.deepEqual(may.map((step) => step.action), row.allowed_actions, `${account.username}: ${table.resource}/${row.id} in ${copy.status}`);
        computed += 1;
      }
      next = answer.data.next_cursor ?? "";
    } while (next);
  }
}
assert.ok(computed > 500, `${computed} rows`);
console.log(`typescript: a day with ${heads.rows.size} rows in the head's copy and ${volunteers.rows.size} in the volunteer's, the actions of ${computed} rows computed`);
