// What may be written at this place of a rule file? Keys and values come from the format, names from the rules.

const NAMES = { dueno: "duenos", etiquetas: "etiquetas", reglas: "reglas", regla: "reglas", bandera: "banderas", banderas: "banderas" };

let known = null;

async function load(address) {
  known ??= fetch(address).then((answer) => (answer.ok ? answer.json() : { claves: {}, nombres: {} }));
  return known;
}

export function completer(address) {
  return async (context) => {
    const before = context.state.doc.lineAt(context.pos);
    const text = before.text.slice(0, context.pos - before.from);
    if (/^\s*#/.test(text)) return null;
    const { claves, nombres } = await load(address);
    return lists(text, context, nombres) ?? values(text, context, claves, nombres) ?? keys(text, context, claves);
  };
}

function lists(text, context, nombres) {
  const typed = /@([a-z0-9_-]*)$/.exec(text);
  return typed && offer(context, typed[1], (nombres.listas ?? []).map((label) => ({ label, type: "variable" })));
}

function values(text, context, claves, nombres) {
  const typed = /(?:^|[\s{,])([a-z_]+):\s+(?:\[(?:[^\]]*,\s*)?)?["']?([\w-]*)$/.exec(text);
  if (!typed) return null;
  const [, key, start] = typed;
  const entries = [...parents(context, claves)].map((parent) => claves[parent]?.[key]).filter(Boolean);
  const labels = [...(entries[0]?.values ?? []), ...(nombres[NAMES[key]] ?? [])];
  return labels.length ? offer(context, start, labels.map((label) => ({ label }))) : null;
}

function keys(text, context, claves) {
  const typed = /(?:^\s*(?:- +)*|[{,]\s*)([a-z_]*)$/.exec(text);
  if (!typed || (!typed[1] && !context.explicit)) return null;
  const [parent] = parents(context, claves);
  const options = Object.entries(claves[parent] ?? {}).map(([label, { detail }]) => ({ label, detail: cut(detail), info: detail.length > 60 ? detail : undefined, apply: `${label}: ` }));
  return offer(context, typed[1], options);
}

// The keys around a place, the nearest first, as far as the format knows them; "" is the file itself.
function* parents(context, claves) {
  const here = context.state.doc.lineAt(context.pos);
  const text = here.text.slice(0, context.pos - here.from);
  const inside = /([a-z_]+):\s*\{[^}]*$/.exec(text);
  if (inside && claves[inside[1]]) yield inside[1];
  let column = /^\s*(?:- +)*/.exec(text)[0].length;
  for (let number = here.number - 1; number > 0 && column > 0; number--) {
    const found = /^(\s*(?:- +)*)([A-Za-z_][\w-]*):(?:\s|$)/.exec(context.state.doc.line(number).text);
    if (!found || found[1].length >= column) continue;
    column = found[1].length;
    if (claves[found[2]]) yield found[2];
  }
  yield "";
}

function offer(context, typed, options) {
  return { from: context.pos - typed.length, options, validFor: /^[\w-]*$/ };
}

function cut(text) {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
