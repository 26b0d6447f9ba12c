// Turns the text area of a rule file into an editor: colours, completion, problems at the line as one types.
// Without this script the text area and the button «Comprobar» do the same work.
import {
  EditorState, EditorView, HighlightStyle, StreamLanguage, autocompletion, bracketMatching, closeBrackets, completionKeymap,
  defaultKeymap, drawSelection, highlightActiveLine, highlightActiveLineGutter, highlightSelectionMatches, history, historyKeymap,
  indentUnit, keymap, lineNumbers, lintGutter, lintKeymap, search, searchKeymap, setDiagnostics, syntaxHighlighting, tags,
} from "./vendor/codemirror.js";
import { completer } from "./rule-completion.js";

const CHECK_AFTER_MS = 500;
const area = document.getElementById("texto");
const form = area.form;
const panel = document.getElementById("problemas");
const file = area.dataset.file;
const token = form.elements.csrf_token.value;

const words = {
  "Find": "Buscar", "Replace": "Reemplazar", "next": "siguiente", "previous": "anterior", "all": "todas", "match case": "mayúsculas",
  "by word": "palabra entera", "regexp": "expresión", "replace": "reemplazar", "replace all": "reemplazar todas", "close": "cerrar",
  "current match": "resultado actual", "on line": "en la línea", "Completions": "Propuestas", "Diagnostics": "Problemas", "No diagnostics": "Sin problemas",
  "Control character": "Carácter de control",
};

const language = StreamLanguage.define({
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match(/^#.*/)) return "comment";
    if (stream.match(/^[A-Za-z_][\w-]*(?=:(\s|$))/)) return "propertyName";
    if (stream.match(/^"(?:[^"\\]|\\.)*"?|^'(?:[^']|'')*'?/)) return stream.current().includes("@") ? "special" : "string";
    if (stream.match(/^(?:URGENTE|IMPORTANTE|PREFERENTE|NORMAL|true|false|null)\b/)) return "atom";
    if (stream.match(/^-?\d+(?:\.\d+)?(?=[\s,\]}]|$)/)) return "number";
    if (stream.match(/^[-:{}[\],]/)) return "punctuation";
    stream.match(/^[^\s{}[\],:#"']+/) || stream.next();
    return null;
  },
  tokenTable: { special: tags.special(tags.string) },
  languageData: { commentTokens: { line: "#" }, closeBrackets: { brackets: ["(", "[", "{", '"'] } },
});

const colours = HighlightStyle.define([
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
  { tag: tags.propertyName, color: "var(--blue-ink)", fontWeight: "600" },
  { tag: tags.string, color: "var(--green-ink)" },
  { tag: tags.special(tags.string), color: "var(--amber-ink)" },
  { tag: tags.atom, color: "var(--red-ink)", fontWeight: "600" },
  { tag: tags.number, color: "var(--red-ink)" },
  { tag: tags.punctuation, color: "var(--soft)" },
]);

const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--card)", maxHeight: "58vh", fontSize: ".88rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: 'ui-monospace, "DejaVu Sans Mono", monospace', lineHeight: "1.5", minHeight: "22rem" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--raised)", color: "var(--soft)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--blue-soft) 55%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--blue) 30%, transparent)" },
  ".cm-selectionMatch, .cm-searchMatch": { backgroundColor: "var(--word)" },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--card)", color: "var(--ink)", border: "1px solid var(--edge)" },
  ".cm-tooltip-autocomplete > ul > li": { padding: ".15rem .5rem" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionDetail": { fontStyle: "normal", opacity: "1", marginLeft: "1rem", fontFamily: "system-ui, sans-serif" },
  // The marker's own picture is a data: address, which the pages forbid.
  ".cm-lint-marker-error": { content: "normal", width: ".8em", height: ".8em", borderRadius: "50%", backgroundColor: "var(--danger)" },
  ".cm-diagnostic-error": { borderLeft: "5px solid var(--danger)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--danger)" },
  ".cm-panels input, .cm-panels button": { background: "var(--card)", color: "var(--ink)", border: "1px solid var(--edge)", borderRadius: "4px" },
});

// CodeMirror's styles are constructed sheets inside a shadow root; in the document they would be inline, which the pages forbid.
const host = document.createElement("div");
host.className = "code";
const shadow = host.attachShadow({ mode: "open" });
area.after(host);
const view = new EditorView({
  parent: shadow,
  root: shadow,
  state: EditorState.create({
    doc: area.value,
    extensions: [
      lineNumbers(), highlightActiveLine(), highlightActiveLineGutter(), drawSelection(), history(), bracketMatching(), closeBrackets(),
      highlightSelectionMatches(), search({ top: true }), indentUnit.of("  "), EditorState.tabSize.of(2), language, syntaxHighlighting(colours), look, lintGutter(),
      autocompletion({ override: [completer(area.dataset.complete)], icons: false }),
      EditorState.phrases.of(words),
      EditorView.contentAttributes.of({ "aria-label": `Texto de ${file}`, tabindex: "0" }),
      keymap.of([{ key: "Mod-s", run: save, preventDefault: true }, ...completionKeymap, ...lintKeymap, ...searchKeymap, ...historyKeymap, ...defaultKeymap]),
      EditorView.updateListener.of((update) => update.docChanged && changed()),
    ],
  }),
});
area.hidden = true;
if (matchMedia("(max-width: 60rem)").matches) document.getElementById("archivos").open = false;
document.getElementById("ayuda-editor").hidden = false;
document.querySelector('label[for="texto"]').addEventListener("click", () => view.focus());

let dirty = false;
let timer = 0;
let asked = 0;

function changed() {
  dirty = true;
  clearTimeout(timer);
  timer = setTimeout(check, CHECK_AFTER_MS);
}

function save() {
  form.requestSubmit(form.querySelector('[value="guardar"]'));
  return true;
}

form.addEventListener("submit", () => {
  area.value = view.state.doc.toString();
  dirty = false;
});
addEventListener("beforeunload", (event) => dirty && event.preventDefault());

async function check() {
  const mine = ++asked;
  const body = JSON.stringify({ archivo: file, texto: view.state.doc.toString() });
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const answer = await fetch(area.dataset.check, { method: "POST", headers, body, redirect: "manual" }).catch(() => null);
  if (mine !== asked) return;
  if (answer?.ok) return show((await answer.json()).problemas);
  if (answer?.status === 429) return void (timer = setTimeout(check, 1500));
  panel.replaceChildren(line("p", answer?.type === "opaqueredirect"
    ? "La sesión terminó. Entre otra vez en otra ventana y siga aquí: su texto no se pierde."
    : "No se pudo comprobar ahora; se intenta otra vez cuando escriba."));
}

function show(problems) {
  const own = problems.filter((one) => one.archivo === file);
  view.dispatch(setDiagnostics(view.state, own.map(diagnostic)));
  if (!problems.length) return panel.replaceChildren(line("p", "Sin problemas en este archivo.", "ok"));
  const list = document.createElement("ul");
  list.className = "problems";
  list.append(...problems.slice(0, 50).map(item));
  const count = problems.length === 1 ? "1 problema" : `${problems.length} problemas`;
  panel.replaceChildren(line("h3", count), list);
}

function diagnostic(one) {
  const at = place(one.linea);
  return { from: at.from + at.text.search(/\S|$/), to: at.to, severity: "error", message: one.mensaje };
}

function item(one) {
  const entry = document.createElement("li");
  if (one.archivo !== file) return entry.append(`${one.archivo}:${one.linea} ${one.mensaje}`), entry;
  const jump = line("button", `Línea ${one.linea}`);
  jump.type = "button";
  jump.addEventListener("click", () => go(one.linea));
  entry.append(jump, ` ${one.mensaje}`);
  return entry;
}

function line(tag, text, kind = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function place(number) {
  return view.state.doc.line(Math.min(Math.max(number, 1), view.state.doc.lines));
}

function go(number) {
  const at = place(number);
  view.dispatch({ selection: { anchor: at.from }, effects: EditorView.scrollIntoView(at.from, { y: "center" }) });
  view.focus();
}

const asks = Number(new URLSearchParams(location.search).get("linea"));
if (asks > 0) go(asks);
check();
