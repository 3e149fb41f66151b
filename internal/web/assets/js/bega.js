// What pages do a little better with JavaScript. None of it is needed.
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// What was refused is read first. Its links lead to the fields.
document.querySelector("[data-focus]")?.focus();
all(".es a").forEach((link) => link.addEventListener("click", (event) => {
  const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (field) {
    event.preventDefault();
    field.focus();
    field.closest(".f")?.scrollIntoView({ block: "nearest" });
  }
}));

// A form is not sent twice by a double click. It is never locked: after a
// second, whoever is still here may try again, and the key in the form sees to
// it that it counts once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const now = Date.now();
  if (now - Number(form.dataset.at ?? 0) < 1000) {
    event.preventDefault();
    return;
  }
  form.dataset.at = now;
});

// A whole date may be pasted into the first field of a date.
all("[data-date]").forEach((date) => date.addEventListener("paste", (event) => {
  const text = event.clipboardData.getData("text").trim();
  const local = text.match(/^(\d{1,2})[.\/ -](\d{1,2})[.\/ -](\d{4})$/);
  const iso = text.match(/^(\d{4})-(\d{1,2})-(\d{1,2})$/);
  const parts = local?.slice(1) ?? iso?.slice(1).reverse();
  if (!parts) return;
  event.preventDefault();
  const fields = all("input", date);
  fields.forEach((field, i) => {
    field.value = parts[i];
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  fields[2].focus();
}));

// How much may still be written is said when the typing pauses.
all("[data-max]").forEach((area) => {
  const says = document.getElementById(area.id + "-count");
  says.setAttribute("role", "status");
  let timer;
  const count = () => {
    const left = Number(area.dataset.max) - [...area.value].length;
    const words = left < 0 ? says.dataset.over : says.dataset.few;
    says.textContent = words.replace("#", Math.abs(left));
    says.classList.toggle("over", left < 0);
  };
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(count, 600);
  });
  if (area.value) count();
});

// Browsers say in their own language that no file is chosen; the button already
// says so in ours.
all(".up input").forEach((field) => {
  const tell = () => field.classList.toggle("none", field.files.length === 0);
  field.addEventListener("change", tell);
  field.addEventListener("input", tell);
  tell();
});

// A button that does something on the page alone.
const button = (words, act) => {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn s";
  made.textContent = words;
  made.addEventListener("click", () => act(made));
  return made;
};

// A password can be looked at, and is hidden again before it is sent.
all("[data-password]").forEach((box) => {
  const field = box.querySelector("input");
  const toggle = button(box.dataset.show, (self) => {
    const hidden = field.type === "password";
    field.type = hidden ? "text" : "password";
    self.textContent = hidden ? box.dataset.hide : box.dataset.show;
  });
  toggle.setAttribute("aria-controls", field.id);
  box.append(toggle);
  field.form?.addEventListener("submit", () => { field.type = "password"; });
});

// A number can be copied.
if (navigator.clipboard) {
  all("[data-copy]").forEach((number) => number.after(button(number.dataset.copyLabel, async (self) => {
    await navigator.clipboard.writeText(number.textContent.trim());
    self.textContent = number.dataset.copied;
  })));
}

// The menu of a person closes with Escape, and when the focus leaves it.
all(".role").forEach((menu) => {
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
});

// Five minutes before somebody is signed out, they are told, and may stay.
all("[data-left]").forEach((box) => {
  const words = box.querySelector("p");
  const stay = box.querySelector("button");
  const length = Number(box.dataset.left) * 1000;
  let end = Date.now() + length;

  const seen = () => {
    end = Date.now() + length;
    box.hidden = true;
  };

  stay.addEventListener("click", async () => {
    const answer = await fetch("/", { method: "HEAD" }).catch(() => null);
    if (answer?.ok) seen();
  });
  document.addEventListener("bega:seen", seen);

  // The clock is looked at, rather than a timer waited for: computers sleep.
  const look = () => {
    const left = end - Date.now();
    if (left > 300000) return;
    box.hidden = false;
    if (left <= 0) {
      words.textContent = box.dataset.done;
      stay.hidden = true;
    }
  };
  look();
  setInterval(look, 5000);
});

if (document.querySelector("form[data-upload], form[data-autosave]")) import("./forms.js");
if (document.querySelector("[data-keys]")) import("./keys.js");
