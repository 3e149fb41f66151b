// Files are sent one by one as they are chosen, so that nothing large is left
// for the end, and what fails, fails alone.
//
// Each is posted to the address of the form as "fisier", with the name of its
// field as "camp". The answer is {id, name, size, media}, or problem details
// (RFC 9457) whose detail is shown.
const element = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
};

const size = (bytes) => bytes < 1e6
  ? `${Math.max(1, Math.round(bytes / 1e3))} kB`
  : `${(bytes / 1e6).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} MB`;

const parse = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
};

// post sends a file. It never fails: what the answer was is in what it returns.
const post = (form, field, file, progress) => new Promise((resolve) => {
  const body = new FormData();
  body.append("camp", field.name);
  body.append("fisier", file);
  const request = new XMLHttpRequest();
  request.open("POST", form.dataset.upload);
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) progress.value = event.loaded / event.total;
  });
  request.addEventListener("loadend", () => {
    const answer = parse(request.responseText);
    resolve(request.status >= 200 && request.status < 300 && answer.id
      ? { kept: answer }
      : { refused: request.status >= 400 && request.status < 500, words: answer.detail || form.dataset.lost });
  });
  request.send(body);
});

// row shows a file of the list.
const row = (file) => {
  const li = element("li");
  const text = element("span");
  text.append(element("b", "", file.name), " ", element("small", "", size(file.size)));
  li.append(text);
  return li;
};

const keep = (form, field, li, answer) => {
  const id = element("input");
  id.type = "hidden";
  id.name = `${field.name}.id`;
  id.value = answer.id;
  const remove = element("button", "lk", form.dataset.remove.replace("#", answer.name));
  remove.name = `${field.name}.sterge`;
  remove.value = answer.id;
  li.append(id, remove);
};

const refuse = (li, status, file, words) => {
  li.className = "bad";
  li.append(element("span", "em", words));
  status.textContent = `${file.name}: ${words}`;
};

// send shows the file, sends it, and shows what became of it. What is too large
// is not even sent.
const send = async (form, field, list, status, file) => {
  const li = row(file);
  if (file.size > Number(list.dataset.most)) {
    list.append(li);
    const words = list.dataset.large.replace("#", size(file.size));
    refuse(li, status, file, words);
    return { refused: true, words };
  }
  const progress = element("progress");
  progress.max = 1;
  progress.setAttribute("aria-label", file.name);
  li.append(progress);
  list.append(li);
  status.textContent = `${file.name}: ${form.dataset.sending}`;
  const result = await post(form, field, file, progress);
  progress.remove();
  if (!result.kept) {
    refuse(li, status, file, result.words);
    return result;
  }
  if (!("many" in list.dataset)) [...list.children].forEach((other) => other === li || other.remove());
  li.querySelector("b").textContent = result.kept.name;
  keep(form, field, li, result.kept);
  status.textContent = `${result.kept.name}: ${form.dataset.sent}`;
  return result;
};

document.querySelectorAll("form[data-upload] [data-files]").forEach((box) => {
  const field = box.querySelector("input[type=file]");
  const list = box.querySelector(".files");
  const status = box.querySelector("[role=status]");
  field.addEventListener("change", async () => {
    list.querySelectorAll(".bad").forEach((old) => old.remove());
    let lost = false;
    for (const file of [...field.files]) {
      const result = await send(field.form, field, list, status, file);
      lost ||= !result.kept && !result.refused;
    }
    // What did not get through stays in the field, and is sent with the form.
    if (!lost) field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
});

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
