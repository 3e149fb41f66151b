// What is typed is saved every 20 seconds, and soon after a field was left.
//
// The fields are posted to the address of the form, without the files and
// without the key that makes the form count once. The answer is {saved}, the
// time on the town's clocks, as "14:32".
const every = 20000;
const soon = 1500;

document.querySelectorAll("form[data-autosave]").forEach((form) => {
  const status = document.querySelector(".saved");
  let dirty = false;
  let busy = false;
  let timer;

  const save = async () => {
    if (!dirty || busy) return;
    dirty = false;
    busy = true;
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (name !== "cheie" && typeof value === "string") body.append(name, value);
    }
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const { saved } = await answer.json();
      if (status) status.textContent = status.dataset.saved.replace("%s", saved);
      document.dispatchEvent(new Event("bega:seen"));
    } catch {
      dirty = true;
      if (status) status.textContent = status.dataset.lost;
    } finally {
      busy = false;
    }
  };

  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("change", () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, soon);
  });
  setInterval(save, every);
});
