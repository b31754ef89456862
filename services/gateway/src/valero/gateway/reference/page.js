// The page of all interfaces: reads the services' OpenAPI documents and tries their operations
// with the session of the browser. Everything is written as text, nothing as markup.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];
const DEEPEST = 5;
const documents = new Map();

function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("aria-") || key === "for") made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

// One renewal of the session, then the same request again.
async function request(address, options = {}) {
  const answer = await fetch(address, options);
  if (answer.status !== 401) return answer;
  const renewed = await fetch("/api/auth/refresh", { method: "POST" });
  if (renewed.ok) return fetch(address, options);
  document.getElementById("session").replaceChildren(
    "Bitte melden Sie sich an. Please sign in. ",
    element("a", { href: "/", textContent: "Zur Anmeldung" }),
  );
  return answer;
}

function resolve(description, schema) {
  if (!schema || !schema.$ref) return schema ?? {};
  return schema.$ref
    .slice(2)
    .split("/")
    .reduce((found, key) => found?.[key], description) ?? {};
}

// An example of a schema; `depth` ends schemas that contain themselves.
function example(description, schema, depth = 0) {
  const found = resolve(description, schema);
  if (depth > DEEPEST) return null;
  if (found.default !== undefined) return found.default;
  if (found.const !== undefined) return found.const;
  if (found.enum) return found.enum[0];
  const choices = found.anyOf ?? found.oneOf ?? found.allOf;
  if (choices) return example(description, choices[0], depth + 1);
  if (found.type === "array") return [example(description, found.items, depth + 1)];
  if (found.type === "object" || found.properties) {
    return Object.fromEntries(
      Object.entries(found.properties ?? {}).map(([name, inner]) => [
        name,
        example(description, inner, depth + 1),
      ]),
    );
  }
  const formats = { date: "2026-01-31", "date-time": "2026-01-31T08:00:00Z" };
  if (found.type === "integer" || found.type === "number") return found.minimum ?? 0;
  if (found.type === "boolean") return false;
  return formats[found.format] ?? (found.format === "uuid" ? crypto.randomUUID() : "");
}

// The schema with its references put in place.
function expanded(description, schema, depth = 0) {
  if (Array.isArray(schema)) return schema.map((one) => expanded(description, one, depth + 1));
  if (schema === null || typeof schema !== "object") return schema;
  if (schema.$ref && depth > 3 * DEEPEST) return schema.$ref.split("/").pop();
  return Object.fromEntries(
    Object.entries(resolve(description, schema)).map(([key, value]) => [
      key,
      expanded(description, value, depth + 1),
    ]),
  );
}

function permissions(operation) {
  return (operation.security ?? []).flatMap((way) => Object.values(way).flat());
}

function schemaView(title, description, content) {
  const [media, inner] = Object.entries(content ?? {})[0] ?? [];
  if (!media) return null;
  const shown = JSON.stringify(expanded(description, inner.schema), null, 2);
  const body = element("pre", { textContent: shown });
  return element("details", {}, element("summary", { textContent: `${title} (${media})` }), body);
}

function parametersOf(description, path, operation) {
  const own = [...(path.parameters ?? []), ...(operation.parameters ?? [])];
  return own
    .map((parameter) => resolve(description, parameter))
    .filter((parameter) => ["path", "query", "header"].includes(parameter.in));
}

function field(parameter) {
  const input = element("input", { required: parameter.required === true });
  if (parameter.name.toLowerCase() === "idempotency-key") input.value = crypto.randomUUID();
  const name = `${parameter.name}${parameter.required ? " *" : ""} (${parameter.in})`;
  const label = element("label", { className: "field" }, name, input);
  label.title = parameter.description ?? "";
  return { parameter, input, label };
}

function addressOf(path, fields) {
  let address = path;
  const query = new URLSearchParams();
  for (const { parameter, input } of fields) {
    if (parameter.in === "path") {
      address = address.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    } else if (parameter.in === "query" && input.value !== "") {
      query.append(parameter.name, input.value);
    }
  }
  return query.size ? `${address}?${query}` : address;
}

async function show(answer, output) {
  const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  let text = await answer.text();
  try {
    text = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // not JSON: shown as it came
  }
  output.textContent = `${answer.status} ${answer.statusText}\n${headers}\n\n${text}`;
}

function trial(description, path, method, operation) {
  const fields = parametersOf(description, description.paths[path], operation).map(field);
  const content = operation.requestBody?.content ?? {};
  const json = content["application/json"];
  const form = content["multipart/form-data"];
  const sample = json ? JSON.stringify(example(description, json.schema), null, 2) : "";
  const body = json ? element("textarea", { rows: 12, value: sample, ariaLabel: "Inhalt" }) : null;
  const file = form ? element("input", { type: "file", ariaLabel: "Datei" }) : null;
  const output = element("pre", { hidden: true });
  const send = element("button", { type: "submit", textContent: "Senden" });
  const labels = fields.map((one) => one.label);
  const shown = element("form", {}, ...labels, body, file, send, output);
  shown.addEventListener("submit", async (event) => {
    event.preventDefault();
    const headers = {};
    for (const { parameter, input } of fields) {
      if (parameter.in === "header" && input.value) headers[parameter.name] = input.value;
    }
    if (body) headers["Content-Type"] = "application/json";
    const parts = file ? new FormData() : null;
    if (parts && file.files[0]) parts.append("file", file.files[0]);
    output.hidden = false;
    output.textContent = "…";
    try {
      const options = { method: method.toUpperCase(), headers, body: body?.value ?? parts };
      await show(await request(addressOf(path, fields), options), output);
    } catch (error) {
      output.textContent = String(error);
    }
  });
  return shown;
}

function operationView(description, path, method, operation) {
  const summary = element(
    "summary",
    {},
    element("span", { className: "method", textContent: method.toUpperCase() }),
    element("code", { textContent: path }),
    ` ${operation.summary ?? ""} `,
    ...permissions(operation).map((name) =>
      element("span", { className: "permission", textContent: name }),
    ),
  );
  const view = element("details", {}, summary);
  view.dataset.words = `${method} ${path} ${operation.summary} ${operation.description}`
    .toLowerCase();
  view.addEventListener("toggle", () => {
    if (view.childElementCount > 1) return;
    const answers = Object.entries(operation.responses ?? {}).map(([status, answer]) =>
      schemaView(`Antwort ${status}`, description, resolve(description, answer).content),
    );
    const explained = element("p", { textContent: operation.description ?? "" });
    const asked = schemaView("Inhalt", description, operation.requestBody?.content);
    const form = trial(description, path, method, operation);
    view.append(element("div", { className: "body" }, explained, asked, ...answers, form));
  });
  return view;
}

function filter() {
  const words = document.getElementById("search").value.toLowerCase().split(/\s+/);
  for (const view of document.querySelectorAll("main > details")) {
    view.hidden = !words.every((word) => view.dataset.words.includes(word));
  }
}

async function open(service, button) {
  for (const other of document.querySelectorAll("nav button")) {
    other.setAttribute("aria-current", String(other === button));
  }
  location.hash = service.id;
  const main = document.getElementById("operations");
  main.replaceChildren("…");
  if (!documents.has(service.id)) {
    const answer = await request(service.openapi);
    if (!answer.ok) {
      main.replaceChildren(`${service.title}: ${answer.status} – gerade nicht erreichbar.`);
      return;
    }
    documents.set(service.id, await answer.json());
  }
  const description = documents.get(service.id);
  const views = Object.entries(description.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) =>
      operationView(description, path, method, item[method]),
    ),
  );
  const title = `${description.info.title} ${description.info.version}`;
  const link = element("a", { href: service.openapi, textContent: "openapi.json" });
  const intro = element("p", {}, `${description.info.description ?? ""} `, link);
  main.replaceChildren(element("h2", { textContent: title }), intro, ...views);
  filter();
}

async function start() {
  const answer = await request("/api/openapi.json");
  if (!answer.ok) return;
  const { services } = await answer.json();
  const buttons = services.map((service) => {
    const button = element("button", { type: "button", textContent: service.title });
    button.title = service.description;
    button.addEventListener("click", () => open(service, button));
    return button;
  });
  document.getElementById("services").replaceChildren(...buttons);
  document.getElementById("search").addEventListener("input", filter);
  const wanted = services.findIndex((service) => `#${service.id}` === location.hash);
  buttons[Math.max(0, wanted)]?.click();
}

start();
