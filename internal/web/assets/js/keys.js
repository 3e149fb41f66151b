// At the desk, j and k lead from row to row, Enter opens, and ? tells so. Who
// uses speech input can turn the keys off (WCAG 2.1.4).
const panel = document.querySelector("[data-keys]");
const off = panel.querySelector("input");
panel.hidden = false;
off.checked = localStorage.getItem("bega-keys") === "off";
off.addEventListener("change", () => localStorage.setItem("bega-keys", off.checked ? "off" : "on"));

const step = (by) => {
  const rows = [...document.querySelectorAll("#main tbody tr, #main .list > li")].filter((row) => row.querySelector("a"));
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1);
  rows[next]?.querySelector("a").focus();
};

document.addEventListener("keydown", (event) => {
  if (off.checked || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "?") {
    panel.open = !panel.open;
    panel.querySelector("summary").focus();
  } else return;
  event.preventDefault();
});

// A picture is turned and magnified in place.
const sheet = document.querySelector("[data-sheet]");
if (sheet) {
  let [turn, zoom] = [...sheet.classList].slice(1).map((name) => Number(name.slice(1)));
  document.querySelectorAll("[data-turn]").forEach((link) => link.addEventListener("click", (event) => {
    event.preventDefault();
    turn = (turn + Number(link.dataset.turn)) % 4;
    zoom = Math.min(Math.max(zoom + Number(link.dataset.zoom), 1), 3);
    sheet.className = `sheet r${turn} z${zoom}`;
  }));
}
