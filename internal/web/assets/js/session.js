// Five minutes before somebody is signed out, they are told, and may stay.
const box = document.querySelector("[data-left]");
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
