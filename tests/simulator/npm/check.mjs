// Does the npm client `freshdesk-api` work against a simulator?
// Usage: node check.mjs <folder with node_modules> <base URL>; prints one line a step, exits 1 at the first failure.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, baseUrl] = process.argv.slice(2);
const Freshdesk = createRequire(join(folder, "package.json"))("freshdesk-api");
const client = new Freshdesk(baseUrl, "sim-key");

function call(method, ...args) {
  return new Promise((resolve, reject) => {
    client[method](...args, (error, data, extra) => (error ? reject(error) : resolve({ data, extra })));
  });
}

async function refusal(method, ...args) {
  const error = await call(method, ...args).then(() => null, (caught) => caught);
  assert.equal(error?.name, "FreshdeskError", `${method} should have been refused, got ${error}`);
  return error;
}

async function control(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  await fetch(`${baseUrl}/_sim/${path}`, { method, headers, body: JSON.stringify(body) });
}

const ticket = { subject: "Hola", description: "<b>x</b>", email: "ana@cliente.example", status: 2, priority: 1 };

const steps = {
  async "create, read and update a ticket"() {
    const { data, extra } = await call("createTicket", ticket);
    assert.equal(data.id, 1);
    assert.match(extra.requestId, /^[0-9a-f-]{36}$/);
    await call("updateTicket", 1, { priority: 4, tags: ["vip"] });
    const read = (await call("getTicket", 1)).data;
    assert.deepEqual([read.priority, read.tags, read.subject], [4, ["vip"], "Hola"]);
  },
  async "a Link header means another page"() {
    await call("createTicket", ticket);
    assert.equal((await call("listAllTickets", { per_page: 1 })).extra.pageIsLast, false);
    assert.equal((await call("listAllTickets", { per_page: 1, page: 2 })).extra.pageIsLast, true);
  },
  async "search with an encoded query"() {
    const { data } = await call("filterTickets", "priority:4 AND tag:'vip'", 1);
    assert.deepEqual([data.total, data.results[0].id], [1, 1]);
  },
  async "notes, replies, edits and deletions"() {
    const note = (await call("createNote", 1, { body: "nota", private: true })).data;
    const reply = (await call("createReply", 1, { body: "respuesta" })).data;
    await call("updateConversation", note.id, { body: "otra nota" });
    const seen = (await call("listAllConversations", 1)).data;
    assert.deepEqual(seen.map((item) => item.body_text), ["otra nota", "respuesta"]);
    await call("deleteConversation", reply.id);
    assert.equal((await call("listAllConversations", 1)).data.length, 1);
  },
  async "delete and restore"() {
    assert.equal((await call("deleteTicket", 2)).data, null);
    assert.equal((await call("getTicket", 2)).data.deleted, true);
    await call("restoreTicket", 2);
    assert.equal((await call("getTicket", 2)).data.deleted, undefined);
  },
  async "time entries and their timer"() {
    const entry = (await call("createTimeEntry", 1, { note: "visita" })).data;
    assert.equal(entry.timer_running, true);
    assert.equal((await call("toggleTimer", entry.id)).data.timer_running, false);
    await call("updateTimeEntry", entry.id, { time_spent: "01:15" });
    assert.equal((await call("listAllTicketTimeEntries", 1)).data[0].time_spent, "01:15");
    await call("deleteTimeEntry", entry.id);
    assert.deepEqual((await call("listAllTimeEntries", {})).data, []);
  },
  async "contacts and companies"() {
    const contact = (await call("createContact", { name: "Rosa", email: "rosa@cliente.example" })).data;
    assert.equal((await call("updateContact", contact.id, { job_title: "Gerente" })).data.job_title, "Gerente");
    assert.equal((await call("filterContacts", "name:'Rosa'")).data.total, 1);
    const company = (await call("createCompany", { name: "Andina", domains: ["andina.example"] })).data;
    assert.equal((await call("searchCompany", { name: "and" })).data.companies[0].id, company.id);
    assert.equal((await call("filterCompanies", "domain:'andina.example'")).data.total, 1);
    await call("updateCompany", company.id, { custom_fields: { factura_vencida: true } });
    assert.equal((await call("getCompany", company.id)).data.custom_fields.factura_vencida, true);
  },
  async "agents, roles, fields and settings"() {
    const me = (await call("currentAgent")).data;
    assert.equal((await call("getAgent", me.id)).data.contact.name, "Semáforo");
    assert.equal((await call("listAllAgents", {})).data.length, 3);
    const roles = (await call("listAllRoles")).data;
    assert.equal((await call("getRole", roles[0].id)).data.name, roles[0].name);
    const [status] = (await call("listAllTicketFields", { type: "default_status" })).data;
    assert.equal(status.choices["2"][0], "Open");
    assert.equal((await call("getSettings")).data.primary_language, "es-LA");
  },
  async "solutions in folders of categories"() {
    const category = (await call("createSolutionCategory", { name: "Guías" })).data;
    const folder = (await call("createSolutionFolder", category.id, { name: "CRM", visibility: 1 })).data;
    const article = { title: "Ingresar", description: "x", type: 1, status: 2 };
    const made = (await call("createSolutionArticle", folder.id, article)).data;
    await call("updateSolutionArticle", made.id, { title: "Ingresar al CRM" });
    assert.equal((await call("getSolutionArticle", made.id)).data.title, "Ingresar al CRM");
    assert.equal((await call("listAllSolutionFolderArticles", folder.id)).data[0].id, made.id);
    await call("deleteSolutionCategory", category.id);
    assert.equal((await refusal("getSolutionArticle", made.id)).status, 404);
  },
  async "refusals carry status and body"() {
    assert.equal((await refusal("getTicket", 77)).status, 404);
    const bad = await refusal("updateTicket", 1, { priority: "4" });
    assert.deepEqual([bad.status, bad.data.errors[0].code], [400, "datatype_mismatch"]);
    const twin = await refusal("createContact", { name: "Otra", email: "rosa@cliente.example" });
    assert.deepEqual([twin.status, twin.data.errors[0].code], [409, "duplicate_value"]);
  },
  async "a spent budget says when to come back"() {
    await control("PUT", "faults", { rate_limit_per_minute: 1 });
    const error = await refusal("currentAgent");
    assert.equal(error.status, 429);
    assert.ok(error.retryAfter >= 1 && error.retryAfter <= 60);
  },
};

for (const [name, step] of Object.entries(steps)) {
  await step();
  console.log(`ok ${name}`);
}
