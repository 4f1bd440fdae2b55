"use strict";
// The pages work without this. It adds: what a mark means, and the line to its counterpart; weights
// that can be moved; links that hold pasted texts; the choice between dark and light.

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// --- dark and light -------------------------------------------------------------------------------
const themeButton = one("#theme");
if (themeButton) {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  const name = () => { themeButton.textContent = isDark() ? "Light" : "Dark"; };
  const kept = localStorage.getItem("theme");
  if (kept) root.dataset.theme = kept;
  themeButton.hidden = false;
  name();
  system.addEventListener("change", name);
  themeButton.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
    name();
  });
}

// --- marks: what they mean, and the line between case and completion ------------------------------
const tip = one("#tip");
const path = one("#link path");
let shown = null;

function namesOf(mark) { return mark.dataset.e.split(" "); }

function sharing(mark) {
  const names = new Set(namesOf(mark));
  return all(`mark[data-card="${mark.dataset.card}"]`)
    .filter((other) => namesOf(other).some((name) => names.has(name)));
}

function rowsOf(mark) {
  const card = one(`article[data-card="${mark.dataset.card}"]`);
  return namesOf(mark).map((name) => one(`[data-row="${name}"]`, card)).filter(Boolean);
}

function clear() {
  all(".on").forEach((element) => element.classList.remove("on"));
  path.removeAttribute("d");
  shown = null;
}

function show(mark) {
  clear();
  shown = mark;
  const marks = sharing(mark);
  marks.forEach((other) => other.classList.add("on"));
  const rows = rowsOf(mark);
  rows.forEach((row) => row.classList.add("on"));
  tip.replaceChildren(...rows.map((row) => {
    const line = document.createElement("p");
    const objective = row.dataset.row.replace(/-\d+$/, "");
    const outcome = one("summary mark", row.closest("details")).textContent;
    const polarity = row.dataset.polarity ? `, ${row.dataset.polarity}` : "";
    line.textContent = `${objective}: ${outcome}${polarity} – ${row.textContent.trim()}`;
    return line;
  }));
  if (rows.length) {
    tip.classList.add("on");
    place(mark, marks);
  }
}

function place(mark, marks) {
  const box = mark.getClientRects()[0] || mark.getBoundingClientRect();
  const below = box.bottom + 8 + tip.offsetHeight < innerHeight;
  tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 16))}px`;
  tip.style.top = `${below ? box.bottom + 8 : Math.max(8, box.top - tip.offsetHeight - 8)}px`;
  const across = marks.find((other) => other.dataset.side !== mark.dataset.side && isVisible(other));
  if (!across) return;
  const from = centre(mark);
  const to = centre(across);
  const bend = (from.y + to.y) / 2;
  path.setAttribute("d", `M${from.x},${from.y} C${from.x},${bend} ${to.x},${bend} ${to.x},${to.y}`);
}

function centre(mark) {
  const box = mark.getClientRects()[0];
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}

function isVisible(mark) {
  const box = mark.getClientRects()[0];
  const frame = mark.closest(".text").getBoundingClientRect();
  return box && box.bottom > frame.top && box.top < frame.bottom;
}

if (tip) {
  // One mark a text can be reached with Tab; arrows go on from there.
  all(".text").forEach((text) => {
    const first = one("mark[data-e]", text);
    if (first) first.tabIndex = 0;
    else if (text.scrollHeight > text.clientHeight) text.tabIndex = 0;
  });
  all("mark[data-e]").forEach((mark) => {
    mark.addEventListener("mouseenter", () => show(mark));
    mark.addEventListener("mouseleave", () => { if (document.activeElement !== mark) clear(); });
    mark.addEventListener("focus", () => show(mark));
    mark.addEventListener("blur", clear);
  });
  document.addEventListener("keydown", (event) => {
    const mark = document.activeElement;
    if (event.key === "Escape") clear();
    if (!mark || !mark.matches("mark[data-e]")) return;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step) {
      const marks = all("mark[data-e]", mark.closest(".text"));
      const next = marks[marks.indexOf(mark) + step];
      if (next) { mark.tabIndex = -1; next.tabIndex = 0; next.focus(); }
      event.preventDefault();
    }
    if (event.key === "Enter") {
      const across = sharing(mark).find((other) => other.dataset.side !== mark.dataset.side);
      if (across) { across.scrollIntoView({ block: "nearest" }); across.focus(); }
    }
  });
  all("[data-row]").forEach((row) => {
    const card = row.closest("article").dataset.card;
    const marks = () => all(`mark[data-card="${card}"]`)
      .filter((mark) => namesOf(mark).includes(row.dataset.row));
    row.addEventListener("mouseenter", () => marks().forEach((mark) => mark.classList.add("on")));
    row.addEventListener("mouseleave", clear);
  });
  // What has the focus keeps its explanation, wherever the page scrolls to.
  document.addEventListener("scroll", () => {
    if (!shown) return;
    if (document.activeElement === shown) show(shown);
    else clear();
  }, { passive: true, capture: true });
}

// --- weights ----------------------------------------------------------------------------------------
function rewardOf(card) {
  const weights = new Map(all("[data-weight]").map((input) => [input.dataset.weight, Number(input.value) || 0]));
  const judged = all("[data-objective]", card).filter((span) => span.dataset.value !== "");
  if (!judged.length) return null;
  return judged.reduce((sum, span) => sum + (weights.get(span.dataset.objective) || 0) * Number(span.dataset.value), 0);
}

const number = (value) => (value === null ? "–" : String(Number(value.toPrecision(4))));

all("[data-weight]").forEach((input) => input.addEventListener("input", () => {
  const rewards = all("article[data-card]").map(rewardOf);
  rewards.forEach((reward, card) => all(`[data-reward="${card}"]`).forEach((place_) => { place_.textContent = number(reward); }));
  const change = one("[data-change]");
  if (change && rewards.length === 2 && !rewards.includes(null)) {
    const difference = rewards[1] - rewards[0];
    change.textContent = (difference >= 0 ? "+" : "") + number(difference);
  }
}));

// --- links that hold pasted texts ---------------------------------------------------------------------
// The texts are in the fragment, which browsers do not send: no server's log ever holds them.
async function through(stream, bytes) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

async function pack(fields) {
  const bytes = await through(new CompressionStream("deflate-raw"), new TextEncoder().encode(fields));
  const text = bytes.reduce((all_, byte) => all_ + String.fromCharCode(byte), "");
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function unpack(text) {
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  return new TextDecoder().decode(await through(new DecompressionStream("deflate-raw"), bytes));
}

const entry = one("#entry");
const share = one("#share");
if (share && entry && "CompressionStream" in window) {
  share.hidden = false;
  share.addEventListener("click", async () => {
    const fields = new URLSearchParams(new FormData(entry)).toString();
    const address = new URL("./", location.href);
    address.hash = `t=${await pack(fields)}`;
    history.replaceState(null, "", address);
    await navigator.clipboard?.writeText(address.href).catch(() => {});
    share.textContent = "Link is in the address bar";
  });
}

async function openShared() {
  const packed = new URLSearchParams(location.hash.slice(1)).get("t");
  if (!packed || !entry) return;
  let fields;
  try {
    fields = new URLSearchParams(await unpack(packed));
  } catch {
    return; // a link that was cut off: the form stays as it is
  }
  const completions = fields.getAll("completion");
  all("[name]", entry).forEach((field) => {
    const value = field.name === "completion" ? completions.shift() : fields.get(field.name);
    if (value !== null && value !== undefined) field.value = value;
  });
  entry.submit();
}
openShared();
